"""The difference of two policies in words, grouped by rule: what `fairlead policy diff` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from allocation.policy_diff import Difference
from notifications.lens import sentence_text
from notifications.record import Language
from notifications.words import Words, shown, words

SENTENCES = ("zh", "en")
LISTS = ("factors", "levels")


def difference_lines(
    found: Sequence[Difference], old: str, new: str, language: Language
) -> list[tuple[str, Sequence[str]]]:
    """(heading, lines) for each rule that changes; `old` and `new` name the two policies."""
    t = words(language)
    if not found:
        return [(t.plain("diff.none"), ())]
    groups: list[tuple[str, Sequence[str]]] = [
        (t.plain("diff.head", old=shown(old), new=shown(new)), ())
    ]
    for rule, rows in groupby(found, key=lambda one: one.rule):
        members = list(rows)
        heading = shown(rule) if rule else t.plain("diff.of_policy")
        lines = [_line(t, one, language) for one in members]
        if _keeps_its_sentence(members):
            lines.append(t.plain("diff.same_sentence"))
        groups.append((heading, lines))
    return groups


def _line(t: Words, one: Difference, language: Language) -> str:
    if not one.field:
        return t.plain(
            f"diff.rule_{one.kind}", sentence=sentence_text(one.zh if language == "zh" else one.en)
        )
    return t.plain(
        f"diff.{one.kind}",
        field=_field(t, one.field),
        old=_value(t, one.old),
        new=_value(t, one.new),
    )


def _field(t: Words, path: str) -> str:
    """A field by its words, with the parts that lead to it: "Budget · weight in percent"."""
    parts = path.split("/")
    # The list's own name says nothing where its item follows.
    parts = [part for part in parts if part not in LISTS] or parts
    return " · ".join(
        t.code("field" if t.has(f"field.{part}") else "factor", part) for part in parts
    )


def _value(t: Words, value: object) -> str:
    if value is None or value in ([], {}):
        return t.plain("diff.nothing")
    if isinstance(value, bool):
        return t.plain("yes" if value else "no")
    if isinstance(value, Mapping):
        kept = {key: part for key, part in value.items() if part not in (None, [], {}, False)}
        return ", ".join(f"{t.code('field', key)} {_value(t, part)}" for key, part in kept.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_value(t, part) for part in value)
    return sentence_text(str(value))


def _keeps_its_sentence(members: Sequence[Difference]) -> bool:
    """Whether numbers of a rule changed and its sentence, which may state them, did not."""
    fields = {one.field for one in members}
    numbers = any(
        isinstance(one.old, int) and isinstance(one.new, int) and one.kind == "changed"
        for one in members
    )
    return bool(members[0].rule) and numbers and not fields & set(SENTENCES)
