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
    # What only decorates pages:
    "fct_lead_scores",
    "fct_score_periods",
    "fct_segment_benchmarks",
    "fct_capability_steps",
    "fct_capability_goals",
    "fct_capability_matrix_history",
    "dim_capability_issues",
    "fct_rep_capacity_history",
    "fct_stalled_opportunities",
    "fct_rep_absences",
    "fct_input_findings",
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
    """All rows of a mart if it shows this run, else none: for what only decorates a page.

    None either where the mart was never built; the caller's transaction goes on.
    """
    try:
        with conn.transaction():
            return rows(conn, mart, run_key)
    except (StaleMartError, psycopg.errors.UndefinedTable):
        return []


def grades(conn: psycopg.Connection, run_key: str) -> list[dict[str, Any]]:
    """The percent, grade and band of each score that a lead open for allocation has."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select distinct score, score_100, grade, band "
            "from marts.fct_lead_scores where run_key = %s and is_open_for_allocation "
            "order by score, band",
            (run_key,),
        ).fetchall()


def notes(conn: psycopg.Connection, mart: str, run_key: str) -> list[tuple[str, str, str]]:
    """(rep id, skill, people's own words) of the rows of a mart that have some."""
    query = sql.SQL(
        "select rep_id, skill, note from {} where run_key = %s and note is not null"
    ).format(sql.Identifier("marts", mart))
    return conn.execute(query, (run_key,)).fetchall()


def capacity_weeks(
    conn: psycopg.Connection, source: str, as_of: datetime, limit: int
) -> list[dict[str, Any]]:
    """Load by rep in the newest `limit` weeks of a source up to `as_of`, oldest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select * from marts.fct_rep_capacity_history where source = %(source)s "
            "and as_of_at <= %(as_of)s and run_key in (select run_key from "
            "marts.fct_rep_capacity_history where source = %(source)s and as_of_at <= %(as_of)s "
            "group by run_key order by max(as_of_at) desc limit %(limit)s) "
            "order by as_of_at, run_key, rep_id",
            {"source": source, "as_of": as_of, "limit": limit},
        ).fetchall()


def quarantine_sample(
    conn: psycopg.Connection, source: str, landed_until: datetime, limit: int = 50
) -> tuple[list[dict[str, Any]], int]:
    """The first bad rows (place and reason, no personal values), and how many there are.

    Those of each file's newest load: a row that was mended since is bad no more.
    """
    newest = (
        "load_id in (select max(load_id) from raw.loads where source = %s and landed_at <= %s"
        " group by file)"
    )
    with conn.cursor(row_factory=dict_row) as cursor:
        sample = cursor.execute(
            'select file, line, column_name as "column", code, reason from raw.quarantine '
            f"where {newest} order by quarantine_id limit %s",
            (source, landed_until, limit),
        ).fetchall()
    total = conn.execute(
        f"select count(*) from raw.quarantine where {newest}", (source, landed_until)
    ).fetchone()
    return sample, int(total[0]) if total else 0
