"""Runs that wait for a person: held before anything leaves, then released or aborted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg
from psycopg.rows import class_row

Action = Literal["held", "released", "aborted"]


@dataclass(frozen=True, slots=True)
class RunAction:
    """What a named person did with a run."""

    action: Action
    by_name: str
    reason: str
    happened_at: datetime


def lock_run(conn: psycopg.Connection, run_key: str) -> None:
    """Until the transaction ends nobody else decides, releases or aborts this run."""
    conn.execute(
        "select pg_advisory_xact_lock(hashtext('fairlead hold'), hashtext(%s))", (run_key,)
    )


def store_action(
    conn: psycopg.Connection, run_key: str, action: Action, by_name: str, reason: str, at: datetime
) -> None:
    """Record who did what with a run, in the transaction that did it."""
    conn.execute(
        "insert into decisions.run_actions (run_key, action, by_name, reason, happened_at) "
        "values (%s, %s, %s, %s, %s)",
        (run_key, action, by_name, reason, at),
    )


def last_action(conn: psycopg.Connection, run_key: str) -> RunAction | None:
    """How the run stands: the last thing done with it; None while nobody held it."""
    with conn.cursor(row_factory=class_row(RunAction)) as cursor:
        return cursor.execute(
            "select action, by_name, reason, happened_at from decisions.run_actions "
            "where run_key = %s order by action_id desc limit 1",
            (run_key,),
        ).fetchone()
