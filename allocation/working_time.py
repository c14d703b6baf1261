"""When an answer is due, or a filing too late: hours by the clock, on working days, at work.

- hours: by the clock, nights and holidays included.
- working_days: 24 hours of each working day count; weekends and holidays do not. A Friday 11:00
  and 24 hours are Monday 11:00.
- working_hours: only the hours of the working time of working days.

Pure: which days people work is an argument (public holidays and 调休 come from outside).
Source: mission.md 7 (timers count working hours of a calendar).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import count

from allocation.policy_service import Counting

LONGEST = 366  # days without a working one: such a calendar is a mistake


@dataclass(frozen=True, slots=True)
class WorkDays:
    """Which days of a zone are worked, and from when to when."""

    zone: tzinfo
    opens: time
    closes: time
    is_working: Callable[[date], bool]


def due(start: datetime, hours: int, counting: Counting, days: WorkDays) -> datetime:
    """The instant (UTC) at which so many counted hours have passed. Errors: ValueError."""
    if counting == "hours":
        return start.astimezone(UTC) + timedelta(hours=hours)
    left = timedelta(hours=hours)
    for begins, ends in _spans(start, counting, days):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise AssertionError("spans never end")


def _spans(
    start: datetime, counting: Counting, days: WorkDays
) -> Iterator[tuple[datetime, datetime]]:
    """The counted time from `start` on, as instants (UTC): a day of 23 hours has 23."""
    first = start.astimezone(days.zone).date()
    idle = 0
    for number in count():
        day = first + timedelta(days=number)
        idle = 0 if days.is_working(day) else idle + 1
        if idle > LONGEST:
            raise ValueError(f"nobody works in the year up to {day}: see the policy's working_time")
        if idle:
            continue
        if counting == "working_days":
            begins, ends = _at(day, time(), days), _at(day + timedelta(days=1), time(), days)
        else:
            begins, ends = _at(day, days.opens, days), _at(day, days.closes, days)
        begins = max(begins, start.astimezone(UTC))
        if begins < ends:
            yield begins, ends


def _at(day: date, clock: time, days: WorkDays) -> datetime:
    return datetime.combine(day, clock, days.zone).astimezone(UTC)
