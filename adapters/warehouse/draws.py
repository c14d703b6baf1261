"""Draws as they are stored: openings, secrets, lines, and how each draw ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb


@dataclass(frozen=True, slots=True)
class StoredDraw:
    """One attempt of a draw; `closing`, `outcome` and `void` are None until they happened."""

    opening_hash: str
    draw: str
    attempt: int
    kind: str
    opening: dict[str, Any]
    closing: dict[str, Any] | None
    outcome: dict[str, Any] | None
    void: dict[str, Any] | None = None


def ensure_secret(
    conn: psycopg.Connection, draw: str, attempt: int, secret: bytes, commitment: str
) -> str:
    """Keep the operator's secret of a draw unless there is one; the commitment that stands."""
    conn.execute(
        "insert into decisions.secrets (draw, attempt, secret, commitment) "
        "values (%s, %s, %s, %s) on conflict (draw, attempt) do nothing",
        (draw, attempt, secret, commitment),
    )
    row = conn.execute(
        "select commitment from decisions.secrets where draw = %s and attempt = %s",
        (draw, attempt),
    ).fetchone()
    assert row is not None  # inserted above
    return str(row[0])


def secret_of(conn: psycopg.Connection, draw: str, attempt: int) -> bytes | None:
    """The operator's 32-byte secret of a draw."""
    row = conn.execute(
        "select secret from decisions.secrets where draw = %s and attempt = %s", (draw, attempt)
    ).fetchone()
    return bytes(row[0]) if row else None


def store_opening(
    conn: psycopg.Connection, run_key: str, opening_hash: str, opening: dict[str, Any]
) -> None:
    """Keep an opening; a second one for the same draw and attempt is refused."""
    conn.execute(
        "insert into decisions.draws (opening, run_key, draw, attempt, kind, opening_record) "
        "values (%s, %s, %s, %s, %s, %s)",
        (
            opening_hash,
            run_key,
            opening["draw"],
            opening["attempt"],
            opening["kind"],
            Jsonb(opening),
        ),
    )


def store_event(
    conn: psycopg.Connection,
    opening_hash: str,
    event: str,
    record: dict[str, Any],
    at: datetime,
) -> None:
    """Keep a draw's closing, outcome or void; each happens once."""
    conn.execute(
        "insert into decisions.draw_events (opening, event, record, reached_at) "
        "values (%s, %s, %s, %s)",
        (opening_hash, event, Jsonb(record), at),
    )


_STORED = (
    "select d.opening, d.draw, d.attempt, d.kind, d.opening_record, c.record, "
    "o.record, v.record from decisions.draws d "
    "left join decisions.draw_events c on c.opening = d.opening and c.event = 'closing' "
    "left join decisions.draw_events o on o.opening = d.opening and o.event = 'outcome' "
    "left join decisions.draw_events v on v.opening = d.opening and v.event = 'void' "
)


def draws_of(conn: psycopg.Connection, run_key: str, kind: str | None = None) -> list[StoredDraw]:
    """All draws of a run by draw id and attempt; `kind` is select or ladder."""
    rows = conn.execute(
        f"{_STORED} where d.run_key = %s and (%s::text is null or d.kind = %s) "
        "order by d.draw, d.attempt",
        (run_key, kind, kind),
    )
    return [StoredDraw(*row) for row in rows]


def last_attempt(conn: psycopg.Connection, draw: str) -> StoredDraw | None:
    """The attempt of a draw that counts: its last."""
    row = conn.execute(
        f"{_STORED} where d.draw = %s order by d.attempt desc limit 1", (draw,)
    ).fetchone()
    return StoredDraw(*row) if row else None


def last_lines(conn: psycopg.Connection, opening_hash: str) -> list[dict[str, Any]]:
    """The last acknowledged line of each entrant; a withdrawn one is stored as {}."""
    rows = conn.execute(
        "select distinct on (entrant) line from decisions.lines where opening = %s "
        "order by entrant, acknowledged_at desc",
        (opening_hash,),
    )
    return [dict(line) for (line,) in rows if line]
