"""A ladder's geometry as SVG attributes: numbers only, no colours; the style sheet has those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from lottery.picture import Path, Round
from lottery.shapes import DrawError
from notifications.facts import safe_name
from notifications.lens import Lens
from notifications.record import Row

# A round of n entrants has about n²/4 rungs; beyond this the picture is a grey square and the
# table says more (120 entrants: 3,600 rungs, 250 kB).
MOST_ENTRANTS = 120
MOST_ROUNDS = 4
LABEL_ROOM = 92  # for names set at an angle above and below
LABEL_UNITS = 13  # a Chinese character is 2 units, others 1: what the room holds at 11 px
WIDE, NARROW = 56.0, 14.0  # between columns: two entrants side by side, sixty on a laptop
ACROSS = 930  # a laptop's column of text
HUES = 6


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    y: str
    text: str
    href: str
    css: str


@dataclass(frozen=True, slots=True)
class Way:
    """One entrant's way. d: path data; title: who went from where to what; css: won or blank."""

    id: str
    d: str
    title: str
    css: str


@dataclass(frozen=True, slots=True)
class RoundPicture:
    """One drawing. uprights, base, own: path data of columns, base rungs and people's own lines."""

    number: int
    id: str
    width: str
    height: str
    title: str
    desc: str
    uprights: str
    base: str
    own: str
    own_count: int
    ways: Sequence[Way]
    starts: Sequence[Label]
    prizes: Sequence[Label]


@dataclass(frozen=True, slots=True)
class _Scale:
    step: float
    row: float
    left: float

    def x(self, column: int) -> str:
        return _short(self.left + column * self.step)

    def y(self, row: int) -> str:
        return _short(LABEL_ROOM + row * self.row)


def way_id(number: int, entrant: object) -> str:
    """The id of an entrant's way in round `number`, for links that light it up."""
    return f"way-{number}-{safe_name(str(entrant)[:16])}"


def brief(text: str) -> str:
    """A name cut to the room of a slanted label; the table has it whole."""
    room = LABEL_UNITS
    for i, character in enumerate(text):
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return text[:i].rstrip() + "…"
    return text


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def pictures(lens: Lens, draw: Row, up: str) -> list[RoundPicture]:
    """One drawing per round; none for a draw that is not finished or too wide to be read."""
    from lottery.picture import ladder_rounds

    opening, closing = draw.get("opening") or {}, draw.get("closing") or {}
    entrants = len(opening.get("entrants") or ())
    rounds = -(-len(opening.get("prizes") or ()) // max(1, entrants))
    if not draw.get("seed") or entrants > MOST_ENTRANTS or rounds > MOST_ROUNDS:
        return []
    try:
        drawn = ladder_rounds(dict(opening), dict(closing), str(draw["seed"]))
    except (DrawError, KeyError, TypeError, ValueError):
        return []  # a malformed record: the table and the verdict say so, a picture cannot
    return [_picture(lens, each, up) for each in drawn]


def _picture(lens: Lens, drawn: Round, up: str) -> RoundPicture:
    step = max(NARROW, min(WIDE, ACROSS / max(1, drawn.columns - 1)))
    row = 7.0 if drawn.rows > 60 else 12.0 if drawn.rows > 12 else 22.0
    scale = _Scale(step, row, 34.0)
    width = scale.left + (drawn.columns - 1) * step + LABEL_ROOM
    height = LABEL_ROOM * 2 + (drawn.rows + 1) * row
    top, bottom = scale.y(0), scale.y(drawn.rows + 1)
    own = [rung for rung in drawn.rungs if rung.entrant is not None]
    base = [rung for rung in drawn.rungs if rung.entrant is None]
    number = drawn.index + 1
    count = lens.number
    return RoundPicture(
        number=number,
        id=f"ladder-{number}",
        width=_short(width),
        height=_short(height),
        title=lens.t.plain("ladder.title", number=count(number)),
        desc=lens.t.plain(
            "ladder.desc",
            entrants=count(drawn.columns),
            prizes=count(len(drawn.prizes)),
            rungs=count(len(base)),
            own=count(len(own)),
        ),
        uprights="".join(f"M{scale.x(c)} {top}V{bottom}" for c in range(drawn.columns)),
        base="".join(f"M{scale.x(r.left)} {scale.y(r.row)}h{_short(step)}" for r in base),
        own="".join(f"M{scale.x(r.left)} {scale.y(r.row)}h{_short(step)}" for r in own),
        own_count=len(own),
        ways=[_way(lens, path, scale, number) for path in drawn.paths],
        starts=[
            Label(
                scale.x(path.start),
                _short(LABEL_ROOM - 8),
                brief(lens.rep(path.entrant)),
                f"{up}reps/{path.entrant[:16]}.html",
                "won" if path.prize else "blank",
            )
            for path in drawn.paths
        ],
        prizes=[
            Label(
                scale.x(column),
                _short(float(bottom) + 14),
                brief(lens.lead(prize)),
                f"{up}leads/{prize[:16]}.html",
                "won",
            )
            for column, prize in enumerate(drawn.prizes)
        ],
    )


def _way(lens: Lens, path: Path, scale: _Scale, number: int) -> Way:
    """Path data with one command per corner: V down a column, H across a rung."""
    (column, row), rest = path.points[0], path.points[1:]
    parts = [f"M{scale.x(column)} {scale.y(row)}"]
    for next_column, next_row in rest:
        if next_row != row:
            parts.append(f"V{scale.y(next_row)}")
        if next_column != column:
            parts.append(f"H{scale.x(next_column)}")
        column, row = next_column, next_row
    who = lens.rep(path.entrant)
    if path.prize is None:
        title, css = lens.t.plain("ladder.way_blank", rep=who), "blank"
    else:
        title = lens.t.plain("ladder.way_won", rep=who, lead=lens.lead(path.prize))
        css = f"won hue{path.end % HUES}"
    return Way(way_id(number, path.entrant), "".join(parts), title, css)
