"""How much each rep weighs in a share that is given out by turns."""

from collections.abc import Mapping

from allocation.eligibility import Roster
from allocation.policy import Policy, Share
from allocation.snapshot import Rep, Snapshot

WHOLE = 10_000  # weights are whole numbers of 1/10000


def turn_weights(
    band: str, share: Share, policy: Policy, roster: Roster, supported: frozenset[str]
) -> dict[str, int] | None:
    """Every rep's weight, at least 1; None where the policy asks for equal turns."""
    names = [name for name in (share.weights, *share.times) if name != "equal"]
    if not names and policy.support is None and not roster.tenure.weighs:
        return None
    weights = {}
    for ref, desk in roster.desks.items():
        weight = WHOLE
        for name in names:
            if name == "headroom":
                weight = weight * roster.headroom_bp(ref) // WHOLE
            elif name == "fte":
                weight = weight * desk.rep.fte_pct // 100
            else:
                weight = weight * performance_pct(desk.rep, policy) // 100
        if policy.support is not None and ref in supported:
            weight = weight * (100 + policy.support.more_pct) // 100
        mix = roster.tenure.weight_pct(desk.rep, band)
        if mix is not None:
            weight = weight * mix // 100
        weights[ref] = max(1, weight)
    return weights


def performance_pct(rep: Rep, policy: Policy) -> int:
    """100, or what the policy's signed setting makes of a high performer's weight."""
    rule = policy.performance
    if rule is None:
        return 100
    figure = rep.attainment_bp if rule.measure == "attainment" else rep.conversion_bp
    return 100 + rule.change_pct if figure is not None and figure >= rule.high_bp else 100


def supported(snapshot: Snapshot, policy: Policy) -> tuple[frozenset[str], Mapping[str, str]]:
    """Who is in support mode now, and the quarter in which it began, for the next run.

    Attainment is compared with what the elapsed part of the quarter asks for: at a quarter's
    start everybody has attained little. It ends after the grace, until the rep has caught up.
    """
    rule, began = policy.support, dict(snapshot.carry.support)
    if rule is None:
        return frozenset(), began
    now = _quarter(snapshot.as_of)
    found = set()
    for rep in snapshot.reps:
        if rep.attainment_bp is None:
            continue
        elapsed = WHOLE - min(WHOLE, rep.quarter_left_bp or 0)
        if rep.attainment_bp * WHOLE >= rule.below_bp * elapsed:
            began.pop(rep.ref, None)
            continue
        start = began.setdefault(rep.ref, now)
        if _index(now) - _index(start) < rule.grace_quarters:
            found.add(rep.ref)
    return frozenset(found), began


def _quarter(as_of: str) -> str:
    return f"{as_of[:4]}-Q{(int(as_of[5:7]) + 2) // 3}"


def _index(quarter: str) -> int:
    year, number = quarter.split("-Q")
    return int(year) * 4 + int(number)
