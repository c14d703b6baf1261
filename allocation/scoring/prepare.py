"""From a study and its rows to a history that can be learnt from, through the leakage guard."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.scoring.fit import History
from allocation.scoring.leakage import Leak, Row, late_fills, leaks, moment, suspicions
from allocation.scoring.study import Study, StudyError


@dataclass(frozen=True)
class Prepared:
    """A study ready to fit; `points` (rows, factors) and `hand` are empty without a scorecard.

    leaks: reasons to refuse; suspicions: reasons to ask. still_open: rows without an outcome.
    """

    history: History
    leaks: tuple[Leak, ...]
    suspicions: tuple[Leak, ...]
    points: NDArray[np.int64]
    hand: dict[str, int]
    still_open: int
    without_time: int


def prepare(study: Study, rows: Sequence[Row], features: Sequence[str]) -> Prepared:
    """Check the features, then turn the closed rows into a History.

    Errors: StudyError for columns that no row has and numbers that are none; all at once.
    """
    made = [_with_derived(study, row) for row in rows]
    closed, still_open, won = _by_outcome(study, made)
    clocked = bool(study.time and study.time.column)
    without_time = 0
    if study.time and study.time.column:
        timed = [n for n, row in enumerate(closed) if moment(row.get(study.time.column) or "")]
        without_time = len(closed) - len(timed)
        closed, won = [closed[n] for n in timed], won[timed]
    if not closed:
        raise StudyError(f"{study.id}: no closed rows" + (" with a time" if without_time else ""))
    _refuse_unusable(study, closed, features)
    columns = {name: [row.get(name) or "" for row in closed] for name in features}
    numbers = frozenset(study.numbers) | frozenset(study.derived)
    numbers &= set(features)
    allocated, known = _times(study, closed)
    history = History(columns, numbers, won, _identical(study, closed), allocated, known)
    return Prepared(
        history,
        tuple(
            leaks(
                features, closed,
                time=study.time.column if study.time and clocked else "",
                derived={name: made.days for name, made in study.derived.items()},
                known_later={name: why.model_dump() for name, why in study.known_later.items()},
                planned=study.planned, outcome=study.outcome.column,
            )
        ),
        (*suspicions(columns, won, list(numbers)), *late_fills(features, closed, still_open)),
        _points(study, closed),
        {factor.id: factor.weight_pct for factor in study.scorecard},
        len(still_open),
        without_time,
    )  # fmt: skip


def _with_derived(study: Study, row: Row) -> Row:
    if not study.derived:
        return row
    extra = {}
    for name, made in study.derived.items():
        first, last = (moment(row.get(column) or "") for column in made.days)
        extra[name] = f"{(last - first).total_seconds() / 86_400:g}" if first and last else ""
    return {**row, **extra}


def _by_outcome(
    study: Study, rows: Sequence[Row]
) -> tuple[list[Row], list[Row], NDArray[np.bool_]]:
    ends = {**dict.fromkeys(study.outcome.lost, False), **dict.fromkeys(study.outcome.won, True)}
    closed, still_open, won = [], [], []
    for row in rows:
        end = ends.get(row.get(study.outcome.column) or "")
        if end is None:
            still_open.append(row)
        else:
            closed.append(row)
            won.append(end)
    return closed, still_open, np.array(won, dtype=bool)


def _refuse_unusable(study: Study, rows: Sequence[Row], features: Sequence[str]) -> None:
    seen = {name for row in rows for name in row}
    wrong = [f"column {name} is in no row" for name in features if name not in seen]
    for name in study.numbers:
        if name not in features:
            continue
        bad = next((cell for row in rows if (cell := row.get(name)) and not _is_number(cell)), None)
        if bad is not None:
            wrong.append(f"column {name} is declared a number and holds {bad!r}")
    if wrong:
        raise StudyError(f"{study.id}: {'; '.join(wrong)}")


def _is_number(cell: str) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False


def _identical(study: Study, rows: Sequence[Row]) -> NDArray[np.int64]:
    """One group for rows that are equal in everything but the outcome."""
    groups: dict[tuple[tuple[str, str], ...], int] = {}
    skip = {study.outcome.column, *study.derived}
    return np.array(
        [
            groups.setdefault(
                tuple(sorted((k, v) for k, v in row.items() if v and k not in skip)), len(groups)
            )
            for row in rows
        ],
        dtype=np.int64,
    )


def _times(
    study: Study, rows: Sequence[Row]
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    if study.time is None:
        return None, None
    if study.time.order:
        return np.arange(len(rows), dtype=float), None
    allocated = np.array([_seconds(row, study.time.column) for row in rows])
    if not study.time.outcome:
        return allocated, None
    known = np.array([_seconds(row, study.time.outcome) for row in rows])
    # An outcome without a date counts as known: leaving it out would keep only one kind of row.
    return allocated, np.where(np.isnan(known), -np.inf, known)


def _seconds(row: Row, column: str) -> float:
    at = moment(row.get(column) or "")
    return at.timestamp() if at else float("nan")


def _points(study: Study, rows: Sequence[Row]) -> NDArray[np.int64]:
    return np.array(
        [
            [factor.earned(row.get(factor.column) or "") for factor in study.scorecard]
            for row in rows
        ],
        dtype=np.int64,
    ).reshape(len(rows), len(study.scorecard))
