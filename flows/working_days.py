"""Which days a policy's team works: public holidays and 调休 of its country, and its own days."""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from allocation.policy import Policy
from allocation.policy_service import WEEKDAYS, WorkingTime
from allocation.working_time import WorkDays
from flows.errors import PolicyRefused

# A policy that counts by the clock need not say when people work.
WEEKDAYS_ONLY = WorkingTime(id="working-time", zh="周一至周五", en="weekdays", source="none given")
# Countries that announce make-up days (调休) each year: before the announcement a year is a guess.
ANNOUNCED = ("CN",)


def work_days(policy: Policy) -> WorkDays:
    """The working time of a policy, in its zone. Errors: PolicyRefused for an unknown country."""
    rule = policy.working_time or WEEKDAYS_ONLY
    usual = {WEEKDAYS.index(name) for name in rule.weekdays}
    days_off, days_on = frozenset(rule.days_off), frozenset(rule.days_on)
    public = _holidays(rule.country) if rule.country else None

    def is_working(day: date) -> bool:
        if day in days_on or day in days_off:
            return day in days_on
        if public is None:
            return day.weekday() in usual
        # Asking for the day loads its year, and with it the make-up days.
        return day not in public and (day.weekday() in usual or day in public.weekend_workdays)

    return WorkDays(
        ZoneInfo(policy.zone),
        time.fromisoformat(rule.opens),
        time.fromisoformat(rule.closes),
        is_working,
    )


def is_guessed(policy: Policy, year: int) -> bool:
    """Whether a year's make-up days are not known yet: the policy's own days say what holds."""
    country = policy.working_time.country if policy.working_time else ""
    if country not in ANNOUNCED:
        return False
    public = _holidays(country)
    return date(year, 1, 1) in public and not any(
        day.year == year for day in public.weekend_workdays
    )


@lru_cache(maxsize=8)
def _holidays(country: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country)
    except NotImplementedError as error:
        raise PolicyRefused(
            f"working_time.country: no calendar of public holidays is known for {country!r}: "
            "leave it empty and list days_off"
        ) from error
