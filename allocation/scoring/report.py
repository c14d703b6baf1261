"""What a fit says in the end: figures, drift, proposal and one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation.policy_scoring import Scoring
from allocation.scoring.drift import rates_over_time
from allocation.scoring.fit import Model, Split, fit, fold_splits, later_split
from allocation.scoring.leakage import Leak
from allocation.scoring.points import band_of
from allocation.scoring.prepare import Prepared
from allocation.scoring.remarks import Code, Remark, remark
from allocation.scoring.scorecard import Proposal, proposal

CHANCE = 0.5
LEAST_JUDGED = 60  # fewer wins: the interval of an AUC is wider than +-.08
# Outcomes of later rows count as drifted where the gap is this many standard errors: one in 1000.
DRIFT_ERRORS = 3.29


@dataclass(frozen=True)
class TierLift:
    """Judging rows by the policy's tier: how much more often they win than all together."""

    band: str
    rows: int
    win_rate: float
    lift: float


@dataclass(frozen=True)
class OutcomeDrift:
    """Win rates in time order, and what the last 20% did to calibration; None where no drift."""

    rates: tuple[float, ...]
    learnt_rate: float
    later_rate: float
    calibration_error: float
    message: Remark | None


@dataclass(frozen=True)
class ScoreReport:
    """A fit of one study, as JSON and pages show it. Nothing in it is adopted."""

    study: str
    rows: int
    wins: int
    still_open: int
    without_time: int
    waiting: int
    features: tuple[str, ...]
    suspicions: tuple[Leak, ...]
    split: str  # "later" (first 80% learn, last 20% judge) or "folds" (identical rows together)
    models: tuple[Model, ...]
    drift: OutcomeDrift | None
    tiers: tuple[TierLift, ...]
    proposal: Proposal | None
    signal: bool
    verdict: tuple[Remark, ...]
    seed: int


def score_report(
    study: str, prepared: Prepared, *, seed: int, repeats: int = 3, scoring: Scoring | None = None
) -> ScoreReport:
    """Fit, judge, compare weights and say what to do. `scoring` gives the tiers of the points."""
    history = prepared.history
    models = fit(history, seed=seed, repeats=repeats)
    later = later_split(history)
    splits = [later] if later else fold_splits(history, seed=seed, repeats=1)
    found = _signal(models)
    signal = found[0].code == Code.SIGNAL
    cards = None
    if prepared.hand:
        cards = proposal(
            prepared.points, history.won, prepared.hand, splits, seed=seed, blocked=not signal
        )
    return ScoreReport(
        study=study,
        rows=len(history.won),
        wins=int(history.won.sum()),
        still_open=prepared.still_open,
        without_time=prepared.without_time,
        waiting=later.waiting if later else 0,
        features=tuple(history.columns),
        suspicions=prepared.suspicions,
        split="later" if later else "folds",
        models=tuple(models),
        drift=_drift(prepared, models, later) if later else None,
        tiers=_tiers(prepared, splits, scoring),
        proposal=cards,
        signal=signal,
        verdict=(*found, _advice(cards, signal=signal)),
        seed=seed,
    )


def _signal(models: Sequence[Model]) -> tuple[Remark, ...]:
    """Whether the linear model tells wins from losses on rows it has not seen.

    Weights are linear: what only boosting finds, no card can carry.
    """
    judged = models[0].judged
    if judged.auc.low > CHANCE:
        return (remark(Code.SIGNAL, auc=judged.auc),)
    if models[1].judged.auc.low > CHANCE:
        return (remark(Code.ONLY_BOOSTING, auc=judged.auc),)
    none = remark(Code.NO_SIGNAL, auc=judged.auc)
    if judged.wins < LEAST_JUDGED:
        return (none, remark(Code.FEW_JUDGED, wins=judged.wins))
    return (none,)


def _advice(cards: Proposal | None, *, signal: bool) -> Remark:
    if not signal:
        return remark(Code.KEEP_HAND)
    return cards.why if cards else remark(Code.NO_SCORECARD)


def _drift(prepared: Prepared, models: Sequence[Model], later: Split) -> OutcomeDrift:
    history = prepared.history
    assert history.allocated is not None
    won = history.won
    learnt, after = float(won[later.learn].mean()), float(won[later.judge].mean())
    error = np.sqrt(
        learnt * (1 - learnt) / len(later.learn) + after * (1 - after) / len(later.judge)
    )
    off = models[0].judged.calibration_error
    message = None
    if abs(after - learnt) > DRIFT_ERRORS * error:
        promised = models[0].folds.calibration_error.value
        message = remark(
            Code.OUTCOME_DRIFT,
            learnt_rate=learnt, later_rate=after, error=off, promised=promised,
        )  # fmt: skip
    rates = rates_over_time(won[np.argsort(history.allocated, kind="stable")])
    return OutcomeDrift(tuple(rates), learnt, after, off.value, message)


def _tiers(
    prepared: Prepared, splits: Sequence[Split], scoring: Scoring | None
) -> tuple[TierLift, ...]:
    if scoring is None or not prepared.hand:
        return ()
    judge = np.concatenate([split.judge for split in splits])
    won = prepared.history.won[judge]
    bands = [band_of(scoring, int(total)) for total in prepared.points[judge].sum(axis=1)]
    result = []
    for tier in scoring.tiers:
        inside = np.array([band == tier.band for band in bands])
        rate = float(won[inside].mean()) if inside.any() else 0.0
        result.append(TierLift(tier.band, int(inside.sum()), rate, rate / (won.mean() or 1.0)))
    return tuple(result)
