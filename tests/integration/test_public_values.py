"""Public values on a real database and command line: typed by two, cancelled, resumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from adapters.warehouse import draws, ledger_store, public_values
from adapters.warehouse.ledger_store import NewEntry, timestamp
from allocation.policy_calendar import PublicValue
from allocation.policy_service import Words
from flows.awaited_values import agreed, awaited
from flows.chance import Chance
from flows.cli import app
from flows.clock import TrialClock
from flows.commands.void import check_may_void, log_void
from flows.errors import EnvironmentRefused, FairleadError, UsageError
from flows.log_draws import instant, log_closings, outcomes
from lottery.endings import check_void
from lottery.records import LADDER, ladder_opening, opening_hash
from lottery.sources import public_source
from tests.portal_builder import RUN

pytestmark = pytest.mark.timeout(300)
FORM, VALUE = "00 00 00 00 00 00 00", "03 11 17 29 30 31 08"
LOTTO = PublicValue(
    what="双色球 {date}",
    form=FORM,
    look_up="https://www.cwl.gov.cn/",
    rule=Words(zh="六个红球由小到大，最后是蓝球", en="six red balls upwards, then the blue one"),
    days=["tuesday", "thursday", "sunday"],
    times=["21:15"],
    not_on=[date(2026, 11, 24)],
)


@pytest.fixture
def work(work):
    return replace(work, chance=Chance("public", values=(LOTTO,), zone="Asia/Shanghai"))


@pytest.fixture
def fairlead(home, address, monkeypatch):
    """The command line in this process: (exit code, what it said)."""
    monkeypatch.setenv("FAIRLEAD_HOME", str(home.path))

    def run(*arguments: str, typed: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(app, ("draw", "value", RUN, *arguments), input=typed)
        if isinstance(done.exception, FairleadError):
            return done.exception.exit_code, str(done.exception)
        assert done.exception is None, done.exception
        return done.exit_code, done.stdout

    return run


def opened(address, share: str, what: str, closed_hours_ago: float = 3) -> str:
    """A ladder whose value has appeared; its id. Closed, with nobody's line."""
    closes_at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=closed_hours_ago)
    draw = f"{RUN}/enterprise/{share}"
    opening = ladder_opening(
        draw=draw, policy_sha256="1" * 64, opens_at=timestamp(closes_at - timedelta(hours=2)),
        closes_at=timestamp(closes_at), entrants=["a" * 64, "b" * 64, "c" * 64],
        prizes=[f"{share:0<64}", f"{share:1<64}"],
        sources=[public_source(what, FORM, timestamp(closes_at + timedelta(hours=1)))],
        more={"look_up": [{"address": LOTTO.look_up, "rule_zh": LOTTO.rule.zh}]},
    )  # fmt: skip
    with address.connect() as conn:
        draws.store_opening(conn, RUN, opening_hash(opening), opening)
        ledger_store.append(conn, [NewEntry("opening", RUN, opening)], closes_at)
    return draw


def close(address, work, draw: str) -> None:
    with address.connect() as conn:
        found = draws.last_attempt(conn, draw)
        clock = TrialClock(instant(found.opening["closes_at"]) + timedelta(seconds=1))
        log_closings(conn, replace(work, clock=clock), LADDER)


# -- which event it is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closes_at", "what", "at"),
    [
        ("2026-11-22T12:15:00Z", "双色球 2026-11-22", "2026-11-22T13:15:00Z"),  # exactly an hour
        ("2026-11-22T12:15:01Z", "双色球 2026-11-26", "2026-11-26T13:15:00Z"),  # 24 is left out
        ("2026-11-26T13:00:00Z", "双色球 2026-11-29", "2026-11-29T13:15:00Z"),
    ],
)
def test_the_event_is_the_first_of_its_days_an_hour_after_closing(closes_at, what, at):
    found = awaited(LOTTO, instant(closes_at), "Asia/Shanghai")
    assert found == (what, instant(at))


def test_a_value_that_stays_away_for_two_months_is_refused():
    days = [date(2026, 11, 22) + timedelta(days=n) for n in range(90)]
    never = LOTTO.model_copy(update={"not_on": days})
    with pytest.raises(UsageError, match="does not appear within two months"):
        awaited(never, instant("2026-11-22T12:15:00Z"), "Asia/Shanghai")


# -- two people -----------------------------------------------------------------------------------


def test_nothing_can_be_typed_before_its_time(address, fairlead):
    opened(address, "early", "双色球 tomorrow", closed_hours_ago=-2)
    code, said = fairlead("--by", "Wang", "--value", VALUE)
    assert code == 2
    assert "cannot be known before" in said
    with address.connect() as conn:
        draw = draws.last_attempt(conn, f"{RUN}/enterprise/early")
        ended = {"reason": "event-cancelled"}
        draws.store_event(conn, draw.opening_hash, "void", ended, datetime.now(UTC))


def test_the_second_person_ends_it_and_only_after_typing_the_runs_name(address, work, fairlead):
    draw = opened(address, "two", "双色球 two")
    close(address, work, draw)
    now = replace(work, clock=TrialClock(datetime.now(UTC)))
    refused = pytest.raises(EnvironmentRefused, match="now two people type it")
    with address.connect() as conn, refused:
        outcomes(conn, now, LADDER)
    status = CliRunner().invoke(app, ("draw", "status", RUN)).stdout
    assert "closed; 双色球 two (fairlead draw value) from" in status
    code, said = fairlead("--by", "Wang", typed=f"{VALUE}\n")  # asked for
    assert code == 0
    assert "look it up at  https://www.cwl.gov.cn/" in said
    assert "六个红球由小到大" in said
    code, said = fairlead("--by", "Li", "--value", VALUE, typed="no\n")
    assert code == 2
    assert "nothing was done" in said
    with address.connect() as conn:
        assert agreed(conn, RUN, "双色球 two") is None
    assert fairlead("--by", "Li", "--value", VALUE, typed=f"{RUN}\n")[0] == 0
    with address.connect() as conn:
        found = outcomes(conn, replace(work, clock=TrialClock(datetime.now(UTC))), LADDER)
    ((_, outcome),) = [one for one in found if one[0].draw == draw]
    assert outcome["reveals"] == [{"kind": "public", "what": "双色球 two", "value": VALUE}]
    finish(address, found)


def finish(address, found) -> None:
    with address.connect() as conn:
        for draw, outcome in found:
            draws.store_event(conn, draw.opening_hash, "outcome", outcome, datetime.now(UTC))


def test_who_typed_wrong_first_may_correct_it_and_nobody_else_may(address, work, fairlead):
    draw = opened(address, "wrong", "双色球 wrong")
    close(address, work, draw)
    slip = VALUE[:-1] + "9"
    assert fairlead("--by", "Ｗang", "--value", slip)[0] == 0
    assert fairlead("--by", "wang", "--value", VALUE)[0] == 2  # the same person, however written
    assert fairlead("--by", "Li", "--value", VALUE, "--yes")[0] == 2  # a mismatch keeps nothing
    assert fairlead("--by", "Li", "--value", VALUE, "--correct")[0] == 2
    assert fairlead("--by", "WANG", "--value", VALUE, "--correct")[0] == 0
    code, said = fairlead("--by", "Li", "--value", VALUE, "--yes")
    assert code == 0
    assert "say WANG and Li" in said
    with address.connect() as conn:
        rows = public_values.last_typed(conn, RUN, "双色球 wrong")
        finish(address, outcomes(conn, replace(work, clock=TrialClock(datetime.now(UTC))), LADDER))
    assert [(row.by, row.value) for row in rows] == [("WANG", VALUE), ("Li", VALUE)]


def test_without_an_awaited_value_there_is_nothing_to_type(fairlead):
    code, said = fairlead("--by", "Wang", "--value", VALUE)
    assert code == 2
    assert "waits for a public value" in said
    assert fairlead("--by", "  ")[0] == 2


# -- cancelled ------------------------------------------------------------------------------------


def test_a_cancelled_event_ends_in_a_void_whose_next_attempt_waits_for_the_next_event(
    address, work, fairlead
):
    draw = opened(address, "cancelled", "双色球 cancelled")
    close(address, work, draw)
    now = replace(work, clock=TrialClock(datetime.now(UTC)))
    with address.connect() as conn:
        before = draws.last_attempt(conn, draw)
        early = replace(work, clock=TrialClock(instant(before.opening["sources"][0]["at"])))
        with pytest.raises(UsageError, match="a gap is only known"):
            check_may_void(conn, early, before, "event-cancelled")
        check_may_void(conn, now, before, "event-cancelled")
        log_void(conn, now, before, "event-cancelled")
        following = draws.last_attempt(conn, draw)
        (ended,) = [one.void for one in draws.draws_of(conn, RUN) if one.draw == draw and one.void]
    check_void(ended, before.opening, following.opening)
    (source,) = following.opening["sources"]
    assert (following.attempt, source["form"]) == (2, FORM)
    what, at = awaited(LOTTO, instant(following.opening["closes_at"]), "Asia/Shanghai")
    assert (source["what"], source["at"]) == (what, timestamp(at))
    assert following.opening["look_up"][0]["address"] == LOTTO.look_up
    code, said = fairlead("--by", "Wang", "--value", VALUE)
    assert code == 2  # of the void one nothing can be typed, the next one lies ahead
    assert "cannot be known before" in said


def test_a_value_that_two_people_typed_was_not_cancelled(address, work, fairlead):
    draw = opened(address, "there", "双色球 there")
    close(address, work, draw)
    for name in ("Wang", "Li"):
        assert fairlead("--by", name, "--value", VALUE, "--what", "双色球 there", "--yes")[0] == 0
    now = replace(work, clock=TrialClock(datetime.now(UTC)))
    with address.connect() as conn, pytest.raises(UsageError, match="two people typed"):
        check_may_void(conn, now, draws.last_attempt(conn, draw), "event-cancelled")
