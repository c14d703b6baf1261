"""What a link may see and do: reads the draw, takes a line, signs the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from adapters.warehouse import lines
from adapters.warehouse.draws import StoredDraw
from adapters.warehouse.ledger_store import timestamp
from flows.clock import Clock
from flows.portal.connections import Connections
from flows.portal.facts import Facts, Fixed
from flows.portal.links import LINE, WATCH, Keys, Link
from ledger.notes import Signer
from lottery.acknowledgement import Acknowledgement, Line, check_line
from lottery.shapes import DrawError
from notifications.portal_page import portal_view, render_portal
from notifications.record import Language


class Refused(Exception):
    """Nothing was done; `key` names the page that says why (portal.<key>_title)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Desk:
    """Everything behind the addresses; safe for many threads."""

    def __init__(
        self, connections: Connections, facts: Facts, keys: Keys, signer: Signer, clock: Clock
    ) -> None:
        self._connections, self._facts = connections, facts
        self._keys, self._signer, self._clock = keys, signer, clock

    def is_link(self, token: str) -> bool:
        return self._keys.read(token, self._clock.now()) is not None

    def page(self, token: str, language: Language, at: int | None, *, is_new: bool) -> str:
        """The page behind a link. Errors: Refused."""
        link = self._link(token)
        with self._connections.transaction() as conn:
            fixed, draw = self._draw(conn, link)
            record = self._facts.record(conn, fixed, draw, link.entrant)
        form = self._keys.form(token) if link.purpose == LINE else ""
        view = portal_view(record, language, at=at, form=form, is_new=is_new)
        return render_portal(view, token)

    def draw(self, token: str, fields: dict[str, str]) -> int | None:
        """Place, move or take back this entrant's line; where it is now (None: nowhere).

        When this returns, the line and its signed receipt are committed.
        Errors: Refused, WindowClosed.
        """
        link = self._link(token)
        if link.purpose != LINE:
            raise Refused("readonly")
        if not self._keys.is_form(token, fields.get("form", "")):
            raise Refused("form")
        with self._connections.transaction() as conn:
            fixed, draw = self._draw(conn, link)
            line = _asked_line(draw, link.entrant, fields)

            def signed(number: int, at: datetime) -> str:
                made = Acknowledgement(
                    draw.opening_hash, fixed.entry, link.entrant, number, line, timestamp(at)
                )
                return self._signer.sign(made.text())

            stored: dict[str, Any] = (
                {"entrant": link.entrant, "left": line.left, "level": line.level} if line else {}
            )
            lines.place(conn, draw.opening_hash, link.entrant, stored, signed)
        return line.left if line else None

    def acknowledgement(self, token: str, number: int) -> str:
        """The signed receipt of this entrant's n-th change. Errors: Refused."""
        link = self._link(token)
        with self._connections.transaction() as conn:
            _, draw = self._draw(conn, link)
            note = lines.acknowledgement(conn, draw.opening_hash, link.entrant, number)
        if not note:
            raise Refused("unknown")
        return note

    def checkpoint(self, token: str) -> str:
        """The checkpoint that covers the closing. Errors: Refused while there is none."""
        link = self._link(token)
        with self._connections.transaction() as conn:
            fixed, draw = self._draw(conn, link)
            note = self._facts.record(conn, fixed, draw, "").checkpoint
        if not note:
            raise Refused("unknown")
        return note

    def _link(self, token: str) -> Link:
        link = self._keys.read(token, self._clock.now())
        if link is None or link.purpose not in (LINE, WATCH):
            raise Refused("unknown")
        return link

    def _draw(self, conn: psycopg.Connection, link: Link) -> tuple[Fixed, StoredDraw]:
        found = self._facts.look_up(conn, link.draw)
        if found is None or (link.entrant and link.entrant not in found[1].opening["entrants"]):
            raise Refused("unknown")
        return found


def _asked_line(draw: StoredDraw, entrant: str, fields: dict[str, str]) -> Line | None:
    """The line of a form: spot=left:level from the ladder, spot=none, or the two lists."""
    spot = fields.get("spot", "")
    if spot == "none":
        return None
    left, level = (
        spot.partition(":")[::2] if spot else (fields.get("left", ""), fields.get("level", ""))
    )
    if not (left.isascii() and left.isdigit() and level.isascii() and level.isdigit()):
        raise Refused("form")
    if len(left) > 7 or len(level) > 7:
        raise Refused("refused")
    try:
        return check_line(draw.opening, entrant, int(left), int(level))
    except DrawError as error:
        raise Refused("refused") from error
