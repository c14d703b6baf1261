"""What an entrant is given for a line: the text that the log's key signs.

    fairlead/line/1
    opening <hash of the opening, 64 hex>
    entry <index of the opening in the public log>
    entrant <reference>
    number <1, 2, … of this entrant in this draw; the highest counts>
    line <left> <level>      or: line none (taken back)
    time <YYYY-MM-DDThh:mm:ssZ>

An entrant's last acknowledged line that is missing from the closing is proof of fraud; no
acknowledgement proves nothing either way. Source: draw.md, *What it withstands*. The first line
is no log's origin, so this text is never taken for a checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass

from lottery.records import LADDER, MAX_LEVEL
from lottery.shapes import DrawError, Record, hexed, integer, seconds, shown, text

FORMAT = "fairlead/line/1"
_KEYS = ("opening", "entry", "entrant", "number", "line", "time")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands between columns `left` and `left` + 1; a higher level is further down."""

    left: int
    level: int


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`line` is None when it was taken back."""

    opening: str
    entry: int
    entrant: str
    number: int
    line: Line | None
    time: str

    def text(self) -> str:
        """The exact text under the signature."""
        line = "none" if self.line is None else f"{self.line.left} {self.line.level}"
        return (
            f"{FORMAT}\nopening {self.opening}\nentry {self.entry}\nentrant {self.entrant}\n"
            f"number {self.number}\nline {line}\ntime {self.time}\n"
        )


def check_line(opening: Record, entrant: str, left: object, level: object) -> Line:
    """The line, when this entrant may draw it; needs a checked opening. Errors: DrawError."""
    if opening["kind"] != LADDER:
        raise DrawError("only a ladder takes lines")
    entrants = opening["entrants"]
    if entrant not in entrants:
        raise DrawError(f"{shown(entrant)} is no entrant")
    if len(entrants) < 2:
        raise DrawError("a ladder of one entrant has no place for a line")
    return Line(integer(left, "left", 0, len(entrants) - 2), integer(level, "level", 0, MAX_LEVEL))


def parse_acknowledgement(body: str) -> Acknowledgement:
    """The acknowledgement in a note's text; one spelling only. Errors: DrawError."""
    first, *lines = body.split("\n")
    values = dict(line.partition(" ")[::2] for line in lines if line)
    if first != FORMAT or tuple(values) != _KEYS:
        raise DrawError("this is no acknowledgement of a line")
    place = values["line"].split(" ")
    try:
        made = Acknowledgement(
            opening=hexed(values["opening"], "opening", 64),
            entry=integer(int(values["entry"]), "entry", 0),
            entrant=text(values["entrant"], "entrant", 200),
            number=integer(int(values["number"]), "number", 1),
            line=None if place == ["none"] else Line(int(place[0]), int(place[1])),
            time=values["time"],
        )
    except (ValueError, IndexError) as error:
        raise DrawError(f"a malformed acknowledgement: {error}") from error
    seconds(made.time, "time")
    if made.text() != body:
        raise DrawError("an acknowledgement that is spelled in another way")
    return made
