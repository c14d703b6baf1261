"""Runs between the Mondays as outsiders check them: what an operator could try is refused."""

from dataclasses import replace

import pytest

from audit.verify import verify
from lottery.sources import operator_commitment, operator_source
from tests.builders import ref
from tests.intake_builder import FIRST, MONDAY, NOW, SECOND, intake_week
from tests.site_builder import secret_of
from tests.verifiers import MemorySite, by_package, by_standalone

HONEST = intake_week()


def waiting(week, run=FIRST):
    return [row["lead"] for row in week.rows[run] if row["reason"] == "awaits_lottery"]


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


def on(kind, run, change):
    """Changes one kind of thing of one run, and nothing else."""
    return lambda k, r, value: change(value) if (k, r) == (kind, run) else value


def on_ladder(change):
    return on("opening", MONDAY, lambda value: change(value) if "waited" in value else value)


def renamed(value):
    first, second = value["waited"]
    return value | {"waited": {second: value["waited"][first], first: value["waited"][second]}}


def row_of(lead, **change):
    return lambda rows: [
        {key: part for key, part in (row | change).items() if part is not None}
        if row["lead"] == lead
        else row
        for row in rows
    ]


def drawn_again(snap):
    """The second run takes a lead that waits as if it were new."""
    lead = next(iter(waiting(HONEST)))
    one = next(one for one in FIRST_LEADS if one.ref == lead)
    return replace(snap, leads=(*snap.leads, one))


FIRST_LEADS = []
intake_week(on("frozen", FIRST, lambda snap: FIRST_LEADS.extend(snap.leads) or snap))

TRICKS = {
    "a waiting lead is drawn again an hour later": on("frozen", SECOND, drawn_again),
    "a run continues nothing": on(
        "snapshot", SECOND, lambda v: {k: p for k, p in v.items() if k != "continues"}
    ),
    "two runs continue the same one": on("snapshot", MONDAY, lambda v: v | {"continues": FIRST}),
    "a run continues one that does not exist": on(
        "snapshot", MONDAY, lambda v: v | {"continues": "2026-W36"}
    ),
    "a run continues a number": on("snapshot", MONDAY, lambda v: v | {"continues": 7}),
    "a waiting lead is said to come by an exception": on_ladder(
        lambda v: {k: p for k, p in v.items() if k != "waited"}
    ),
    "a waiting lead is said to come from another draw": on_ladder(renamed),
    "the draw that a lead waited from does not exist": on_ladder(
        lambda v: v | {"waited": {"0" * 64: v["extra"]}}
    ),
    "a lead of Monday's own pool is said to have waited": on_ladder(
        lambda v: v | {"waited": dict(v["waited"]) | {
            next(iter(v["waited"])): [*next(iter(v["waited"].values())),
                                      next(p for p in v["prizes"] if p not in v["extra"])]}}
    ),
    "waited is a list": on_ladder(lambda v: v | {"waited": v["extra"]}),
    "waited holds numbers": on_ladder(lambda v: v | {"waited": {"0" * 64: [1]}}),
    "a waiting lead is given away by hand": on(
        "rows", FIRST, row_of(waiting(HONEST)[0], rep=ref("friend"))
    ),
    "a prize of Monday is left waiting": on(
        "rows",
        MONDAY,
        row_of(
            waiting(HONEST)[0], rep=None, draw=None, method="none", reason="awaits_lottery"
        ),
    ),
    "a waiting lead is won as an exception": on(
        "rows", MONDAY, row_of(waiting(HONEST)[0], method="exception")
    ),
}  # fmt: skip


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
