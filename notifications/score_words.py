"""The remarks of `allocation.scoring` as sentences: a code with its figures, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notifications import formats
from notifications.lens import SENTENCE
from notifications.record import Row
from notifications.score_parts import figure, interval, percent
from notifications.words import Words, shown


def sentence(t: Words, remark: Row) -> str:
    """One remark, from its JSON value {"code", "figures"}."""
    figures = {name: _said(t, name, value) for name, value in remark["figures"].items()}
    return t.plain(f"score.{remark['code']}", **figures)


def sentences(t: Words, remarks: Sequence[Row]) -> str:
    """Several remarks as one text."""
    return ("" if t.language == "zh" else " ").join(sentence(t, remark) for remark in remarks)


def _said(t: Words, name: str, value: Any) -> str:
    if name == "gain":
        return interval(value, sign="+")
    if name == "card":
        return t.code("score.card", value)
    if name.endswith("_rate"):
        return percent(t, value)
    if isinstance(value, Mapping):
        # An interval, or the study's own words in both languages.
        return interval(value) if "low" in value else shown(value[t.language], SENTENCE)
    if isinstance(value, int):
        return formats.number(value, t.language)
    return figure(value) if isinstance(value, float) else shown(value)
