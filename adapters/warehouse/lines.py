"""People's lines of an open ladder: placed, moved, taken back; acknowledged or not stored at all.

The database's clock decides whether a window is open. A line and a closing exclude each other by
a lock on the opening: whoever holds an acknowledgement is in the closing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb


class WindowClosed(Exception):
    """The draw does not take lines now; `state` is early, closed or unknown."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the draw takes no lines now: {state}")
        self.state = state


@dataclass(frozen=True, slots=True)
class StoredLine:
    """An acknowledged change. `line` is {} when it was taken back; `note` is what was signed."""

    entrant: str
    number: int
    line: dict[str, Any]
    note: str
    acknowledged_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Where a draw stands by the database's clock: early, open, closed."""

    state: str
    now: datetime
    opens_at: datetime
    closes_at: datetime


_WINDOW = (
    "select (opening_record->>'opens_at')::timestamptz, "
    "(opening_record->>'closes_at')::timestamptz, clock_timestamp(), exists "
    "(select 1 from decisions.draw_events e where e.opening = d.opening) "
    "from decisions.draws d where d.opening = %s"
)


def window(conn: psycopg.Connection, opening_hash: str) -> Window:
    """Whether lines are taken at this moment. Errors: WindowClosed for an unknown opening."""
    row = conn.execute(_WINDOW, (opening_hash,)).fetchone()
    if row is None:
        raise WindowClosed("unknown")
    opens_at, closes_at, now, has_ended = row
    state = "open"
    if now < opens_at:
        state = "early"
    if now >= closes_at or has_ended:
        state = "closed"
    return Window(state, now, opens_at, closes_at)


def place(
    conn: psycopg.Connection,
    opening_hash: str,
    entrant: str,
    line: dict[str, Any],
    signed: Callable[[int, datetime], str],
) -> StoredLine:
    """Store a line ({} takes it back) with its acknowledgement, in the caller's transaction.

    signed(number, at) gives the note that names the n-th change of this entrant. The caller
    shows the note only after its commit. Errors: WindowClosed.
    """
    # Shared: lines do not wait for each other, only for a closing, and it for them.
    conn.execute(
        "select pg_advisory_xact_lock_shared(hashtext('fairlead lines'), hashtext(%s))",
        (opening_hash,),
    )
    conn.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, 7))",
        (f"fairlead line {opening_hash} {entrant}",),
    )
    now = window(conn, opening_hash)
    if now.state != "open":
        raise WindowClosed(now.state)
    # "Last" must hold also when the machine's clock is set back.
    row = conn.execute(
        "select coalesce(max(number), 0) + 1, "
        "greatest(%s, max(acknowledged_at) + interval '1 microsecond') "
        "from decisions.lines where opening = %s and entrant = %s",
        (now.now, opening_hash, entrant),
    ).fetchone()
    assert row is not None  # an aggregate has one row
    number, at = row
    note = signed(number, at)
    conn.execute(
        "insert into decisions.lines (opening, entrant, line, acknowledged_at, number, note) "
        "values (%s, %s, %s, %s, %s, %s)",
        (opening_hash, entrant, Jsonb(line), at, number, note),
    )
    return StoredLine(entrant, number, line, note, at)


def stop_lines(conn: psycopg.Connection, opening_hash: str) -> None:
    """Wait for lines on their way and let no more in, until the caller's transaction ends."""
    conn.execute(
        "select pg_advisory_xact_lock(hashtext('fairlead lines'), hashtext(%s))", (opening_hash,)
    )


def standing(conn: psycopg.Connection, opening_hash: str) -> list[StoredLine]:
    """The last acknowledged change of each entrant, taken back or not, by entrant."""
    rows = conn.execute(
        "select distinct on (entrant) entrant, coalesce(number, 0), line, coalesce(note, ''), "
        "acknowledged_at from decisions.lines where opening = %s "
        "order by entrant, acknowledged_at desc",
        (opening_hash,),
    )
    return [StoredLine(*row) for row in rows]


def acknowledgement(
    conn: psycopg.Connection, opening_hash: str, entrant: str, number: int
) -> str | None:
    """The signed note of an entrant's n-th change."""
    row = conn.execute(
        "select note from decisions.lines where opening = %s and entrant = %s and number = %s",
        (opening_hash, entrant, number),
    ).fetchone()
    return str(row[0]) if row and row[0] else None
