"""The optional rules: credits, ramp, mix, weights, support, filters, claims, pilots, warnings."""

from collections import Counter
from fractions import Fraction

import pytest

from allocation.credits import CreditError
from allocation.engine import allocate, split
from allocation.explanation import explain
from allocation.policy import policy_mistakes
from allocation.report import mix_report
from allocation.snapshot import Carry, Credit, Snapshot
from allocation.tenure import Tenure
from ledger.canonical import canonical, parse
from tests import builders as build

WORDS = "zh: 一句话, en: A sentence, source: a test"
HIGH_CAPS = {"limit: 30": "limit: 30000", "limit: 25": "limit: 30000", "limit: 50": "limit: 30000"}
TURNS_ONLY = {**HIGH_CAPS, "        pct: 50": "        pct: 0", "        pct: 20": "        pct: 0"}
PLAIN_MID = "        weights: headroom #"


def policy(*sections, **replaced):
    """v2.0 with high caps, without SDR and junior shares, and further sections or changes."""
    pairs = {**TURNS_ONLY, **replaced.get("replace", {})}
    if sections:
        pairs["on_return: resume\n"] = (
            "\n".join([*sections, replaced.get("on_return", "on_return: resume")]) + "\n"
        )
    return build.policy(replace=pairs)


def received(outcome):
    return Counter(decision.rep for decision in outcome.decisions if decision.rep)


def one(outcome):
    (decision,) = outcome.decisions
    return decision


CREDITS = f"credits: {{id: credits, {WORDS}, release_pct: 50, manual_max_leads: 3}}"


def test_who_was_away_catches_up_slowly_and_ends_level_with_the_others():
    pol = policy(CREDITS, on_return="on_return: catch_up")
    carry, totals, weekly = Carry(), Counter(), []
    for week in range(12):
        away = "yes" if week in (1, 2, 3) else "no"
        reps = [*build.reps(count=9), build.rep(name="leaver", away=away)]
        leads = build.leads(count=50, prefix=f"w{week}")
        outcome = build.allocation(leads=leads, reps=reps, pol=pol, carry=carry, run=f"W{week}")
        totals.update(received(outcome))
        weekly.append(received(outcome)[build.ref("leaver")])
        carry = Carry.from_record(parse(canonical(outcome.carry.to_record())))
    assert weekly[:4] == [5, 0, 0, 0]
    assert all(5 <= count <= 8 for count in weekly[4:])  # at most half as many again, no flood
    assert max(totals.values()) - min(totals.values()) <= 1  # no hole is left
    assert carry.credits == {}


def test_a_credit_by_hand_is_paid_on_top_and_everybody_else_waits_for_it():
    reps, leads = build.reps(count=10), build.leads(count=100)
    credit = Credit(ref=reps[0].ref, band="smb", leads=3, record="ab" * 32)
    snap = Snapshot(**{**_parts(build.snapshot(leads=leads, reps=reps)), "credits": (credit,)})
    again = Snapshot.from_record(parse(canonical(snap.to_record())))
    assert again == snap
    pol = policy(CREDITS)
    counts = received(allocate(snap, pol, build.draws(snap, pol)))
    assert counts[reps[0].ref] in (12, 13)  # 10 + 3 - 3/10
    assert set(counts.values()) <= {9, 10, 12, 13}


@pytest.mark.parametrize("wrong", [{"leads": 4}, {"leads": 0}, {"ref": "x"}, {"band": "gold"}])
def test_a_credit_that_the_policy_does_not_allow_is_refused(wrong):
    reps = build.reps(count=2)
    values = {"ref": reps[0].ref, "band": "smb", "leads": 1, "record": "ab" * 32} | wrong
    snap = Snapshot(**{**_parts(build.snapshot(reps=reps)), "credits": (Credit(**values),)})
    with pytest.raises(CreditError):
        split(snap, policy(CREDITS))


def test_a_policy_without_credits_accepts_none_by_hand():
    reps = build.reps(count=2)
    credit = Credit(ref=reps[0].ref, band="smb", leads=1, record="ab" * 32)
    snap = Snapshot(**{**_parts(build.snapshot(reps=reps)), "credits": (credit,)})
    with pytest.raises(CreditError):
        split(snap, build.policy())


def _parts(snap):
    names = ("run", "as_of", "zone", "currency", "leads", "reps", "carry")
    return {name: getattr(snap, name) for name in names}


def test_the_ramp_gives_new_hires_smb_first_and_goes_before_seniority():
    pol = policy(replace={"ramp_on: false": "ramp_on: true"})
    tenure = Tenure(pol)
    found = {
        months: [
            tenure.ramp_pct(build.rep(name="x", tenure_months=months), band)
            for band in ("enterprise", "mid_market", "smb")
        ]
        for months in (0, 1, 2, 3, 4, 5)
    }
    assert found[0] == found[1] == [0, 0, 100]
    assert found[2] == found[3] == [0, 20, 80]
    assert found[4] == found[5] == [0, 40, 60]
    assert tenure.ramp_pct(build.rep(name="x", tenure_months=6), "smb") is None
    boss = build.rep(name="boss", role="MANAGER")
    hire = build.rep(name="hire", tenure_months=1, manager=boss.ref)
    middle = build.rep(name="middle", tenure_months=3)
    reps = [boss, hire, middle, *build.reps(count=3)]
    leads = [*build.leads(count=320, band="mid_market"), *build.leads(count=70, band="enterprise")]
    outcome = build.allocation(leads=leads, reps=reps, pol=pol)
    by_band = Counter((d.band, d.rep) for d in outcome.decisions)
    assert by_band["mid_market", hire.ref] == by_band["enterprise", hire.ref] == 0
    assert by_band["mid_market", middle.ref] == 20  # 20 of 20 + 3 x 100 parts
    table = explain(
        build.snapshot(leads=leads, reps=reps),
        pol,
        build.draws(build.snapshot(leads=leads, reps=reps), pol),
        leads[0].ref,
    )
    assert {row.rep: row.why for row in table.excluded}[hire.ref] == "ramp"


def test_the_manager_comes_along_to_a_new_hires_enterprise_calls():
    step = "to_month: 6, mix_pct: {enterprise: 0, mid_market: 40, smb: 60}"
    changes = {
        "ramp_on: false": "ramp_on: true",
        step: step.replace("enterprise: 0", "enterprise: 10").replace("smb: 60", "smb: 50"),
        "stretch_accompany_calls: 3": "stretch_accompany_calls: 0",
    }
    boss = build.rep(name="boss", role="MANAGER")
    hire = build.rep(name="hire", tenure_months=5, manager=boss.ref)
    lead = build.lead(name="a", band="enterprise")
    decision = one(build.allocation(leads=[lead], reps=[boss, hire], pol=policy(replace=changes)))
    assert decision.rep == hire.ref and decision.co_owners[0].role == "accompanying"


def test_the_mix_as_weights_moves_turns_towards_each_class_and_is_reported():
    pol = policy(replace={"  ramp_on: false": "  mix: weights\n  ramp_on: false", PLAIN_MID: " #"})
    junior, senior = build.rep(name="junior", tenure_months=6), build.rep(name="senior")
    leads = build.leads(count=70)
    snap = build.snapshot(leads=leads, reps=[junior, senior])
    outcome = allocate(snap, pol, build.draws(snap, pol))
    assert received(outcome) == {junior.ref: 60, senior.ref: 10}
    from allocation.eligibility import Roster

    given = [(each.rep, each.band) for each in outcome.decisions if each.rep]
    rows = {row.group: row for row in mix_report(given, pol, Roster(snap, pol))}
    assert rows["junior"].received == {"enterprise": 0, "mid_market": 0, "smb": 60}
    assert rows["junior"].target_pct == {"enterprise": 10, "mid_market": 30, "smb": 60}


@pytest.mark.parametrize(("change", "leads"), [(100, (200, 100)), (-50, (100, 200))])
def test_last_months_high_performers_weigh_more_or_less_as_the_sign_says(change, leads):
    rule = (
        f"performance: {{id: performance, {WORDS}, measure: conversion, high_bp: 2000, "
        f"change_pct: {change}}}"
    )
    pol = policy(rule, replace={PLAIN_MID: "        weights: performance #"})
    reps = [
        build.rep(name="high", conversion_bp=2500),
        build.rep(name="low", conversion_bp=1999),
    ]
    outcome = build.allocation(leads=build.leads(count=300, band="mid_market"), reps=reps, pol=pol)
    assert received(outcome) == {build.ref("high"): leads[0], build.ref("low"): leads[1]}


def test_part_time_and_headroom_multiply():
    pol = policy(replace={PLAIN_MID: "        weights: headroom\n        times: [fte] #"})
    reps = [
        build.rep(name="full"),
        build.rep(name="part", fte_pct=50),
        build.rep(name="busy", fte_pct=50, open_opportunities=15_000),
    ]
    outcome = build.allocation(leads=build.leads(count=350, band="mid_market"), reps=reps, pol=pol)
    assert received(outcome) == {
        build.ref("full"): 200,
        build.ref("part"): 100,
        build.ref("busy"): 50,
    }


SUPPORT = f"support: {{id: support, {WORDS}, below_bp: 7000, more_pct: 20, grace_quarters: 2}}"


def test_support_mode_gives_a_fifth_more_for_two_quarters():
    pol = policy(SUPPORT, replace={PLAIN_MID: " #"})
    behind = {"attainment_bp": 3_000, "quarter_left_bp": 5_000}  # half the quarter: 60% of pace
    fine = {"attainment_bp": 3_500, "quarter_left_bp": 5_000}  # exactly 70% of pace
    reps = [build.rep(name="behind", **behind), *build.reps(count=4, **fine)]
    leads = build.leads(count=52)
    outcome = build.allocation(leads=leads, reps=reps, pol=pol)
    assert received(outcome) == {build.ref("behind"): 12, **{r.ref: 10 for r in reps[1:]}}
    assert outcome.supported == (build.ref("behind"),)
    assert outcome.carry.support == {build.ref("behind"): "2026-Q4"}
    ended = Carry(support={build.ref("behind"): "2026-Q2"})
    later = build.allocation(leads=leads, reps=reps, pol=pol, carry=ended)
    assert later.supported == () and later.carry.support == ended.support
    recovered = [build.rep(name="behind", **fine), *reps[1:]]
    assert build.allocation(leads=leads, reps=recovered, pol=pol, carry=ended).carry.support == {}


RULE = "skill_rules:\n"


def filtered(rule):
    return policy(replace={RULE: f"{RULE}  - {{id: filter, {WORDS}, {rule}}}\n"})


def test_a_territory_goes_first_to_its_own_reps_then_to_anybody_or_waits():
    rule = "when: {band: [smb]}, territory: true, overflow_sme: false, binds: [rotation]"
    east, west = build.rep(name="east", region="east"), build.rep(name="west", region="west")
    for region, owners in (("east", {east.ref}), ("west", {west.ref})):
        leads = build.leads(count=6, region=region)
        assert (
            set(received(build.allocation(leads=leads, reps=[east, west], pol=filtered(rule))))
            == owners
        )
    far = build.leads(count=6, region="north")
    outcome = build.allocation(leads=far, reps=[east, west], pol=filtered(rule))
    assert received(outcome) == {east.ref: 3, west.ref: 3}
    assert {d.reason for d in outcome.decisions} == {"overflow_sme"}
    waits = filtered(rule.replace("overflow_sme: false", "overflow: wait"))
    outcome = build.allocation(leads=far, reps=[east, west], pol=waits)
    assert {d.reason for d in outcome.decisions} == {"no_eligible_rep"}
    nowhere = build.leads(count=6)  # an unknown region: the rule does not hold
    assert len(received(build.allocation(leads=nowhere, reps=[east, west], pol=waits))) == 2


def test_an_industry_rule_asks_for_stars_in_the_leads_own_industry():
    rule = "when: {band: [smb]}, skill: 'vertical:*', min_stars: 2, binds: [rotation]"
    reps = [build.rep(name=v, stars={f"vertical:{v}": 2}) for v in ("saas", "retail")]
    for industry in ("saas", "retail"):
        lead = build.lead(name="a", industry=industry)
        decision = one(build.allocation(leads=[lead], reps=reps, pol=filtered(rule)))
        assert decision.rep == build.ref(industry)


@pytest.mark.parametrize(
    ("budget", "expected_value", "owner"),
    [
        (400_000, 9_000_000, None),
        (500_000, None, "certified"),
        (None, 1_999_999, "certified"),
        (2_000_000, None, None),
        (None, None, None),
    ],
)
def test_industry_then_budget_band_then_qualification_is_the_three_level_filter(
    budget, expected_value, owner
):
    rule = (
        "when: {industry: [healthcare], amount_at_least: 500000, amount_below: 2000000}, "
        "qualification: 'certificate:medical', binds: [rotation]"
    )
    certified = build.rep(name="certified", qualifications=("certificate:medical",))
    reps = [certified, *build.reps(count=5, stars={})]
    lead = build.lead(name="a", industry="healthcare", budget=budget, expected_value=expected_value)
    outcomes = {
        one(build.allocation(leads=[lead], reps=reps, pol=filtered(rule), seed=seed)).rep
        for seed in range(8)
    }
    assert outcomes == {certified.ref} if owner else len(outcomes) > 1


def test_a_product_filter_asks_for_the_leads_own_product():
    rule = "when: {band: [smb]}, qualification: 'product:*', overflow: wait, binds: [rotation]"
    reps = [build.rep(name=p, qualifications=(f"product:{p}",)) for p in ("crm", "erp")]
    lead = build.lead(name="a", product="erp")
    assert one(build.allocation(leads=[lead], reps=reps, pol=filtered(rule))).rep == build.ref(
        "erp"
    )


CLAIM = {
    "        method: rotation\n        rest: true\n        roles: [SDR, BDR, AE, AM]\n": (
        "        method: claim\n        rest: true\n        roles: [SDR, BDR, AE, AM]\n"
        "        claim: {per_month: 5, min_conversion_bp: 1500}\n"
    )
}


def test_claimable_leads_wait_in_the_pool_for_those_who_qualify_with_their_claims_left():
    reps = [
        build.rep(name="able", conversion_bp=1_500, claimed_this_month=3),
        build.rep(name="spent", conversion_bp=9_000, claimed_this_month=5),
        build.rep(name="poor", conversion_bp=1_499),
        build.rep(name="unknown"),
        build.rep(name="away", conversion_bp=9_000, away="yes"),
    ]
    leads = build.leads(count=3)
    barred = build.lead(name="barred", conflicts=(build.ref("able"),))
    snap = build.snapshot(leads=[*leads, barred], reps=reps)
    pol = policy(replace=CLAIM)
    outcome = allocate(snap, pol, build.draws(snap, pol))
    reasons = {d.lead: (d.rep, d.method, d.reason) for d in outcome.decisions}
    assert {reasons[lead.ref] for lead in leads} == {(None, "none", "claimable")}
    assert reasons[barred.ref] == (None, "none", "all_over_cap")
    (group,) = outcome.claims
    assert group.leads == tuple(sorted(lead.ref for lead in leads))
    assert group.reps == ((build.ref("able"), 2),)
    assert set(outcome.waiting) == set(reasons)
    row = explain(snap, pol, build.draws(snap, pol), leads[0].ref)
    assert [(r.rep, r.figures) for r in row.ranked] == [(build.ref("able"), {"claims_left": 2})]
    assert {e.rep: e.why for e in row.excluded} == {
        build.ref("spent"): "claim_limit",
        build.ref("poor"): "claim_qualification",
        build.ref("unknown"): "claim_qualification",
        build.ref("away"): "away",
    }


def test_a_lead_that_nobody_claimed_is_given_out_by_the_next_share():
    first = {
        "        method: sdr\n        pct: 50\n        roles: [SDR]\n": (
            "        method: claim\n        pct: 99\n        roles: [AE]\n"
            "        claim: {per_month: 5}\n"
        )
    }
    pol = build.policy(replace=first)
    leads, reps = build.leads(count=100), build.reps(count=60)
    outcome = build.allocation(leads=leads, reps=reps, pol=pol)
    reasons = Counter(d.reason for d in outcome.decisions)
    assert reasons == {"claimable": 99, "capacity_rotation": 1}
    again = build.leads(count=100, waiting_since="2026-W48")
    outcome = build.allocation(leads=again, reps=reps, pol=pol, carry=outcome.carry)
    assert {d.reason for d in outcome.decisions} == {"capacity_rotation"}


PILOT = f"pilot: {{id: pilot, {WORDS}, pct: 25, bands: [smb], until: 2026-12-31}}"


def test_a_pilot_draws_its_arms_and_a_lead_keeps_its_arm():
    pol = policy(PILOT)
    leads, reps = build.leads(count=100), build.reps(count=5)
    snap = build.snapshot(leads=leads, reps=reps)
    assert split(snap, pol)["smb"].shares[0] == ("pilot-control", 75)
    outcome = allocate(snap, pol, build.draws(snap, pol))
    control = {d.lead for d in outcome.decisions if d.reason == "pilot_control"}
    # Auditors hold every candidate against the share that its draw gave it.
    assert control == {d.lead for d in outcome.decisions if d.share == "pilot-control"}
    assert len(control) == 75 and set(outcome.carry.control) == control
    assert outcome.waiting == {} and sum(received(outcome).values()) == 25
    still_open = [lead for lead in leads if lead.ref in control]
    later = build.snapshot(leads=still_open, reps=reps, carry=outcome.carry)
    again = allocate(later, pol, build.draws(later, pol))
    assert {d.reason for d in again.decisions} == {"pilot_control"}


def test_the_arms_of_a_pilot_are_exact_over_the_weeks_and_it_ends_on_its_day():
    carry, arms = Carry(), Counter()
    for week in range(7):
        leads = build.leads(count=3, prefix=f"w{week}")
        outcome = build.allocation(
            leads=leads, reps=build.reps(count=3), pol=policy(PILOT), carry=carry
        )
        arms.update(d.reason for d in outcome.decisions)
        carry = outcome.carry
    assert abs(arms["pilot_control"] - Fraction(75 * 21, 100)) < 1
    over = policy(PILOT.replace("2026-12-31", "2026-11-22"))
    outcome = build.allocation(leads=build.leads(count=9), reps=build.reps(count=3), pol=over)
    assert sum(received(outcome).values()) == 9


def test_an_intake_far_off_the_others_is_warned_about():
    rule = f"anomalies: {{id: anomalies, {WORDS}, min_leads: 4, above_pct: 200, below_pct: 50}}"
    reps = [build.rep(name="star"), *build.reps(count=4)]
    leads = [
        *build.leads(count=20),
        *build.leads(count=10, prefix="own", account_owner=build.ref("star")),
    ]
    outcome = build.allocation(leads=leads, reps=reps, pol=policy(rule))
    (row,) = outcome.warnings
    assert (row.rep, row.side, row.received, row.median) == (build.ref("star"), "above", 14, 4)


def test_a_promotion_by_quota_takes_a_junior_out_of_the_junior_share():
    rule = (
        f"promotion: {{id: promotion, {WORDS}, class_from: junior, class_to: mid, "
        "min_months: 6, min_attainment_bp: 10000}"
    )
    tenure = Tenure(policy(rule))
    for months, attainment, expected in (
        (6, 10_000, "mid"),
        (5, 10_000, "junior"),
        (6, 9_999, "junior"),
        (6, None, "junior"),
        (12, None, "mid"),
    ):
        rep = build.rep(name="x", tenure_months=months, attainment_bp=attainment)
        assert tenure.seniority(rep) == expected


def test_a_mentor_of_a_higher_class_stands_beside_a_junior():
    pol = build.policy(
        replace={
            "        seniority: [junior]\n": (
                "        mentored: true\n        seniority: [junior]\n"
            ),
            "        pct: 20": "        pct: 99",
        }
    )
    reps = [
        build.rep(name="junior", tenure_months=3),
        build.rep(name="busy", load_x100=900),
        build.rep(name="idle", load_x100=100),
    ]
    leads = build.leads(count=100, band="mid_market")
    outcome = build.allocation(leads=leads, reps=reps, pol=pol)
    given = [d for d in outcome.decisions if d.method == "junior"]
    assert given and {(p.rep, p.role) for d in given[:1] for p in d.co_owners} == {
        (build.ref("idle"), "mentor")
    }


def test_stars_go_before_load_where_the_policy_prefers_them():
    pol = build.policy(
        replace={
            "        ceiling_pct: 200": "        prefer_skill: new_business",
            "        pct: 30": "        pct: 0",
        }
    )
    reps = [
        build.rep(name="idle", stars={"enterprise": 3, "new_business": 1}),
        build.rep(name="able", load_x100=900, stars={"enterprise": 3, "new_business": 3}),
    ]
    lead = build.lead(name="a", band="enterprise")
    assert one(build.allocation(leads=[lead], reps=reps, pol=pol)).rep == build.ref("able")


def test_a_referral_draw_may_be_among_the_top_half_of_the_performers():
    pol = build.policy(
        replace={
            "    share: lottery\n    zh": "    share: lottery\n    top_performers_pct: 50\n    zh"
        }
    )
    reps = [build.rep(name=f"r{i}", attainment_bp=1_000 * i) for i in range(1, 7)]
    lead = build.lead(name="a", band="mid_market", referrer="c_level")
    winners = {
        one(build.allocation(leads=[lead], reps=reps, pol=pol, seed=seed)).rep for seed in range(40)
    }
    assert winners == {build.ref(f"r{i}") for i in (4, 5, 6)}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("on_return: resume", "on_return: catch_up", "needs the section 'credits'"),
        ("on_return: resume", f"credits: {{id: c, {WORDS}, release_pct: 50}}", "ever credited"),
        ("on_return: resume", "on_return: half", "'resume' or 'catch_up'"),
        ("        weights: headroom", "        weights: performance", "section 'performance'"),
        ("        ceiling_pct: 200", "        weights: headroom", "nothing executes this"),
        ("        ceiling_pct: 200", "        claim: {per_month: 2}", "nothing executes this"),
        ("method: sdr", "method: claim", "who may claim"),
        ("method: sdr", "method: auction", "should be"),
        ("share: sdr", "share: pilot-control", "the pilot's own"),
        (
            "enterprise: 10, mid_market: 30, smb: 60",
            "enterprise: 10, mid_market: 30, smb: 50",
            "90%",
        ),
        ("to_month: 2", "to_month: 5", "upwards"),
        (
            "    kind: named_account",
            "    kind: named_account\n    top_performers_pct: 5",
            "referral_draw",
        ),
        (
            "on_return: resume",
            f"promotion: {{id: p, {WORDS}, class_from: mid, class_to: junior}}",
            "higher class",
        ),
        (
            "on_return: resume",
            f"promotion: {{id: p, {WORDS}, class_from: junior, class_to: mid}}",
            "what must be reached",
        ),
        (
            "on_return: resume",
            f"performance: {{id: p, {WORDS}, measure: luck, high_bp: 1, change_pct: 0}}",
            "should match pattern",
        ),
        (
            "on_return: resume",
            f"pilot: {{id: p, {WORDS}, pct: 25, until: 2020-01-01}}",
            "ends before",
        ),
        (
            "when: {lead_type: [upsell]}",
            "when: {amount_at_least: 5, amount_below: 5}",
            "unreachable",
        ),
        ("    overflow_sme: false", "    qualification: 'case:*'", "product:*"),
    ],
)
def test_a_setting_that_nothing_would_execute_is_refused_in_words(old, new, message):
    text = (build.POLICIES / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
    assert old in text
    found = [m.message for m in policy_mistakes(text.replace(old, new, 1))]
    assert any(message in line for line in found), found
