"""Requests about decisions and their answers: append-only, with the names and texts of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

ASKING = ("appeal", "reassignment")  # kinds that wait for an answer; the others are done at once


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody asks for. reason_code is what the log says; texts stay in the database."""

    kind: str
    run_key: str
    source: str
    lead_id: str
    rep_id: str | None
    to_rep_id: str | None
    reason_code: str
    reason_text: str
    filed_by: str
    filed_at: datetime
    answer_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request with its answer; the answer's parts are None while it is open."""

    request_id: int
    kind: str
    run_key: str
    source: str
    lead_id: str
    rep_id: str | None
    to_rep_id: str | None
    reason_code: str
    reason_text: str
    filed_by: str
    filed_at: datetime
    answer_due_at: datetime | None
    answer: str | None
    answer_code: str | None
    answer_text: str | None
    answered_to: str | None
    answered_by: str | None
    answered_at: datetime | None
    is_late: bool | None

    @property
    def is_open(self) -> bool:
        return self.kind in ASKING and self.answer is None


_SELECT = """
select r.request_id, r.kind, r.run_key, r.source, r.lead_id, r.rep_id, r.to_rep_id, r.reason_code,
    r.reason_text, r.filed_by, r.filed_at, r.answer_due_at, a.answer, a.reason_code as answer_code,
    a.answer_text, a.to_rep_id as answered_to, a.answered_by, a.answered_at, a.is_late
from decisions.requests r left join decisions.request_answers a using (request_id)
"""


def lock(conn: psycopg.Connection) -> None:
    """One request or answer at a time, so that counting and deciding see the same rows."""
    conn.execute("select pg_advisory_xact_lock(hashtext('fairlead requests'))")


def store_request(conn: psycopg.Connection, new: NewRequest) -> int:
    """Keep a request; its number."""
    row = conn.execute(
        "insert into decisions.requests (kind, run_key, source, lead_id, rep_id, to_rep_id, "
        "reason_code, reason_text, filed_by, filed_at, answer_due_at) "
        "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning request_id",
        (
            new.kind, new.run_key, new.source, new.lead_id, new.rep_id, new.to_rep_id,
            new.reason_code, new.reason_text, new.filed_by, new.filed_at, new.answer_due_at,
        ),
    ).fetchone()  # fmt: skip
    assert row is not None  # returned by the insert
    return int(row[0])


def store_answer(
    conn: psycopg.Connection,
    request_id: int,
    *,
    answer: str,
    code: str,
    text: str,
    to_rep_id: str | None,
    by: str,
    at: datetime,
    is_late: bool,
) -> None:
    """Keep the one answer of a request; a second one is refused by the key."""
    conn.execute(
        "insert into decisions.request_answers (request_id, answer, reason_code, answer_text, "
        "to_rep_id, answered_by, answered_at, is_late) values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (request_id, answer, code, text, to_rep_id, by, at, is_late),
    )


def find_request(conn: psycopg.Connection, request_id: int) -> StoredRequest | None:
    """One request with its answer."""
    with conn.cursor(row_factory=class_row(StoredRequest)) as cursor:
        return cursor.execute(f"{_SELECT} where r.request_id = %s", (request_id,)).fetchone()


def requests_between(
    conn: psycopg.Connection, start: datetime, end: datetime
) -> list[StoredRequest]:
    """Requests filed from `start` up to `end`, and older ones still open, in order."""
    with conn.cursor(row_factory=class_row(StoredRequest)) as cursor:
        return cursor.execute(
            f"{_SELECT} where r.filed_at < %(end)s and (r.filed_at >= %(start)s "
            "or (a.request_id is null and r.kind = any(%(asking)s))) order by r.request_id",
            {"start": start, "end": end, "asking": list(ASKING)},
        ).fetchall()


def requests_of_source(conn: psycopg.Connection, source: str) -> list[StoredRequest]:
    """Every request about a source's leads, in order."""
    with conn.cursor(row_factory=class_row(StoredRequest)) as cursor:
        return cursor.execute(
            f"{_SELECT} where r.source = %s order by r.request_id", (source,)
        ).fetchall()


def exceptions_given(
    conn: psycopg.Connection, source: str
) -> list[tuple[str, datetime, str, str, str]]:
    """(run key, as of, lead id, rep id, rule) of leads that decided runs gave by an exception."""
    return conn.execute(
        "select d.run_key, r.as_of, d.lead_id, d.rep_id, d.rule_id from decisions.decisions d "
        "join decisions.runs r using (run_key) join decisions.stages s using (run_key) "
        "where r.source = %s and s.stage = 'decided' and d.method = 'exception' "
        "and d.rep_id is not null order by r.as_of, d.lead_id",
        (source,),
    ).fetchall()


def owners(conn: psycopg.Connection, run_key: str) -> dict[str, str | None]:
    """{lead id: rep id} of a decided run's leads, as requests moved them since."""
    rows = conn.execute(
        "select lead_id, rep_id from decisions.standing where run_key = %s", (run_key,)
    )
    return dict(rows.fetchall())


def requests_of_rep(conn: psycopg.Connection, run_key: str, rep_id: str) -> list[StoredRequest]:
    """What a rep asked about a run's decisions, claims too, and overrides of their leads."""
    with conn.cursor(row_factory=class_row(StoredRequest)) as cursor:
        return cursor.execute(
            f"{_SELECT} where r.run_key = %s and r.rep_id = %s order by r.request_id",
            (run_key, rep_id),
        ).fetchall()


def requests_of_lead(conn: psycopg.Connection, run_key: str, lead_id: str) -> list[StoredRequest]:
    """Everything asked about one decision, in order."""
    with conn.cursor(row_factory=class_row(StoredRequest)) as cursor:
        return cursor.execute(
            f"{_SELECT} where r.run_key = %s and r.lead_id = %s order by r.request_id",
            (run_key, lead_id),
        ).fetchall()


def heard_in_quarter(
    conn: psycopg.Connection, source: str, rep_id: str, at: datetime, zone: str
) -> int:
    """How many reassignments the rep filed in the quarter of `at`; late ones do not count."""
    row = conn.execute(
        "select count(*) from decisions.requests r "
        "left join decisions.request_answers a using (request_id) "
        "where r.kind = 'reassignment' and r.source = %(source)s and r.rep_id = %(rep)s "
        "and coalesce(a.reason_code, '') not in ('late', 'too_many') "
        "and date_trunc('quarter', r.filed_at at time zone %(zone)s) "
        "= date_trunc('quarter', %(at)s at time zone %(zone)s)",
        {"source": source, "rep": rep_id, "at": at, "zone": zone},
    ).fetchone()
    return int(row[0]) if row else 0
