"""What others said of the log's checkpoints: cosignatures of witnesses, RFC 3161 time-stamps."""

from __future__ import annotations

from datetime import datetime

import psycopg


def store_cosignature(
    conn: psycopg.Connection, size: int, witness: str, line: str, at: datetime
) -> None:
    """Keep a witness's signature line under the checkpoint of that size; the first one stays."""
    conn.execute(
        "insert into decisions.cosignatures (size, witness, line, received_at) "
        "values (%s, %s, %s, %s) on conflict (size, witness) do nothing",
        (size, witness, line, at),
    )


def last_cosigned(conn: psycopg.Connection, witness: str) -> int:
    """The largest size that a witness cosigned for us; 0 before the first."""
    row = conn.execute(
        "select coalesce(max(size), 0) from decisions.cosignatures where witness = %s", (witness,)
    ).fetchone()
    return int(row[0]) if row else 0


def cosigned_notes(conn: psycopg.Connection) -> list[str]:
    """Every cosigned checkpoint with its witnesses' lines, smallest first."""
    rows = conn.execute(
        "select c.note || string_agg(s.line, '' order by s.witness) from decisions.cosignatures s "
        "join decisions.checkpoints c using (size) group by size, c.note order by size"
    )
    return [str(note) for (note,) in rows]


def store_time_stamp(conn: psycopg.Connection, size: int, response: bytes, at: datetime) -> None:
    """Keep an authority's response for the checkpoint of that size; the first one stays."""
    conn.execute(
        "insert into decisions.time_stamps (size, response, received_at) values (%s, %s, %s) "
        "on conflict (size) do nothing",
        (size, response, at),
    )


def has_time_stamp(conn: psycopg.Connection, size: int) -> bool:
    row = conn.execute("select 1 from decisions.time_stamps where size = %s", (size,)).fetchone()
    return row is not None


def time_stamps(conn: psycopg.Connection) -> list[tuple[int, str, bytes]]:
    """(size, checkpoint's note, response) of every stamped checkpoint."""
    rows = conn.execute(
        "select size, note, response from decisions.time_stamps "
        "join decisions.checkpoints using (size) order by size"
    )
    return [(int(size), str(note), bytes(response)) for size, note, response in rows]
