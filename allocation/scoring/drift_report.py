"""Two periods of one source compared: every factor, the score and the outcomes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.scoring.drift import Shift, binned, decile_edges, rates_over_time, shifts

MOST_TEXTS = 20  # further values of a column are counted together
OTHERS = "others"


@dataclass(frozen=True)
class Period:
    """Rows of a period and what became of them; first and last as days or row numbers."""

    first: str
    last: str
    rows: int
    closed: int
    wins: int

    @property
    def win_rate(self) -> float:
        return self.wins / self.closed if self.closed else 0.0


@dataclass(frozen=True)
class DriftReport:
    """shifts: columns, each at its share of 5%, so the whole false-alarms at most 1 time in 20.

    win_rates: of closed rows in ten parts in time order; outcome: the change of the win rate as one
    more column, won and lost.
    """

    source: str
    before: Period
    after: Period
    shifts: tuple[Shift, ...]
    outcome: Shift | None
    win_rates: tuple[float, ...]
    seed: int

    @property
    def drifted(self) -> tuple[str, ...]:
        every = [*self.shifts, *([self.outcome] if self.outcome else [])]
        return tuple(shift.name for shift in every if shift.drifted)


def drift_report(
    source: str,
    columns: Mapping[str, Sequence[str]],
    numbers: frozenset[str],
    won: Sequence[bool | None],
    labels: Sequence[str],
    cut: int,
    *,
    seed: int,
) -> DriftReport:
    """Rows before `cut` against the rest; rows stand in time order, `labels` name their times.

    columns: cells as text by name; numbers are cut at the earlier period's deciles. won: None
    while open. Errors: ValueError where a period has no rows.
    """
    if not 0 < cut < len(labels):
        raise ValueError("a period has no rows")
    before: dict[str, dict[str, int]] = {}
    after: dict[str, dict[str, int]] = {}
    for name, cells in columns.items():
        if name in numbers:
            values = [float(cell) if cell else float("nan") for cell in cells]
            edges = decile_edges(values[:cut])
            before[name], after[name] = binned(values[:cut], edges), binned(values[cut:], edges)
        else:
            before[name], after[name] = _texts(cells[:cut], cells[cut:])
    closed = np.array([end for end in won if end is not None], dtype=bool)
    ends = [_ends(won[:cut]), _ends(won[cut:])]
    has_ends = all(sum(end.values()) for end in ends)
    if has_ends:
        before["outcome"], after["outcome"] = ends
    found = shifts(before, after, seed=seed)
    outcome = found.pop() if has_ends else None
    periods = [
        Period(labels[a], labels[b - 1], b - a, sum(end.values()), end["won"])
        for (a, b), end in zip(((0, cut), (cut, len(labels))), ends, strict=True)
    ]
    rates = _rates(closed)
    return DriftReport(source, periods[0], periods[1], tuple(found), outcome, rates, seed)


def _ends(won: Sequence[bool | None]) -> dict[str, int]:
    return {"won": sum(end is True for end in won), "lost": sum(end is False for end in won)}


def _rates(closed: NDArray[np.bool_]) -> tuple[float, ...]:
    return tuple(rates_over_time(closed)) if len(closed) else ()


def _texts(old: Sequence[str], new: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    first, second = (Counter(cell or "unknown" for cell in cells) for cells in (old, new))
    kept = {name for name, _ in (first + second).most_common(MOST_TEXTS)}
    counts = []
    for counter in (first, second):
        row = {name: n for name, n in counter.items() if name in kept}
        if rest := sum(n for name, n in counter.items() if name not in kept):
            row[OTHERS] = row.get(OTHERS, 0) + rest
        counts.append(row)
    return counts[0], counts[1]
