"""Rows of a source as landed: for looking back, before any policy or at what became of leads.

Everything that allocates reads contracted marts; this is for reports (baseline, pilot, simulation).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg import sql

SCHEMA = {"reps_protected": "raw_restricted"}  # everything else is in raw
Row = dict[str, str]


def landed_sources(conn: psycopg.Connection) -> dict[str, datetime]:
    """{source: when it was landed last}."""
    found = conn.execute("select source, max(landed_at) from raw.loads group by source")
    return {str(source): at for source, at in found}


def visible_rows(
    conn: psycopg.Connection,
    source: str,
    table: str,
    columns: Sequence[str],
    until: datetime | None = None,
) -> list[Row]:
    """The latest version of every row that is not deleted, as text; unknown cells left out.

    until: only what had landed by then.
    """
    statement = sql.SQL(
        "select {} from (select distinct on (row_key) * from {} where source = %(source)s "
        "and (%(until)s::timestamptz is null or landed_at <= %(until)s) "
        "order by row_key, load_id desc) as latest where not is_deleted order by row_key"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(SCHEMA.get(table, "raw"), table),
    )
    rows = conn.execute(statement, {"source": source, "until": until})
    return [
        {name: cell for name, cell in zip(columns, row, strict=True) if cell not in (None, "")}
        for row in rows
    ]
