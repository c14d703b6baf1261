"""Lands an extract in raw: append-only, one transaction, nothing added when nothing is new.

After landing, the visible rows of a source (latest version per key, not deleted) are exactly the
good rows of the extract. So a key that is missing, or whose row is quarantined, gets a tombstone:
what a run sees depends on the source as it is now, not on what was landed before.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from adapters.crm.columns import BY_NAME, TABLES, Table
from adapters.crm.extract import Extract, FileExtract, row_hash

NOT_THERE = "missing"  # file_sha256 of a load that only says that the whole file is gone
# Columns whose names raw needs for itself.
RENAMED = {("leads", "source"): "lead_source"}


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


@dataclass(frozen=True, slots=True)
class _Part:
    """The share of one file that goes into one raw table; rows are (key, hash, line, extra, values)."""

    table: sql.Identifier
    columns: tuple[str, ...]
    rows: Iterable[tuple[str, str, int, str | None, Sequence[str | None]]]


def land(conn: psycopg.Connection, extract: Extract, landed_at: datetime) -> Landing:
    """Append what is new, changed or gone since the source was landed last.

    landed_at: aware; becomes the version's time, by which replays choose what counts.
    Errors: psycopg.Error, with nothing landed.
    """
    with conn.transaction():
        # Two landings of one source at once would both find the same rows new.
        conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"land/{extract.source}"])
        files = [
            _land_file(conn, extract.source, table, extract.files.get(table.name), landed_at)
            for table in TABLES
            if table.name in extract.files or extract.full
        ]
    return Landing(extract.source, landed_at, tuple(file for file in files if file is not None))


def _land_file(
    conn: psycopg.Connection, source: str, table: Table, file: FileExtract | None, landed_at: datetime
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
    quarantine = [(bad.line, bad.column, bad.code, bad.reason, bad.row_text) for bad in file.bad]
    parts = list(_parts(file))
    counts = [_compare(conn, source, part, place) for place, part in enumerate(parts)]
    new, changed, deleted = counts[0]
    same_bytes = last is not None and last[1] == file.sha256
    if same_bytes and not any(map(any, counts)) and quarantine == _quarantine(conn, last[0]):
        load_id = None
    else:
        load_id = conn.execute(
            "insert into raw.loads (source, file, file_sha256, rows_read, rows_new, rows_changed,"
            " rows_deleted, rows_bad, landed_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " returning load_id",
            [source, table.file, file.sha256, file.rows_read, new, changed, deleted, len(file.bad), landed_at],
        ).fetchone()[0]
        for place, part in enumerate(parts):
            _append(conn, source, part, place, load_id, landed_at)
        with conn.cursor().copy(
            "copy raw.quarantine (load_id, source, file, line, column_name, code, reason, row_text,"
            " landed_at) from stdin"
        ) as copy:
            for bad in quarantine:
                copy.write_row((load_id, source, table.file, *bad, landed_at))
    for place in range(len(parts)):
        conn.execute(sql.SQL("drop table {}, {}").format(_incoming(place), _latest(place)))
    return FileLanding(table.file, load_id, file.rows_read, new, changed, deleted, len(file.bad))


def _parts(file: FileExtract) -> Iterator[_Part]:
    """The open columns of a file for raw, and its protected ones for raw_restricted."""
    table = BY_NAME[file.table]
    places = [table.names.index(name) for name in table.open_names]
    yield _Part(
        sql.Identifier("raw", table.name),
        tuple(RENAMED.get((table.name, name), name) for name in table.open_names),
        (
            (
                row.row_key,
                row.row_hash,
                row.line,
                json.dumps(row.extra, ensure_ascii=False, sort_keys=True) if row.extra else None,
                [row.values[place] for place in places],
            )
            for row in file.rows
        ),
    )
    if table.protected_names:
        protected = (*table.key, *table.protected_names)
        cells = [(row, [row.values[table.names.index(n)] for n in protected]) for row in file.rows]
        yield _Part(
            sql.Identifier("raw_restricted", f"{table.name}_protected"),
            protected,
            [
                (row.row_key, row_hash(dict(zip(protected, values, strict=True))), row.line, None, values)
                for row, values in cells
                if any(values[len(table.key) :])
            ],
        )


def _incoming(place: int) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"landing_incoming_{place}")


def _latest(place: int) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"landing_latest_{place}")


def _compare(conn: psycopg.Connection, source: str, part: _Part, place: int) -> tuple[int, int, int]:
    """Put the rows beside the latest versions; how many are new, changed, gone."""
    incoming, latest = _incoming(place), _latest(place)
    columns = sql.SQL(", ").join(map(sql.Identifier, part.columns))
    conn.execute(
        sql.SQL(
            "create temporary table {} as select row_key, row_hash, line, extra, {} from {} where false"
        ).format(incoming, columns, part.table)
    )
    with conn.cursor().copy(sql.SQL("copy {} from stdin").format(incoming)) as copy:
        for key, digest, line, extra, values in part.rows:
            copy.write_row((key, digest, line, extra, *values))
    conn.execute(
        sql.SQL(
            "create temporary table {} as select distinct on (row_key) row_key, row_hash, is_deleted"
            " from {} where source = {} order by row_key, load_id desc"
        ).format(latest, part.table, sql.Literal(source))
    )
    conn.execute(sql.SQL("analyze {}").format(incoming))
    conn.execute(sql.SQL("analyze {}").format(latest))
    return conn.execute(
        sql.SQL(
            "select count(*) filter (where i.row_key is not null and (l.row_key is null or l.is_deleted)),"
            " count(*) filter (where not l.is_deleted and i.row_hash <> l.row_hash),"
            " count(*) filter (where not l.is_deleted and i.row_key is null)"
            " from {} as i full join {} as l using (row_key)"
        ).format(incoming, latest)
    ).fetchone()


def _append(
    conn: psycopg.Connection, source: str, part: _Part, place: int, load_id: int, landed_at: datetime
) -> None:
    incoming, latest = _incoming(place), _latest(place)
    columns = sql.SQL(", ").join(map(sql.Identifier, part.columns))
    conn.execute(
        sql.SQL(
            "insert into {} (source, row_key, row_hash, load_id, line, is_deleted, landed_at, extra, {})"
            " select {}, i.row_key, i.row_hash, {}, i.line, false, {}, i.extra, {}"
            " from {} as i left join {} as l using (row_key)"
            " where l.row_key is null or l.is_deleted or l.row_hash <> i.row_hash order by i.line"
        ).format(
            part.table,
            columns,
            sql.Literal(source),
            sql.Literal(load_id),
            sql.Literal(landed_at),
            sql.SQL(", ").join(sql.Identifier("i", name) for name in part.columns),
            incoming,
            latest,
        )
    )
    conn.execute(
        sql.SQL(
            "insert into {} (source, row_key, row_hash, load_id, is_deleted, landed_at)"
            " select {}, l.row_key, l.row_hash, {}, true, {} from {} as l"
            " where not l.is_deleted"
            " and not exists (select from {} as i where i.row_key = l.row_key) order by l.row_key"
        ).format(
            part.table, sql.Literal(source), sql.Literal(load_id), sql.Literal(landed_at), latest, incoming
        )
    )


def _quarantine(conn: psycopg.Connection, load_id: int) -> list[tuple[int, str, str, str, str]]:
    return conn.execute(
        "select line, column_name, code, reason, row_text from raw.quarantine where load_id = %s"
        " order by quarantine_id",
        [load_id],
    ).fetchall()
