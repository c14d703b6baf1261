"""What a report says in words, as codes with figures; the sentences are notifications/locale's.

A test asks that every code has its words in each language (tests/unit/test_score_words.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Everything a report can say. The figures of each stand beside it."""

    # Is there a signal?
    SIGNAL = "signal"  # auc
    ONLY_BOOSTING = "only_boosting"  # auc
    NO_SIGNAL = "no_signal"  # auc
    FEW_JUDGED = "few_judged"  # wins
    # What to do about the weights
    KEEP_HAND = "keep_hand"
    NO_SCORECARD = "no_scorecard"
    NO_BETTER_CARD = "no_better_card"
    BETTER_CARD = "better_card"  # card, gain
    # Did outcomes drift?
    OUTCOME_DRIFT = "outcome_drift"  # learnt_rate, later_rate, error, promised
    # Which version orders better?
    ORDERS_BETTER = "orders_better"  # gain
    ORDERS_WORSE = "orders_worse"  # gain
    ORDERS_ALIKE = "orders_alike"  # gain
    # Why a column may not be used, or should be asked about
    DECLARED_LATER = "declared_later"  # why: the study's own words, {"zh", "en"}
    IS_OUTCOME = "is_outcome"
    DATED_LATER = "dated_later"  # late, dated
    MADE_FROM = "made_from"  # column
    TELLS_ALONE = "tells_alone"  # auc
    FILLED_LATE = "filled_late"  # open_rate, closed_rate
    # Why a history cannot be learnt from
    TOO_FEW = "too_few"  # wins, losses, least


@dataclass(frozen=True)
class Remark:
    """One sentence to be. figures: counts, rates (0-1), an Interval, or a code or a column."""

    code: Code
    figures: Mapping[str, Any]


def remark(code: Code, **figures: Any) -> Remark:
    return Remark(code, figures)
