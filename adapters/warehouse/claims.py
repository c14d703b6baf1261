"""Claims that were made: requests that give a lead to whoever came first.

Functions work in the caller's transaction; writers hold the lock of `requests.lock`, so that a
claim is either before a run's freeze and counted by it, or after it and refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim; is_counted: the carried state of a decided run has it already."""

    request_id: int
    run_key: str
    lead_id: str
    rep_id: str
    band: str
    filed_at: datetime
    is_counted: bool


_SELECT = """
select q.request_id, q.run_key, q.lead_id, q.to_rep_id as rep_id, d.band, q.filed_at,
    exists (
        select 1 from decisions.claims_counted c
        join decisions.stages s on s.run_key = c.run_key and s.stage = 'decided'
        where c.request_id = q.request_id
    ) as is_counted
from decisions.requests q join decisions.runs r using (run_key)
join decisions.decisions d using (run_key, lead_id)
where q.kind = 'claim'
"""


def claims_before(conn: psycopg.Connection, source: str, as_of: datetime) -> list[Claim]:
    """The claims on leads that runs of a source before `as_of` offered, in order."""
    with conn.cursor(row_factory=class_row(Claim)) as cursor:
        return cursor.execute(
            f"{_SELECT} and r.source = %s and r.as_of < %s order by q.request_id", (source, as_of)
        ).fetchall()


def claims_of(conn: psycopg.Connection, run_key: str) -> list[Claim]:
    """The claims on a run's leads, in order."""
    with conn.cursor(row_factory=class_row(Claim)) as cursor:
        return cursor.execute(
            f"{_SELECT} and q.run_key = %s order by q.request_id", (run_key,)
        ).fetchall()


def claimed_in_month(
    conn: psycopg.Connection, source: str, at: datetime, zone: str
) -> dict[str, int]:
    """{rep id: claims} of the calendar month of `at` in a zone."""
    rows = conn.execute(
        "select to_rep_id, count(*) from decisions.requests where kind = 'claim' "
        "and source = %(source)s and date_trunc('month', filed_at at time zone %(zone)s) "
        "= date_trunc('month', %(at)s at time zone %(zone)s) group by to_rep_id",
        {"source": source, "at": at, "zone": zone},
    )
    return {str(rep): int(count) for rep, count in rows}


def count_claims(conn: psycopg.Connection, run_key: str, request_ids: Iterable[int]) -> None:
    """Record that a run's carried state counts these claims; it holds once the run is decided."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into decisions.claims_counted (run_key, request_id) values (%s, %s)",
            [(run_key, request_id) for request_id in request_ids],
        )


def decided_after(conn: psycopg.Connection, source: str, as_of: datetime) -> set[str]:
    """Ids of the leads that runs of a source for a later instant decided."""
    rows = conn.execute(
        "select distinct d.lead_id from decisions.decisions d "
        "join decisions.runs r using (run_key) where r.source = %s and r.as_of > %s",
        (source, as_of),
    )
    return {str(lead) for (lead,) in rows}
