"""What makes one cell good: a rule for each kind of column, text in, the fault out."""

import re
from collections.abc import Callable
from datetime import date, datetime

from adapters.crm.columns import MONEY_LIMIT, SKILLS, Column

ID_MAX = 200
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-](0[0-9]|1[0-5]):?[0-5][0-9])?"
)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
# Outside these years a date is a slip, and PostgreSQL and Python disagree on the extremes.
_YEARS = range(1900, 2200)

Check = Callable[[str], tuple[str, str] | None]  # text → (code, reason) of the fault


def check_of(column: Column, reps: frozenset[str] | None) -> Check | None:
    """The rule of a column's cells; None where any text is good. `reps` as in Checker."""
    if column.refers == "rep":
        return lambda value: _id(value) or _known_rep(value, reps)
    if column.refers == "reps":
        return lambda value: _reps(value, reps)
    checks: dict[str, Check] = {
        "id": _id,
        "date": _date,
        "timestamp": _timestamp,
        "money": _money,
        "number": lambda value: _number(value, column.high),
        "integer": lambda value: _integer(value, column.low, column.high),
        "boolean": lambda value: _enum(value, ("true", "false")),
        "enum": lambda value: _enum(value, column.choices),
        "skill": _skill,
    }
    return checks.get(column.kind)


def _id(value: str) -> tuple[str, str] | None:
    if len(value) > ID_MAX:
        return "bad_id", f"is longer than {ID_MAX} characters"
    # Line breaks, direction marks, zero-width characters: two ids could look alike.
    if not value.isprintable():
        return "bad_id", "holds characters that cannot be seen"
    return None


def _known_rep(value: str, reps: frozenset[str] | None) -> tuple[str, str] | None:
    if reps is not None and value not in reps:
        return "unknown_rep", "names a rep that reps.csv does not have"
    return None


def _reps(value: str, reps: frozenset[str] | None) -> tuple[str, str] | None:
    for part in value.split(";"):
        if fault := _id(part.strip()) or _known_rep(part.strip(), reps):
            return fault
    return None


def _date(value: str) -> tuple[str, str] | None:
    if not DATE.fullmatch(value):
        return "bad_date", "is not a date like 2026-11-23"
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        return "bad_date", "is not a day of the calendar"
    return None if parsed.year in _YEARS else ("bad_date", "is a date outside 1900–2199")


def _timestamp(value: str) -> tuple[str, str] | None:
    match = _TIMESTAMP.fullmatch(value)
    if not match:
        return "bad_timestamp", "is not a time like 2026-11-23T08:40:00+08:00"
    if not match.group(3):
        return "bad_timestamp", "has no offset from UTC (+08:00 or Z)"
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return "bad_timestamp", "is not a moment of the calendar"
    return None if parsed.year in _YEARS else ("bad_timestamp", "is a time outside 1900–2199")


def _money(value: str) -> tuple[str, str] | None:
    if not _NUMBER.fullmatch(value):
        return "bad_amount", "is not an amount in whole units like 120000"
    if value.startswith("-") and float(value):
        return "negative_amount", "is below zero"
    return None if float(value) < MONEY_LIMIT else ("absurd_amount", f"is {MONEY_LIMIT} or more")


def _number(value: str, high: int) -> tuple[str, str] | None:
    if not _NUMBER.fullmatch(value):
        return "bad_number", "is not a number"
    return None if 0 <= float(value) <= high else ("out_of_range", f"is not within 0–{high}")


def _integer(value: str, low: int, high: int) -> tuple[str, str] | None:
    if not _INTEGER.fullmatch(value):
        return "bad_integer", "is not a whole number"
    return None if low <= int(value) <= high else ("out_of_range", f"is not within {low}–{high}")


def _enum(value: str, choices: tuple[str, ...]) -> tuple[str, str] | None:
    return None if value in choices else ("bad_enum", f"is not one of {', '.join(choices)}")


def _skill(value: str) -> tuple[str, str] | None:
    if value in SKILLS or (value.startswith("vertical:") and len(value) > len("vertical:")):
        return None
    return "bad_enum", f"is not one of {', '.join(SKILLS)}, vertical:<industry>"
