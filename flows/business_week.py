"""Which week a run stands for, and when its stages happen, in the business zone.

The run key is the ISO week of the business zone: Monday 00:30 in Shanghai is still Sunday, and
the week before, in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flows.errors import UsageError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class MondayClock:
    """The four times of a run as instants (UTC)."""

    freeze_at: datetime
    opens_at: datetime
    closes_at: datetime


def run_key(instant: datetime, zone: str) -> str:
    """The ISO week of `instant` in `zone`, e.g. 2026-W53."""
    year, week, _ = instant.astimezone(ZoneInfo(zone)).isocalendar()
    return f"{year}-W{week:02d}"


def intake_key(instant: datetime, zone: str, every: Literal["hour", "day"]) -> str:
    """The day or hour of `instant` in `zone`: 2026-W48-2, or 2026-W48-2T14 for 14:00 to 14:59.

    An hour that the clock repeats is one key.
    """
    local = instant.astimezone(ZoneInfo(zone))
    day = f"{run_key(instant, zone)}-{local.isoweekday()}"
    return day if every == "day" else f"{day}T{local.hour:02d}"


def week_start(key: str) -> date:
    """The Monday of a run key."""
    match = re.fullmatch(r"(\d{4})-W(\d{2})", key)
    if not match:
        raise UsageError(f"{key!r} is not a week such as 2026-W48")
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError as error:
        raise UsageError(f"{key!r}: {error}") from error


def local_instant(day: date, clock_time: str, zone: str) -> datetime:
    """`clock_time` (HH:MM) of `day` in `zone`, as UTC.

    A time that a DST change repeats is its first occurrence; one that it skips is as many
    minutes after the change as it would have been (zoneinfo's rule for fold=0).
    """
    wall = datetime.combine(day, time.fromisoformat(clock_time), ZoneInfo(zone))
    return wall.astimezone(UTC)


def monday_clock(
    key: str, zone: str, weekday: str, freeze: str, opens: str, closes: str, days_open: int = 0
) -> MondayClock:
    """The instants of a week's run from the policy's wall-clock times."""
    day = week_start(key) + timedelta(days=WEEKDAYS.index(weekday))
    return MondayClock(
        local_instant(day, freeze, zone),
        local_instant(day, opens, zone),
        local_instant(day + timedelta(days=days_open), closes, zone),
    )


def parse_as_of(text: str | None, zone: str, now: datetime) -> datetime:
    """The instant that `--as-of` names: empty is now, a date is the last second of that day.

    A date includes everything dated on it. Errors: UsageError.
    """
    if not text:
        return now
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return local_instant(date.fromisoformat(text) + timedelta(days=1), "00:00", zone) - (
                timedelta(seconds=1)
            )
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--as-of {text!r} is neither a date (2026-11-23) nor a time with its offset "
            "(2026-11-23T08:40:00+08:00)"
        ) from error
    if instant.tzinfo is None:
        raise UsageError(f"--as-of {text!r} needs an offset, e.g. {text}+08:00")
    return instant.astimezone(UTC).replace(microsecond=0)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()
