"""Deadlines that count working days and hours: Chinese holidays, make-up days, the team's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from allocation.policy import PolicyError, load_new_policy
from allocation.requests import appeal_verdict
from allocation.working_time import due
from flows.errors import PolicyRefused
from flows.working_days import is_guessed, work_days
from tests import builders as build

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = build.policy()
DAYS = work_days(POLICY)
# Days that are not as their weekday says, from the State Council's notice for 2026 (4 Nov 2025).
OFF_2026 = {
    *(date(2026, 1, d) for d in (1, 2)),
    *(date(2026, 2, d) for d in (16, 17, 18, 19, 20, 23)),
    date(2026, 4, 6),
    *(date(2026, 5, d) for d in (1, 4, 5)),
    date(2026, 6, 19),
    date(2026, 9, 25),
    *(date(2026, 10, d) for d in (1, 2, 5, 6, 7)),
}
ON_2026 = {
    date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20),
    date(2026, 10, 10),
}  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_every_day_of_2026_is_worked_as_the_state_council_announced():
    wrong = [
        day
        for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
        if DAYS.is_working(day) != ((day.weekday() < 5 and day not in OFF_2026) or day in ON_2026)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T11:10", 24, "2026-11-24T11:10"),
        ("2026-11-20T11:10", 24, "2026-11-23T11:10"),  # over a weekend
        ("2026-11-21T15:00", 24, "2026-11-24T00:00"),  # filed on a Saturday: Monday counts whole
        ("2026-02-13T18:00", 24, "2026-02-14T18:00"),  # the Saturday is made up for
        ("2026-02-14T18:00", 24, "2026-02-24T18:00"),  # Spring Festival does not count
        ("2026-09-30T09:00", 48, "2026-10-09T09:00"),  # nor does National Day
        ("2026-10-09T12:00", 24, "2026-10-10T12:00"),  # and the Saturday after it is worked
    ],
)
def test_working_days_count_24_hours_each(start, hours, end):
    assert due(at(start), hours, "working_days", DAYS) == at(end)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T16:00", 4, "2026-11-24T11:00"),  # 9 to 18: two hours today, two tomorrow
        ("2026-11-20T20:00", 2, "2026-11-23T11:00"),
        ("2026-11-23T07:00", 9, "2026-11-23T18:00"),
    ],
)
def test_working_hours_count_only_at_work(start, hours, end):
    assert due(at(start), hours, "working_hours", DAYS) == at(end)


def test_hours_by_the_clock_count_nights_and_holidays():
    assert due(at("2026-10-01T00:00"), 24, "hours", DAYS) == at("2026-10-02T00:00")


def test_a_day_of_23_hours_has_23():
    # Berlin, 29 March 2026: clocks go forward in the night to Sunday.
    berlin = ZoneInfo("Europe/Berlin")
    days = replace(DAYS, zone=berlin, is_working=lambda _: True)
    start = datetime(2026, 3, 29, 0, 0, tzinfo=berlin)
    # 23 hours on Sunday, the 24th is Monday's first: 01:00 in Berlin is 23:00 UTC.
    assert due(start, 24, "working_days", days) == datetime(2026, 3, 29, 23, 0, tzinfo=UTC)


def test_the_teams_own_days_overrule_the_calendar():
    policy = build.policy(
        replace={"days_on: []": "days_on: [2026-10-01]", "days_off: []": "days_off: [2026-11-24]"}
    )
    days = work_days(policy)
    assert days.is_working(date(2026, 10, 1))
    assert due(at("2026-11-23T11:10"), 24, "working_days", days) == at("2026-11-25T11:10")


def test_a_year_whose_make_up_days_are_not_announced_is_a_guess():
    assert not is_guessed(POLICY, 2026)
    assert is_guessed(POLICY, 2040)


def test_an_unknown_country_is_refused():
    with pytest.raises(PolicyRefused, match="no calendar of public holidays"):
        work_days(build.policy(replace={"country: CN": "country: XX"}))


def test_nobody_working_for_a_year_is_said_and_never_waited_for():
    nobody = replace(DAYS, is_working=lambda _: False)
    with pytest.raises(ValueError, match="nobody works"):
        due(at("2026-11-23T11:10"), 24, "working_days", nobody)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('closes: "18:00"', 'closes: "08:00"', "ends before it begins"),
        ("days_off: [] #", "days_off: [2026-10-01] #", "is in days_off, too"),
        ("working_time:\n", "", "add the section"),
    ],
)
def test_mistakes_in_the_working_time_are_found(old, new, message):
    text = POLICY.text.replace("days_on: []", "days_on: [2026-10-01]").replace(old, new)
    if not new:  # the whole section goes
        head, _, rest = POLICY.text.partition("working_time:\n")
        text = head + rest[rest.index("reassignment:") :]
    with pytest.raises(PolicyError) as error:
        load_new_policy(text, {"Asia/Shanghai"})
    assert message in str([one.message for one in error.value.mistakes])


def test_a_policy_without_working_time_counts_by_the_clock():
    minimal = build.policy(name="minimal")
    assert minimal.working_time is None
    saturday = at("2026-11-21T15:00")
    assert appeal_verdict(minimal, saturday, work_days(minimal)).due == at("2026-11-22T15:00")
