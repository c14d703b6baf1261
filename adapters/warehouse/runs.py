"""Runs as they are stored: what each was given, which stage it reached, what it decided.

Append-only (the database refuses updates), so a run can be read and rendered again years later.
Every function works inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from ledger.canonical import sha256_hex


@dataclass(frozen=True, slots=True)
class Run:
    """The head of a run: the week, the data and the policy it stands for."""

    run_key: str
    kind: str
    source: str
    as_of: datetime
    zone: str
    currency: str
    policy_id: str
    policy_version: str
    policy_sha256: str
    policy_text: str
    entropy: str
    is_synthetic: bool
    is_reconstructed: bool
    landed_until: datetime
    started_at: datetime


_RUN_COLUMNS = ", ".join(field.name for field in fields(Run))


def store_run(conn: psycopg.Connection, run: Run) -> None:
    """Insert the head of a new run."""
    marks = ", ".join(["%s"] * len(fields(Run)))
    conn.execute(
        f"insert into decisions.runs ({_RUN_COLUMNS}) values ({marks})",
        [getattr(run, field.name) for field in fields(Run)],
    )


def find_run(conn: psycopg.Connection, run_key: str) -> Run | None:
    """The run of this key, if it was started."""
    with conn.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(
            f"select {_RUN_COLUMNS} from decisions.runs where run_key = %s",
            (run_key,),
        ).fetchone()


def run_keys(conn: psycopg.Connection, stage: str) -> list[str]:
    """Keys of all runs that reached `stage`, oldest first."""
    found = conn.execute(
        "select run_key from decisions.stages where stage = %s order by reached_at, run_key",
        (stage,),
    )
    return [str(key) for (key,) in found]


def reached(conn: psycopg.Connection, run_key: str) -> dict[str, datetime]:
    """{stage: when} of a run; empty when it was never started."""
    found = conn.execute(
        "select stage, reached_at from decisions.stages where run_key = %s", (run_key,)
    )
    return {str(stage): at for stage, at in found}


def mark(conn: psycopg.Connection, run_key: str, stage: str, at: datetime) -> None:
    """Record that a stage is done, in the transaction that did it."""
    conn.execute(
        "insert into decisions.stages (run_key, stage, reached_at) values (%s, %s, %s)",
        (run_key, stage, at),
    )


def store_document(
    conn: psycopg.Connection, run_key: str, name: str, body: bytes, at: datetime
) -> str:
    """Keep a run's document under its name, once; its SHA-256."""
    digest = sha256_hex(body)
    conn.execute(
        "insert into decisions.documents (run_key, name, sha256, body, stored_at) "
        "values (%s, %s, %s, %s, %s)",
        (run_key, name, digest, body, at),
    )
    return digest


def document(conn: psycopg.Connection, run_key: str, name: str) -> bytes | None:
    """A run's document, byte for byte."""
    row = conn.execute(
        "select body from decisions.documents where run_key = %s and name = %s", (run_key, name)
    ).fetchone()
    return bytes(row[0]) if row else None


def store_verdict(
    conn: psycopg.Connection,
    run_key: str,
    door: str,
    is_ok: bool,
    body: Mapping[str, Any],
    at: datetime,
) -> None:
    """Keep a gate's verdict for ever, also when it stops the run."""
    conn.execute(
        "insert into decisions.verdicts (run_key, door, is_ok, body, checked_at) "
        "values (%s, %s, %s, %s, %s)",
        (run_key, door, is_ok, Jsonb(body, dumps=_dumps), at),
    )


def verdicts(conn: psycopg.Connection, run_key: str) -> list[dict[str, Any]]:
    """The newest verdict of each door of a run."""
    found = conn.execute(
        "select distinct on (door) body from decisions.verdicts where run_key = %s "
        "order by door, verdict_id desc",
        (run_key,),
    )
    return [dict(body) for (body,) in found]


def verdict_history(conn: psycopg.Connection, run: Run, limit: int) -> list[dict[str, Any]]:
    """The newest verdict of each door of this run and the `limit` of its kind before, oldest first.

    Rows that failed are left out: what past pages showed of them is theirs.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select distinct on (r.as_of, v.run_key, v.door) v.run_key as run, v.door, "
            "v.body ->> 'checked_at' as checked_at, "
            "(select coalesce(jsonb_agg(rule - 'failed_rows' order by place), '[]'::jsonb) from "
            "jsonb_array_elements(v.body -> 'rules') with ordinality as listed (rule, place)) "
            "as rules from decisions.verdicts v join decisions.runs r using (run_key) "
            "where r.run_key in (select run_key from decisions.runs where source = %(source)s "
            "and as_of <= %(as_of)s and kind = %(kind)s order by as_of desc limit %(limit)s) "
            "order by r.as_of, v.run_key, v.door, v.verdict_id desc",
            {"source": run.source, "as_of": run.as_of, "kind": run.kind, "limit": limit + 1},
        ).fetchall()


def store_decisions(
    conn: psycopg.Connection, run_key: str, decided: Iterable[Mapping[str, Any]]
) -> None:
    """COPY the decisions of a run: rows with the columns of decisions.decisions."""
    columns = ("lead_id", "rep_id", "band", "method", "reason", "rule_id", "share", "draw")
    statement = f"copy decisions.decisions (run_key, {', '.join(columns)}, co_owners) from stdin"
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in decided:
            copy.write_row(
                (run_key, *(row.get(column) for column in columns), Jsonb(row["co_owners"]))
            )


def decisions(conn: psycopg.Connection, run_key: str) -> list[dict[str, Any]]:
    """The decisions of a run by lead id."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select lead_id, rep_id, band, method, reason, rule_id, share, draw, co_owners "
            "from decisions.decisions where run_key = %s order by lead_id",
            (run_key,),
        ).fetchall()


def runs_of_quarter(conn: psycopg.Connection, run: Run) -> list[str]:
    """Keys of the decided runs of the same source and quarter before this one."""
    found = conn.execute(
        "select r.run_key from decisions.runs r join decisions.stages s using (run_key) "
        "where s.stage = 'decided' and r.source = %(source)s and r.as_of < %(as_of)s "
        "and date_trunc('quarter', r.as_of at time zone %(zone)s) "
        "= date_trunc('quarter', %(as_of)s at time zone %(zone)s) order by r.as_of",
        {"source": run.source, "as_of": run.as_of, "zone": run.zone},
    )
    return [str(key) for (key,) in found]


def store_effects(
    conn: psycopg.Connection,
    run_key: str,
    effects: Iterable[tuple[str, str, dict[str, Any]]],
    at: datetime,
) -> None:
    """Put effects (action, idempotency key, payload) into the outbox, each key once."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into decisions.outbox (run_key, action, idempotency_key, payload, created_at) "
            "values (%s, %s, %s, %s, %s) on conflict (idempotency_key) do nothing",
            [(run_key, action, key, Jsonb(payload), at) for action, key, payload in effects],
        )


def pending_effects(
    conn: psycopg.Connection, run_key: str, action: str
) -> list[tuple[int, str, dict[str, Any]]]:
    """(outbox id, idempotency key, payload) of effects that were not sent or parked yet."""
    found = conn.execute(
        "select o.outbox_id, o.idempotency_key, o.payload from decisions.outbox o "
        "where o.run_key = %s and o.action = %s and not exists (select 1 from "
        "decisions.outbox_events e where e.outbox_id = o.outbox_id "
        "and e.event in ('sent', 'parked')) order by o.outbox_id",
        (run_key, action),
    )
    return [(int(id_), str(key), dict(payload)) for id_, key, payload in found]


def store_effect_event(
    conn: psycopg.Connection, outbox_id: int, event: str, detail: str, at: datetime
) -> None:
    """Record what became of an effect: sent, failed (will be tried again) or parked."""
    conn.execute(
        "insert into decisions.outbox_events (outbox_id, event, detail, happened_at) "
        "values (%s, %s, %s, %s)",
        (outbox_id, event, detail, at),
    )


def _dumps(value: Any) -> str:
    # jsonb refuses NUL: text of bad rows may carry it, and the verdict must still be kept.
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "\\ufffd")
