"""Turns: equal ones differ by one lead at most, weighted ones stay within one of what is owed."""

import random
import statistics
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.balances import UNIT, Balances
from allocation.eligibility import Gate, Roster
from allocation.pool import Pool
from allocation.rotation import EqualTurns, WeightedTurns
from allocation.snapshot import Carry
from tests import builders as build

GATE = Gate(("AE",))
NO_CAPS = build.policy(
    replace={
        "limit: 30": "limit: 30000",
        "limit: 25": "limit: 30000",
        "        pct: 50": "        pct: 0",
    }
)


def turns(*, count, order, leads):
    """Who receives one lead after another among `count` equal reps."""
    snap = build.snapshot(reps=build.reps(count=count))
    balances = Balances("smb", Carry())
    refs = [rep.ref for rep in snap.reps]
    pool = Pool(Roster(snap, NO_CAPS), balances, [GATE], order(refs, balances))
    lead = build.lead(name="any")
    for _ in range(leads):
        owner = pool.first(GATE, lead.barred)
        assert pool.ranked(GATE, lead.barred)[0][0] == owner
        pool.take(owner, GATE, lead)
        yield owner
    pool.close()
    owed = sum(Fraction(units, UNIT) for units in balances.owed.values())
    assert abs(owed - leads) < Fraction(1, 10**40)
    assert sum(balances.received.values()) == leads


def equal(refs, balances):
    return EqualTurns(balances.value, lambda ref: ref.encode())


def test_the_figures_shown_for_unequal_weights_put_the_candidates_in_the_order_of_their_ranks():
    snap = build.snapshot(reps=build.reps(count=5))
    weights = dict(zip([rep.ref for rep in snap.reps], (9, 7, 5, 3, 1), strict=True))
    order = WeightedTurns(weights, 5, lambda ref: ref.encode())
    pool = Pool(Roster(snap, NO_CAPS), Balances("smb", Carry()), [GATE], order)
    lead = build.lead(name="any")
    for _ in range(40):
        shown = [figures for _, _, figures in pool.ranked(GATE, lead.barred)]
        ready = [Fraction(f["behind_after_leads"]) for f in shown if "behind_after_leads" in f]
        waits = [Fraction(f["waits_leads"]) for f in shown if "waits_leads" in f]
        assert [*ready, *waits] == [*sorted(ready), *sorted(waits)]
        assert all("waits_leads" in figures for figures in shown[len(ready) :])
        assert all(wait > 0 for wait in waits)
        pool.take(pool.first(GATE, lead.barred), GATE, lead)


def weighted(weights):
    def order(refs, balances):
        by_ref = dict(zip(refs, weights, strict=True))
        return WeightedTurns(by_ref, len(refs), lambda ref: ref.encode())

    return order


@pytest.mark.parametrize("count", [1, 2, 7, 120, 121])
def test_equal_reps_are_never_more_than_one_lead_apart(count):
    received = Counter()
    for owner in turns(count=count, order=equal, leads=3 * count + 5):
        received[owner] += 1
        counts = [received[ref] for ref in received] + [0] * (count - len(received))
        assert max(counts) - min(counts) <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=50), st.data())
def test_constant_unequal_weights_keep_everybody_within_one_lead_on_both_sides(weights, data):
    leads = data.draw(st.integers(1, 4 * len(weights)))
    refs = sorted(build.ref(f"rep-AE-{i}") for i in range(len(weights)))
    total, bound = sum(weights), 1 - Fraction(1, 2 * len(weights) - 2)
    received = Counter()
    for k, owner in enumerate(turns(count=len(weights), order=weighted(weights), leads=leads), 1):
        received[owner] += 1
        for ref, weight in zip(refs, weights, strict=True):
            assert abs(received[ref] - Fraction(weight * k, total)) <= bound + Fraction(1, 10**40)


def test_random_weights_of_2_to_50_reps_stay_within_tijdemans_bound():
    chance = random.Random(20260)
    for count in (2, 3, 5, 12, 25, 50):
        weights = [chance.randint(1, 10_000) for _ in range(count)]
        received, worst = Counter(), Fraction(0)
        refs = sorted(build.ref(f"rep-AE-{i}") for i in range(count))
        owners = turns(count=count, order=weighted(weights), leads=300)
        for k, owner in enumerate(owners, 1):
            received[owner] += 1
            gaps = (
                abs(received[ref] - Fraction(weight * k, sum(weights)))
                for ref, weight in zip(refs, weights, strict=True)
            )
            worst = max(worst, *gaps)
        assert worst <= 1 - Fraction(1, 2 * count - 2) + Fraction(1, 10**40)


def test_thirty_days_of_fifty_leads_give_each_of_120_equal_reps_12_or_13():
    reps, carry, received = build.organisation(), Carry(), Counter()
    for day in range(30):
        run = f"2026-11-{day + 1:02d}"
        leads = build.leads(count=50, band="smb", prefix=run)
        outcome = build.allocation(leads=leads, reps=reps, pol=NO_CAPS, carry=carry, run=run)
        received.update(decision.rep for decision in outcome.decisions)
        carry = outcome.carry
    counts = [received[rep.ref] for rep in reps]
    assert set(counts) == {12, 13}
    assert statistics.pstdev(counts) == pytest.approx(0.5, abs=0.01)


def test_a_rep_who_returns_from_leave_finds_neither_a_flood_nor_a_hole():
    carry, received = Carry(), []
    for week, away in enumerate(["no", "yes", "yes", "yes", "no"]):
        reps = [*build.reps(count=9), build.rep(name="leaver", away=away)]
        leads = build.leads(count=50, band="smb", prefix=str(week))
        outcome = build.allocation(leads=leads, reps=reps, pol=NO_CAPS, carry=carry, run=f"W{week}")
        received.append(sum(d.rep == build.ref("leaver") for d in outcome.decisions))
        carry = outcome.carry
    assert received == [5, 0, 0, 0, 5]


def test_a_newcomer_starts_level_with_the_others():
    first = build.allocation(leads=build.leads(count=45), reps=build.reps(count=9), pol=NO_CAPS)
    reps = [*build.reps(count=9), build.rep(name="newcomer")]
    leads = build.leads(count=50, prefix="later")
    second = build.allocation(leads=leads, reps=reps, pol=NO_CAPS, carry=first.carry, run="later")
    assert set(Counter(d.rep for d in second.decisions).values()) == {5}


def test_headroom_weights_give_twice_the_room_twice_the_leads():
    half_full = build.rep(name="half", open_opportunities=15_000)
    reps = [build.rep(name="empty"), half_full]
    leads = build.leads(count=300, band="mid_market")
    pol = build.policy(
        replace={
            "limit: 30": "limit: 30000",
            "limit: 25": "limit: 30000",
            "        pct: 20": "        pct: 0",
        }
    )
    received = Counter(d.rep for d in build.allocation(leads=leads, reps=reps, pol=pol).decisions)
    assert received == {build.ref("empty"): 200, build.ref("half"): 100}
