"""Reading the contracted marts: the only tables that Python takes facts from.

A failed dbt test leaves an older mart in place, so every read checks the run key it was built for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from adapters.warehouse.address import WarehouseError

CONTRACTED = (
    "fct_allocation_leads",
    "dim_reps",
    "fct_rep_capacity",
    "fct_rep_capability",
    "fct_source_quality",
)


class StaleMartError(WarehouseError):
    """A mart was built for another run: it must never allocate today's leads."""


def rows(conn: psycopg.Connection, mart: str, run_key: str) -> list[dict[str, Any]]:
    """All rows of a mart as {column: value}. Errors: StaleMartError."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            sql.SQL("select * from {}").format(sql.Identifier("marts", mart))
        ).fetchall()
    strangers = {row["run_key"] for row in found} - {run_key}
    if strangers:
        raise StaleMartError(
            f"marts.{mart} was built for run {', '.join(sorted(map(str, strangers)))}, "
            f"not for {run_key}: build the models again"
        )
    return found


def rows_if_current(conn: psycopg.Connection, mart: str, run_key: str) -> list[dict[str, Any]]:
    """All rows of a mart if it shows this run, else none: for what only decorates a page."""
    try:
        return rows(conn, mart, run_key)
    except StaleMartError:
        return []


def quarantine_sample(
    conn: psycopg.Connection, source: str, landed_until: datetime, limit: int = 50
) -> tuple[list[dict[str, Any]], int]:
    """The first bad rows (place and reason, no personal values), and how many there are."""
    with conn.cursor(row_factory=dict_row) as cursor:
        sample = cursor.execute(
            'select file, line, column_name as "column", code, reason from raw.quarantine '
            "where source = %s and landed_at <= %s order by quarantine_id limit %s",
            (source, landed_until, limit),
        ).fetchall()
    total = conn.execute(
        "select count(*) from raw.quarantine where source = %s and landed_at <= %s",
        (source, landed_until),
    ).fetchone()
    return sample, int(total[0]) if total else 0
