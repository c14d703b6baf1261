"""One policy file in, one checked Policy out, or every mistake in it at once."""

import hashlib
from collections.abc import Collection
from difflib import get_close_matches
from functools import cache

from pydantic import ValidationError

from allocation.policy_check import broken_promises
from allocation.policy_clock import broken_clock
from allocation.policy_model import (
    BandRule,
    ExceptionRule,
    Method,
    Policy,
    Share,
    SkillRule,
)
from allocation.policy_promises import broken_options
from allocation.policy_reach import unreachable
from allocation.policy_scoring import Band, Cap, Factor, Level, Role, Rule, Tier
from allocation.policy_sentences import untrue_sentences
from allocation.policy_service import Words
from allocation.policy_text import Document, Mistake, Path, PolicyError, read

__all__ = [
    "Band",
    "BandRule",
    "Cap",
    "ExceptionRule",
    "Factor",
    "Level",
    "Method",
    "Mistake",
    "Policy",
    "PolicyError",
    "Role",
    "Rule",
    "Share",
    "SkillRule",
    "Tier",
    "Words",
    "load_new_policy",
    "load_policy",
    "policy_mistakes",
    "policy_schema",
]

SKILLS = ("enterprise", "smb", "new_business", "upsell", "outbound", "inbound")
_SET_HERE = ("sha256", "text")  # fields of Policy that a file must not bring along


def load_policy(text: str, zones: Collection[str] = ()) -> Policy:
    """The policy in a YAML text; PolicyError with all its mistakes if there are any.

    `Policy.sha256` is the SHA-256 of the text's UTF-8 bytes, so one changed comment is another
    policy. `zones` are the time zones there are, if the caller knows them.
    """
    return _loaded(read(text), text, zones, [])


def load_new_policy(text: str, zones: Collection[str] = (), to_approve: bool = False) -> Policy:
    """As load_policy, and no rule is idle or beyond everybody's reach: for a policy to be used.

    Stored policies are loaded without this, so that a check that comes later stops no replay.
    To approve it, its sentences must say its numbers, too; a draft may be tried before that.
    """
    document = read(text)
    found = unreachable(document) + broken_options(document)
    return _loaded(document, text, zones, found + to_approve * untrue_sentences(document))


def _loaded(document: Document, text: str, zones: Collection[str], found: list[Mistake]) -> Policy:
    policy, mistakes = _typed(document)
    mistakes += (
        found + document.mistakes + broken_promises(document, zones) + broken_clock(document)
    )
    if policy is None or mistakes:
        raise PolicyError(mistakes)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return policy.model_copy(update={"sha256": digest, "text": text})


def policy_mistakes(text: str, zones: Collection[str] = ()) -> list[Mistake]:
    """What `fairlead policy check` lists: nothing for a good policy; never raises."""
    try:
        load_new_policy(text, zones, to_approve=True)
    except PolicyError as error:
        return error.mistakes
    return []


def policy_schema() -> dict[str, object]:
    """JSON Schema of a policy file, for editors that complete and check while one writes."""
    schema = Policy.model_json_schema()
    for name in _SET_HERE:
        schema["properties"].pop(name)
    return schema


def _typed(document: Document) -> tuple[Policy | None, list[Mistake]]:
    mistakes = [
        document.mistake((name,), "is computed from the file, it cannot be written in it")
        for name in _SET_HERE
        if name in document.values
    ]
    try:
        return Policy.model_validate(document.values), mistakes
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False):
            path: Path = tuple(step for step in problem["loc"] if step != "[key]")
            words = _in_words(path, problem["type"], problem["msg"], problem["input"])
            mistakes.append(document.mistake(path, words))
        return None, mistakes


@cache
def _field_names() -> list[str]:
    schema = policy_schema()
    parts = [schema, *schema["$defs"].values()]  # type: ignore[attr-defined]
    return sorted({name for part in parts for name in part.get("properties", ())})


def _in_words(path: Path, kind: str, message: str, value: object) -> str:
    field = path[-1] if path else ""
    if kind == "missing" and field in ("zh", "en"):
        return f"is missing: a rule has its sentence in {'中文' if field == 'zh' else 'English'}"
    if kind == "string_pattern_mismatch" and field in ("skill", "prefer_skill"):
        return f"unknown skill: there are {', '.join(SKILLS)} and vertical:<industry>"
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden" and value is None and not str(field).isidentifier():
        return "is not a word of the policy language: in braces a text with a comma needs quotes"
    if kind == "extra_forbidden":
        near = get_close_matches(str(field), _field_names(), 1)
        return "is not a word of the policy language" + (f": is it {near[0]}?" if near else "")
    if kind.startswith("date_"):
        message = "Input should be a date such as 2026-11-23"
    if kind == "int_parsing":
        message = "Input should be a whole number without a unit"
    written = f", not {value}" if isinstance(value, str | int) and len(str(value)) < 40 else ""
    return message[:1].lower() + message[1:] + written
