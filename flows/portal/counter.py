"""Where a rep asks about the decisions of a run: reviews, moves, claims, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from adapters.warehouse import marts, references, requests, runs
from adapters.warehouse.ledger_store import timestamp
from adapters.warehouse.requests import StoredRequest
from allocation.policy import load_policy
from allocation.requests import file_until
from flows import claims
from flows import requests as cases
from flows.clock import Clock
from flows.errors import UsageError
from flows.portal.connections import Connections
from flows.portal.desk import Refused
from flows.portal.links import ASK, Keys, Link
from flows.stored import log_time
from flows.working_days import is_guessed, work_days
from notifications.portal_requests import AskRecord, render_requests, spoken
from notifications.record import REHEARSAL, Language

LONGEST = 1_000  # characters of a reason from the phone


class Counter:
    """Everything behind the addresses of requests; safe for many threads."""

    def __init__(self, connections: Connections, keys: Keys, clock: Clock) -> None:
        self._connections, self._keys, self._clock = connections, keys, clock

    def page(self, token: str, language: Language, done: int | None = None) -> str:
        """The page behind a link; done: the request just filed. Errors: Refused."""
        link = self._link(token)
        with self._connections.transaction() as conn:
            run, rep_id = _whose(conn, link)
            record = _record(conn, run, rep_id)
        form = self._keys.form(token)
        return render_requests(record, language, token=token, form=form, done=done)

    def file(self, token: str, kind: str, fields: Mapping[str, str]) -> int:
        """File an appeal, a reassignment or a claim of this link's rep; its number.

        Errors: Refused; nothing was recorded then.
        """
        link = self._link(token)
        if not self._keys.is_form(token, fields.get("form", "")):
            raise Refused("form")
        text = fields.get("text", "").strip()
        if len(text) > LONGEST or (kind == "appeal" and not text):
            raise Refused("ask_text")
        with self._connections.transaction() as conn:
            run, rep_id = _whose(conn, link)
            try:
                return _file(conn, run, rep_id, kind, fields.get("lead", ""), text, fields)
            except UsageError as error:
                raise Refused("ask_claim" if kind == "claim" else "ask_refused") from error

    def _link(self, token: str) -> Link:
        link = self._keys.read(token, self._clock.now())
        if link is None or link.purpose != ASK:
            raise Refused("unknown")
        return link


def _whose(conn: psycopg.Connection, link: Link) -> tuple[runs.Run, str]:
    """The published run of a link and its rep's id. Errors: Refused."""
    run = runs.find_run(conn, link.draw)
    if run is None or "published" not in runs.reached(conn, run.run_key):
        raise Refused("unknown")
    reps = references.ids_by_reference(references.references(conn, run.source, "rep"))
    if link.entrant not in reps:
        raise Refused("unknown")
    return run, reps[link.entrant]


def _file(
    conn: psycopg.Connection, run: runs.Run, rep_id: str, kind: str, lead: str, text: str,
    fields: Mapping[str, str],
) -> int:  # fmt: skip
    case = cases.about(conn, run, lead.strip())  # holds the lock: a double tap files one
    at = log_time(conn)
    mine = [
        one
        for one in requests.requests_of_lead(conn, run.run_key, case.lead_id)
        if one.rep_id == rep_id
        and one.kind == kind
        and (one.is_open or (kind == "claim" and case.owner == rep_id))
    ]
    if mine:
        return mine[-1].request_id
    if kind == "appeal":
        return cases.file_appeal(conn, case, rep_id, text, rep_id, at)
    if kind == "reassignment":
        reason = fields.get("reason", "")
        if not (reason or text):
            raise Refused("ask_text")
        number, _ = cases.file_reassignment(
            conn,
            case,
            rep_id,
            reason or text,
            text or spoken(case.policy).get(reason, reason),
            rep_id,
            at,
        )
        return number
    return claims.claim(conn, case, rep_id, rep_id, at)


def _record(conn: psycopg.Connection, run: runs.Run, rep_id: str) -> AskRecord:
    policy, now = load_policy(run.policy_text), log_time(conn)
    days, published = work_days(policy), runs.reached(conn, run.run_key)["published"]
    until = file_until(policy, published, days)
    filed = requests.requests_of_rep(conn, run.run_key, rep_id)
    decided = {row["lead_id"]: row for row in runs.decisions(conn, run.run_key)}
    owners = requests.owners(conn, run.run_key)
    companies = _mart(conn, "fct_allocation_leads", "lead_id", "company", run.run_key)
    names = _mart(conn, "dim_reps", "rep_id", "name", run.run_key)
    shown = [lead for lead, row in decided.items() if row["reason"] != "do_not_contact"]
    mine = [lead for lead in shown if owners[lead] == rep_id]
    moved = {lead for lead in mine if decided[lead]["rep_id"] != rep_id}
    heard = requests.heard_in_quarter(conn, run.source, rep_id, now, run.zone)
    return AskRecord(
        run=run.run_key,
        zone=run.zone,
        synthetic=run.is_synthetic,
        rehearsal=run.kind == REHEARSAL,
        name=names.get(rep_id, rep_id),
        policy=policy,
        leads={
            lead: {
                **decided[lead],
                "company": companies.get(lead, ""),
                "came": _came(decided[lead]) if lead in moved else "",
            }
            for lead in shown
        },
        mine=mine,
        until=timestamp(until),
        is_late=now > until,
        moves_left=max(0, policy.reassignment.per_rep_and_quarter - heard),
        guessed_year=now.year if is_guessed(policy, now.year) else 0,
        offers=[
            {"lead": offer.lead_id, "left": offer.left}
            for offer in claims.offers(conn, run, rep_id, now)
        ],
        requests=[_request(one) for one in reversed(filed)],
    )


def _came(decision: Mapping[str, Any]) -> str:
    """How somebody got a lead that the run did not give them."""
    return "claimed" if decision["reason"] == "claimable" else "moved"


def _request(one: StoredRequest) -> dict[str, Any]:
    return {
        "number": one.request_id, "kind": one.kind, "lead": one.lead_id,
        "reason": one.reason_code, "text": one.reason_text, "filed": timestamp(one.filed_at),
        "due": _stamp(one.answer_due_at), "answer": one.answer or "",
        "code": one.answer_code or "", "answer_text": one.answer_text or "",
        "answered": _stamp(one.answered_at), "by": one.answered_by or "",
    }  # fmt: skip


def _stamp(at: datetime | None) -> str:
    return timestamp(at) if at is not None else ""


def _mart(conn: psycopg.Connection, mart: str, key: str, value: str, run: str) -> dict[str, str]:
    """What only decorates the page; nothing when the models show another week."""
    rows = marts.rows_if_current(conn, mart, run)
    return {row[key]: str(row[value]) for row in rows if row.get(value)}
