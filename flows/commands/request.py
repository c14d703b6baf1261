"""What `fairlead request` and `fairlead answer` say and do at the terminal."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import typer

from adapters.warehouse import references, requests
from adapters.warehouse.received import runs_of_lead
from adapters.warehouse.requests import StoredRequest
from adapters.warehouse.runs import Run
from flows import claims
from flows import requests as cases
from flows.business_week import local_instant
from flows.clock import RealClock, SystemDice
from flows.commands.why import found_reference
from flows.errors import UsageError
from flows.portal.links import ask_address, portal_keys
from flows.stored import chosen_run, frozen_snapshot, initialised_home, log_time
from flows.terminal import print_table

COUNTING = {
    "hours": "by the clock",
    "working_days": "working days count",
    "working_hours": "working hours count",
}
POOL_COLUMNS = ("lead", "band", "rule")
COLUMNS = ("#", "kind", "filed", "run", "lead", "rep", "reason", "answer", "in time")


def file_request(
    kind: str, lead: str, rep: str, reason: str, text: str, by: str, run_key: str, at: str
) -> None:
    """Record a request and say its number and what the policy makes of it. Errors: UsageError."""
    with initialised_home().database().connect() as conn:
        key = run_key or next(reversed(runs_of_lead(conn, lead)), "")
        run = chosen_run(conn, key)
        lead_id = _id(conn, run, "lead", lead)
        rep_id = _id(conn, run, "rep", rep)
        case = cases.about(conn, run, lead_id)
        when = _instant(conn, at)
        if kind == "override":
            number = cases.override(conn, case, rep_id, text, by.strip() or _nobody(), when)
            typer.echo(f"override {number}: lead {lead_id} goes from {case.owner} to {rep_id}")
        elif kind == "appeal":
            number = cases.file_appeal(conn, case, rep_id, text, by.strip() or rep_id, when)
            rule, filed = case.policy.appeal, requests.find_request(conn, number)
            until = _until(filed.answer_due_at if filed else None, run.zone)
            typer.echo(
                f"appeal {number} on lead {lead_id}: a manager answers within "
                f"{rule.answer_within_h} h ({COUNTING[rule.answer_counts]}), until {until}"
            )
        else:
            number, verdict = cases.file_reassignment(
                conn, case, rep_id, reason, text, by.strip() or rep_id, when
            )
            typer.echo(_reassignment_said(case, number, verdict.refusal, verdict.due))


def answer_request(number: int, given: str, by: str, text: str, to: str, at: str) -> None:
    """Record a person's answer. Errors: UsageError."""
    with initialised_home().database().connect() as conn:
        request = requests.find_request(conn, number)
        to_rep = None
        if to and request is not None:
            to_rep = _id(conn, chosen_run(conn, request.run_key), "rep", to)
        cases.answer(
            conn, number, given=given, text=text, by=by.strip() or _nobody(), to_rep_id=to_rep,
            at=_instant(conn, at),
        )  # fmt: skip
        stored = requests.find_request(conn, number)
    assert stored is not None  # answered above
    late = " (late)" if stored.is_late else ""
    moved = f"; the lead goes to {stored.answered_to}" if stored.answered_to else ""
    typer.echo(f"{stored.kind} {number} is {stored.answer}{late}{moved}")


def claim_lead(lead: str, rep: str, by: str, run_key: str) -> None:
    """A rep takes a lead from the pool, if nobody was faster. Errors: UsageError."""
    with initialised_home().database().connect() as conn:
        run = chosen_run(conn, run_key or next(reversed(runs_of_lead(conn, lead)), ""))
        case = cases.about(conn, run, _id(conn, run, "lead", lead))
        rep_id = _id(conn, run, "rep", rep)
        number = claims.claim(conn, case, rep_id, by.strip() or rep_id, log_time(conn))
    typer.echo(f"claim {number}: lead {case.lead_id} is {rep_id}'s")


def print_pool(rep: str, run_key: str) -> None:
    """What a rep may claim now of a run's leads, the last run's unless one is named."""
    with initialised_home().database().connect() as conn:
        run = chosen_run(conn, run_key, "published")
        rep_id = _id(conn, run, "rep", rep)
        found = claims.offers(conn, run, rep_id, log_time(conn))
    if not found:
        typer.echo(f"{run.run_key}: nothing that {rep_id} may claim")
        return
    rows = [(one.lead_id, one.band, one.rule) for one in found]
    print_table(f"{run.run_key}: {rep_id} may claim {found[0].left} more", POOL_COLUMNS, rows)


def print_links(run_key: str) -> None:
    """A link for each active rep of a published run: it is the key to asking in their name."""
    home = initialised_home()
    keys = portal_keys(home.key_file.parent, SystemDice())
    with home.database().connect() as conn:
        run = chosen_run(conn, run_key, "published")
        snapshot = frozen_snapshot(conn, run.run_key)
        ids = references.ids_by_reference(references.references(conn, run.source, "rep"))
    for rep in snapshot.reps:
        if rep.active == "yes" and rep.role != "MANAGER" and rep.ref in ids:
            link = ask_address(home.settings.portal_url, keys, run.run_key, rep.ref, run.as_of)
            typer.echo(f"{ids[rep.ref]}\t{link}")


def print_month(month: str) -> None:
    """The monthly list: every request of the month, and older ones still open."""
    with initialised_home().database().connect() as conn:
        zone = chosen_run(conn, "").zone
        now = RealClock().now()
        month = month or f"{now.astimezone(ZoneInfo(zone)):%Y-%m}"
        found = requests.requests_between(conn, *_bounds(month, zone))
    print_table(f"{month} ({zone})", COLUMNS, [_row(one, zone, now) for one in found])
    counted = Counter(
        (one.kind, one.answer or "open") for one in found if one.kind in requests.ASKING
    )
    done = Counter(one.kind for one in found)
    parts = [f"{kind} {state}: {n}" for (kind, state), n in sorted(counted.items())]
    parts += [f"overrides: {done['override']}", f"claims: {done['claim']}"]
    typer.echo("\n" + "; ".join(parts))


def _row(one: StoredRequest, zone: str, now: datetime) -> tuple[str, ...]:
    due = one.answer_due_at
    if one.kind not in requests.ASKING:
        answer, time = f"to {one.to_rep_id}", ""
    elif one.is_open:
        answer = "open"
        time = f"due {_local(due, zone)}" if due and due >= now else "OVERDUE"
    else:
        answer = " ".join(filter(None, (one.answer, one.answered_to and f"to {one.answered_to}")))
        if one.answer_code not in (one.answer, one.reason_code):
            answer += f" ({one.answer_code})"
        time = "late" if one.is_late else "yes"
    return (
        str(one.request_id), one.kind, _local(one.filed_at, zone), one.run_key, one.lead_id,
        one.rep_id or "", one.reason_code, answer, time,
    )  # fmt: skip


def _reassignment_said(case: cases.About, number: int, refusal: str, due: datetime | None) -> str:
    rule = case.policy.reassignment
    if refusal == "late":
        counting = COUNTING[rule.file_counts]
        why = (
            f"filed more than {rule.file_within_h} h ({counting}) after the decision's publication"
        )
    elif refusal == "too_many":
        why = f"more than {rule.per_rep_and_quarter} in the quarter"
    elif refusal:
        listed = "\n  ".join(cases.reason_lines(case.policy))
        why = f"the policy declines reason {refusal}: talk it over with a coach. Its reasons:\n  "
        why += listed
    else:
        when = f"{_until(due, case.run.zone)} ({COUNTING[rule.move_counts]})"
        return f"reassignment {number} on lead {case.lead_id}: answered until {when}"
    return f"reassignment {number} on lead {case.lead_id} is recorded and declined: {why}"


def _id(conn: psycopg.Connection, run: Run, kind: references.Kind, name: str) -> str:
    ref = found_reference(conn, run, kind, name)
    return references.ids_by_reference(references.references(conn, run.source, kind))[ref]


def _instant(conn: psycopg.Connection, text: str) -> datetime:
    """The instant that --at names; now without it (a rehearsal's log may be ahead of the clock)."""
    if not text:
        return log_time(conn)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at {text!r} is not a time: {error}") from error
    if instant.tzinfo is None:
        raise UsageError(f"--at {text!r} needs an offset, e.g. {text}+08:00")
    return instant.astimezone(UTC).replace(microsecond=0)


def _bounds(month: str, zone: str) -> tuple[datetime, datetime]:
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise UsageError(f"--month {month!r} is not a month such as 2026-11") from error
    following = (first + timedelta(days=31)).replace(day=1)
    return local_instant(first, "00:00", zone), local_instant(following, "00:00", zone)


def _local(instant: datetime | None, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" if instant else ""


def _until(instant: datetime | None, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%F %H:%M}" if instant else ""


def _nobody() -> str:
    raise UsageError("--by: name the person who decides this")
