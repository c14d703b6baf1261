"""Where each rung and each path of a ladder is drawn: geometry only, no drawing.

The picture is made of the very lines and rungs that decide, so whoever follows a path with a
finger ends at the prize that was won. Columns are 0 ... n-1 from the left, rows 1 ... `rows` from
the top; row 0 is the top edge where entrants stand, row `rows + 1` the bottom edge with the prizes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lottery import ladder
from lottery.shapes import Record

Point = tuple[int, int]
"""(column, row)"""


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung between columns `left` and `left + 1`; `entrant` is set on somebody's own line."""

    left: int
    row: int
    entrant: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """An entrant's way from the top edge to the bottom edge, as the corners of a polyline."""

    entrant: str
    points: tuple[Point, ...]
    prize: str | None

    @property
    def start(self) -> int:
        return self.points[0][0]

    @property
    def end(self) -> int:
        return self.points[-1][0]


@dataclass(frozen=True, slots=True)
class Round:
    """One ladder: the rungs from the top and the paths in the order of their start columns."""

    index: int
    columns: int
    rows: int
    rungs: tuple[Rung, ...]
    paths: tuple[Path, ...]
    prizes: tuple[str, ...]


def ladder_rounds(opening: Record, closing: Record, seed: str) -> tuple[Round, ...]:
    """The pictures of a ladder draw; needs checked records and the seed (hex) that `derive` gave.

    A round of n entrants has about n²/4 rungs: 22,000 for 299.
    """
    entrants = opening["entrants"]
    own = [(line["left"], line["entrant"]) for line in ladder.own_lines(closing["lines"])]
    return tuple(
        _round(
            index,
            entrants,
            own,
            ladder.rungs_of(ladder.base_choices(bytes.fromhex(seed), index, len(entrants))),
            prizes,
        )
        for index, prizes in enumerate(ladder.rounds(opening["prizes"], len(entrants)))
    )


def packed(lefts: Sequence[int], columns: int) -> list[int]:
    """The row of each rung: as high as it goes without passing or touching an earlier one.

    Two rungs that share a column keep their order and never share a row, so the packed picture
    swaps exactly as the sequence does.
    """
    lowest = [0] * columns
    rows = []
    for left in lefts:
        row = max(lowest[left], lowest[left + 1]) + 1
        lowest[left] = lowest[left + 1] = row
        rows.append(row)
    return rows


def _round(
    index: int,
    entrants: Sequence[str],
    own: Sequence[tuple[int, str]],
    base: Sequence[int],
    prizes: Sequence[str],
) -> Round:
    lefts = [left for left, _ in own] + list(base)
    owners = [entrant for _, entrant in own] + [None] * len(base)
    rows = packed(lefts, len(entrants))
    rungs = tuple(map(Rung, lefts, rows, owners))

    points: list[list[Point]] = [[(column, 0)] for column in range(len(entrants))]
    standing = list(range(len(entrants)))  # who stands on each column, as the start column
    for rung in rungs:
        left, right = rung.left, rung.left + 1
        points[standing[left]] += [(left, rung.row), (right, rung.row)]
        points[standing[right]] += [(right, rung.row), (left, rung.row)]
        standing[left], standing[right] = standing[right], standing[left]

    bottom = max(rows, default=0) + 1
    won: dict[int, str] = dict(zip(standing, prizes, strict=False))
    for column, start in enumerate(standing):
        points[start].append((column, bottom))
    paths = tuple(
        Path(entrant, tuple(points[start]), won.get(start))
        for start, entrant in enumerate(entrants)
    )
    return Round(index, len(entrants), bottom - 1, rungs, paths, tuple(prizes))
