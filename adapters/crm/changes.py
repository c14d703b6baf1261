"""What of an extract differs from the latest versions in raw; reads only."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from adapters.crm.columns import BY_NAME
from adapters.crm.extract import FileExtract, hash_prefix, row_hash

# Columns whose names raw needs for itself.
RENAMED = {("leads", "source"): "lead_source"}

RawRow = tuple[str, str, int, str | None, Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Part:
    """What of one file goes into one raw table; rows are (key, hash, line, extra, values)."""

    table: sql.Identifier
    columns: tuple[str, ...]
    rows: Iterable[RawRow]


@dataclass(frozen=True, slots=True)
class Changes:
    """What one landing appends to one raw table; `deleted` are (key, last hash)."""

    part: Part
    append: list[RawRow]
    new: int
    changed: int
    deleted: list[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        return not (self.append or self.deleted)


def parts(file: FileExtract) -> Iterator[Part]:
    """The open columns of a file for raw, and its protected ones for raw_restricted."""
    table = BY_NAME[file.table]
    places = [table.names.index(name) for name in table.open_names]
    yield Part(
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
        prefixes = [hash_prefix(name) for name in protected]
        cells = [(row, [row.values[table.names.index(n)] for n in protected]) for row in file.rows]
        yield Part(
            sql.Identifier("raw_restricted", f"{table.name}_protected"),
            protected,
            [
                (row.row_key, row_hash(zip(prefixes, values, strict=True)), row.line, None, values)
                for row, values in cells
                if any(values[len(table.key) :])
            ],
        )


def changes_of(conn: psycopg.Connection, source: str, part: Part) -> Changes:
    """What of the rows differs from the latest version of each key, without writing anything."""
    latest: dict[str, str | None] = dict(
        conn.execute(
            sql.SQL(
                "select distinct on (row_key) row_key,"
                " case when is_deleted then null else row_hash end"
                " from {} where source = %s order by row_key, load_id desc"
            ).format(part.table),
            [source],
        )
    )
    append, new, changed = [], 0, 0
    for row in part.rows:
        before = latest.pop(row[0], None)
        if before == row[1]:
            continue
        new, changed = (new + 1, changed) if before is None else (new, changed + 1)
        append.append(row)
    deleted = sorted((key, digest) for key, digest in latest.items() if digest is not None)
    return Changes(part, append, new, changed, deleted)
