"""What a new policy version would have done to history: tiers, win rates, order.

The new policy is not run here: leads are scored again by both versions, nobody is allocated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.policy_scoring import Scoring
from allocation.scoring.metrics import (
    Decile,
    Fold,
    Interval,
    auc_difference,
    deciles,
    quality,
)
from allocation.scoring.points import (
    BELOW_TIERS,
    Disagreements,
    Scored,
    disagreements,
    scored,
)
from allocation.scoring.remarks import Code, Remark, remark


@dataclass(frozen=True)
class Lead:
    """A lead of history: its columns as text, its day, and its outcome if it has one."""

    lead_id: str
    created_on: str
    row: Mapping[str, str]
    won: bool | None


@dataclass(frozen=True)
class Moved:
    """A lead of the window that the two versions put in different tiers."""

    lead_id: str
    created_on: str
    before: str
    after: str
    score_before: int
    score_after: int
    changed: tuple[str, ...]  # factors whose points differ


@dataclass(frozen=True)
class TierRate:
    band: str
    leads: int
    wins: int

    @property
    def win_rate(self) -> float:
        return self.wins / self.leads if self.leads else 0.0


@dataclass(frozen=True)
class Version:
    """How one policy version orders the closed leads of all history.

    auc_sum: by the sum of points; auc_weighted: by the weighted score; auc_order: by what the
    allocation uses, the tier and then the weighted score inside it.
    """

    policy: str
    tiers: tuple[TierRate, ...]
    auc_sum: Interval
    auc_weighted: Interval
    auc_order: Interval
    deciles: tuple[Decile, ...]
    disagreements: Disagreements


@dataclass(frozen=True)
class Backtest:
    """Two versions on the same leads. `moves` counts leads of the window by (old, new) tier."""

    source: str
    window: tuple[str, str]
    in_window: int
    closed: int
    wins: int
    old: Version
    new: Version
    order_gain: Interval  # auc_order of the new minus the old, on the same rows
    moves: dict[str, dict[str, int]]
    moved: tuple[Moved, ...]
    verdict: tuple[Remark, ...]


def backtest(
    leads: Sequence[Lead], old: tuple[str, Scoring], new: tuple[str, Scoring], *,
    source: str, window: tuple[str, str], seed: int,
) -> Backtest:  # fmt: skip
    """Score every lead by both versions; compare tiers in the window, win rates over all history.

    window: first and last day (ISO, both included) of creation. Errors: ValueError where history
    has no win or no loss.
    """
    before = [scored(old[1], lead.row) for lead in leads]
    after = [scored(new[1], lead.row) for lead in leads]
    closed = [n for n, lead in enumerate(leads) if lead.won is not None]
    won = np.array([leads[n].won for n in closed], dtype=bool)
    if not len(won) or won.all() or not won.any():
        raise ValueError("the source has no closed leads of both outcomes to test a policy on")
    first, last = window
    inside = [n for n, lead in enumerate(leads) if first <= lead.created_on <= last]
    bands = [tier.band for tier in old[1].tiers] + [BELOW_TIERS]
    bands = list(dict.fromkeys([*bands[:-1], *(tier.band for tier in new[1].tiers), BELOW_TIERS]))
    moves = {a: dict.fromkeys(bands, 0) for a in bands}
    moved = []
    for n in inside:
        a, b = before[n].band or BELOW_TIERS, after[n].band or BELOW_TIERS
        moves[a][b] += 1
        if a != b:
            moved.append(_moved(leads[n], before[n], after[n]))
    versions = [
        _version(name, scoring, [scores[n] for n in closed], won, seed)
        for (name, scoring), scores in ((old, before), (new, after))
    ]
    gain = auc_difference(
        [_fold(_order(new[1], [after[n] for n in closed]), won)],
        [_fold(_order(old[1], [before[n] for n in closed]), won)],
        seed=seed, draws=200,
    )  # fmt: skip
    return Backtest(
        source, window, len(inside), len(closed), int(won.sum()), versions[0], versions[1], gain,
        moves, tuple(moved), (_verdict(gain),),
    )  # fmt: skip


def _verdict(gain: Interval) -> Remark:
    if gain.low > 0:
        return remark(Code.ORDERS_BETTER, gain=gain)
    if gain.high < 0:
        return remark(Code.ORDERS_WORSE, gain=gain)
    return remark(Code.ORDERS_ALIKE, gain=gain)


def _moved(lead: Lead, before: Scored, after: Scored) -> Moved:
    names = dict.fromkeys([*before.points, *after.points])
    changed = tuple(n for n in names if before.points.get(n) != after.points.get(n))
    return Moved(
        lead.lead_id, lead.created_on, before.band or BELOW_TIERS, after.band or BELOW_TIERS,
        before.score, after.score, changed,
    )  # fmt: skip


def _version(
    name: str, scoring: Scoring, scores: Sequence[Scored], won: NDArray[np.bool_], seed: int
) -> Version:
    bands = [tier.band for tier in scoring.tiers]
    rates = []
    for band in [*bands, BELOW_TIERS]:
        inside = np.array([(one.band or BELOW_TIERS) == band for one in scores])
        if inside.any() or band != BELOW_TIERS:
            rates.append(TierRate(band, int(inside.sum()), int(won[inside].sum())))
    order = _order(scoring, scores)

    def interval(values: Sequence[float] | NDArray[np.float64]) -> Interval:
        return quality([_fold(values, won)], seed=seed, draws=200).auc

    return Version(
        name,
        tuple(rates),
        interval([one.score for one in scores]),
        interval([one.weighted_x100 for one in scores]),
        interval(order),
        deciles(order, won),
        disagreements(scoring),
    )


def _fold(values: Sequence[float] | NDArray[np.float64], won: NDArray[np.bool_]) -> Fold:
    return Fold(np.array(values, float), won, np.arange(len(won)))


def _order(scoring: Scoring, scores: Sequence[Scored]) -> NDArray[np.float64]:
    """What the allocation ranks by: the tier decides, the weighted score orders inside it."""
    rank = {tier.band: len(scoring.tiers) - n for n, tier in enumerate(scoring.tiers)}
    top = 1 + max((one.weighted_x100 for one in scores), default=0)
    return np.array(
        [(rank[one.band] if one.band else 0) * top + one.weighted_x100 for one in scores], float
    )
