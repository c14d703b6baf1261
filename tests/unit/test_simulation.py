"""Weeks decided again: what goes on from one to the next, what the gate counts, who gains."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from allocation.engine import allocate
from allocation.gains import gains, moved, spreads
from allocation.load import Weights
from allocation.rescoring import rescored
from allocation.simulated_load import Fate, Given, moved_desks, open_work
from allocation.simulation import Outcome, Week, past_owners, present, simulated
from flows.reports.simulated_draws import seeded_draws
from tests import builders

POLICY = builders.policy()
BANDS = ("enterprise", "mid_market", "smb")
FACTORS = ("company_size", "budget", "authority", "need", "timing", "engagement")


def week(*, run: str = "2026-W47", leads: list, reps: list, owners: dict | None = None) -> Week:
    return Week(builders.snapshot(leads=leads, reps=reps, run=run), POLICY, owners or {})


def run(weeks: list[Week], policy=POLICY, seed: int = 1) -> Outcome:
    return simulated(weeks, [policy] * len(weeks), seeded_draws(seed))


def test_a_simulated_week_is_what_the_engine_decides_with_the_same_draws():
    one = week(leads=builders.month_of_leads(), reps=builders.organisation())
    found = run([one])
    decided = allocate(one.snapshot, POLICY, seeded_draws(1)(one.snapshot, POLICY))
    assert found.owners == {d.lead: d.rep for d in decided.decisions}
    assert found.methods["enterprise"] == {"skill_match": 70, "lottery": 30}
    assert (found.met, found.leads, found.broken, found.may_go_live) == (1000, 1000, 0, True)


def test_equal_seeds_give_equal_weeks_and_others_do_not():
    weeks = [week(leads=builders.leads(count=40, band="enterprise"), reps=builders.organisation())]
    assert run(weeks).owners == run(weeks).owners
    assert run(weeks).owners != run(weeks, seed=2).owners


def test_shares_carry_their_fractions_from_week_to_week():
    # 30% of 5 leads is 1.5: two weeks draw three leads, not two or four.
    weeks = [
        week(
            run=f"2026-W{number}",
            leads=builders.leads(count=5, band="enterprise", prefix=f"w{number}"),
            reps=builders.organisation(),
        )
        for number in (46, 47)
    ]
    assert run(weeks).methods["enterprise"]["lottery"] == 3


def test_a_lead_is_given_once_although_it_stands_in_two_stored_weeks():
    leads, reps = builders.leads(count=10), builders.organisation()
    found = run([week(leads=leads, reps=reps), week(run="2026-W48", leads=leads, reps=reps)])
    assert found.leads == len(found.owners) == 10
    assert sum(row.count for row in found.received.values()) == 10


def test_a_lead_that_nobody_could_take_waits_although_it_was_given_in_fact():
    lead = builders.lead(name="waits", band="enterprise")
    full = builders.reps(count=2, open_opportunities=30)
    free = [replace(rep, open_opportunities=0) for rep in full]
    weeks = [week(leads=[lead], reps=full), week(run="2026-W48", leads=[], reps=free)]
    assert run(weeks[:1]).held == {lead.ref: "all_over_cap"}
    assert not run(weeks[:1]).may_go_live
    found = run(weeks)
    assert list(found.owners) == [lead.ref]
    assert (found.held, found.met) == ({}, 1)


def test_the_gate_counts_only_owners_for_whom_no_rule_was_set_aside():
    # Nobody has the three enterprise stars: every matched lead overflows, the drawn ones do not.
    reps = builders.reps(count=10, stars={"enterprise": 1})
    found = run([week(leads=builders.leads(count=10, band="enterprise"), reps=reps)])
    assert (found.met, sum(found.overflow.values()), found.leads) == (3, 7, 10)
    assert not found.may_go_live


def test_nothing_to_decide_is_no_pass():
    assert not run([week(leads=[], reps=builders.reps(count=3))]).may_go_live


def test_do_not_contact_and_duplicates_are_set_aside_and_not_counted_against_a_policy():
    leads = [builders.lead(name="no", do_not_contact="yes"), *builders.leads(count=4)]
    found = run([week(leads=leads, reps=builders.organisation())])
    assert (found.set_aside, found.leads, found.met) == (1, 4, 4)


def test_leads_that_are_open_for_claiming_at_the_end_are_not_counted_against_a_policy():
    graded = builders.policy(name="graded-rotation")
    weeks = [week(leads=builders.leads(count=20, band="smb"), reps=builders.organisation())]
    found = run(weeks, graded)
    assert (found.leads, found.judged, found.met) == (20, 14, 14)  # 30% of 20 are in the pool
    assert set(found.held.values()) == {"claimable"}
    assert found.may_go_live


def test_a_cap_is_counted_where_a_rep_stands_at_it():
    reps = [builders.rep(name="near", open_opportunities=29)]
    found = run([week(leads=builders.leads(count=2, band="mid_market"), reps=reps)])
    assert found.caps["cap-ae-open"] == 1
    assert (len(found.owners), list(found.held.values())) == (1, ["all_over_cap"])
    assert found.broken == 0


def test_agreement_counts_only_leads_whose_owner_is_known():
    leads, reps = builders.leads(count=6), builders.organisation()
    first = run([week(leads=leads, reps=reps)])
    known = dict(list(first.owners.items())[:4])
    known[leads[0].ref] = known.get(leads[0].ref, reps[0].ref)
    weeks = [week(leads=leads, reps=reps, owners=known)]
    same, of = run(weeks).agreement(past_owners(weeks))
    assert of == len(known)
    assert same == sum(first.owners[lead] == rep for lead, rep in known.items())


def test_gains_are_count_and_value_by_rep_and_band_and_sum_to_nothing():
    leads = builders.leads(count=40, band="enterprise", expected_value=1_000_000)
    weeks = [week(leads=leads, reps=builders.organisation())]
    draft = builders.policy(replace={"pct: 30": "pct: 60"})
    before, after = run(weeks), run(weeks, draft)
    assert before.methods["enterprise"]["lottery"] == 12
    assert after.methods["enterprise"]["lottery"] == 24
    rows = gains(before, after, BANDS)
    assert sum(row.more for row in rows) == 0
    assert sum(row.value[1] for row in rows) == 40_000_000
    assert [row.more for row in rows] == sorted((row.more for row in rows), reverse=True)
    assert all(row.bands["enterprise"] == row.count for row in rows)
    lost_or_won = sum(abs(row.more) for row in rows)
    assert lost_or_won // 2 <= moved(before, after) <= 40


def test_the_spread_counts_reps_who_got_nothing():
    weeks = [week(leads=builders.leads(count=3, band="mid_market"), reps=builders.reps(count=6))]
    (row,) = spreads(run(weeks), present(weeks).values())
    assert (row.role, row.reps, row.leads, row.least, row.most) == ("AE", 6, 3, 0, 1)
    assert (row.deviation_x100, row.gini) == (50, Fraction(1, 2))


def test_only_reps_who_could_work_in_every_week_are_compared():
    reps = builders.reps(count=3)
    later = [replace(reps[0], away="yes"), *reps[1:]]
    weeks = [week(leads=[], reps=reps), week(run="2026-W48", leads=[], reps=later)]
    assert set(present(weeks)) == {rep.ref for rep in reps[1:]}


def test_other_tiers_are_scored_from_the_stored_points():
    higher = builders.policy(
        replace={"band: mid_market, min_points: 10": "band: mid_market, min_points: 12"}
    )
    points = dict(zip(FACTORS, (2, 2, 2, 2, 2, 1), strict=True))
    lead = builders.lead(name="l", band="mid_market", score=11, points=points)
    found = rescored(builders.snapshot(leads=[lead]), higher, POLICY)
    assert (found.moved, found.unknown) == (1, ())
    assert found.snapshot.leads[0].band == "smb"
    # .25·2 + .20·2 + .20·2 + .10·2 + .15·2 + .10·1 = 1.90
    assert found.snapshot.leads[0].weighted_x100 == 190


def test_a_factor_whose_levels_ask_for_what_the_snapshot_keeps_is_scored_anew():
    draft = builders.policy(replace={"at_least: {employees: 1000}": "at_least: {employees: 500}"})
    points = dict(zip(FACTORS, (2, 3, 3, 2, 2, 2), strict=True))
    lead = builders.lead(name="l", band="mid_market", score=14, points=points, employees=600)
    found = rescored(builders.snapshot(leads=[lead]), draft, POLICY)
    assert found.snapshot.leads[0].points["company_size"] == 3
    assert (found.snapshot.leads[0].score, found.snapshot.leads[0].band) == (15, "enterprise")


def test_a_factor_that_the_snapshot_cannot_tell_leaves_every_band_as_stored():
    draft = builders.policy(replace={"budget_cny: 1000000": "budget_cny: 500000"})
    lead = builders.lead(name="l", band="mid_market", points={"budget": 2})
    found = rescored(builders.snapshot(leads=[lead]), draft, POLICY)
    assert found.unknown == ("budget",)
    assert found.snapshot.leads[0] == lead


def test_without_the_policy_that_scored_it_a_snapshot_is_scored_from_its_fields_or_not_at_all():
    lead = builders.lead(name="l", band="mid_market", employees=2_000, points={"company_size": 2})
    found = rescored(builders.snapshot(leads=[lead]), POLICY, None)
    assert "budget" in found.unknown
    assert "company_size" not in found.unknown
    assert found.snapshot.leads[0] == lead


def load_of(found: tuple, name: str):
    return next(rep for rep in found if rep.ref == builders.ref(name))


def desks_after(given: dict, fates: dict, reps: list, policy=POLICY):
    return moved_desks(tuple(reps), given, fates, "2026-11", policy)


def test_a_simulated_lead_weighs_on_its_new_owner_and_leaves_the_desk_of_the_real_one():
    lead = builders.lead(name="l", band="enterprise", expected_value=6_000_000)
    real = builders.rep(
        name="real", load_x100=350, open_opportunities=3, open_discovery_demo=2,
        open_proposal_negotiation=1, open_leads=1, high_value_this_month=1,
    )  # fmt: skip
    fate = Fate(desks={real.ref: Counter(
        open_work("proposal", 6_000_000, Weights(POLICY)), open_leads=1, high_value_this_month=1
    )})  # fmt: skip
    reps = [real, builders.rep(name="new", load_x100=100)]
    given = {lead.ref: Given(lead, reps[1].ref, "2026-11")}
    found = desks_after(given, {lead.ref: fate}, reps)
    # The policy's own numbers: proposal 1.5, discovery 0.5, one lead of 5M or more a month.
    one = load_of(found, "real")
    assert (one.load_x100, one.open_opportunities, one.open_discovery_demo) == (200, 2, 2)
    assert (one.open_proposal_negotiation, one.open_leads, one.high_value_this_month) == (0, 0, 0)
    other = load_of(found, "new")
    assert (other.load_x100, other.open_opportunities, other.open_discovery_demo) == (150, 1, 1)
    assert (other.open_proposal_negotiation, other.open_leads) == (0, 1)
    assert other.high_value_this_month == 1


def test_with_the_same_owner_a_lead_stands_as_it_really_stood():
    lead, rep = builders.lead(name="l"), builders.rep(name="same", load_x100=200)
    fate = Fate(desks={rep.ref: open_work("negotiation", None, Weights(POLICY))})
    given = {lead.ref: Given(lead, rep.ref, "2026-10")}
    assert desks_after(given, {lead.ref: fate}, [rep]) == (rep,)


def test_a_lead_that_the_source_says_closed_counts_for_nobody():
    lead, rep = builders.lead(name="l"), builders.rep(name="rep", load_x100=200)
    given = {lead.ref: Given(lead, rep.ref, "2026-10")}
    assert desks_after(given, {lead.ref: Fate(is_closed=True)}, [rep]) == (rep,)


def test_a_lead_that_the_simulation_keeps_waiting_is_on_no_desk():
    lead, rep = builders.lead(name="l"), builders.rep(name="rep", load_x100=50, open_leads=1)
    fate = Fate(desks={rep.ref: Counter(load_x100=50, open_leads=1)})
    found = desks_after({lead.ref: Given(lead, None, "2026-11")}, {lead.ref: fate}, [rep])
    assert (found[0].load_x100, found[0].open_leads) == (0, 0)


def test_leads_of_one_simulated_week_fill_the_cap_in_the_next():
    # One AE with room for two: the third lead finds the desk full although no real work is open.
    reps = [builders.rep(name="only", open_opportunities=28)]
    first = week(leads=builders.leads(count=2, band="mid_market", prefix="a"), reps=reps)
    late = builders.leads(count=1, band="mid_market", prefix="b")
    second = week(run="2026-W48", leads=late, reps=reps)
    found = run([first, second])
    assert list(found.held.values()) == ["all_over_cap"]
    closed = {lead.ref: Fate(is_closed=True) for lead in first.snapshot.leads}
    assert run([first, replace(second, fates=closed)]).held == {}
