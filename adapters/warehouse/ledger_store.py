"""The log's entries and records in the database; the only place that appends to the log.

The index of an entry is its position in the Merkle tree. Appending takes one lock, so two
processes never write the same index, and the caller's transaction decides whether an entry exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from ledger.canonical import canonical, sha256_hex
from ledger.log import entry as entry_bytes
from ledger.times import format_time


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A fact to be logged. `run` is a run key, or "-" for what belongs to no run."""

    type: str
    run: str
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEntry:
    index: int
    type: str
    run: str
    at: datetime
    record: str
    entry: bytes


def timestamp(at: datetime) -> str:
    """An instant as every record and the log spell it: UTC, whole seconds."""
    return format_time(at)


def lock(conn: psycopg.Connection) -> None:
    """Keep every other writer of the log out until the caller's transaction ends."""
    conn.execute("select pg_advisory_xact_lock(hashtext('fairlead ledger'))")


def append(conn: psycopg.Connection, entries: Iterable[NewEntry], at: datetime) -> list[int]:
    """Append entries in order inside the caller's transaction; their indices."""
    lock(conn)
    row = conn.execute("select coalesce(max(index), -1) from decisions.ledger_entries").fetchone()
    index = int(row[0]) if row else -1
    indices = []
    for new in entries:
        index += 1
        body = canonical(new.record)
        record = sha256_hex(body)
        conn.execute(
            "insert into decisions.ledger_records (record, body) values (%s, %s) "
            "on conflict (record) do nothing",
            (record, body),
        )
        conn.execute(
            "insert into decisions.ledger_entries (index, record, type, run_key, at, entry) "
            "values (%s, %s, %s, %s, %s, %s)",
            (
                index,
                record,
                new.type,
                new.run,
                at.replace(microsecond=0),
                entry_bytes(new.type, timestamp(at), new.run, body),
            ),
        )
        indices.append(index)
    return indices


def entries(conn: psycopg.Connection) -> list[StoredEntry]:
    """Every entry of the log, in order."""
    rows = conn.execute(
        "select index, type, run_key, at, record, entry "
        "from decisions.ledger_entries order by index"
    )
    return [StoredEntry(*row) for row in rows]


def records(conn: psycopg.Connection) -> dict[str, bytes]:
    """Every logged record: {sha256: canonical bytes}."""
    rows = conn.execute("select record, body from decisions.ledger_records order by record")
    return {record: bytes(body) for record, body in rows}


def records_of_type(conn: psycopg.Connection, type_: str) -> list[tuple[int, bytes]]:
    """(index, canonical bytes of the record) of every entry of a type, in order."""
    rows = conn.execute(
        "select e.index, r.body from decisions.ledger_entries e "
        "join decisions.ledger_records r using (record) where e.type = %s order by e.index",
        (type_,),
    )
    return [(int(index), bytes(body)) for index, body in rows]


def record_hash(record: dict[str, Any]) -> str:
    """The name of a record: SHA-256 of its canonical bytes."""
    return sha256_hex(canonical(record))


def has_record(conn: psycopg.Connection, type_: str, record: dict[str, Any]) -> bool:
    """Whether exactly this record is already logged under this type."""
    row = conn.execute(
        "select 1 from decisions.ledger_entries where type = %s and record = %s limit 1",
        (type_, record_hash(record)),
    ).fetchone()
    return row is not None


def last_at(conn: psycopg.Connection) -> datetime | None:
    """When the newest entry was logged."""
    row = conn.execute("select max(at) from decisions.ledger_entries").fetchone()
    return row[0] if row else None


def last_checkpoint(conn: psycopg.Connection) -> str | None:
    """The note of the largest checkpoint signed so far."""
    row = conn.execute(
        "select note from decisions.checkpoints order by size desc limit 1"
    ).fetchone()
    return str(row[0]) if row else None


def store_checkpoint(conn: psycopg.Connection, size: int, note: str, at: datetime) -> None:
    """Keep a signed checkpoint; one for each size is enough."""
    conn.execute(
        "insert into decisions.checkpoints (size, note, signed_at) values (%s, %s, %s) "
        "on conflict (size) do nothing",
        (size, note, at),
    )
