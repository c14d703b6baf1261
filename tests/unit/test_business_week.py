"""Run keys and the Monday clock, against published weeks and instants."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.business_week import (
    local_instant,
    monday_clock,
    parse_as_of,
    run_key,
    week_start,
)
from flows.errors import UsageError

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
