"""Trials: recorded rounds, repeatable dice, and the sources that a request may name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.beacon import RecordedRounds
from allocation.policy_calendar import Source
from flows.chance import chosen_chance, recorded_closings
from flows.clock import SystemDice, TrialClock, TrialDice
from flows.errors import EnvironmentRefused, UsageError
from lottery.beacon import round_for

DRAND = Source(kind="drand", delay_s=600)
ROUNDS = Path(__file__).parents[1] / "vectors" / "beacon" / "quicknet-rounds.json"


def test_the_closings_for_recorded_rounds_lead_to_rounds_of_the_file():
    recorded = RecordedRounds(ROUNDS)
    first, last = recorded_closings(recorded, 600)
    rounds = [round_for(int(at.timestamp()), 600) for at in (first, last)]
    assert set(rounds) <= set(recorded.numbers)
    assert last - first > timedelta(seconds=600)


def test_rounds_too_close_together_are_refused(tmp_path):
    rows = json.loads(ROUNDS.read_text())["rounds"]
    close = [row for row in rows if 1000 <= row["round"] <= 1003]
    (tmp_path / "close.json").write_text(json.dumps(close))
    with pytest.raises(EnvironmentRefused, match="more than 604 s apart"):
        recorded_closings(RecordedRounds(tmp_path / "close.json"), 600)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rounds": 5}', '[{"round": 1}]'])
def test_a_file_that_holds_no_rounds_is_refused_by_name(tmp_path, text):
    (tmp_path / "rounds.json").write_text(text)
    with pytest.raises(EnvironmentRefused, match=r"rounds\.json"):
        chosen_chance(DRAND, "UTC", f"file:{tmp_path / 'rounds.json'}", [])


def test_a_source_nobody_knows_is_refused():
    with pytest.raises(UsageError, match="coin"):
        chosen_chance(DRAND, "UTC", "coin", [])


def test_trial_dice_repeat_for_a_seed_and_differ_by_purpose():
    dice, again, other = TrialDice("a"), TrialDice("a"), TrialDice("b")
    assert dice.bytes32("salt", "lead", "L1") == again.bytes32("salt", "lead", "L1")
    drawn = {
        dice.bytes32("salt", "lead", "L1"),
        dice.bytes32("salt", "rep", "L1"),
        dice.bytes32("salt", "lead", "L2"),
        other.bytes32("salt", "lead", "L1"),
        SystemDice().bytes32("salt", "lead", "L1"),
    }
    assert len(drawn) == 5
    assert {len(value) for value in drawn} == {32}


def test_a_trial_clock_never_goes_back():
    clock = TrialClock(datetime(2026, 11, 23, tzinfo=UTC))
    clock.sleep_until(datetime(2026, 11, 22, tzinfo=UTC))
    assert clock.now() == datetime(2026, 11, 23, tzinfo=UTC)
    clock.sleep_until(datetime(2026, 11, 24, tzinfo=UTC))
    assert clock.now() == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_draw_that_waits_for_the_beacon_is_not_ended_by_a_run_with_another_source():
    opening = {"draw": "2026-W48/smb", "sources": [{"kind": "drand", "round": 1000}]}
    clock = TrialClock(datetime(2026, 11, 23, tzinfo=UTC))
    with pytest.raises(UsageError, match="2026-W48/smb is open and waits for drand"):
        chosen_chance(Source(kind="operator"), "UTC", "", []).reveals(None, opening, clock)
