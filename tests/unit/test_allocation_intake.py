"""Runs between the Mondays, in the engine alone: any sequence of them is exact and draws once."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.engine import allocate, ladder_plans, split
from allocation.intake import with_drawn, with_given
from allocation.policy import load_policy, policy_mistakes
from ledger.run_keys import is_intake, week_of
from tests.builders import (
    approved_anew,
    draws,
    lead,
    leads,
    organisation,
    policy,
    ref,
    rep,
    reps,
    snapshot,
)

BANDS = ("enterprise", "mid_market", "smb")
INTAKE, MONDAY = "2026-W48-2T14", "2026-W49"

# What comes in between two runs: leads by band; which of the runs is a Monday's.
arrivals = st.tuples(
    st.booleans(), st.fixed_dictionaries({band: st.integers(0, 4) for band in BANDS})
)
sequences = st.lists(arrivals, min_size=1, max_size=8)


class Weeks:
    """A sequence of runs chained by their carry; what is open after each is what nobody owns."""

    def __init__(self, pol, team=None) -> None:
        self.policy, self.team = pol, team or organisation()
        self.open, self.carry, self.number = {}, None, 0
        self.owned, self.drawn, self.shares, self.candidates = {}, {}, Counter(), Counter()

    def run(self, is_week: bool, arrived: dict[str, int], order=lambda rows: rows):
        self.number += 1
        run = f"2026-W{self.number:02d}" if is_week else f"2026-W{self.number:02d}-3T09"
        for band, count in arrived.items():
            for one in leads(count=count, band=band, prefix=f"run{self.number}"):
                self.open[one.ref] = one
        waiting = {key for key, drawn in self.drawn.items() if drawn.endswith("/lottery")}
        present = [one for key, one in self.open.items() if is_week or key not in waiting]
        snap = with_drawn(
            snapshot(leads=order(present), reps=self.team, run=run, carry=self.carry),
            {one.ref: self.drawn[one.ref] for one in present if one.ref in self.drawn},
        )
        chance = draws(snap, self.policy)
        for band, plan in split(snap, self.policy).items():
            self.candidates[band] += len(plan.candidates)
            for share, count in plan.shares:
                self.shares[band, share] += count
        result = allocate(snap, self.policy, chance)
        for one in result.decisions:
            if one.rep:
                assert one.lead not in self.owned, "a lead is given twice"
                self.owned[one.lead] = one
                del self.open[one.lead]
            elif one.share:
                self.drawn[one.lead] = f"{run}/{one.band}/{one.share}"
        self.carry = result.carry
        return snap, chance, result


@settings(max_examples=40)
@given(sequences)
def test_shares_are_within_one_lead_of_exact_after_any_mix_of_runs(runs):
    weeks, pol = Weeks(policy()), policy()
    for is_week, arrived in runs:
        weeks.run(is_week, arrived)
        for band in pol.bands:
            for share in band.shares[:-1]:
                exact = Fraction(share.pct * weeks.candidates[band.band], 100)
                assert 0 <= exact - weeks.shares[band.band, share.share] < 1


@settings(max_examples=40)
@given(sequences)
def test_a_lead_is_a_candidate_once_whatever_becomes_of_it(runs):
    weeks = Weeks(policy(), reps(count=2))  # so few that leads are held
    seen = Counter()
    for is_week, arrived in runs:
        snap, _, _ = weeks.run(is_week, arrived)
        for plan in split(snap, weeks.policy).values():
            seen.update(plan.candidates)
    assert set(seen.values()) <= {1}


@settings(max_examples=40)
@given(sequences)
def test_every_lead_drawn_for_the_lottery_is_a_prize_on_the_next_monday(runs):
    weeks = Weeks(policy())
    for is_week, arrived in runs:
        waiting = {key for key, drawn in weeks.drawn.items() if drawn.endswith("/lottery")}
        snap, chance, result = weeks.run(is_week, arrived)
        prizes = {key for one in chance["ladders"].values() for key in one["winners"]}
        if is_week:
            assert waiting - set(weeks.owned) <= prizes
            won = {one.lead for one in result.decisions if one.method == "lottery"}
            assert waiting & set(weeks.open) == set() and waiting & prizes <= won
        else:
            assert prizes == set()
            assert not any(one.method == "lottery" for one in result.decisions)
        weeks.drawn = {key: drawn for key, drawn in weeks.drawn.items() if key in weeks.open}
        assert snap.run == result.run


@settings(max_examples=40)
@given(sequences)
def test_permuting_leads_and_reps_of_every_run_changes_no_byte(runs):
    there, back = Weeks(policy()), Weeks(policy(), organisation()[::-1])
    for is_week, arrived in runs:
        _, _, one = there.run(is_week, arrived)
        _, _, other = back.run(is_week, arrived, lambda rows: rows[::-1])
        assert one.file() == other.file()
        assert one.carry.to_record() == other.carry.to_record()


def drawn(snap, name: str, share: str, band: str = "enterprise"):
    return with_drawn(snap, {ref(name): f"{INTAKE}/{band}/{share}"})


def decided(snap, pol=None):
    pol = pol or policy()
    return {one.lead: one for one in allocate(snap, pol, draws(snap, pol)).decisions}


def test_waiting_leads_join_mondays_ladder_beside_its_own_and_say_which_draw_sent_them():
    fresh = leads(count=20, band="enterprise")
    snap = drawn(
        snapshot(leads=[*fresh, lead(name="w", band="enterprise")], reps=reps(count=9), run=MONDAY),
        "w",
        "lottery",
    )
    chance = draws(snap, policy())
    given = {band: one["selected"] for band, one in chance["selects"].items()}
    (plan,) = ladder_plans(snap, policy(), given)
    assert plan.extra == [ref("w")]
    assert plan.waited == {f"{INTAKE}/enterprise": [ref("w")]}
    assert len(plan.prizes) == 7  # 30% of 20, and the one that waited
    assert ref("w") not in split(snap, policy())["enterprise"].candidates
    one = decided(snap)[ref("w")]
    assert (one.method, one.share, one.draw) == (
        "lottery",
        "lottery",
        f"{MONDAY}/enterprise/lottery",
    )


def test_a_drawn_lead_keeps_band_and_share_though_its_score_and_its_wishes_changed():
    boss = rep(name="boss")
    changed = lead(name="w", band="smb", requested_rep=boss.ref, account_owner=boss.ref)
    snap = drawn(snapshot(leads=[changed], reps=[boss, *reps(count=5)], run=MONDAY), "w", "lottery")
    one = decided(snap)[ref("w")]
    assert (one.band, one.method) == ("enterprise", "lottery")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"do_not_contact": "yes"}, "do_not_contact"), ({"duplicate_of": ref("x")}, "duplicate")],
)
def test_a_drawn_lead_that_must_not_be_called_is_no_prize(change, reason):
    snap = drawn(
        snapshot(leads=[lead(name="w", **change)], reps=reps(count=5), run=MONDAY), "w", "lottery"
    )
    assert decided(snap)[ref("w")].reason == reason


def test_a_drawn_lead_whom_nobody_can_win_by_monday_goes_to_the_last_share():
    team = reps(count=3)
    shy = lead(name="w", band="enterprise", conflicts=tuple(one.ref for one in team))
    snap = drawn(snapshot(leads=[shy], reps=team, run=MONDAY), "w", "lottery")
    one = decided(snap)[ref("w")]
    assert (one.rep, one.share) == (None, "skill_match")


def test_between_the_mondays_a_referral_waits_for_the_ladder_and_a_named_account_does_not():
    boss = rep(name="boss")
    snap = snapshot(
        leads=[
            lead(name="referred", band="smb", referrer="c_level"),
            lead(name="named", band="smb", account_owner=boss.ref),
        ],
        reps=[boss, *reps(count=5)],
        run=INTAKE,
    )
    found = decided(snap)
    assert (found[ref("referred")].reason, found[ref("referred")].rep) == ("awaits_lottery", None)
    assert found[ref("named")].rep == boss.ref
    on_monday = decided(replace(snap, run=MONDAY))
    assert on_monday[ref("referred")].reason == "referral_draw"


def test_what_the_source_cannot_show_yet_counts_in_load_and_caps():
    busy = rep(name="busy", open_opportunities=29)
    snap = snapshot(leads=leads(count=1, band="mid_market"), reps=[busy], run=INTAKE)
    assert next(iter(decided(snap).values())).rep == busy.ref
    full = with_given(
        snap, policy(), [(busy.ref, lead(name="earlier")), (ref("left"), lead(name="x"))]
    )
    assert (full.reps[0].open_opportunities, full.reps[0].load_x100) == (30, 50)
    assert next(iter(decided(full).values())).reason == "all_over_cap"


def test_a_rehearsed_intake_explains_why_a_lead_waits():
    weeks = Weeks(policy())
    snap, chance, _ = weeks.run(False, {"enterprise": 10, "mid_market": 0, "smb": 0})
    table = allocate(snap, policy(), chance, lambda lead: True).explanations
    waiting = [one for one in table if one.reason == "awaits_lottery"]
    assert len(waiting) == 3 and all(one.rule_trail[-1][1] == "applied" for one in waiting)


@pytest.mark.parametrize(
    ("key", "week"),
    [("2026-W48-2T14", "2026-W48"), ("2026-W53-7", "2026-W53"), ("2020-W01-1T00", "2020-W01")],
)
def test_the_key_of_an_intake_run_names_its_week(key, week):
    assert is_intake(key) and week_of(key) == week and not is_intake(week)


@pytest.mark.parametrize(
    "key",
    [
        "2026-W48",
        "2026-W48-0",
        "2026-W48-8",
        "2026-W54-1",
        "2026-W00-1",
        "2026-W48-2T24",
        "2026-W48-2t14",
        "2026-W48-2T14\n",
        "x2026-W48-2",
    ],
)
def test_nothing_else_is_the_key_of_an_intake_run(key):
    assert not is_intake(key) and week_of(key) == key


DRAND = "{kind: drand, delay_s: 600}"
SECTION = """
intake: {id: intake, zh: 一句话。, en: A sentence., source: a test, every: hour%s}
"""


@pytest.mark.parametrize(
    ("source", "more", "message"),
    [
        ("operator", ", delay_s: 60", "nothing executes this: the policy's source is no beacon"),
        ("drand", ", delay_s: 30", "greater than or equal to 60"),
        ("drand", ", every_s: 30", "is not a word of the policy language"),
    ],
)
def test_a_policy_with_an_intake_that_cannot_be_is_refused_in_words(source, more, message):
    given = {"operator": "{kind: operator}"}.get(source, DRAND)
    text = policy().text.replace(DRAND, given) + SECTION % more
    said = [one.message for one in policy_mistakes(text) if one.where.startswith("intake")]
    assert any(message in one for one in said), said


def test_a_policy_with_an_intake_is_well_formed_and_lists_the_rule():
    pol = load_policy(approved_anew(policy().text + SECTION % ", delay_s: 120"))
    assert pol.intake is not None and pol.intake.delay_s == 120
    assert "intake" in [rule.id for rule in pol.rules()]


def test_public_values_are_days_apart_and_no_source_for_runs_between_the_mondays():
    text = policy().text.replace(DRAND, "{kind: public}") + SECTION % ""
    said = [one.message for one in policy_mistakes(text) if one.where == "intake"]
    assert "public values are days apart: such runs need the beacon" in said
