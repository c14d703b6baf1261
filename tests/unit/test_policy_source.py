"""The calendar and source of a policy: public values, the next day's closing, missed windows."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation.policy import load_policy, policy_mistakes
from allocation.policy_diff import differences
from flows.awaited_values import awaited
from flows.business_week import monday_clock

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "policies" / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
(EXAMPLE,) = [block for block in re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
              if "kind: public" in block]  # fmt: skip


def policy_with(parts: str) -> str:
    """The default policy with another calendar and source."""
    kept = [line for line in TEXT.split("\n") if not re.match("calendar:|source:", line)]
    at = next(i for i, line in enumerate(kept) if line.startswith("limits:"))
    return "\n".join([*kept[:at], parts.rstrip(), *kept[at:]])


def mistakes(old: str, new: str) -> list[str]:
    assert old in EXAMPLE
    return [one.message for one in policy_mistakes(policy_with(EXAMPLE.replace(old, new, 1)))]


def test_the_manuals_example_of_public_values_is_a_good_policy() -> None:
    assert policy_mistakes(policy_with(EXAMPLE)) == []


def test_its_two_draws_wait_for_tuesdays_and_thursdays_numbers() -> None:
    policy = load_policy(policy_with(EXAMPLE))
    calendar = policy.calendar
    clock = monday_clock(
        "2026-W48", policy.zone, calendar.weekday, calendar.freeze, calendar.open, calendar.close,
        calendar.days_open,
    )  # fmt: skip
    assert clock.closes_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # Thursday 20:00
    (value,) = policy.source.values or []
    names = [awaited(value, at, policy.zone)[0] for at in (clock.freeze_at, clock.closes_at)]
    assert names == ["双色球 2026-11-24", "双色球 2026-11-26"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("00 00 00 00 00 00 00", "00 00 00", "6 digits (zeros) together, at least 7"),
        ("双色球 {date}", "双色球", "which day's value is meant"),
        ("双色球 {date}", "双色球 {date} {issue}", "only {date} and {time}"),
        ('times: ["21:15"]', 'times: ["20:30", "21:15"]', "name which with {time}"),
        ('freeze: "19:00"', 'freeze: "20:30"', "cannot be split before it opens"),
        ('days: [tuesday', "days: [monday", "cannot be split before it opens"),
        ("kind: public", "kind: public\n  delay_s: 600", "no delay_s"),
        ("kind: public", "kind: drand\n  delay_s: 600", "only a source of kind public has values"),
        ("https://www.cwl.gov.cn/", "the newspaper", "should match pattern"),
        ("rule: {zh: ", "rule: {fr: ", "sentence in 中文"),
        ("days_open: 2", "days_open: 0", "the window closes before it opens"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_public_source_is_named(old: str, new: str, words: str) -> None:
    assert any(words in one for one in mistakes(old, new)), mistakes(old, new)


def test_public_without_values_and_the_same_value_twice_are_mistakes() -> None:
    bare = policy_with(EXAMPLE.partition("\n")[0] + "\nsource: {kind: public}")
    assert any("public needs values" in one.message for one in policy_mistakes(bare))
    row = EXAMPLE.partition("  values:")[2].partition("\n")[2]
    assert any("a second time" in one for one in mistakes(row, row + row))


def test_how_a_missed_window_is_caught_up_is_policy_and_shown_as_a_difference() -> None:
    old = load_policy(TEXT)
    new = load_policy(TEXT.replace('close: "11:00"', 'close: "11:00", catch_up: latest', 1))
    assert (old.calendar.catch_up, new.calendar.catch_up) == ("skip", "latest")
    (one,) = differences(old, new)
    assert (one.field, one.old, one.new) == ("calendar/catch_up", "skip", "latest")
    wrong = TEXT.replace('close: "11:00"', 'close: "11:00", catch_up: always', 1)
    assert any("'skip' or 'latest'" in one.message for one in policy_mistakes(wrong))
