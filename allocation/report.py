"""What a run says about itself: intake far off the others, and the mix beside its targets."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from allocation.decisions import Decision, IntakeWarning
from allocation.eligibility import Roster
from allocation.policy import Policy

BANDS = ("enterprise", "mid_market", "smb")


@dataclass(frozen=True, slots=True)
class MixRow:
    """One class of reps: what they received in a run, per band, and the targets in percent."""

    group: str  # a class of seniority, "ramp" for new hires under it, or "unknown"
    reps: int
    received: dict[str, int]
    target_pct: dict[str, int]


def intake(decisions: Iterable[Decision]) -> dict[str, int]:
    """Leads received in the run by rep."""
    received: dict[str, int] = {}
    for decision in decisions:
        if decision.rep is not None:
            received[decision.rep] = received.get(decision.rep, 0) + 1
    return received


def warnings(
    decisions: Iterable[Decision], policy: Policy, roster: Roster
) -> tuple[IntakeWarning, ...]:
    """Reps at work whose intake is far off the median of those with the same role."""
    rule = policy.anomalies
    if rule is None:
        return ()
    received = intake(decisions)
    peers: dict[str, list[str]] = {}
    for ref, desk in sorted(roster.desks.items()):
        if (desk.rep.active, desk.rep.away) == ("yes", "no"):
            peers.setdefault(desk.rep.role, []).append(ref)
    rows = []
    for role, refs in sorted(peers.items()):
        counts = {ref: received.get(ref, 0) for ref in refs}
        middle = median_low(counts.values())
        for ref, count in counts.items():
            if count >= rule.min_leads and count * 100 > middle * rule.above_pct:
                rows.append(IntakeWarning(ref, "above", role, count, middle, rule.id))
            elif middle >= rule.min_leads and count * 100 < middle * rule.below_pct:
                rows.append(IntakeWarning(ref, "below", role, count, middle, rule.id))
    return tuple(sorted(rows, key=lambda row: row.rep))


def mix_report(given: Iterable[tuple[str, str]], policy: Policy, roster: Roster) -> list[MixRow]:
    """The intake of each class by band, beside the policy's soft targets. given: (rep, band)."""
    targets = {
        str(row.name): {str(band): pct for band, pct in row.mix_pct.items()}
        for row in policy.seniority.classes
    }
    group_of = {}
    for ref, desk in roster.desks.items():
        ramping = roster.tenure.is_ramping(desk.rep)
        group_of[ref] = "ramp" if ramping else roster.seniority(desk.rep) or "unknown"
    received: dict[str, dict[str, int]] = {}
    for rep, band in given:
        counts = received.setdefault(group_of[rep], dict.fromkeys(BANDS, 0))
        counts[band] += 1
    return [
        MixRow(
            group,
            sum(name == group for name in group_of.values()),
            received.get(group, dict.fromkeys(BANDS, 0)),
            targets.get(group, {}),
        )
        for group in (*targets, "ramp", "unknown")
        if group in targets or group in received
    ]
