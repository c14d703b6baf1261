"""Appeals, reassignments and overrides: recorded with reasons, judged by the policy, logged.

The command line and the team's portal call the same functions. The log gets references and codes;
names and texts stay in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from adapters.warehouse import ledger_store, references, requests, runs
from adapters.warehouse.ledger_store import NewEntry
from adapters.warehouse.requests import NewRequest, StoredRequest
from adapters.warehouse.runs import Run
from allocation.policy import Policy, load_policy
from allocation.requests import (
    OTHER,
    Verdict,
    appeal_verdict,
    reason_of,
    reasons,
    reassignment_verdict,
)
from flows.errors import UsageError
from flows.hold_run import person_reference
from flows.stored import frozen_snapshot, log_time
from flows.working_days import work_days

LONGEST = 4_000
APPEAL_ANSWERS = ("upheld", "changed")
REASSIGNMENT_ANSWERS = ("granted", "declined")


@dataclass(frozen=True, slots=True)
class About:
    """The published decision that a request is about."""

    run: Run
    policy: Policy
    lead_id: str
    lead: str  # reference
    owner: str | None  # rep id, after what was moved since
    allocated_at: datetime


def about(conn: psycopg.Connection, run: Run, lead_id: str) -> About:
    """The decision on a lead. Errors: UsageError for one that is not published, or not there."""
    requests.lock(conn)
    stages = runs.reached(conn, run.run_key)
    if "published" not in stages:
        raise UsageError(f"run {run.run_key} is not published: hold, release or abort it instead")
    owners = requests.owners(conn, run.run_key)
    if lead_id not in owners:
        raise UsageError(f"lead {lead_id} was not decided in run {run.run_key}")
    lead = references.references(conn, run.source, "lead").get(lead_id)
    if lead is None:
        raise UsageError(f"the salt of lead {lead_id} was destroyed: nothing more is logged of it")
    return About(
        run, load_policy(run.policy_text), lead_id, lead, owners[lead_id], stages["published"]
    )


def file_appeal(
    conn: psycopg.Connection, case: About, rep_id: str, text: str, by: str, at: datetime
) -> int:
    """Any rep asks for a review of a decision; the request's number."""
    _in_time(case, at)
    verdict = appeal_verdict(case.policy, at, work_days(case.policy))
    return _file(conn, case, "appeal", rep_id, OTHER, text, by, at, verdict)


def file_reassignment(
    conn: psycopg.Connection,
    case: About,
    rep_id: str,
    reason: str,
    text: str,
    by: str,
    at: datetime,
) -> tuple[int, Verdict]:
    """The owner asks that a lead be moved; its number and what the policy says at once.

    Errors: UsageError for a rep who does not own the lead.
    """
    _in_time(case, at)
    if case.owner != rep_id:
        raise UsageError(f"lead {case.lead_id} belongs to {case.owner or 'nobody'}, not {rep_id}")
    known = reason_of(case.policy, reason)
    verdict = reassignment_verdict(
        case.policy,
        reason=known,
        allocated_at=case.allocated_at,
        filed_at=at,
        filed_before=requests.heard_in_quarter(conn, case.run.source, rep_id, at, case.run.zone),
        days=work_days(case.policy),
    )
    code = known.code if known else OTHER
    words = text or reason
    number = _file(conn, case, "reassignment", rep_id, code, words, by, at, verdict)
    if verdict.refusal:
        requests.store_answer(
            conn, number, answer="declined", code=verdict.refusal, text="", to_rep_id=None,
            by="policy", at=at, is_late=False,
        )  # fmt: skip
        log_step(conn, case, "reassignment", number, "declined", {"reason": verdict.refusal})
    return number, verdict


def override(
    conn: psycopg.Connection, case: About, to_rep_id: str, text: str, by: str, at: datetime
) -> int:
    """A manager's discretion: the lead moves now, counted and logged. Errors: UsageError."""
    _in_time(case, at)
    _written(text)
    rep = _new_owner(conn, case, to_rep_id)
    new = NewRequest(
        "override", case.run.run_key, case.run.source, case.lead_id, case.owner, to_rep_id,
        "discretion", text, by, at, None,
    )  # fmt: skip
    number = requests.store_request(conn, new)
    queue_owner(conn, case, number, to_rep_id, "override", at)
    more = {"reason": "discretion", "to": rep, "by": person_reference(conn, case.run.source, by)}
    log_step(conn, case, "override", number, "made", more | _from(conn, case))
    return number


def answer(
    conn: psycopg.Connection,
    number: int,
    *,
    given: str,
    text: str,
    by: str,
    to_rep_id: str | None,
    at: datetime,
) -> StoredRequest:
    """A person answers an open request; the request as it was. Errors: UsageError."""
    requests.lock(conn)
    request = requests.find_request(conn, number)
    if request is None:
        raise UsageError(f"there is no request {number}: see `fairlead request list`")
    allowed = APPEAL_ANSWERS if request.kind == "appeal" else REASSIGNMENT_ANSWERS
    if not request.is_open:
        raise UsageError(f"request {number} was answered already: {request.answer or 'override'}")
    if given not in allowed:
        raise UsageError(f"an answer to a request of this kind is one of {', '.join(allowed)}")
    _written(text)
    run = runs.find_run(conn, request.run_key)
    assert run is not None  # requests refer to runs
    case = about(conn, run, request.lead_id)
    moves = given in ("changed", "granted")
    if moves != (to_rep_id is not None):
        raise UsageError("--to REP says whose the lead is now; it goes with changed and granted")
    is_late = request.answer_due_at is not None and at > request.answer_due_at
    more = {
        "answer": given,
        "late": "yes" if is_late else "no",
        "by": person_reference(conn, run.source, by),
    }
    if to_rep_id is not None:
        more |= {"to": _new_owner(conn, case, to_rep_id)} | _from(conn, case)
        queue_owner(conn, case, number, to_rep_id, request.kind, at)
    requests.store_answer(
        conn, number, answer=given, code=given, text=text, to_rep_id=to_rep_id, by=by, at=at,
        is_late=is_late,
    )  # fmt: skip
    log_step(conn, case, request.kind, number, "answered", more)
    return request


def reason_lines(policy: Policy) -> list[str]:
    """The policy's reasons with their codes, for whoever has to choose one."""
    return [f"{reason.code}: {reason.en} / {reason.zh}" for reason in reasons(policy)]


def _file(
    conn: psycopg.Connection, case: About, kind: str, rep_id: str, code: str, text: str, by: str,
    at: datetime, verdict: Verdict,
) -> int:  # fmt: skip
    _written(text)
    new = NewRequest(
        kind, case.run.run_key, case.run.source, case.lead_id, rep_id, None, code, text, by, at,
        verdict.due,
    )  # fmt: skip
    number = requests.store_request(conn, new)
    rep = references.references(conn, case.run.source, "rep")[rep_id]
    log_step(conn, case, kind, number, "filed", {"rep": rep, "reason": code})
    return number


def _written(text: str) -> None:
    """Requests and answers are in writing. Errors: UsageError."""
    if not text.strip() or len(text) > LONGEST or "\0" in text:
        raise UsageError(f"--text: say it in words, {LONGEST} characters at most")


def _in_time(case: About, at: datetime) -> None:
    if at < case.allocated_at:
        raise UsageError(
            f"the decision was published at {case.allocated_at:%F %H:%M} UTC: nobody can have "
            "asked about it before"
        )


def _new_owner(conn: psycopg.Connection, case: About, rep_id: str) -> str:
    """The reference of a new owner who may have the lead at all. Errors: UsageError.

    Caps and stars are the manager's to weigh; a conflict, an absence or a no to contact are not.
    """
    rep = references.references(conn, case.run.source, "rep").get(rep_id, "")
    snapshot = frozen_snapshot(conn, case.run.run_key)
    found = next((one for one in snapshot.reps if one.ref == rep), None)
    lead = next(one for one in snapshot.leads if one.ref == case.lead)
    if found is None or found.active != "yes":
        raise UsageError(f"{rep_id} is no active rep of run {case.run.run_key}")
    if rep in lead.barred:
        raise UsageError(f"{rep_id} may not have this lead: conflict of interest, or recycled")
    if lead.do_not_contact == "yes":
        raise UsageError("the contact asked to be left alone: the lead goes to nobody")
    if rep_id == case.owner:
        raise UsageError(f"lead {case.lead_id} belongs to {rep_id} already")
    return rep


def _from(conn: psycopg.Connection, case: About) -> dict[str, str]:
    reps = references.references(conn, case.run.source, "rep")
    return {"from": reps[case.owner]} if case.owner in reps else {}


def queue_owner(
    conn: psycopg.Connection, case: About, number: int, rep_id: str, why: str, at: datetime
) -> None:
    """Queue the new owner for the CRM, once."""
    key = f"{case.lead_id}/{case.run.run_key}/crm_owner/{number}"
    payload = {"lead_id": case.lead_id, "owner_id": rep_id, "reason": why, "draw": None}
    runs.store_effects(conn, case.run.run_key, [("crm_owner", key, payload)], at)


def log_step(
    conn: psycopg.Connection, case: About, kind: str, number: int, step: str, more: dict[str, str]
) -> None:
    record = {"run": case.run.run_key, "request": number, "step": step, "lead": case.lead} | more
    ledger_store.append(conn, [NewEntry(kind, case.run.run_key, record)], log_time(conn))
