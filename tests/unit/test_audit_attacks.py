"""The attacks of the protocol's table, each played for real, and what the verifiers say of it.

`fairlead verify` and the published verify.py are asked both, and must answer alike. What no
verifier can catch (wrong data in the CRM, a line that was never acknowledged) is not here.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from audit.verify import verify
from lottery.acknowledgement import Acknowledgement, Line
from lottery.derive import outcome
from lottery.endings import void
from lottery.records import closing, ladder_opening, opening_hash, select_opening
from lottery.sources import operator_commitment, operator_source
from tests.site_builder import (
    LADDER_CLOSES,
    LADDER_DRAW,
    LEADS,
    NOW,
    POLICY,
    REPS,
    RUN,
    SELECT_DRAW,
    SIGNER,
    WITNESS,
    Event,
    Site,
    allocation_event,
    ladder_value,
    monday,
    ref,
    reveal_of,
    secret_of,
    select_value,
)
from tests.verifiers import (
    Finding,
    MemorySite,
    StandaloneSite,
    by_package,
    by_standalone,
    standalone,
)

KEY, TRUST = str(SIGNER.vkey), str(WITNESS).encode()


def judged(site: Site, **given: Any) -> Finding:
    given = {"key": KEY, "now": NOW} | given
    files = site.files()
    package = by_package(files, **given)
    assert by_standalone(files, **given) == package
    return package


def told(site: Site, **given: Any) -> str:
    """Why the site fails; it must."""
    assert judged(site, **given).exit_code == 1
    report = verify(MemorySite(site.files()), **({"key": KEY, "now": NOW} | given))
    return "\n".join(check.detail for check in report.checks if check.ok == "failed")


def cosigned(site: Site) -> Site:
    """With the best evidence there is: a witness saw opening and closing as they were made."""
    site.notes = [
        site.witnessed(site.position("closing", 0) + 1, "2026-09-17T12:22:46Z"),
        site.witnessed(site.position("closing", 1) + 1, "2026-09-17T15:13:41Z"),
    ]
    return site


# -- run again until favourable ------------------------------------------------------------------


def test_a_second_draw_for_the_same_leads_under_another_id_fails() -> None:
    site = monday()
    select, ladder = site.event("opening", 0).value, site.event("opening", 1).value
    again = f"{LADDER_DRAW}/second"
    secret = operator_commitment(secret_of(again))
    opening = ladder_opening(
        draw=again, policy_sha256=POLICY, opens_at="2026-09-17T14:00:00Z", closes_at=LADDER_CLOSES,
        sources=[operator_source(secret)], entrants=REPS, prizes=ladder["prizes"],
        pool=opening_hash(select),
    )  # fmt: skip
    end = outcome(opening, closing(opening), [reveal_of(opening)])
    site.events.insert(1, Event("commitment", "2026-09-17T12:01:00Z",
                                {"draw": again, "attempt": 1, "commitment": secret}))  # fmt: skip
    at = site.position("opening", 1) + 1
    site.events.insert(at, Event("opening", "2026-09-17T13:41:00Z", opening))
    at = site.position("outcome", 1)
    site.events[at:at] = [
        Event("closing", "2026-09-17T15:13:40Z", closing(opening)),
        Event("outcome", "2026-09-17T16:20:00Z", end),
    ]
    text = told(site)
    assert "is among the prizes of" in text
    assert "is in another ladder too" in text


def test_a_second_select_over_the_same_leads_in_another_band_fails() -> None:
    site = monday()
    draw = f"{RUN}/mid_market"
    secret = operator_commitment(secret_of(draw))
    opening = select_opening(
        draw=draw, policy_sha256=POLICY, opens_at="2026-09-17T12:20:00Z",
        closes_at="2026-09-17T12:22:45Z", sources=[operator_source(secret)], candidates=LEADS[:3],
        shares=[("lottery", 1)],
    )  # fmt: skip
    site.events.insert(1, Event("commitment", "2026-09-17T12:01:00Z",
                                {"draw": draw, "attempt": 1, "commitment": secret}))  # fmt: skip
    at = site.position("closing", 0)
    site.events.insert(at, Event("opening", "2026-09-17T12:19:10Z", opening))
    assert "is among the candidates of" in told(site)


def test_a_draw_repeated_without_a_void_fails_even_when_the_first_is_left_unfinished() -> None:
    site = monday("drand")
    ladder = site.event("opening", 1).value
    again = ladder | {"attempt": 2}
    at = site.position("outcome", 1)
    end = outcome(again, closing(again), [reveal_of(again)])
    site.events[at : at + 1] = [
        Event("closing", "2026-09-17T15:13:41Z", closing(again)),
        Event("outcome", "2026-09-17T16:20:10Z", end),
    ]
    site.events.insert(at, Event("opening", "2026-09-17T15:13:40Z", again))
    text = told(site)
    assert f"a second live draw of {LADDER_DRAW}" in text


# -- lines: the last entrant, no line at all, lines changed afterwards ---------------------------


def test_whatever_line_the_last_entrant_adds_each_rep_still_wins_as_often() -> None:
    """Over many secrets, the first prize falls to each of three reps alike, for every line."""
    select = select_value("operator")
    for line in ([], [(REPS[2], 0, 9)], [(REPS[2], 1, 9)]):
        won: Counter[str] = Counter()
        for number in range(600):
            secret = f"{number:064x}"
            opening = ladder_value("operator", select, LEADS[:1]) | {
                "sources": [operator_source(operator_commitment(secret))]
            }
            reveals = [{"kind": "operator", "secret": secret}]
            won.update(outcome(opening, closing(opening, line), reveals)["winners"].values())
        # Chi-square with 2 degrees of freedom: 18.4 is passed by chance once in 10,000 times.
        assert sum((won[rep] - 200) ** 2 / 200 for rep in REPS) < 18.4


def test_lines_changed_after_the_beacon_contradict_the_closing_notice() -> None:
    honest = monday("drand")
    notice = honest.checkpoint(honest.position("closing", 1) + 1).encode()
    searched = [
        monday("drand", lines=[(REPS[0], left, level)])
        for left, level in product(range(2), range(2))
    ]
    for other in searched:
        assert judged(other).exit_code == 3  # ORDER NOT PROVEN, never VERIFIED
        assert "the log was forked or rewritten" in told(other, since=notice)


def test_lines_changed_after_the_beacon_contradict_a_witness() -> None:
    other = monday("drand", lines=[(REPS[0], 0, 1)])
    other.notes = cosigned(monday("drand")).notes
    assert "the log was forked or rewritten" in told(other, trust=TRUST)


# -- the source ----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [-1, 1, 1000])
def test_another_round_than_the_formulas_fails(step: int) -> None:
    site = monday("drand")
    source = dict(site.event("opening", 1).value["sources"][0])
    site.change("opening", 1, sources=[source | {"round": source["round"] + step}])
    assert f"must be {source['round']} by the formula" in told(site)


def test_a_longer_delay_chosen_afterwards_fails_with_the_beacons_signature() -> None:
    site = monday("drand")
    source = dict(site.event("opening", 1).value["sources"][0])
    later = source | {"delay_s": source["delay_s"] + 300, "round": source["round"] + 100}
    opening = site.event("opening", 1).value | {"sources": [later]}
    site.change("opening", 1, sources=[later])
    site.change("closing", 1, opening=opening_hash(opening))
    site.change("outcome", 1, opening=opening_hash(opening))
    assert "is not the beacon's for round" in told(site)


def test_an_outcome_that_displeased_and_is_withheld_turns_red_after_a_day() -> None:
    site = monday("drand")
    site.events = site.events[: site.position("closing", 1) + 1]
    site.rows = []
    assert judged(site).exit_code == 3  # its time may still come
    assert "OVERDUE" in told(site, now=NOW + timedelta(hours=24))


def test_a_void_with_a_made_up_gap_says_which_round_to_ask_for() -> None:
    site = monday("drand")
    ladder = site.event("opening", 1).value
    again = {**ladder, "attempt": 2, "opens_at": "2026-09-17T15:30:00Z",
             "closes_at": "2026-09-17T16:30:00Z"}  # fmt: skip
    source = again["sources"][0]
    again["sources"] = [source | {"round": source["round"] + (76 * 60 + 21) // 3}]
    at = site.position("outcome", 1)
    site.events = site.events[:at]
    site.rows = []
    site.events.append(Event("opening", "2026-09-17T15:29:00Z", again))
    site.events.append(Event("void", "2026-09-17T15:29:30Z", void(ladder, "beacon-gap", again)))
    report = verify(MemorySite(site.files()), key=KEY, now=NOW)
    assert judged(site).exit_code == 3
    warned = [check.detail for check in report.checks if check.ok == "warning"]
    assert any("ask a beacon relay that round 32285085 really is missing" in one for one in warned)


def test_a_draw_voided_for_a_gap_while_another_was_drawn_from_the_same_round_fails() -> None:
    """The operator dislikes one band's split and calls its round missing; it used it elsewhere."""
    site = monday("drand")
    select = site.event("opening", 0).value
    other = {**select, "draw": f"{RUN}/smb", "candidates": [], "shares": []}
    source = other["sources"][0]
    again = {**other, "attempt": 2, "opens_at": "2026-09-17T13:40:00Z",
             "closes_at": "2026-09-17T19:00:00Z"}  # fmt: skip
    seconds = 19 * 3600 - (12 * 3600 + 22 * 60 + 45)
    again["sources"] = [source | {"round": source["round"] + seconds // 3}]
    at = site.position("opening", 0) + 1
    site.events.insert(at, Event("opening", "2026-09-17T12:19:10Z", other))
    site.events, site.rows = site.events[: site.position("outcome", 0) + 1], []
    site.events.append(Event("opening", "2026-09-17T13:39:00Z", again))
    site.events.append(Event("void", "2026-09-17T13:39:30Z", void(other, "beacon-gap", again)))
    text = told(site)
    assert f"round {source['round']} exists, draw {SELECT_DRAW} was drawn from it" in text


def test_a_colluding_rep_with_the_operators_secret_wins_and_is_never_called_verified() -> None:
    """Who knows the secret tries lines until the wished lead is won; the records are flawless."""
    honest = monday(lines=[])
    opening, (cheat, friend) = honest.event("opening", 1).value, REPS[:2]
    winners = honest.event("outcome", 1).value["winners"]
    wished = next(lead for lead, rep in winners.items() if rep == friend)
    reveals = [{"kind": "operator", "secret": secret_of(LADDER_DRAW)}]
    line = next(
        (cheat, left, level)
        for left, level in product(range(2), range(1000))
        if outcome(opening, closing(opening, [(cheat, left, level)]), reveals)["winners"][wished]
        == cheat
    )
    site = cosigned(monday(lines=[line]))
    assert site.event("outcome", 1).value["winners"][wished] == cheat
    seen = datetime(2026, 9, 17, 12, 22, 46, tzinfo=UTC)
    held = site.checkpoint(site.position("closing", 1) + 1).encode()
    for given in ({}, {"trust": TRUST}, {"trust": TRUST, "since": held, "seen": seen}):
        assert judged(site, **given).verdict == "OPERATOR-TRUSTED"


# -- what is drawn, and who is told --------------------------------------------------------------


def test_prizes_swapped_between_the_pool_and_the_ladder_fail() -> None:
    site = monday()
    prizes = site.event("opening", 1).value["prizes"]
    other = next(lead for lead in LEADS if lead not in prizes)
    opening = site.event("opening", 1).value | {"prizes": sorted([*prizes[1:], other])}
    end = outcome(opening, closing(opening), [reveal_of(opening)])
    site.change("opening", 1, prizes=opening["prizes"])
    site.change("closing", 1, opening=opening_hash(opening), lines=[])
    at = site.position("outcome", 1)
    site.events[at] = Event("outcome", site.events[at].at, end)
    assert "was not selected" in told(site) or "was selected and is no prize" in told(site)


def test_a_best_lead_kept_out_of_the_pool_fails() -> None:
    site = monday()
    best = LEADS[0]
    select = site.event("opening", 0).value
    kept = [lead for lead in select["candidates"] if lead != best]
    site.change("opening", 0, candidates=kept)
    assert judged(site).exit_code == 1


def test_a_lead_left_out_of_the_decisions_fails() -> None:
    site = monday()
    site.rows = [row for row in site.rows if row["lead"] != LEADS[0]]
    site.events[-1] = allocation_event(site.rows)
    assert "8 leads, 9 were frozen" in told(site)


def test_two_people_who_are_shown_two_logs_find_out_by_one_mail() -> None:
    one, other = monday(), monday(lines=[(REPS[0], 0, 1)])
    mail_to_one = one.checkpoint(len(one.events)).encode()
    assert judged(one).exit_code == judged(other).exit_code == 4  # each is consistent in itself
    assert judged(one, since=mail_to_one).exit_code == 4
    assert "the log was forked or rewritten" in told(other, since=mail_to_one)


# -- an acknowledged line that is dropped ----------------------------------------------------------


def receipt(site: Site, rep: str, line: Line | None, number: int = 1) -> bytes:
    """What the portal hands out for a line, signed by the log's key."""
    at = site.position("opening", 1)
    opening = opening_hash(site.events[at].value)
    made = Acknowledgement(opening, at, rep, number, line, "2026-09-17T14:30:00Z")
    return SIGNER.sign(made.text()).encode()


def test_an_acknowledged_line_that_is_missing_from_the_closing_is_proof_of_fraud() -> None:
    site = monday(lines=[(REPS[1], 0, 5)])
    dropped = receipt(site, REPS[0], Line(1, 7))
    assert "line 1 7, acknowledged at 2026-09-17T14:30:00Z as number 1" in told(
        site, receipt=dropped
    )
    assert judged(site, receipt=dropped).failed == ("receipts",)
    moved = receipt(site, REPS[1], Line(1, 5))
    assert judged(site, receipt=moved).failed == ("receipts",)
    for kept in (receipt(site, REPS[1], Line(0, 5)), receipt(site, REPS[2], None)):
        assert judged(site, receipt=kept).exit_code == 4


def test_only_the_last_receipt_of_a_line_counts_and_a_mail_may_hold_them_all() -> None:
    site = monday(lines=[(REPS[1], 0, 5)])
    texts = [receipt(site, REPS[1], Line(1, 9), 1), receipt(site, REPS[1], Line(0, 5), 2)]
    quoted = b"\n".join(texts).replace(b"\n", b"\n> ")
    assert judged(site, receipt=b"> " + quoted).exit_code == 4
    back = receipt(site, REPS[1], None, 3)
    assert judged(site, receipt=b"\n".join([*texts, back])).failed == ("receipts",)


def test_a_receipt_tells_its_holder_what_they_won() -> None:
    entrants = sorted([*REPS, ref("rep 3")])  # one more than there are leads to win
    site = monday(lines=[(entrants[0], 0, 5)], entrants=entrants)
    winners = site.event("outcome", 1).value["winners"]
    results = []
    for number, rep in enumerate(entrants):
        mine = receipt(site, rep, Line(0, 5) if number == 0 else None)
        won = "".join(prize[:16] for prize, winner in winners.items() if winner == rep)
        results.append(f"entrant {rep[:16]} won {won or 'nothing'} in draw {LADDER_DRAW}")
        judged(site, receipt=mine)
        report = verify(MemorySite(site.files()), now=NOW, receipt=mine)
        (said,) = [check.detail for check in report.checks if check.name == "receipts"]
        assert said.endswith(results[-1])
        alone = standalone().Verification(int(NOW.timestamp()), receipt=mine)
        alone.run(StandaloneSite(site.files()))
        assert said in [detail for _, name, detail in alone.checks if name == "receipts"]
    assert sum("won nothing" in result for result in results) == 1


def test_two_different_receipts_with_one_number_are_fraud_in_either_order() -> None:
    site = monday("operator")
    right, other = receipt(site, REPS[1], Line(0, 5)), receipt(site, REPS[1], Line(1, 9))
    for both in (right + b"\n" + other, other + b"\n" + right):
        assert judged(site, receipt=both).failed == ("receipts",)
    assert judged(site, receipt=right + b"\n" + right).exit_code == 4


def test_a_forged_receipt_or_one_of_another_draw_accuses_nobody() -> None:
    site = monday(lines=[])
    genuine = receipt(site, REPS[0], Line(1, 7))
    forged = genuine.replace(b"line 1 7", b"line 1 8")
    stranger = receipt(monday("drand"), REPS[0], Line(1, 7))
    assert "signature by" in told(site, receipt=forged)
    assert "does not open" in told(site, receipt=stranger)
    assert "holds no receipt" in told(site, receipt=b"I had a line!")


def test_a_late_closing_without_lines_is_red_and_no_fraud() -> None:
    site = monday("drand", lines=[], ladder_closed_at="2026-09-17T15:40:00Z")
    assert judged(site, receipt=receipt(site, REPS[0], Line(1, 7))).exit_code == 3


# -- which event, of a public value ----------------------------------------------------------------


def test_a_public_value_that_could_be_known_within_an_hour_of_closing_fails() -> None:
    site = monday("public")
    source = dict(site.event("opening", 1).value["sources"][0])
    early = source | {"at": "2026-09-17T16:13:38Z"}  # a second short of the hour
    site.change("opening", 1, sources=[early])
    assert judged(site).exit_code == 1
    assert "must be at least 3600 s after closes_at" in told(site)


def test_another_value_than_the_announced_one_or_one_of_another_form_fails() -> None:
    for change in ({"what": "双色球 2026107"}, {"value": "3 11 17 29"}):
        site = monday("public")
        reveal = dict(site.event("outcome", 1).value["reveals"][0])
        site.change("outcome", 1, reveals=[reveal | change])
        assert judged(site).exit_code == 1, change


def test_a_lie_about_the_public_value_is_for_the_eye_and_the_verifier_says_where_to_look() -> None:
    site = monday("public")
    hint = [{"address": "https://www.cwl.gov.cn/", "rule_zh": "", "rule_en": ""}]
    ladder = site.event("opening", 1).value | {"look_up": hint}
    lines = site.event("closing", 1).value["lines"]
    closed = closing(ladder, [(one["entrant"], one["left"], one["level"]) for one in lines])
    lie = {"kind": "public", "what": ladder["sources"][0]["what"], "value": "03 11 17 30"}
    end = outcome(ladder, closed, [lie])
    for type_, value in (("opening", ladder), ("closing", closed), ("outcome", end)):
        at = site.position(type_, 1)
        site.events[at] = Event(type_, site.events[at].at, value)
    for row in site.rows:
        if row["method"] == "lottery":
            row["rep"] = end["winners"][row["lead"]]
    site.events[-1] = allocation_event(site.rows)
    site = cosigned(site)
    assert judged(site, trust=TRUST).verdict == "VALUE BY EYE"
    report = verify(MemorySite(site.files()), key=KEY, trust=TRUST, now=NOW)
    asked = "look up 双色球 2026108 at https://www.cwl.gov.cn/: it must be 03 11 17 30"
    assert asked in [check.detail for check in report.checks]


def test_an_event_said_to_be_cancelled_is_named_for_the_eye() -> None:
    site = monday("public")
    ladder = site.event("opening", 1).value
    source = ladder["sources"][0] | {"what": "双色球 2026109", "at": "2026-09-17T20:00:00Z"}
    again = {**ladder, "attempt": 2, "opens_at": "2026-09-17T16:31:00Z",
             "closes_at": "2026-09-17T18:30:00Z", "sources": [source]}  # fmt: skip
    at = site.position("outcome", 1)
    site.events, site.rows = site.events[:at], []
    site.events.append(Event("opening", "2026-09-17T16:30:00Z", again))
    ended = void(ladder, "event-cancelled", again)
    site.events.append(Event("void", "2026-09-17T16:30:30Z", ended))
    assert judged(site).exit_code == 3  # of the select
    report = verify(MemorySite(site.files()), key=KEY, now=NOW)
    said = [check.detail for check in report.checks if check.ok == "warning"]
    assert any("look up that 双色球 2026108 really never appeared" in one for one in said)
