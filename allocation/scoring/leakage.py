"""The guard against learning from the outcome: columns that nobody knew at allocation.

`leaks` are reasons to refuse. `suspicions` are reasons to ask: a column that alone tells wins from
losses, or whose emptiness tells a closed deal from an open one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from allocation.scoring.metrics import auc
from allocation.scoring.remarks import Code, Remark, remark

Row = Mapping[str, str]
# A model of all columns reaches .82 on the best public B2B set; one column that comes near it alone
# has usually been filled in after the fact (there: up-sale .76; in the bank's calls: duration .81).
SUSPICIOUS_AUC = 0.75
DATED_SHARE = 0.95  # this much of a column must read as dates for it to be one
SEEN_OPEN = 20  # fewer open deals say nothing about what is filled in late
LATE_FILL = 0.10  # difference of empty cells between open and closed deals that is no accident


@dataclass(frozen=True)
class Leak:
    """A column and why it cannot (or may not) have been known at allocation."""

    column: str
    reasons: tuple[Remark, ...]


def leaks(
    features: Sequence[str],
    rows: Sequence[Row],
    *,
    time: str = "",
    derived: Mapping[str, tuple[str, str]] | None = None,
    known_later: Mapping[str, Mapping[str, str]] | None = None,
    planned: Sequence[str] = (),
    outcome: str = "",
) -> list[Leak]:
    """Features declared as known later, the outcome's own, or dated after the allocation.

    time: the column with the moment of allocation; without one only declarations can be checked.
    derived: columns made from two date columns; they are known when both dates are.
    known_later: the declared reason of a column, {"zh", "en"}.
    """
    found = []
    for feature in features:
        for column in dict.fromkeys((feature, *(derived or {}).get(feature, ()))):
            reason = None
            if column == outcome:
                reason = remark(Code.IS_OUTCOME)
            elif column in (known_later or {}):
                reason = remark(Code.DECLARED_LATER, why=dict((known_later or {})[column]))
            elif time and column not in planned and column != time:
                reason = _later(column, rows, time)
            if reason:
                made = (remark(Code.MADE_FROM, column=column),) if column != feature else ()
                found.append(Leak(feature, (reason, *made)))
                break
    return found


def suspicions(
    columns: Mapping[str, Sequence[str]], won: NDArray[np.bool_], numbers: Sequence[str] = ()
) -> list[Leak]:
    """Columns that alone tell wins from losses better than a column known in time usually does."""
    found = []
    for name, cells in columns.items():
        alone = column_auc(cells, won, is_number=name in numbers)
        if alone >= SUSPICIOUS_AUC:
            found.append(Leak(name, (remark(Code.TELLS_ALONE, auc=alone),)))
    return found


def late_fills(
    features: Sequence[str], closed: Sequence[Row], still_open: Sequence[Row]
) -> list[Leak]:
    """Columns often empty while a deal is open and not when it is closed, or the other way."""
    if len(still_open) < SEEN_OPEN or not closed:
        return []
    found = []
    for name in features:
        empty_open = sum(not row.get(name) for row in still_open) / len(still_open)
        empty_closed = sum(not row.get(name) for row in closed) / len(closed)
        if abs(empty_open - empty_closed) >= LATE_FILL:
            why = remark(Code.FILLED_LATE, open_rate=empty_open, closed_rate=empty_closed)
            found.append(Leak(name, (why,)))
    return found


def column_auc(cells: Sequence[str], won: NDArray[np.bool_], *, is_number: bool = False) -> float:
    """AUC of one column, 0.5-1: a number as it is, a text by win rates learnt on other rows."""
    if is_number:
        values = np.array([float(cell) if cell else np.nan for cell in cells])
        known = ~np.isnan(values)
        if won[known].all() or not won[known].any():
            return 0.5
        result = float(auc(values[known], won[known]))
        return max(result, 1 - result)
    _, codes = np.unique(np.array([cell or "" for cell in cells]), return_inverse=True)
    kinds = int(codes.max()) + 1
    results = []
    # Each fifth is judged by the rates of the other four: a column of ids gains nothing.
    for part in range(5):
        held = np.arange(len(won)) % 5 == part
        if won[held].all() or not won[held].any():
            continue
        base = won[~held].mean()
        rows = np.bincount(codes[~held], minlength=kinds)
        wins = np.bincount(codes[~held], weights=won[~held], minlength=kinds)
        results.append(float(auc(((wins + base) / (rows + 1))[codes[held]], won[held])))
    return max(float(np.mean(results)), 0.5) if results else 0.5


def moment(text: str) -> datetime | None:
    """A date or timestamp in ISO 8601 (without offset: UTC), None for anything else."""
    if len(text) < 10 or text[4] != "-":
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _later(column: str, rows: Sequence[Row], time: str) -> Remark | None:
    dated = filled = late = 0
    for row in rows:
        text = row.get(column) or ""
        if not text:
            continue
        filled += 1
        value, allocated = moment(text), moment(row.get(time) or "")
        if value is None:
            if filled > 100 and dated == 0:
                return None  # plain text, not dates
            continue
        dated += 1
        late += allocated is not None and value > allocated
    if not filled or dated < DATED_SHARE * filled or not late:
        return None
    return remark(Code.DATED_LATER, late=late, dated=dated)
