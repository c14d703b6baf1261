"""Runs between the Mondays as outsiders check them: what an operator could try is refused."""

from dataclasses import replace

import pytest

from audit.verify import verify
from lottery.sources import operator_commitment, operator_source
from tests.intake_builder import FIRST, MONDAY, NOW, SECOND, intake_week
from tests.intake_tricks import HONEST, TRICKS, on, waiting
from tests.site_builder import secret_of
from tests.verifiers import MemorySite, by_package, by_standalone


def test_the_honest_week_verifies_in_both_programs_and_replays_to_the_byte():
    files = HONEST.site()
    assert waiting(HONEST) and waiting(HONEST, SECOND)
    found = by_package(files, NOW)
    assert (found.verdict, found.failed) == ("OPERATOR-TRUSTED", ())
    assert by_standalone(files, NOW) == found
    for run in (FIRST, SECOND, MONDAY):
        report = verify(MemorySite(files), bundle=HONEST.bundles[run], now=NOW)
        (replay,) = [check for check in report.checks if check.name == "replay"]
        assert (replay.ok, run in replay.detail) == ("ok", True)


def test_the_leads_that_waited_are_won_by_lottery_on_monday_and_say_which_draw_sent_them():
    (opening,) = [
        one.value for one in HONEST.events if one.type == "opening" and "waited" in one.value
    ]
    sent = {HONEST.selects[f"{run}/enterprise"]: waiting(HONEST, run) for run in (FIRST, SECOND)}
    assert opening["waited"] == sent
    assert opening["extra"] == sorted([*waiting(HONEST), *waiting(HONEST, SECOND)])
    monday = {row["lead"]: row for row in HONEST.rows[MONDAY]}
    assert {monday[lead]["method"] for lead in opening["extra"]} == {"lottery"}


@pytest.mark.parametrize("trick", TRICKS)
def test_every_trick_is_refused_by_both_programs(trick):
    files = intake_week(TRICKS[trick]).site()
    package, single = by_package(files, NOW), by_standalone(files, NOW)
    assert package.exit_code == 1, package
    assert single.exit_code == 1, single
    assert package.failed == single.failed


def test_a_ladder_between_the_mondays_is_refused():
    def held(kind, run, value):
        if kind == "opening" and value["draw"] == f"{MONDAY}/enterprise/lottery":
            draw = f"{SECOND}/enterprise/lottery"
            sources = [operator_source(operator_commitment(secret_of(draw)))]
            return value | {"draw": draw, "sources": sources}
        return value

    files = intake_week(held).site()
    assert "intake runs" in by_package(files, NOW).failed
    assert "intake runs" in by_standalone(files, NOW).failed


def test_a_waiting_lead_that_monday_does_not_have_is_shown_to_the_reader():
    lost = waiting(HONEST)[0]
    week = intake_week(
        on(
            "frozen",
            MONDAY,
            lambda snap: replace(snap, leads=tuple(one for one in snap.leads if one.ref != lost)),
        )
    )
    report = verify(MemorySite(week.site()), now=NOW)
    said = [check for check in report.checks if check.name == "intake runs"]
    assert [check.ok for check in said if "lacks 1 leads" in check.detail] == ["warning"]
    assert report.exit_code == 4
