"""Runs whose carried state is one chain: who goes on from whom, decided by the database.

For policies with intake runs (docs/decisions/0010). Functions work in the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime

import psycopg


def take_turn(conn: psycopg.Connection, source: str) -> None:
    """Let one transaction at a time freeze or decide a run of this source."""
    conn.execute(
        "select pg_advisory_xact_lock(hashtext('fairlead chain'), hashtext(%s))", (source,)
    )


def undecided(conn: psycopg.Connection, source: str, after: datetime | None = None) -> list[str]:
    """Keys of the source's runs that are frozen and neither decided nor aborted, oldest first.

    after: only runs for a later instant.
    """
    found = conn.execute(
        "select r.run_key from decisions.runs r join decisions.stages s using (run_key) "
        "where r.source = %(source)s and s.stage = 'frozen' "
        "and (%(after)s::timestamptz is null or r.as_of > %(after)s) and not exists (select 1 from "
        "decisions.stages d where d.run_key = r.run_key and d.stage = 'decided') "
        "and not exists (select 1 from decisions.run_actions a where a.run_key = r.run_key "
        "and a.action = 'aborted') order by r.as_of",
        {"source": source, "after": after},
    )
    return [str(key) for (key,) in found]


def last_decided(conn: psycopg.Connection, source: str) -> tuple[str, datetime] | None:
    """(key, instant) of the source's latest decided run: whose state the next one continues."""
    row = conn.execute(
        "select r.run_key, r.as_of from decisions.runs r join decisions.stages s using (run_key) "
        "where r.source = %s and s.stage = 'decided' order by r.as_of desc limit 1",
        (source,),
    ).fetchone()
    return (str(row[0]), row[1]) if row else None


def link(conn: psycopg.Connection, source: str, continues: str, run_key: str) -> bool:
    """Record whose state a run went on from ("" for none); False if another run did already."""
    made = conn.execute(
        "insert into decisions.chain (source, continues, run_key) values (%s, %s, %s) "
        "on conflict do nothing",
        (source, continues, run_key),
    )
    return made.rowcount == 1
