"""One policy file in, one checked Policy out, or every mistake in it at once."""

import hashlib
from collections.abc import Collection

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


def load_new_policy(text: str, zones: Collection[str] = ()) -> Policy:
    """As load_policy, and no rule is idle or beyond everybody's reach: for a policy to be used.

    Stored policies are loaded without this, so that a check that comes later stops no replay.
    """
    document = read(text)
    return _loaded(document, text, zones, unreachable(document) + broken_options(document))


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
        load_new_policy(text, zones)
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
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            path: Path = tuple(step for step in problem["loc"] if step != "[key]")
            mistakes.append(
                document.mistake(path, _in_words(path, problem["type"], problem["msg"]))
            )
        return None, mistakes


def _in_words(path: Path, kind: str, message: str) -> str:
    field = path[-1] if path else ""
    if kind == "missing" and field in ("zh", "en"):
        return f"is missing: a rule has its sentence in {'中文' if field == 'zh' else 'English'}"
    if kind == "string_pattern_mismatch" and field in ("skill", "prefer_skill"):
        return f"unknown skill: there are {', '.join(SKILLS)} and vertical:<industry>"
    known = {
        "missing": "is missing",
        "extra_forbidden": "is not a word of the policy language",
    }
    return known.get(kind, message[:1].lower() + message[1:])
