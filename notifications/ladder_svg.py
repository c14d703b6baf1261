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

# A round of n entrants has about n²/4 rungs. The 299 that document 0's service allows are drawn
# (22,000 rungs, half a megabyte); beyond them the table says more.
MOST_RUNGS = 299 * 298 // 4
MOST_ROUNDS = 4
LABEL_ROOM = 92  # for names set at an angle above and below
LABEL_UNITS = 13  # a Chinese character is 2 units, others 1: what the room holds at 11 px
LEFT = 34
WIDE, NARROW = 56, 14  # between columns: two entrants side by side, sixty on a laptop
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
    """One entrant's way. d: path data; name: who; title: who went to what; css: won or blank."""

    id: str
    d: str
    name: str
    title: str
    css: str


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line that somebody added. title: whose."""

    d: str
    title: str
    css: str


@dataclass(frozen=True, slots=True)
class RoundPicture:
    """One drawing. uprights, base: path data; top, row, rows: where the script walks."""

    number: int
    id: str
    width: str
    height: str
    title: str
    desc: str
    uprights: str
    base: str
    top: int
    row: int
    rows: int
    own: Sequence[OwnLine]
    ways: Sequence[Way]
    starts: Sequence[Label]
    prizes: Sequence[Label]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Whole units: paths are written in short relative steps that add up exactly."""

    step: int
    row: int

    def x(self, column: int) -> int:
        return LEFT + column * self.step

    def y(self, row: int) -> int:
        return LABEL_ROOM + row * self.row


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


def pictures(lens: Lens, draw: Row, up: str) -> list[RoundPicture]:
    """One drawing per round; none for a draw that is not finished or too wide to be read."""
    from lottery.picture import ladder_rounds

    opening, closing = draw.get("opening") or {}, draw.get("closing") or {}
    entrants = len(opening.get("entrants") or ())
    rounds = -(-len(opening.get("prizes") or ()) // max(1, entrants))
    rungs = rounds * entrants * (entrants - 1) // 4
    if not draw.get("seed") or rungs > MOST_RUNGS or rounds > MOST_ROUNDS:
        return []
    try:
        drawn = ladder_rounds(dict(opening), dict(closing), str(draw["seed"]))
    except (DrawError, KeyError, TypeError, ValueError):
        return []  # a malformed record: the table and the verdict say so, a picture cannot
    return [_picture(lens, each, up) for each in drawn]


def _picture(lens: Lens, drawn: Round, up: str) -> RoundPicture:
    step = max(NARROW, min(WIDE, ACROSS // max(1, drawn.columns - 1)))
    row = 7 if drawn.rows > 60 else 12 if drawn.rows > 12 else 22
    scale = _Scale(step, row)
    top, bottom = scale.y(0), scale.y(drawn.rows + 1)
    base = [rung for rung in drawn.rungs if rung.entrant is None]
    own = [rung for rung in drawn.rungs if rung.entrant is not None]
    hue = {path.entrant: f"hue{path.start % HUES}" for path in drawn.paths}
    number = drawn.index + 1
    count = lens.number
    return RoundPicture(
        number=number,
        id=f"ladder-{number}",
        width=str(scale.x(drawn.columns - 1) + LABEL_ROOM),
        height=str(bottom + LABEL_ROOM),
        title=lens.t.plain("ladder.title", number=count(number)),
        desc=lens.t.plain(
            "ladder.desc",
            entrants=count(drawn.columns),
            prizes=count(len(drawn.prizes)),
            rungs=count(len(base)),
            own=count(len(own)),
        ),
        uprights="".join(f"M{scale.x(c)} {top}V{bottom}" for c in range(drawn.columns)),
        base="".join(f"M{scale.x(r.left)} {scale.y(r.row)}h{step}" for r in base),
        top=top,
        row=row,
        rows=drawn.rows + 1,
        own=[
            OwnLine(
                f"M{scale.x(rung.left)} {scale.y(rung.row)}h{step}",
                lens.t.plain("ladder.own_by", rep=lens.rep(rung.entrant)),
                hue[str(rung.entrant)],
            )
            for rung in own
        ],
        ways=[_way(lens, path, scale, number, hue[path.entrant]) for path in drawn.paths],
        starts=[
            Label(
                str(scale.x(path.start)),
                str(LABEL_ROOM - 8),
                brief(lens.rep(path.entrant)),
                f"{up}reps/{path.entrant[:16]}.html",
                "won" if path.prize else "blank",
            )
            for path in drawn.paths
        ],
        prizes=[
            Label(
                str(scale.x(column)),
                str(bottom + 14),
                brief(lens.lead(prize)),
                f"{up}leads/{prize[:16]}.html",
                "won",
            )
            for column, prize in enumerate(drawn.prizes)
        ],
    )


def _way(lens: Lens, path: Path, scale: _Scale, number: int, hue: str) -> Way:
    """Path data with one relative step per corner: v down a column, h across a rung."""
    (column, row), rest = path.points[0], path.points[1:]
    parts = [f"M{scale.x(column)} {scale.y(row)}"]
    for next_column, next_row in rest:
        if next_row != row:
            parts.append(f"v{(next_row - row) * scale.row}")
        if next_column != column:
            parts.append(f"h{(next_column - column) * scale.step}")
        column, row = next_column, next_row
    who = lens.rep(path.entrant)
    if path.prize is None:
        title, css = lens.t.plain("ladder.way_blank", rep=who), "blank"
    else:
        title, css = lens.t.plain("ladder.way_won", rep=who, lead=lens.lead(path.prize)), "won"
    return Way(way_id(number, path.entrant), "".join(parts), who, title, f"{css} {hue}")
