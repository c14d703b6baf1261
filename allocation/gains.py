"""Two simulations side by side: who gains, who loses, how evenly each policy gives. Exact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocation.inequality import deviation_x100, gini, jain, top_share
from allocation.simulation import Outcome, Received
from allocation.snapshot import Rep


@dataclass(frozen=True, slots=True)
class Gain:
    """One rep's leads and their expected value, (before, after); bands: the same by band."""

    rep: str
    count: tuple[int, int]
    value: tuple[int, int]
    bands: Mapping[str, tuple[int, int]]

    @property
    def more(self) -> int:
        return self.count[1] - self.count[0]


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly the reps of one role share their leads; deviation is the standard one x 100."""

    role: str
    reps: int
    leads: int
    least: int
    most: int
    deviation_x100: int
    gini: Fraction | None
    jain: Fraction | None
    top_share: Fraction | None


def gains(before: Outcome, after: Outcome, bands: Sequence[str]) -> list[Gain]:
    """Everybody who got anything under either, the largest gain in leads, then in value, first."""
    none = Received()
    rows = []
    for rep in sorted(before.received.keys() | after.received.keys()):
        old, new = before.received.get(rep, none), after.received.get(rep, none)
        by_band = {band: (old.leads[band], new.leads[band]) for band in bands}
        rows.append(Gain(rep, (old.count, new.count), (old.value, new.value), by_band))
    return sorted(rows, key=lambda row: (-row.more, row.value[0] - row.value[1], row.rep))


def moved(before: Outcome, after: Outcome) -> int:
    """Leads whose owner differs, an owner against none among them."""
    leads = before.owners.keys() | after.owners.keys()
    return sum(before.owners.get(lead) != after.owners.get(lead) for lead in leads)


def spreads(outcome: Outcome, reps: Iterable[Rep]) -> list[Spread]:
    """By role, over the reps given: who got nothing counts, too."""
    roles: dict[str, list[int]] = {}
    for rep in reps:
        got = outcome.received.get(rep.ref)
        roles.setdefault(rep.role, []).append(got.count if got else 0)
    return [
        Spread(
            role, len(counts), sum(counts), min(counts), max(counts), deviation_x100(counts),
            gini(counts), jain(counts), top_share(counts),
        )
        for role, counts in sorted(roles.items())
    ]  # fmt: skip
