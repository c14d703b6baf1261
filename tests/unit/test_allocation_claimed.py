"""Claims from the pool: who may, what they count for, and what is kept of the pool."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from allocation.carry import Carry
from allocation.claimed import Claimed, claim_class, claim_refusal, claim_share, with_claims
from allocation.decisions import ClaimClass
from allocation.engine import allocate
from ledger.canonical import parse_canonical
from tests import builders as build

POLICY = build.policy(name="graded-rotation")  # 30% of SMB to the pool, 10 claims a month, no bar
LEADS = build.leads(count=10, band="smb")
REPS = build.reps(count=3, role="SDR", open_leads=48)  # the policy's cap is 50


def allocated(snapshot):
    return allocate(snapshot, POLICY, build.draws(snapshot, POLICY))


@pytest.fixture(scope="module")
def week():
    snapshot = build.snapshot(leads=LEADS, reps=REPS)
    return snapshot, allocated(snapshot)


def refused(week, rep, lead, received=(), made=0, snapshot=None):
    stored, allocation = week
    row = claim_class(allocation.claims, lead)
    found = claim_refusal(snapshot or stored, POLICY, row, rep, lead, received=received, made=made)
    return found and found.why


def test_three_of_ten_leads_are_offered_to_everybody_with_ten_claims_left(week):
    (row,) = week[1].claims
    assert len(row.leads) == 3
    assert row.reps == tuple((rep.ref, 10) for rep in week[0].reps)
    assert claim_share(POLICY, row).share == "claim"
    assert [claim_class(week[1].claims, one.ref) for one in LEADS] == [
        row if one.ref in row.leads else None for one in LEADS
    ]


def test_a_claim_is_refused_at_the_monthly_limit_at_a_cap_and_to_who_did_not_qualify(week):
    rep, lead = week[0].reps[0].ref, week[1].claims[0].leads[0]
    other = [one.ref for one in week[0].leads if one.ref != lead]
    assert refused(week, rep, lead) is None
    assert refused(week, rep, lead, made=9) is None
    assert refused(week, rep, lead, made=10) == "claim_limit"
    # 48 open leads and what came since: 49 is below the cap of 50, 50 is not.
    assert refused(week, rep, lead, received=other[:1]) is None
    assert refused(week, rep, lead, received=other[:2]) == "cap_open_leads"
    assert refused(week, "0" * 64, lead) == "claim_qualification"


def test_a_claim_was_owed_to_all_who_could_and_received_by_one():
    before = Carry(reps={"smb": {"a": (Fraction(1, 2), 1)}})
    claims = [Claimed("l1", "b", "smb", ("a", "b")), Claimed("l2", "b", "enterprise", ("b",))]
    assert with_claims(before, claims).reps == {
        "smb": {"a": (Fraction(1), 1), "b": (Fraction(1, 2), 1)},
        "enterprise": {"b": (Fraction(1), 1)},
    }
    assert with_claims(before, []) == before


def test_whoever_claimed_waits_for_the_others_in_the_next_run(week):
    """Three equal reps; one claimed three leads of the band: the next three go to the others."""
    _, allocation = week
    (row,) = allocation.claims
    eager = row.reps[0][0]
    able = tuple(rep for rep, _ in row.reps)
    carry = with_claims(allocation.carry, [Claimed(lead, eager, "smb", able) for lead in row.leads])
    following = build.snapshot(
        leads=build.leads(count=4, band="smb", prefix="next"),
        reps=[replace(rep, open_leads=0) for rep in REPS],
        run="2026-W49",
        carry=carry,
    )
    owners = [one.rep for one in allocated(following).decisions if one.rep]
    assert owners
    assert eager not in owners


def test_findings_have_the_pool_and_the_warnings_and_nobody_in_support_mode():
    behind = build.reps(
        count=2, role="SDR", prefix="behind", attainment_bp=1000, quarter_left_bp=2000
    )
    snapshot = build.snapshot(leads=LEADS, reps=[*REPS, *behind])
    allocation = allocated(snapshot)
    found = parse_canonical(allocation.findings())
    assert [ClaimClass.from_record(row) for row in found["claims"]] == list(allocation.claims)
    assert set(found) == {"format", "run", "claims", "warnings"}
    support = parse_canonical(allocation.support())
    assert support["reps"] == sorted(rep.ref for rep in behind)


def test_a_far_intake_is_kept_with_its_figures():
    policy = build.policy(name="guarded-grab")
    busy = build.rep(name="busy")
    others = build.reps(count=4, open_opportunities=30)
    snapshot = build.snapshot(
        leads=build.leads(count=8, band="mid_market", requested_rep=busy.ref), reps=[busy, *others]
    )
    allocation = allocate(snapshot, policy, build.draws(snapshot, policy))
    (warning,) = parse_canonical(allocation.findings())["warnings"]
    assert warning == {
        "rep": busy.ref, "side": "above", "role": "AE", "received": 8, "median": 0,
        "rule": "anomalies",
    }  # fmt: skip
