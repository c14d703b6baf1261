"""Mistakes of a policy's calendar and source that single values do not show."""

import re
from typing import Any

from allocation.policy_calendar import MIN_DIGITS
from allocation.policy_check import Found, items_of, section_of
from allocation.policy_text import Document, Mistake

_PLACE = re.compile(r"\{([^{}]*)\}")
_HOUR = 60  # minutes from a closing to the first moment that a public value may be known


def broken_clock(document: Document) -> list[Mistake]:
    """Every mistake in the times of a policy and in its source of chance."""
    return [document.mistake(path, message) for path, message in _clock(document.values)]


def _clock(values: Any) -> Found:
    calendar = section_of(values, "calendar")
    freeze, opens, closes = (calendar.get(name) for name in ("freeze", "open", "close"))
    if isinstance(freeze, str) and isinstance(opens, str) and freeze > opens:
        yield ("calendar", "open"), "the window opens before the snapshot is frozen"
    days = calendar.get("days_open", 0)
    if isinstance(opens, str) and isinstance(closes, str) and opens >= closes and days == 0:
        yield ("calendar", "close"), "the window closes before it opens"
    yield from _source(values, section_of(values, "source"))


def _source(values: Any, source: dict[str, Any]) -> Found:
    kind, delay = source.get("kind"), source.get("delay_s")
    if kind == "drand" and delay is None:
        yield ("source",), "drand needs delay_s"
    if kind == "operator" and delay is not None:
        yield ("source", "delay_s"), "an operator's secret has no delay"
    if kind == "public" and delay is not None:
        yield ("source", "delay_s"), "public values come at their own times: no delay_s"
    if kind == "public" and not source.get("values"):
        yield ("source",), "public needs values: what is awaited, its form, look_up, rule and times"
    if kind != "public" and source.get("values") is not None:
        yield ("source", "values"), "only a source of kind public has values"
    if kind == "public":
        yield from _values(section_of(values, "calendar"), items_of(source.get("values")))


def _values(calendar: dict[str, Any], rows: list[tuple[int, dict[str, Any]]]) -> Found:
    names = [row.get("what") for _, row in rows]
    digits = sum(form.count("0") for _, row in rows if isinstance(form := row.get("form"), str))
    if rows and digits < MIN_DIGITS:
        yield (
            ("source", "values"),
            f"the forms have {digits} digits (zeros) together, at least {MIN_DIGITS} are needed",
        )
    for i, row in rows:
        path, what, times = ("source", "values", i), str(row.get("what")), row.get("times")
        if what in names[:i]:
            yield (*path, "what"), "the same value stands here a second time"
        places = _PLACE.findall(what)
        if set(places) - {"date", "time"}:
            yield (*path, "what"), "only {date} and {time} are filled in"
        elif "date" not in places:
            yield (*path, "what"), "without {date} nobody knows which day's value is meant"
        elif isinstance(times, list) and len(times) > 1 and "time" not in places:
            yield (*path, "what"), "it comes several times a day: name which with {time}"
        if isinstance(times, list) and not _splits_in_time(calendar, row):
            yield (
                (*path, "times"),
                (
                    "none comes between an hour after the freeze and the opening of the window, "
                    "so the bands cannot be split before it opens"
                ),
            )


def _splits_in_time(calendar: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a value of the run's own day can split the bands; unreadable ones count as fine."""
    try:
        first, last = _minute(calendar["freeze"]) + _HOUR, _minute(calendar["open"])
        events = [_minute(time) for time in row["times"]]
        is_day = calendar["weekday"] in row["days"]
    except (KeyError, TypeError, ValueError, AttributeError):
        return True
    return is_day and any(first < event < last for event in events)


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
