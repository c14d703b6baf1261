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
    """Win rates in time order, and what the last 20% did to calibration; empty where no drift."""

    rates: tuple[float, ...]
    learnt_rate: float
    later_rate: float
    calibration_error: float
    message: str


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
    split: str
    models: tuple[Model, ...]
    drift: OutcomeDrift | None
    tiers: tuple[TierLift, ...]
    proposal: Proposal | None
    signal: bool
    verdict: str
    seed: int


def score_report(
    study: str, prepared: Prepared, *, seed: int, repeats: int = 3, scoring: Scoring | None = None
) -> ScoreReport:
    """Fit, judge, compare weights and say what to do. `scoring` gives the tiers of the points."""
    history = prepared.history
    models = fit(history, seed=seed, repeats=repeats)
    later = later_split(history)
    splits = [later] if later else fold_splits(history, seed=seed, repeats=1)
    signal, why = _signal(models)
    cards = None
    if prepared.hand:
        cards = proposal(
            prepared.points, history.won, prepared.hand, splits, seed=seed,
            blocked="" if signal else why,
        )  # fmt: skip
    return ScoreReport(
        study=study,
        rows=len(history.won),
        wins=int(history.won.sum()),
        still_open=prepared.still_open,
        without_time=prepared.without_time,
        waiting=later.waiting if later else 0,
        features=tuple(history.columns),
        suspicions=prepared.suspicions,
        split="first 80% learn, last 20% judge" if later else "folds, identical rows together",
        models=tuple(models),
        drift=_drift(prepared, models, later) if later else None,
        tiers=_tiers(prepared, splits, scoring),
        proposal=cards,
        signal=signal,
        verdict=_verdict(signal, why, cards),
        seed=seed,
    )


def _signal(models: Sequence[Model]) -> tuple[bool, str]:
    """Whether the linear model tells wins from losses on rows it has not seen.

    Weights are linear: what only boosting finds, no card can carry.
    """
    judged = models[0].judged
    linear, boosted = judged.auc, models[1].judged.auc
    figures = f"AUC {linear.value:.3f} [{linear.low:.3f}, {linear.high:.3f}]"
    if linear.low > CHANCE:
        return True, f"signal: {figures} on rows not seen"
    if boosted.low > CHANCE:
        return False, f"only boosting finds a signal, weights cannot carry it ({figures})"
    few = judged.wins < LEAST_JUDGED
    thin = f"; with {judged.wins} wins judged only a strong one could show" if few else ""
    return False, f"no signal: {figures} includes chance{thin}"


def _verdict(signal: bool, why: str, cards: Proposal | None) -> str:
    if not signal:
        return f"{why[:1].upper()}{why[1:]}. Keep the hand weights."
    if cards is None:
        return f"{why[:1].upper()}{why[1:]}. The study names no scorecard, so none is proposed."
    return f"{why[:1].upper()}{why[1:]}. {cards.why[:1].upper()}{cards.why[1:]}."


def _drift(prepared: Prepared, models: Sequence[Model], later: Split) -> OutcomeDrift:
    history = prepared.history
    assert history.allocated is not None
    won = history.won
    learnt, after = float(won[later.learn].mean()), float(won[later.judge].mean())
    error = np.sqrt(
        learnt * (1 - learnt) / len(later.learn) + after * (1 - after) / len(later.judge)
    )
    off = models[0].judged.calibration_error
    message = ""
    if abs(after - learnt) > DRIFT_ERRORS * error:
        message = (
            f"DRIFT: {learnt:.1%} of the learning rows were won and {after:.1%} of the later ones; "
            f"predicted chances are off by {off.value:.3f} [{off.low:.3f}, {off.high:.3f}] "
            f"(random folds promised {models[0].folds.calibration_error.value:.3f})"
        )
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


def policy_fragment(report: ScoreReport) -> str:
    """The YAML that a new policy version would carry: weights in percent by factor, or why not."""
    if report.proposal is None or not report.proposal.proposed:
        return f"# {report.verdict}\n"
    card = report.proposal.card(report.proposal.proposed)
    total = sum(card.weights.values())
    percent = {name: 100 * weight / total for name, weight in card.weights.items()}
    whole = {name: int(value) for name, value in percent.items()}
    for name in sorted(percent, key=lambda n: whole[n] - percent[n])[: 100 - sum(whole.values())]:
        whole[name] += 1
    lines = [
        f"# Proposed by `fairlead score fit` on {report.study} (seed {report.seed}): {card.name}",
        f"# {report.proposal.why}",
        "# Not adopted: copy it into a new version, back-test it, have it approved.",
        "scoring:",
        "  factors:",
    ]
    lines += [f"    - {{id: {name}, weight_pct: {weight}}}" for name, weight in whole.items()]
    return "\n".join(lines) + "\n"
