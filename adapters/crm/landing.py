"""Lands an extract in raw: append-only, one transaction, nothing added when nothing is new.

After landing, the visible rows of a source (latest version per key, not deleted) are exactly the
good rows of the extract. So a key that is missing, or whose row is quarantined, gets a tombstone:
what a run sees depends on the source as it is now, not on what was landed before.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from adapters.crm.changes import Changes, changes_of, parts
from adapters.crm.columns import TABLES, Table
from adapters.crm.extract import Extract, FileExtract

# The hash of no bytes: the file_sha256 of a load that only says that the whole file is gone (an
# empty file is refused, so nothing else has it).
NOT_THERE = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class FileLanding:
    """What landing one file changed; `load_id` is None where nothing was new."""

    file: str
    load_id: int | None
    rows_read: int
    rows_new: int
    rows_changed: int
    rows_deleted: int
    rows_bad: int


@dataclass(frozen=True, slots=True)
class Landing:
    source: str
    landed_at: datetime
    files: tuple[FileLanding, ...]

    @property
    def is_new(self) -> bool:
        return any(file.load_id is not None for file in self.files)

    @property
    def rows_appended(self) -> int:
        return sum(f.rows_new + f.rows_changed + f.rows_deleted for f in self.files)


def land(conn: psycopg.Connection, extract: Extract, landed_at: datetime) -> Landing:
    """Append what is new, changed or gone since the source was landed last.

    landed_at: aware; becomes the version's time, by which replays choose what counts.
    Commits, unless the caller is inside a transaction of its own.
    Errors: psycopg.Error, with nothing landed.
    """
    with conn.transaction():
        # Two landings of one source at once would both find the same rows new.
        conn.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"land/{extract.source}"]
        )
        files = [
            _land_file(conn, extract.source, table, extract.files.get(table.name), landed_at)
            for table in TABLES
            if table.name in extract.files or extract.full
        ]
    return Landing(extract.source, landed_at, tuple(file for file in files if file is not None))


def _land_file(
    conn: psycopg.Connection,
    source: str,
    table: Table,
    file: FileExtract | None,
    landed_at: datetime,
) -> FileLanding | None:
    last = conn.execute(
        "select load_id, file_sha256 from raw.loads where source = %s and file = %s"
        " order by load_id desc limit 1",
        [source, table.file],
    ).fetchone()
    if file is None:
        if last is None or last[1] == NOT_THERE:
            return None
        file = FileExtract(table.file, table.name, "", NOT_THERE, table.names)
    # A mapped row's place is the file it was read from; the load says which table it was meant for.
    quarantine = [
        (bad.file, bad.line, bad.column, bad.code, bad.reason, bad.row_text) for bad in file.bad
    ]
    changes = [changes_of(conn, source, part) for part in parts(file)]
    counts = changes[0]
    unchanged = (
        last is not None
        and last[1] == file.sha256
        and all(change.is_empty for change in changes)
        and quarantine == _quarantine(conn, last[0])
    )
    load_id = None if unchanged else _insert_load(conn, source, file, counts, landed_at)
    if load_id is not None:
        for change in changes:
            _append(conn, source, change, load_id, landed_at)
        _copy(
            conn,
            sql.Identifier("raw", "quarantine"),
            (
                "load_id",
                "source",
                "landed_at",
                "file",
                "line",
                "column_name",
                "code",
                "reason",
                "row_text",
            ),
            ((load_id, source, landed_at, *bad) for bad in quarantine),
        )
    return FileLanding(
        table.file,
        load_id,
        file.rows_read,
        counts.new,
        counts.changed,
        len(counts.deleted),
        len(file.bad),
    )


def _insert_load(
    conn: psycopg.Connection, source: str, file: FileExtract, counts: Changes, landed_at: datetime
) -> int:
    row = conn.execute(
        "insert into raw.loads (source, file, file_sha256, rows_read, rows_new, rows_changed,"
        " rows_deleted, rows_bad, landed_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " returning load_id",
        [
            source,
            file.file,
            file.sha256,
            file.rows_read,
            counts.new,
            counts.changed,
            len(counts.deleted),
            len(file.bad),
            landed_at,
        ],
    ).fetchone()
    return int(row[0]) if row else 0  # an insert that returns nothing would have raised


def _append(
    conn: psycopg.Connection, source: str, changes: Changes, load_id: int, landed_at: datetime
) -> None:
    meta = ("source", "load_id", "landed_at", "row_key", "row_hash", "line", "extra")
    _copy(
        conn,
        changes.part.table,
        (*meta, *changes.part.columns),
        ((source, load_id, landed_at, *row[:4], *row[4]) for row in changes.append),
    )
    _copy(
        conn,
        changes.part.table,
        ("source", "load_id", "landed_at", "row_key", "row_hash", "is_deleted"),
        ((source, load_id, landed_at, key, digest, True) for key, digest in changes.deleted),
    )


def _copy(
    conn: psycopg.Connection,
    table: sql.Identifier,
    columns: tuple[str, ...],
    rows: Iterable[Sequence[object]],
) -> None:
    statement = sql.SQL("copy {} ({}) from stdin").format(
        table, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with conn.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _quarantine(
    conn: psycopg.Connection, load_id: int
) -> list[tuple[str, int, str, str, str, str]]:
    return conn.execute(
        "select file, line, column_name, code, reason, row_text from raw.quarantine"
        " where load_id = %s order by quarantine_id",
        [load_id],
    ).fetchall()
