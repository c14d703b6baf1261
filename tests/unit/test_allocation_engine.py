"""The Monday decision: document 0's organisation, exceptions, overflow, and odd days."""

from collections import Counter

import pytest

from allocation.engine import DrawsError, allocate, ladder_plans, split
from allocation.explanation import compact, explain, explanations
from ledger.canonical import canonical
from tests import builders as build

V2 = build.policy()


def decided(*, leads, reps, **more):
    """Decisions by lead name reference, and the allocation."""
    outcome = build.allocation(leads=leads, reps=reps, **more)
    return {decision.lead: decision for decision in outcome.decisions}, outcome


def one(*, reps, pol=V2, **lead):
    """The decision about a single lead."""
    lead = build.lead(name="the-lead", **({"band": "enterprise"} | lead))
    return decided(leads=[lead], reps=reps, pol=pol)[0][lead.ref]


def test_the_organisation_of_document_0_gets_exactly_its_shares():
    _, outcome = decided(leads=build.month_of_leads(), reps=build.organisation())
    assert outcome.counts() == {
        "enterprise": {"lottery": 30, "skill_match": 70},
        "mid_market": {"junior": 80, "rotation": 320},
        "smb": {"sdr": 250, "rotation": 250},
    }
    assert all(decision.rep for decision in outcome.decisions)
    assert len(outcome.decisions) == 1000
    roles = {rep.ref: rep for rep in build.organisation()}
    for decision in outcome.decisions:
        owner = roles[decision.rep]
        allowed = {"sdr": {"SDR"}}.get(decision.method, {"AE"})
        assert (decision.band == "smb" and decision.method == "rotation") or owner.role in allowed
        assert decision.method != "junior" or owner.tenure_months < 12
        assert decision.method != "skill_match" or owner.stars["enterprise"] >= 3


def test_shuffled_rows_and_a_second_run_give_the_same_bytes():
    leads, reps = build.month_of_leads(), build.organisation()
    first = build.allocation(leads=leads, reps=reps)
    second = build.allocation(leads=leads[::-1], reps=reps[3:] + reps[:3])
    assert first.file() == second.file()
    assert first.carry.to_record() == second.carry.to_record()


def test_skill_match_serves_the_lower_weighted_load_first():
    # Document 0's example: 8.5 weighted opportunities against 11.0, so the first gets the lead.
    reps = [build.rep(name="li", load_x100=850), build.rep(name="zhang", load_x100=1100)]
    decision = one(reps=reps)
    assert (decision.rep, decision.method) == (build.ref("li"), "skill_match")


def test_quota_priority_decides_between_equal_loads():
    behind = {"attainment_bp": 6_999, "quarter_left_bp": 5_001}
    reps = [*build.reps(count=5), build.rep(name="behind", **behind)]
    assert one(reps=reps).rep == build.ref("behind")


def test_no_idle_rep_takes_everything_in_one_run():
    reps = [build.rep(name="idle"), *build.reps(count=9, load_x100=2_000)]
    leads = build.leads(count=100, band="enterprise")
    no_lottery = build.policy(replace={"        pct: 30": "        pct: 0"})
    decisions, _ = decided(leads=leads, reps=reps, pol=no_lottery)
    assert Counter(d.rep for d in decisions.values())[build.ref("idle")] == 20  # 2 x 100 / 10


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"account_owner": build.ref("chosen")}, "named_account"),
        ({"requested_rep": build.ref("chosen")}, "requested_rep"),
        ({"referrer": "c_level", "referral_rep": build.ref("chosen")}, "referral_known"),
        ({"referrer": "c_level", "account_owner": build.ref("chosen")}, "referral_known"),
    ],
)
def test_exceptions_go_to_the_rep_they_name(fields, reason):
    reps = [*build.reps(count=4), build.rep(name="chosen", load_x100=2_000)]
    decision = one(reps=reps, **fields)
    assert (decision.rep, decision.method, decision.reason) == (
        build.ref("chosen"),
        "exception",
        reason,
    )


@pytest.mark.parametrize("state", [{"away": "yes"}, {"active": "no"}, {"open_opportunities": 30}])
def test_an_exception_never_reaches_somebody_away_gone_or_full(state):
    reps = [*build.reps(count=4), build.rep(name="chosen", **state)]
    decision = one(reps=reps, account_owner=build.ref("chosen"))
    assert decision.rep != build.ref("chosen") and decision.method == "skill_match"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"do_not_contact": "yes"}, "do_not_contact"), ({"duplicate_of": "x"}, "duplicate")],
)
def test_do_not_contact_and_duplicates_are_given_to_nobody_and_do_not_wait(fields, reason):
    decisions, outcome = decided(
        leads=[build.lead(name="the-lead", **fields)], reps=build.reps(count=3)
    )
    decision = decisions[build.ref("the-lead")]
    assert (decision.rep, decision.method, decision.reason) == (None, "none", reason)
    assert outcome.waiting == {}


def test_a_board_referral_is_owned_by_an_ae_with_the_manager_beside_them():
    boss = build.rep(name="boss", role="MANAGER")
    reps = [boss, *build.reps(count=4, manager=boss.ref), *build.reps(count=4, role="SDR")]
    leads = build.leads(count=8, band="mid_market", referrer="board")
    decisions, _ = decided(leads=leads, reps=reps)
    aes = {rep.ref for rep in reps if rep.role == "AE"}
    assert Counter(d.rep for d in decisions.values()) == dict.fromkeys(aes, 2)
    for decision in decisions.values():
        assert decision.reason == "referral_board"
        assert decision.to_record()["co_owners"] == [{"rep": boss.ref, "role": "manager"}]


def test_a_c_level_referral_without_a_relationship_is_an_extra_prize_beyond_the_thirty_percent():
    leads = build.leads(count=100, band="enterprise")
    referral = build.lead(name="referral", band="mid_market", referrer="c_level")
    reps = build.organisation()
    snap = build.snapshot(leads=[*leads, referral], reps=reps)
    given = {b: r["selected"] for b, r in build.draws(snap, V2)["selects"].items()}
    plan = {p.draw: p for p in ladder_plans(snap, V2, given)}["2026-W48/enterprise/lottery"]
    assert plan.extra == [referral.ref] and len(plan.prizes) == 31 and len(plan.entrants) == 60
    assert referral.ref not in split(snap, V2)["mid_market"].candidates
    decisions, outcome = decided(leads=[*leads, referral], reps=reps)
    decision = decisions[referral.ref]
    assert (decision.method, decision.reason) == ("exception", "referral_draw")
    assert decision.draw == plan.draw and decision.rep in plan.entrants
    assert outcome.counts()["enterprise"]["lottery"] == 30


def test_a_lead_that_a_rep_may_not_have_stands_at_a_ladder_of_its_own_class():
    reps = build.reps(count=5)
    leads = build.leads(count=9, band="enterprise")
    barred = build.lead(name="barred", band="enterprise", conflicts=(reps[0].ref,))
    pol = build.policy(replace={"        pct: 30": "        pct: 99"})
    snap = build.snapshot(leads=[*leads, barred], reps=reps)
    given = {"enterprise": {"lottery": sorted(r.ref for r in [*leads, barred])}}
    plans = ladder_plans(snap, pol, given)
    assert sorted(len(plan.entrants) for plan in plans) == [4, 5]
    special = next(plan for plan in plans if plan.prizes == [barred.ref])
    assert reps[0].ref not in special.entrants
    assert special.draw.startswith("2026-W48/enterprise/lottery/")


def test_healthcare_leads_go_to_certified_reps_and_overflow_to_the_next_best_with_an_expert():
    certified = build.rep(name="certified", load_x100=9_000)
    full = build.rep(name="certified", load_x100=9_000, open_opportunities=30)
    others = build.reps(count=5, stars={"enterprise": 3})
    decision = one(reps=[certified, *others], industry="healthcare")
    assert (decision.rep, decision.reason) == (certified.ref, "skill_match")
    decision = one(reps=[full, *others], industry="healthcare")
    assert decision.rep in {rep.ref for rep in others}
    assert decision.reason == "overflow_sme"
    assert decision.to_record()["co_owners"] == [{"rep": full.ref, "role": "sme"}]


def test_unknown_stars_are_not_three_stars():
    decision = one(reps=build.reps(count=2, stars={}))
    assert decision.reason == "overflow_sme" and decision.rep


def test_a_large_upsell_goes_to_an_am_with_three_upsell_stars():
    am = build.rep(name="am", role="AM", load_x100=5_000, stars={"upsell": 3})
    weak = build.rep(name="weak", role="AM", stars={"upsell": 2})
    upsell = {"lead_type": "upsell", "existing_arr": 1_000_000}
    decision = one(reps=[am, weak, *build.reps(count=3)], **upsell)
    assert (decision.rep, decision.reason) == (am.ref, "skill_match")


def test_a_juniors_enterprise_lead_is_a_stretch_with_the_manager_beside():
    boss = build.rep(name="boss", role="MANAGER")
    junior = build.rep(name="junior", tenure_months=3, manager=boss.ref)
    record = one(reps=[boss, junior]).to_record()
    assert record["stretch"] == "yes"
    assert record["co_owners"] == [{"rep": boss.ref, "role": "accompanying"}]


def test_left_over_leads_go_first_then_score_then_age():
    reps = [build.rep(name="sole", role="SDR", open_leads=49)]
    leads = [
        build.lead(name="high", score=9),
        build.lead(name="old", created_at="2020-01-01T00:00:00Z"),
        build.lead(name="waiting", score=6, waiting_since="2026-W46"),
    ]
    one_share = build.policy(replace={"        pct: 50": "        pct: 0"})
    decisions, outcome = decided(leads=leads, reps=reps, pol=one_share)
    assert [ref for ref, d in decisions.items() if d.rep] == [build.ref("waiting")]
    held = {d.reason for d in decisions.values() if not d.rep}
    assert held == {"all_over_cap"}
    assert outcome.waiting == {build.ref("high"): "2026-W48", build.ref("old"): "2026-W48"}


@pytest.mark.parametrize(
    ("reps", "reason"),
    [
        ([], "no_eligible_rep"),
        ([build.rep(name="boss", role="MANAGER")], "no_eligible_rep"),
        (build.reps(count=5, away="yes"), "no_eligible_rep"),
        (build.reps(count=5, active="no"), "no_eligible_rep"),
        (build.reps(count=5, open_opportunities=30), "all_over_cap"),
        (build.reps(count=5, open_proposal_negotiation=15), "all_over_cap"),
    ],
)
def test_when_nobody_can_take_a_lead_it_waits_with_its_reason(reps, reason):
    decisions, outcome = decided(leads=build.month_of_leads()[::20], reps=reps)
    assert {d.reason for d in decisions.values()} == {reason}
    assert all(d.rep is None and d.method == "none" for d in decisions.values())
    assert set(outcome.waiting) == set(decisions)
    assert set(outcome.carry.to_record()["reps"]) == {"enterprise", "mid_market", "smb"}


def test_one_rep_takes_everything_up_to_the_cap():
    decisions, _ = decided(leads=build.month_of_leads(), reps=build.reps(count=1))
    assert sum(d.rep is not None for d in decisions.values()) == 25  # discovery + demo binds first


def test_a_run_without_leads_decides_nothing_and_keeps_the_carry():
    first = build.allocation(leads=build.month_of_leads(), reps=build.organisation())
    again = build.allocation(leads=[], reps=build.organisation(), carry=first.carry, run="2026-W49")
    assert again.decisions == () and again.carry.to_record() == first.carry.to_record()


def test_one_lead_and_ten_thousand_reps_is_no_trouble():
    decision = one(reps=build.reps(count=10_000), band="smb")
    assert decision.rep


def test_the_stars_decide_seniority_in_the_one_page_policy():
    pol = build.policy(name="minimal", replace={"pct: 30": "pct: 0"})
    reps = [build.rep(name="senior"), build.rep(name="junior", tenure_months=2)]
    leads = [build.lead(name="high", band="enterprise"), build.lead(name="low", band="smb")]
    decisions, _ = decided(leads=leads, reps=reps, pol=pol)
    assert decisions[build.ref("high")].rep == build.ref("senior")
    assert decisions[build.ref("low")].rep == build.ref("junior")
    decisions, _ = decided(leads=leads, reps=reps[:1], pol=pol)
    assert decisions[build.ref("low")].rep == build.ref("senior")  # nobody junior: anybody


def test_draws_of_another_snapshot_are_refused():
    snap = build.snapshot(leads=build.month_of_leads(), reps=build.organisation())
    good = build.draws(snap, V2)
    other = build.snapshot(leads=build.month_of_leads()[1:], reps=build.organisation())
    with pytest.raises(DrawsError):
        allocate(other, V2, good)
    with pytest.raises(DrawsError):
        allocate(snap, V2, {"selects": good["selects"], "ladders": {}})
    with pytest.raises(DrawsError):
        allocate(snap, V2, {"selects": {}, "ladders": {}})


def test_an_explanation_shows_every_rep_and_the_first_in_rank_is_the_owner():
    snap = build.snapshot(leads=build.month_of_leads()[::5], reps=build.organisation())
    draws = build.draws(snap, V2)
    plain = {decision.lead: decision for decision in allocate(snap, V2, draws).decisions}
    everything = list(explanations(snap, V2, draws))
    assert [row.lead for row in everything] == sorted(plain)
    for row in everything:
        decision = plain[row.lead]
        assert (row.rule, row.reason) == (decision.rule, decision.reason)
        assert row.ranked[0].rep == decision.rep
        assert len(row.ranked) + len(row.excluded) == 120
        assert row.next is None or row.next == row.ranked[1].rep
        assert row.rule_trail[-1] == (decision.rule, "applied")
        canonical(row.to_record())
        canonical(compact(row))
    assert explain(snap, V2, draws, everything[7].lead) == everything[7]
    assert compact(everything[0])["candidates"] == len(everything[0].ranked)


def test_an_explanation_names_what_excluded_each_rep():
    reps = [
        build.rep(name="owner"),
        build.rep(name="sdr", role="SDR"),
        build.rep(name="gone", active="no"),
        build.rep(name="leave", away="yes"),
        build.rep(name="full", open_opportunities=30),
        build.rep(name="early", open_discovery_demo=25),
        build.rep(name="late", open_proposal_negotiation=15),
        build.rep(name="weak", stars={"enterprise": 2, "vertical:healthcare": 3}),
        build.rep(name="layman", stars={"enterprise": 3}),
        build.rep(name="cousin"),
        build.rep(name="refused"),
    ]
    lead = build.lead(
        name="the-lead",
        band="enterprise",
        industry="healthcare",
        conflicts=(build.ref("cousin"),),
        recycled_from=(build.ref("refused"),),
    )
    snap = build.snapshot(leads=[lead], reps=reps)
    row = explain(snap, V2, build.draws(snap, V2), lead.ref)
    assert [ranked.rep for ranked in row.ranked] == [build.ref("owner")]
    assert {excluded.rep: excluded.why for excluded in row.excluded} == {
        build.ref(name): why
        for name, why in {
            "sdr": "role",
            "gone": "inactive",
            "leave": "away",
            "full": "cap_open_opportunities",
            "early": "cap_discovery_demo",
            "late": "cap_proposal_negotiation",
            "weak": "stars",
            "layman": "vertical",
            "cousin": "conflict",
            "refused": "recycled",
        }.items()
    }
