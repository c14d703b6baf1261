"""Weights that a person can read: fitted ones in percent, and the best small whole numbers.

Learnt on the learning rows, compared with the hand weights on rows that neither has seen. A
proposal is never adopted here: it becomes the text of a new policy version, or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from allocation.scoring.fit import Split
from allocation.scoring.metrics import Fold, Interval, auc_difference, quality
from allocation.scoring.remarks import Code, Remark, remark

HAND, SUM, PERCENTS, ROUNDED, SEARCHED = "hand", "sum", "percents", "rounded", "searched"
LARGEST = 4  # weights 0-4: with six factors 15,625 cards, and a sum that fits in a head
ROUGHNESS = 0.1  # L2 penalty on coefficients: points are few values and may be collinear
MOST_CARDS = 40_000  # tried in about a second
BATCH = 512

Profile = NDArray[np.int64]


@dataclass(frozen=True)
class Card:
    """Weights by factor and what the weighted points are worth on the judging rows."""

    name: str
    weights: dict[str, int]
    auc: Interval
    against_hand: Interval | None  # AUC difference on the same rows; None for the hand weights


@dataclass(frozen=True)
class Proposal:
    """The cards compared; `proposed` is the name of the one worth a new version, or empty.

    weights: what the new version would carry, whole percents by factor; empty without a proposal.
    """

    cards: tuple[Card, ...]
    proposed: str
    why: Remark
    weights: dict[str, int]


def proposal(
    points: Profile,
    won: NDArray[np.bool_],
    hand: dict[str, int],
    splits: Sequence[Split],
    *,
    seed: int,
    blocked: bool = False,
) -> Proposal:
    """Hand weights, plain sum, fitted percents and integer cards, judged on rows not learnt from.

    points: (rows, factors) in the order of `hand`. splits: one by time, whose card is proposed; or
    folds, which judge the way of fitting while the card shown learns from all rows. blocked:
    nothing may be proposed (no signal); the cards are compared all the same.
    """
    names = list(hand)
    whole = splits[0].learn if len(splits) == 1 else np.arange(len(won))
    shown = _choices(points[whole], won[whole], hand)
    judged: dict[str, list[Fold]] = {name: [] for name in shown}
    for split in splits:
        learnt = _choices(points[split.learn], won[split.learn], hand)
        for name, weights in learnt.items():
            scores = (points[split.judge] @ np.array(weights)).astype(float)
            judged[name].append(Fold(scores, won[split.judge], split.judge))
    cards = [
        Card(
            name,
            dict(zip(names, weights, strict=True)),
            quality(judged[name], seed=seed).auc,
            None if name == HAND else auc_difference(judged[name], judged[HAND], seed=seed),
        )
        for name, weights in shown.items()
    ]
    best = None if blocked else _best(cards)
    if best is None:
        why = remark(Code.KEEP_HAND if blocked else Code.NO_BETTER_CARD)
        return Proposal(tuple(cards), "", why, {})
    why = remark(Code.BETTER_CARD, card=best.name, gain=best.against_hand)
    percents = in_percent(np.array(list(best.weights.values()), float))
    return Proposal(tuple(cards), best.name, why, dict(zip(names, percents, strict=True)))


def _choices(points: Profile, won: NDArray[np.bool_], hand: dict[str, int]) -> dict[str, list[int]]:
    exact = coefficients(points, won)
    return {
        HAND: list(hand.values()),
        SUM: [1] * len(hand),
        PERCENTS: in_percent(exact),
        ROUNDED: rounded(exact),
        SEARCHED: best_card(points, won, exact),
    }


def _best(cards: Sequence[Card]) -> Card | None:
    """The fitted card that beats the hand weights beyond chance, if any.

    By the lower end of the gain: the one that is surely better, not the one that was lucky.
    """
    gains = {
        card.name: card.against_hand.low
        for card in cards
        if card.name in (PERCENTS, SEARCHED) and card.against_hand
    }
    better = [card for card in cards if gains.get(card.name, 0.0) > 0]
    return max(better, key=lambda card: gains[card.name], default=None)


def coefficients(points: Profile, won: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Log-odds per point and factor; a factor that would take points back counts 0.

    A team will not accept that a known budget lowers a score; the sign is noise or a proxy.
    """
    kept = [f for f in range(points.shape[1]) if len(np.unique(points[:, f])) > 1]
    result = np.zeros(points.shape[1])
    while kept:
        model = LogisticRegression(C=1 / ROUGHNESS, max_iter=1000).fit(points[:, kept], won)
        found = model.coef_[0]
        if (found >= 0).all():
            result[kept] = found
            break
        kept.remove(kept[int(found.argmin())])
    return result


def in_percent(exact: NDArray[np.float64]) -> list[int]:
    """Weights in whole percent that sum to 100 (largest remainders); equal ones without signal."""
    shares = exact / exact.sum() if exact.sum() > 0 else np.full(len(exact), 1 / len(exact))
    floors = np.floor(shares * 100).astype(int)
    order = np.argsort(-(shares * 100 - floors), kind="stable")
    floors[order[: 100 - floors.sum()]] += 1
    return [int(value) for value in floors]


def rounded(exact: NDArray[np.float64]) -> list[int]:
    """Coefficients scaled so that the largest is LARGEST, then rounded: the card without search."""
    if exact.max() <= 0:
        return [1] * len(exact)
    return [int(value) for value in np.rint(exact / exact.max() * LARGEST)]


def best_card(points: Profile, won: NDArray[np.bool_], exact: NDArray[np.float64]) -> list[int]:
    """The small whole weights with the highest AUC while learning, by trying every one.

    Rows with equal points are counted once (at most 3^6 profiles). Among equals: the smallest sum
    of weights, then the one nearest to the rounded coefficients.
    """
    profiles, places = np.unique(points, axis=0, return_inverse=True)
    rows = np.bincount(places.ravel(), minlength=len(profiles)).astype(np.float64)
    wins = np.bincount(places.ravel()[won], minlength=len(profiles)).astype(np.float64)
    largest = _largest(points.shape[1])
    if not largest:
        return rounded(exact)
    cards = np.array(list(product(range(largest + 1), repeat=points.shape[1])))[1:]
    cards = cards[np.gcd.reduce(cards, axis=1) == 1]  # 2-2-2 orders as 1-1-1
    reached = np.concatenate(
        [
            _aucs(profiles @ cards[at : at + BATCH].T, wins, rows - wins)
            for at in range(0, len(cards), BATCH)
        ]
    )
    near = np.abs(cards - np.array(rounded(exact))).sum(axis=1)
    order = np.lexsort((near, cards.sum(axis=1), -np.round(reached, 6)))
    return [int(value) for value in cards[order[0]]]


def _largest(factors: int) -> int:
    """The largest weight with which every card can be tried; 0 with more than 15 factors."""
    return max((n for n in range(LARGEST + 1) if (n + 1) ** factors <= MOST_CARDS), default=0)


def _aucs(
    totals: Profile, wins: NDArray[np.float64], losses: NDArray[np.float64]
) -> NDArray[np.float64]:
    """AUC of each column of totals (profiles, cards): by counts per total, which are small."""
    size, cards = int(totals.max()) + 1, totals.shape[1]
    cell = (totals + np.arange(cards) * size).ravel()
    won = np.bincount(cell, np.repeat(wins, cards), size * cards).reshape(cards, size)
    lost = np.bincount(cell, np.repeat(losses, cards), size * cards).reshape(cards, size)
    below = np.cumsum(lost, axis=1) - lost
    result: NDArray[np.float64] = (won * (below + lost / 2)).sum(axis=1)
    possible = float(wins.sum() * losses.sum())
    return np.asarray(result / possible, dtype=np.float64)
