"""P(win) from closed history: logistic regression and boosting, judged on rows they have not seen.

With time, the first 80% learn and the last 20% judge; rows whose outcome was not known yet at the
split do not learn. Without time, folds hold identical rows together, or a duplicate would sit on
both sides. Every chance is a seed given as an argument.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from allocation.scoring.metrics import Fold, Quality, quality
from allocation.scoring.remarks import Code, Remark, remark

LEARN_SHARE = 0.8
FOLDS = 5
LEAST = 120  # wins and losses each: below, an AUC's interval is wider than +-.07
MANY_ROWS = 5_000  # from here boosting on histograms, and one repeat of the folds: both as good
LINEAR, BOOSTED = "logistic_regression", "gradient_boosting"
RARE = 5  # texts seen less often while learning share one column


@dataclass(frozen=True)
class History:
    """Closed rows: features as text (empty: unknown), outcome, groups, and times if there are any.

    allocated, known: seconds or any other order; known: when the outcome was known.
    """

    columns: Mapping[str, Sequence[str]]
    numbers: frozenset[str]
    won: NDArray[np.bool_]
    groups: NDArray[np.int64]
    allocated: NDArray[np.float64] | None = None
    known: NDArray[np.float64] | None = None

    def too_few(self) -> Remark | None:
        """Why this history is too small to learn from; None if it is not."""
        wins, losses = int(self.won.sum()), int((~self.won).sum())
        if min(wins, losses) >= LEAST:
            return None
        return remark(Code.TOO_FEW, wins=wins, losses=losses, least=LEAST)


@dataclass(frozen=True)
class Split:
    """Rows that learn and rows that judge; waiting: left out, not yet known at the split."""

    learn: NDArray[np.int64]
    judge: NDArray[np.int64]
    waiting: int = 0


@dataclass(frozen=True)
class Model:
    """One kind of model: on folds of all rows, and on the last 20% where there is time."""

    name: str
    folds: Quality
    later: Quality | None

    @property
    def judged(self) -> Quality:
        """What a deployment would have got: the later rows, or the folds where there is no time."""
        return self.later or self.folds


def later_split(history: History, share: float = LEARN_SHARE) -> Split | None:
    """The first rows by time against the last; None without time."""
    if history.allocated is None:
        return None
    order = np.argsort(history.allocated, kind="stable")
    cut = int(len(order) * share)
    learn, judge = order[:cut], order[cut:]
    if history.known is None:
        return Split(learn, judge)
    known = history.known[learn] <= history.allocated[judge[0]]
    return Split(learn[known], judge, waiting=int((~known).sum()))


def fold_splits(history: History, *, seed: int, repeats: int) -> list[Split]:
    """`repeats` times five folds with the same share of wins, groups kept together.

    Groups are dealt, stratified by what most of their rows became: scikit-learn's grouped folds
    balance groups one by one, which takes 24 s for 45,000 of them.
    """
    splits = []
    sizes = np.bincount(history.groups)
    mostly_won = np.bincount(history.groups[history.won], minlength=len(sizes)) * 2 >= sizes
    for repeat in range(repeats):
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed + repeat)
        for _, dealt in folds.split(mostly_won[:, None], mostly_won):
            held = np.isin(history.groups, dealt)
            splits.append(Split(np.flatnonzero(~held), np.flatnonzero(held)))
    return splits


def fit(history: History, *, seed: int, repeats: int = 3) -> list[Model]:
    """Both models with their figures on rows that they have not seen."""
    if len(history.won) >= MANY_ROWS:
        repeats = 1
    splits, later = fold_splits(history, seed=seed, repeats=repeats), later_split(history)
    draws = 400 if len(history.won) < MANY_ROWS else 200
    models = []
    for name, make in makers(len(history.won), seed).items():
        folds = [_judged(history, split, make, name) for split in splits]
        after = [_judged(history, later, make, name)] if later else []
        models.append(
            Model(
                name,
                quality(folds, counted=FOLDS, seed=seed, draws=draws),
                quality(after, counted=1, seed=seed, draws=draws) if after else None,
            )
        )
    return models


def makers(rows: int, seed: int) -> dict[str, Callable[[], Any]]:
    """The two kinds of model; boosting is of the histogram kind where there are many rows."""
    boosting: Callable[[], Any] = (
        (lambda: GradientBoostingClassifier(random_state=seed))
        if rows < MANY_ROWS
        else (
            lambda: HistGradientBoostingClassifier(
                learning_rate=0.05, max_iter=150, min_samples_leaf=20, random_state=seed
            )
        )
    )
    return {
        LINEAR: lambda: LogisticRegression(C=0.3, max_iter=1000),
        BOOSTED: boosting,
    }


def _judged(history: History, split: Split, make: Callable[[], Any], name: str) -> Fold:
    encoder = Encoder.learnt(history, split.learn, scaled=name == LINEAR)
    # One thread: where cores are shared, boosting's threads wait for each other (6 s against 80 s).
    with threadpool_limits(1):
        model = make().fit(encoder.matrix(history, split.learn), history.won[split.learn])
        chances = model.predict_proba(encoder.matrix(history, split.judge))[:, 1]
    return Fold(chances, history.won[split.judge], history.groups[split.judge])


@dataclass(frozen=True)
class Encoder:
    """Columns as numbers: texts one column per value, numbers with their gaps marked.

    What a number or a text means is learnt from the learning rows only.
    """

    texts: dict[str, dict[str, int]]
    numbers: dict[str, tuple[float, float, float]]  # median, mean, deviation
    width: int
    scaled: bool

    @classmethod
    def learnt(cls, history: History, learn: NDArray[np.int64], *, scaled: bool) -> "Encoder":
        """scaled: numbers in deviations from the mean, as a penalised regression needs them."""
        texts: dict[str, dict[str, int]] = {}
        numbers: dict[str, tuple[float, float, float]] = {}
        width = 0
        for name, cells in history.columns.items():
            if name in history.numbers:
                values = _floats(cells)[learn]
                known = values[~np.isnan(values)]
                middle = float(np.median(known)) if len(known) else 0.0
                spread = float(known.std()) if len(known) else 1.0
                mean = float(known.mean()) if len(known) else 0.0
                numbers[name] = (middle, mean, spread or 1.0)
                width += 2
                continue
            seen, counts = np.unique(np.array([cells[i] or "" for i in learn]), return_counts=True)
            kept = [str(text) for text, n in zip(seen, counts, strict=True) if n >= RARE]
            texts[name] = {text: width + place for place, text in enumerate(kept)}
            width += len(kept) + 1  # the last: rare or never seen
        return cls(texts, numbers, width, scaled)

    def matrix(self, history: History, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """(rows, width) numbers without gaps."""
        result = np.zeros((len(rows), self.width))
        at = 0
        for name, cells in history.columns.items():
            if name in self.numbers:
                middle, mean, spread = self.numbers[name]
                values = _floats(cells)[rows]
                gaps = np.isnan(values)
                values = np.where(gaps, middle, values)
                result[:, at] = (values - mean) / spread if self.scaled else values
                result[:, at + 1] = gaps
                at += 2
                continue
            known = self.texts[name]
            other = at + len(known)
            places = [known.get(cells[i] or "", other) for i in rows]
            result[np.arange(len(rows)), places] = 1
            at = other + 1
        return result


def _floats(cells: Sequence[str]) -> NDArray[np.float64]:
    return np.array([float(cell) if cell else np.nan for cell in cells])
