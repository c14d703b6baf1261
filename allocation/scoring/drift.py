"""Has the world moved? Population stability of factors and scores, and when to say so.

PSI of unchanged data is never 0: it grows as samples shrink. With counts n and m in b bins it is
about (1/n + 1/m) times a chi-square with b - 1 degrees of freedom (Yurdakul 2018), so the critical
value is that quantile and not the rule of thumb (.1 a little, .25 a lot), which false-alarms on
every third comparison of 100 leads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.stability import ALPHA, critical

Counts = Sequence[float] | NDArray[np.int64]

SHUFFLES = 2_000
THUMB = 0.1  # the rule of thumb's first threshold, shown beside ours


@dataclass(frozen=True)
class Shift:
    """One column in two periods; counts by bin in the order of `bins`."""

    name: str
    bins: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    psi: float
    critical: float
    chance: float  # of such a PSI without any drift (shuffled periods)
    drifted: bool
    thumb: bool  # what the rule of thumb would have said


def psi(expected: Counts, actual: Counts) -> float:
    """Sum of (a - e) ln(a / e) over bins, from counts or shares.

    An empty bin would be infinite: then every bin is counted half a row more. Bins that are empty
    on both sides are left out. Errors: ValueError for a side without rows.
    """
    before, after = np.array(expected, float), np.array(actual, float)
    if before.shape != after.shape or before.sum() <= 0 or after.sum() <= 0:
        raise ValueError("psi needs two sides with rows in the same bins")
    seen = (before > 0) | (after > 0)
    return float(_psi(before[seen], after[seen][None, :])[0])


def shift(
    name: str, before: Mapping[str, int], after: Mapping[str, int], *, seed: int,
    alpha: float = ALPHA, bins: Sequence[str] = (),
) -> Shift:  # fmt: skip
    """Compare a column's counts by bin in two periods.

    Drift is said where both the critical value and shuffling agree: the chi-square is only an
    approximation (too eager with a handful of rows per bin), shuffling is exact for any counts.
    """
    names = tuple(bins) or tuple(sorted({*before, *after}))
    names = tuple(n for n in names if before.get(n, 0) + after.get(n, 0))
    old = np.array([before.get(n, 0) for n in names])
    new = np.array([after.get(n, 0) for n in names])
    value = psi(old, new)
    limit = critical(len(names), int(old.sum()), int(new.sum()), alpha)
    chance = _chance(old, new, value, seed)
    return Shift(
        name, names, tuple(map(int, old)), tuple(map(int, new)), value, limit, chance,
        drifted=value > limit and chance <= alpha, thumb=value >= THUMB,
    )  # fmt: skip


def shifts(
    before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]], *, seed: int,
    alpha: float = ALPHA,
) -> list[Shift]:  # fmt: skip
    """Every column compared so that the whole report false-alarms with chance alpha at most.

    Each column is tested at alpha divided by their number (Bonferroni).
    """
    each = alpha / max(1, len(before))
    return [
        shift(name, before[name], after.get(name, {}), seed=seed + number, alpha=each)
        for number, name in enumerate(before)
    ]


def binned(values: Sequence[float], edges: Sequence[float]) -> dict[str, int]:
    """Counts of numbers between edges: `<= 10`, `<= 20`, `> 20`; nan counts as unknown."""
    numbers = np.array(values, float)
    gaps = np.isnan(numbers)
    places = np.searchsorted(np.array(edges, float), numbers[~gaps], side="left")
    labels = [f"<= {edge:g}" for edge in edges] + [f"> {edges[-1]:g}" if len(edges) else "all"]
    counts = np.bincount(places, minlength=len(labels))
    result = {label: int(n) for label, n in zip(labels, counts, strict=True)}
    return {**result, "unknown": int(gaps.sum())} if gaps.any() else result


def decile_edges(values: Sequence[float], bins: int = 10) -> list[float]:
    """Edges that cut the reference period into equal parts; fewer where many values are equal."""
    numbers = np.array(values, float)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return []
    cuts = np.quantile(numbers, np.arange(1, bins) / bins, method="lower")
    return [float(edge) for edge in np.unique(cuts)]


def rates_over_time(won: NDArray[np.bool_], parts: int = 10) -> list[float]:
    """Win rate of each part of rows that stand in time order."""
    return [float(part.mean()) for part in np.array_split(won, parts) if len(part)]


def _psi(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    """PSI of one reference, or of a row each, against rows of counts."""
    before = np.broadcast_to(old, new.shape)
    gap = ((before <= 0) | (new <= 0)).any(axis=1, keepdims=True)
    before, after = np.where(gap, before + 0.5, before), np.where(gap, new + 0.5, new)
    before = before / before.sum(axis=1, keepdims=True)
    after = after / after.sum(axis=1, keepdims=True)
    result: NDArray[np.float64] = ((after - before) * np.log(after / before)).sum(axis=1)
    return result


def _chance(old: NDArray[np.int64], new: NDArray[np.int64], value: float, seed: int) -> float:
    """Share of random regroupings of all rows into the two periods with at least this PSI."""
    every = old + new
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(
        every, int(new.sum()), size=SHUFFLES, method="marginals"
    )
    shuffled = _psi((every - drawn).astype(float), drawn.astype(float))
    return float((1 + (shuffled >= value - 1e-12).sum()) / (1 + SHUFFLES))
