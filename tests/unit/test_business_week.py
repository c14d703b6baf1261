"""Run keys and the Monday clock, against published weeks and instants."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.business_week import (
    intake_key,
    local_instant,
    monday_clock,
    parse_as_of,
    run_key,
    week_start,
)
from flows.errors import UsageError
from ledger.run_keys import is_intake, week_of

ORACLE = json.loads(
    (Path(__file__).parents[1] / "oracles" / "schedule_oracles.json").read_text(encoding="utf-8")
)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "week"), ORACLE["iso_week"])
def test_the_run_key_is_the_iso_week(day, week):
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    assert run_key(noon, "Asia/Shanghai") == week
    assert week_start(week) <= date.fromisoformat(day)


@pytest.mark.parametrize("case", ORACLE["instants"], ids=lambda c: f"{c['zone']} {c['local']}")
def test_the_run_key_is_taken_in_the_business_zone_also_around_clock_changes(case):
    day, wall = case["local"].split("T")
    instant = local_instant(date.fromisoformat(day), wall, case["zone"])
    assert instant.isoformat() == case["utc_fold0"]
    assert run_key(instant, case["zone"]) == case["iso_week_local"]


@pytest.mark.parametrize("year", ORACLE["years_with_week_53_2020_2050"])
def test_long_years_have_a_53rd_week(year):
    assert week_start(f"{year}-W53").isocalendar()[:2] == (year, 53)


@pytest.mark.parametrize("key", ["2027-W53", "2026-W00", "2026-48", "next week"])
def test_a_week_that_does_not_exist_is_refused(key):
    with pytest.raises(UsageError):
        week_start(key)


def test_the_four_times_of_document_0_in_shanghai():
    clock = monday_clock("2026-W48", "Asia/Shanghai", "monday", "08:40", "09:00", "11:00")
    assert clock.freeze_at == datetime(2026, 11, 23, 0, 40, tzinfo=UTC)
    assert clock.opens_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert clock.closes_at == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_as_of_a_date_includes_everything_dated_on_it():
    assert parse_as_of("2017-12-31", "UTC", NOW) == datetime(2017, 12, 31, 23, 59, 59, tzinfo=UTC)
    shanghai = parse_as_of("2026-11-23", "Asia/Shanghai", NOW)
    assert shanghai == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def test_as_of_nothing_is_now():
    assert parse_as_of("", "Asia/Shanghai", NOW) == NOW


@pytest.mark.parametrize("text", ["2026-11-23T08:40:00", "23.11.2026", "2026-02-30", "yesterday"])
def test_as_of_without_an_offset_or_of_no_day_is_refused(text):
    with pytest.raises(UsageError, match="as-of"):
        parse_as_of(text, "Asia/Shanghai", NOW)


@pytest.mark.parametrize(
    ("instant", "zone", "every", "key"),
    [
        ("2026-11-24T06:10:00Z", "Asia/Shanghai", "hour", "2026-W48-2T14"),
        ("2026-11-24T06:10:00Z", "Asia/Shanghai", "day", "2026-W48-2"),
        # Sunday evening in UTC is Monday, and the next week, in Shanghai.
        ("2026-11-22T16:30:00Z", "Asia/Shanghai", "hour", "2026-W48-1T00"),
        # 2027-01-03 is a Sunday of 2026's week 53.
        ("2027-01-03T12:00:00Z", "Europe/London", "day", "2026-W53-7"),
        # New York's clock shows 01:30 twice that night: one hour, one key.
        ("2026-11-01T05:30:00Z", "America/New_York", "hour", "2026-W44-7T01"),
        ("2026-11-01T06:30:00Z", "America/New_York", "hour", "2026-W44-7T01"),
        # Lord Howe's goes back by half an hour.
        ("2026-04-04T15:15:00Z", "Australia/Lord_Howe", "hour", "2026-W14-7T01"),
    ],
)
def test_an_intake_run_is_keyed_by_its_day_or_hour_in_the_business_zone(instant, zone, every, key):
    found = intake_key(datetime.fromisoformat(instant), zone, every)
    assert found == key
    assert is_intake(found) and week_of(found) == run_key(datetime.fromisoformat(instant), zone)
