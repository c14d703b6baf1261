"""Telling dbt which run it builds for: one row of context and the policy's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class RunContext:
    """One run as the models see it; rows landed up to `landed_until` count."""

    run_key: str
    run_kind: str
    as_of: datetime
    as_of_date: date
    landed_until: datetime
    zone: str
    currency: str
    policy_sha256: str
    source: str


def write_run_context(conn: psycopg.Connection, context: RunContext) -> None:
    """Replace the one row of raw.run_context."""
    conn.execute("delete from raw.run_context")
    conn.execute(
        "insert into raw.run_context (run_key, run_kind, as_of, as_of_date, landed_until, zone, "
        "currency, policy_sha256, source) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            context.run_key,
            context.run_kind,
            context.as_of,
            context.as_of_date,
            context.landed_until,
            context.zone,
            context.currency,
            context.policy_sha256,
            context.source,
        ),
    )


def current_context(conn: psycopg.Connection) -> RunContext | None:
    """What the marts were built for last; None before the first build."""
    with conn.cursor(row_factory=class_row(RunContext)) as cursor:
        return cursor.execute(
            "select run_key, run_kind, as_of, as_of_date, landed_until, zone, currency, "
            "policy_sha256, source from raw.run_context"
        ).fetchone()


def write_policy_tables(
    conn: psycopg.Connection, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Land a policy's numbers; the same policy text lands once.

    tables: {"policy_tiers": [{"policy_sha256": …, column: value}, …], …}, names in schema raw.
    """
    for name, table_rows in tables.items():
        if not table_rows:
            continue
        columns = list(table_rows[0])
        statement = sql.SQL("insert into {} ({}) values ({}) on conflict do nothing").format(
            sql.Identifier("raw", name.removeprefix("raw.")),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        )
        with conn.cursor() as cursor:
            cursor.executemany(statement, [[row[c] for c in columns] for row in table_rows])


def first_landing(conn: psycopg.Connection, source: str) -> datetime | None:
    """When the first load of a source landed: weeks before it can only be reconstructed."""
    row = conn.execute(
        "select min(landed_at) from raw.loads where source = %s", (source,)
    ).fetchone()
    return row[0] if row else None


def loads_until(
    conn: psycopg.Connection, source: str, landed_until: datetime
) -> list[dict[str, Any]]:
    """The newest load of each file that a run sees: [{"source","file","sha256","rows"}]."""
    found = conn.execute(
        "select distinct on (file) source, file, file_sha256, rows_read from raw.loads "
        "where source = %s and landed_at <= %s order by file, load_id desc",
        (source, landed_until),
    )
    return [{"source": s, "file": f, "sha256": h, "rows": n} for s, f, h, n in found]
