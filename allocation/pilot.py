"""A pilot's arms compared: every lead in the arm that its draw gave it, whatever became of it.

The draw makes the arms comparable, so leads are counted where they were drawn (intention to
treat), and the close rate is won leads of all leads of an arm: both arms have had the same time.
Source: document 0, phase 3 (close rate, days to close, satisfaction); fairness.md 1, 4 and 9.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Literal

from allocation.comparison import (
    CONFIDENCE,
    INTERIM_CONFIDENCE,
    POWER,
    Difference,
    mean_difference,
    mean_interval,
    rate_difference,
    rate_interval,
    sample_needed,
    smallest_mean_difference,
    smallest_rate_difference,
)

ARMS = ("policy", "control")
Verdict = Literal["supported", "not_supported", "insufficient"]
WORTH = 0.10  # a gain in the close rate that would decide: document 0 saw 22% become 31%
WORTH_DAYS = 7.0
WORTH_POINTS = 1.0  # of ten
LEAST_VALUES = 30  # in each arm, for a mean: below it Welch's interval cannot be relied upon


@dataclass(frozen=True, slots=True)
class Trial:
    """One lead of a pilot and what has become of it.

    has_owner: by the source, which tells it of both arms alike; days: from the draw to winning;
    points: the customer's, of ten.
    """

    arm: str
    band: str
    has_owner: bool = False
    is_won: bool = False
    is_lost: bool = False
    days: int | None = None
    points: tuple[float, ...] = ()


@dataclass(slots=True)
class _Arm:
    rows: list[Trial] = field(default_factory=list)

    def count(self, test: Callable[[Trial], bool]) -> int:
        return sum(map(test, self.rows))

    def days(self) -> list[float]:
        return [float(row.days) for row in self.rows if row.days is not None]

    def points(self) -> list[float]:
        return [fmean(row.points) for row in self.rows if row.points]


def compared(trials: Iterable[Trial], *, is_over: bool, worth: float = WORTH) -> dict[str, Any]:
    """Both arms, their differences, what could have been found, a verdict on each question.

    is_over: the pilot's last day has passed; before it only overwhelming evidence counts.
    worth: the gain in the close rate that somebody would act upon, 0 to 1.
    """
    rows = list(trials)
    arms = {name: _Arm([row for row in rows if row.arm == name]) for name in ARMS}
    confidence = CONFIDENCE if is_over else INTERIM_CONFIDENCE
    base_won, base_all = (arms["control"].count(_won), len(arms["control"].rows))
    base = base_won / base_all if base_all else 0.5
    needed = sample_needed(min(base, 1 - worth), worth)
    return {
        "confidence": confidence,
        "power": POWER,
        "worth": worth,
        "arms": {name: _arm(arm) for name, arm in arms.items()},
        "questions": [
            _close_rate("close", arms, confidence, worth, needed),
            _close_rate("close_of_closed", arms, confidence, worth, needed, closed_only=True),
            _means("days", [arms[name].days() for name in ARMS], confidence, WORTH_DAYS, sign=-1),
            _means("points", [arms[name].points() for name in ARMS], confidence, WORTH_POINTS),
        ],
        "bands": _bands(rows, confidence),
    }


def _won(row: Trial) -> bool:
    return row.is_won


def _closed(row: Trial) -> bool:
    return row.is_won or row.is_lost


def _arm(arm: _Arm) -> dict[str, Any]:
    return {
        "leads": len(arm.rows),
        "owned": arm.count(lambda row: row.has_owner),
        "won": arm.count(_won),
        "lost": arm.count(lambda row: row.is_lost and not row.is_won),
        "open": arm.count(lambda row: not _closed(row)),
        "days": len(arm.days()),
        "points": len(arm.points()),
    }


def _close_rate(
    name: str, arms: dict[str, _Arm], confidence: float, worth: float, needed: int,
    *, closed_only: bool = False,
) -> dict[str, Any]:  # fmt: skip
    counts = []
    for arm in ARMS:
        rows = [row for row in arms[arm].rows if _closed(row) or not closed_only]
        counts.append((sum(map(_won, rows)), len(rows)))
    found = rate_difference(counts[0], counts[1], confidence)
    events, of = counts[1]
    base = events / of if of else 0.5
    return {
        "name": name,
        "kind": "rate",
        "arms": [
            {"events": a, "of": n, "value": a / n if n else None,
             "interval": list(rate_interval(a, n)) if n else None}
            for a, n in counts
        ],
        "needed": needed,
        "worth": worth,
        "detectable": smallest_rate_difference(base, counts[0][1], counts[1][1]),
        **_difference(found, worth, is_enough=min(counts[0][1], counts[1][1]) >= needed),
    }  # fmt: skip


def _means(
    name: str, values: Sequence[Sequence[float]], confidence: float, worth: float, sign: int = 1
) -> dict[str, Any]:
    """sign -1: less is better."""
    treated, control = values
    found = mean_difference(treated, control, confidence)
    return {
        "name": name,
        "kind": "mean",
        "sign": sign,
        "arms": [
            {"of": len(arm), "value": fmean(arm) if arm else None,
             "interval": list(interval) if (interval := mean_interval(arm)) else None}
            for arm in values
        ],
        "needed": LEAST_VALUES,
        "worth": worth,
        "detectable": smallest_mean_difference(treated, control),
        **_difference(
            found, worth, sign, is_enough=min(len(treated), len(control)) >= LEAST_VALUES
        ),
    }  # fmt: skip


def _difference(
    found: Difference | None, worth: float, sign: int = 1, *, is_enough: bool
) -> dict[str, Any]:
    if found is None:
        return {"difference": None, "interval": None, "p": None, "verdict": "insufficient"}
    return {
        "difference": found.value,
        "interval": [found.low, found.high],
        "p": found.p,
        "verdict": verdict(found, worth, sign, is_enough=is_enough),
    }


def verdict(found: Difference, worth: float, sign: int = 1, *, is_enough: bool) -> Verdict:
    """Whether the policy does better.

    supported: enough leads, and the whole interval lies on the better side. not supported: the
    whole interval lies below a gain worth acting upon. Else nothing can be said.
    """
    low, high = (found.low, found.high) if sign > 0 else (-found.high, -found.low)
    if is_enough and low > 0:
        return "supported"
    if is_enough and high < worth:
        return "not_supported"
    return "insufficient"


def _bands(rows: Sequence[Trial], confidence: float) -> list[dict[str, Any]]:
    """The close rate within each band: a description, no verdict."""
    found = []
    for band in dict.fromkeys(row.band for row in rows):
        counts = [
            (sum(row.is_won for row in inside), len(inside))
            for name in ARMS
            for inside in [[row for row in rows if (row.arm, row.band) == (name, band)]]
        ]
        gap = rate_difference(counts[0], counts[1], confidence)
        found.append(
            {
                "band": band,
                "counts": [list(pair) for pair in counts],
                "difference": gap.value if gap else None,
                "interval": [gap.low, gap.high] if gap else None,
            }
        )
    return found
