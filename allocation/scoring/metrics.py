"""How well scores order wins and losses, with intervals: AUC, PR-AUC, calibration error, lift.

Every figure takes weights, so that a bootstrap is the same function on resampled counts: rows are
sorted once and all draws are computed together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CALIBRATION_BINS = 10  # of equal size: with fewer wins than that per bin the error is noise


@dataclass(frozen=True)
class Interval:
    """A figure and its 95% bootstrap interval."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Decile:
    """A tenth of the rows, best scores first; lift 1 is the average win rate."""

    number: int
    rows: int
    wins: int
    win_rate: float
    lift: float
    predicted: float | None = None  # mean chance predicted; None where scores are no chances


@dataclass(frozen=True)
class Quality:
    """What predictions on rows that the model has not seen are worth."""

    rows: int
    wins: int
    auc: Interval
    pr_auc: Interval
    calibration_error: Interval
    top_half_wins: float  # share of all wins in the better half of the rows
    deciles: tuple[Decile, ...]


@dataclass(frozen=True)
class Fold:
    """Predictions for rows that were held out together: scores, outcomes and their groups."""

    scores: Floats
    won: NDArray[np.bool_]
    groups: Ints


def auc(scores: Floats, won: NDArray[np.bool_], counts: Any = None) -> Any:
    """Chance that a won row scores above a lost one, ties half; nan without both kinds.

    counts: (rows,) or (draws, rows) how often each row counts; gives a float or (draws,).
    """
    order, last = _sorted(scores)
    weight = _counts(counts, len(scores))[:, order]
    wins, losses = _per_value(weight * won[order], last), _per_value(weight * ~won[order], last)
    below = np.cumsum(losses, axis=1) - losses
    total = wins.sum(axis=1) * losses.sum(axis=1)
    with np.errstate(invalid="ignore"):
        result = (wins * (below + losses / 2)).sum(axis=1) / np.where(total == 0, np.nan, total)
    return result if np.ndim(counts) == 2 else float(result[0])


def pr_auc(scores: Floats, won: NDArray[np.bool_], counts: Any = None) -> Any:
    """Average precision: the mean precision at each win, ties together; as scikit-learn's."""
    order, last = _sorted(-scores)
    weight = _counts(counts, len(scores))[:, order]
    wins, rows = _per_value(weight * won[order], last), _per_value(weight, last)
    total = wins.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.nan_to_num(np.cumsum(wins, axis=1) / np.cumsum(rows, axis=1))
        result = (precision * wins).sum(axis=1) / np.where(total == 0, np.nan, total)
    return result if np.ndim(counts) == 2 else float(result[0])


def calibration_error(chances: Floats, won: NDArray[np.bool_], counts: Any = None) -> Any:
    """Expected calibration error: mean |win rate - predicted chance| over ten equal bins (0-1)."""
    order = np.argsort(chances, kind="stable")
    weight = _counts(counts, len(chances))[:, order]
    starts = np.unique(np.linspace(0, len(order), CALIBRATION_BINS + 1).astype(int)[:-1])
    gap = weight * (won[order] - chances[order])
    error = np.abs(np.add.reduceat(gap, starts, axis=1)).sum(axis=1) / weight.sum(axis=1)
    return error if np.ndim(counts) == 2 else float(error[0])


def quality(
    folds: Sequence[Fold], *, counted: int | None = None, seed: int, draws: int = 400
) -> Quality:
    """All figures over held-out folds: means over folds, intervals by resampling whole groups.

    counted: so many folds hold every row once (the rest are repeats); rows and deciles are theirs.

    A fold is resampled in itself, so that scores of different models are never compared. Repeats
    of the same rows (10 x 5 folds) do not narrow the interval: each draw uses one resampling of
    the groups for all folds.
    """
    names = np.unique(np.concatenate([fold.groups for fold in folds]))
    drawn = _resampled(len(names), draws, seed)

    def interval(figure: Any, parts: Sequence[Fold], *, mirrored: bool = False) -> Interval:
        value = float(np.mean([figure(part.scores, part.won) for part in parts]))
        places = [np.searchsorted(names, part.groups) for part in parts]
        resampled = _means(
            [
                figure(part.scores, part.won, drawn[:, place])
                for part, place in zip(parts, places, strict=True)
            ]
        )
        low, high = (float(edge) for edge in np.nanquantile(resampled, [0.025, 0.975]))
        if mirrored:
            low, high = max(0.0, 2 * value - high), max(0.0, 2 * value - low)
        return Interval(value, low, high)

    # Chances of folds can be pooled, and ten bins want more rows than a fold has. Resampling adds
    # its own noise to an error that is never negative: its interval is mirrored at the value.
    per_repeat = counted or len(folds)
    pooled = [_pooled(folds[at : at + per_repeat]) for at in range(0, len(folds), per_repeat)]
    # Ranks within a fold, not scores: folds have models of their own.
    ranks = np.concatenate(
        [(_ranks(fold.scores) + 0.5) / len(fold.scores) for fold in folds[:counted]]
    )
    won = np.concatenate([fold.won for fold in folds[:counted]])
    chances = np.concatenate([fold.scores for fold in folds[:counted]])
    tenths = deciles(ranks, won, chances)
    return Quality(
        rows=len(won),
        wins=int(won.sum()),
        auc=interval(auc, folds),
        pr_auc=interval(pr_auc, folds),
        calibration_error=interval(calibration_error, pooled, mirrored=True),
        top_half_wins=sum(tenth.wins for tenth in tenths[:5]) / max(1, int(won.sum())),
        deciles=tenths,
    )


def deciles(
    scores: Floats, won: NDArray[np.bool_], chances: Floats | None = None
) -> tuple[Decile, ...]:
    """Ten parts of the rows, best scores first; equal scores are shared out as they stand."""
    base = won.mean() or 1.0
    parts = np.array_split(np.argsort(-scores, kind="stable"), 10)
    return tuple(
        Decile(n, len(part), int(won[part].sum()), float(won[part].mean()),
               float(won[part].mean() / base),
               None if chances is None else float(chances[part].mean()))
        for n, part in enumerate(parts, 1) if len(part)
    )  # fmt: skip


def auc_difference(
    one: Sequence[Fold], other: Sequence[Fold], *, seed: int, draws: int = 400
) -> Interval:
    """AUC of `one` minus that of `other` over the same rows, resampled together."""
    names = np.unique(np.concatenate([fold.groups for fold in one]))
    drawn = _resampled(len(names), draws, seed)
    values, gaps = [], []
    for mine, theirs in zip(one, other, strict=True):
        counts = drawn[:, np.searchsorted(names, mine.groups)]
        values.append(auc(mine.scores, mine.won) - auc(theirs.scores, theirs.won))
        gaps.append(auc(mine.scores, mine.won, counts) - auc(theirs.scores, theirs.won, counts))
    low, high = np.nanquantile(_means(gaps), [0.025, 0.975])
    return Interval(float(np.mean(values)), float(low), float(high))


def _resampled(size: int, draws: int, seed: int) -> NDArray[np.float32]:
    """(draws, size): how often each group was drawn, one draw of `size` groups a row."""
    random = np.random.default_rng(seed)
    picks = [np.bincount(random.integers(size, size=size), minlength=size) for _ in range(draws)]
    return np.array(picks, dtype=np.float32)


def _means(figures: Any) -> Floats:
    """Mean over parts of each draw; nan only where a draw has one outcome in every part."""
    rows = np.asarray(figures, dtype=np.float64)
    known = ~np.isnan(rows)
    count = known.sum(axis=0)
    result: Floats = np.where(known, rows, 0).sum(axis=0) / np.where(count == 0, np.nan, count)
    return result


def _pooled(folds: Sequence[Fold]) -> Fold:
    return Fold(
        np.concatenate([fold.scores for fold in folds]),
        np.concatenate([fold.won for fold in folds]),
        np.concatenate([fold.groups for fold in folds]),
    )


def _ranks(scores: Floats) -> Floats:
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return ranks


def _sorted(scores: Floats) -> tuple[Ints, Ints]:
    """Order of the rows by score, and where each run of equal scores starts."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    return order, np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])


def _per_value(weight: Any, starts: Ints) -> Any:
    return np.add.reduceat(weight, starts, axis=1)


def _counts(counts: Any, rows: int) -> Any:
    return np.ones((1, rows)) if counts is None else np.atleast_2d(np.asarray(counts, float))
