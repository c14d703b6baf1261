"""The ladder that people draw on: the lines so far, one's own way, and the places to tap.

Numbers only. Pictures are stretched to their box (strokes keep their width), so x counts columns
×100 and y is 0–1000, the level that the closing records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lottery.ladder import own_lines
from notifications.portal_lens import PortalLens
from notifications.record import Row
from notifications.words import shown

GAPS = 6  # between columns, side by side on a phone: 44 px and more for a thumb
ROWS = 8
DEPTH = 1000
COLUMN = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """A place for a line. value: left:level; label: for those who hear the page."""

    value: str
    label: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Who stands on a column."""

    number: str
    name: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A few columns, wide enough for thumbs. before, after: where to move to, -1 at the ends."""

    view_box: str
    gaps: int
    heads: Sequence[Head]
    uprights: str
    others: str
    mine: str
    way: str
    cells: Sequence[Cell]
    first: str
    last: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole ladder fitted to the page's width; x, width: the part that the close-up shows."""

    view_box: str
    uprights: str
    others: str
    mine: str
    way: str
    x: int
    width: int
    height: int


def place_of(level: int) -> int:
    """Where a level is drawn: the middle of its thousandth, so that 0 is not on the edge."""
    return level + 1


def level_of(row: int) -> int:
    """The level of a row of places: their middles, from the top."""
    return (2 * row + 1) * DEPTH // (2 * ROWS)


def way(lines: Sequence[Row], start: int) -> list[tuple[int, int]]:
    """(column, y) at every corner from the top edge, through the lines, to where the fog begins."""
    column, points = start, [(start, 0)]
    for line in own_lines(lines):
        left = int(line["left"])
        if column in (left, left + 1):
            y = place_of(int(line["level"]))
            points += [(column, y), (2 * left + 1 - column, y)]
            column = 2 * left + 1 - column
    return [*points, (column, DEPTH)]


def close_up(
    lens: PortalLens, entrants: Sequence[str], lines: Sequence[Row], me: str, at: int
) -> CloseUp:
    """The columns around gap `at`; needs two entrants or more."""
    gaps = min(GAPS, len(entrants) - 1)
    first = max(0, min(at - (gaps - 1) // 2, len(entrants) - 1 - gaps))
    columns = range(first, first + gaps + 1)
    seen = [line for line in lines if first <= int(line["left"]) < first + gaps]
    mine = [line for line in seen if line["entrant"] == me]
    names = [lens.rep(ref) for ref in entrants]

    def cell(row: int, left: int) -> Cell:
        label = lens.t.plain(
            "portal.cell",
            left=lens.number(left + 1),
            right=lens.number(left + 2),
            one=names[left],
            other=names[left + 1],
            row=lens.number(row + 1),
            rows=lens.number(ROWS),
        )
        here = any(
            int(line["left"]) == left and int(line["level"]) * ROWS // DEPTH == row for line in mine
        )
        return Cell(f"{left}:{level_of(row)}", label, here)

    return CloseUp(
        view_box=f"0 0 {gaps * COLUMN} {DEPTH}",
        gaps=gaps,
        heads=[Head(lens.number(c + 1), shown(names[c], 18), entrants[c] == me) for c in columns],
        uprights="".join(f"M{(c - first) * COLUMN} 0V{DEPTH}" for c in columns),
        others=_rungs([line for line in seen if line["entrant"] != me], first),
        mine=_rungs(mine, first),
        way=_way(lines, entrants, me, first),
        cells=[cell(row, left) for row in range(ROWS) for left in columns[:-1]],
        first=lens.number(first + 1),
        last=lens.number(first + gaps + 1),
        before=max(0, first - gaps + (gaps - 1) // 2) if first > 0 else -1,
        after=first + gaps + (gaps - 1) // 2 if first + gaps + 1 < len(entrants) else -1,
    )


def overview(entrants: Sequence[str], lines: Sequence[Row], me: str, shown_from: int) -> Overview:
    """The whole ladder, small."""
    last = len(entrants) - 1
    gaps = min(GAPS, last)
    return Overview(
        view_box=f"{-COLUMN // 2} 0 {(last + 1) * COLUMN} {DEPTH}",
        uprights="".join(f"M{c * COLUMN} 0V{DEPTH}" for c in range(last + 1)),
        others=_rungs([line for line in lines if line["entrant"] != me], 0),
        mine=_rungs([line for line in lines if line["entrant"] == me], 0),
        way=_way(lines, entrants, me, 0),
        x=shown_from * COLUMN,
        width=gaps * COLUMN,
        height=DEPTH,
    )


def _rungs(lines: Sequence[Row], first: int) -> str:
    return "".join(
        f"M{(int(line['left']) - first) * COLUMN} {place_of(int(line['level']))}h{COLUMN}"
        for line in lines
    )


def _way(lines: Sequence[Row], entrants: Sequence[str], me: str, first: int) -> str:
    if me not in entrants:
        return ""
    points = way(lines, list(entrants).index(me))
    return "M" + "L".join(f"{(column - first) * COLUMN} {y}" for column, y in points)
