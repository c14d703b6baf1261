"""Between deciding and publishing: a run is held, looked at, and released or aborted by a person.

A held run has everything that its decisions follow from in the log; the decisions themselves are
stored as a preview. Nothing is queued, published or carried on until somebody releases it, and
then the same bytes must come out.
"""

from __future__ import annotations

import psycopg

from adapters.warehouse import ledger_store, references, runs
from adapters.warehouse.holds import RunAction, last_action, lock_run, store_action
from adapters.warehouse.ledger_store import NewEntry
from allocation.decisions import Allocation
from allocation.engine import allocate
from flows.clock import SystemDice
from flows.errors import FairleadError, UsageError
from flows.evidence import keep_evidence
from flows.log_draws import draws_value
from flows.progress import say
from flows.request import RunRequest
from flows.stored import frozen_snapshot, log_time
from flows.workspace import Workspace

PREVIEW = "preview"
REQUEST = "request"


def waits(conn: psycopg.Connection, work: Workspace) -> bool:
    """Whether the run stops before its decisions are made known; says why."""
    last = last_action(conn, work.run)
    if last is None:
        return work.request.hold
    if last.action == "aborted":
        say(f"run {work.run} was aborted by {last.by_name}: nothing of it is published")
    elif last.action == "held":
        say(f"run {work.run} is held: `fairlead release {work.run} --by NAME` lets it go")
    return last.action != "released"


def hold(work: Workspace) -> None:
    """Decide for a person to look at: keep the preview, the request and who asked for the hold."""
    with work.connect() as conn:
        if last_action(conn, work.run) is not None:
            return
        snapshot = frozen_snapshot(conn, work.run)
        allocation = allocate(snapshot, work.policy, draws_value(conn, work.run))
        now = work.clock.now()
        runs.store_document(conn, work.run, PREVIEW, allocation.file(), now)
        runs.store_document(
            conn, work.run, REQUEST, work.request.model_dump_json().encode(), now
        )  # to go on later exactly as it was asked for
        store_action(conn, work.run, "held", "fairlead run --hold", "", now)
        runs.mark(conn, work.run, "held", now)
    say(f"run {work.run} is decided and held")
    if work.is_intake:
        return
    with work.connect() as conn:
        keep_evidence(conn, work)  # the models may show another week when it is released


def check_preview(conn: psycopg.Connection, run: str, allocation: Allocation) -> None:
    """What is published is what was looked at, and nobody stopped it. Errors: FairleadError."""
    lock_run(conn, run)
    last = last_action(conn, run)
    if last is not None and last.action != "released":
        raise FairleadError(f"run {run} was {last.action} by {last.by_name} in the meantime")
    seen = runs.document(conn, run, PREVIEW)
    if seen is not None and seen != allocation.file():
        raise FairleadError(
            f"run {run} decides otherwise than its preview showed: see `fairlead replay {run}`"
        )


def stored_request(conn: psycopg.Connection, run: runs.Run) -> RunRequest:
    """The request a held run was started with."""
    body = runs.document(conn, run.run_key, REQUEST)
    if body is None:
        raise UsageError(f"run {run.run_key} was never held")
    return RunRequest.model_validate_json(body)


def release(conn: psycopg.Connection, run: runs.Run, by: str) -> None:
    """Record who lets a held run go. Errors: UsageError for a run that is not held."""
    last = _undecided(conn, run)
    if last is None or last.action != "held":
        state = "was never held" if last is None else f"was {last.action} by {last.by_name}"
        raise UsageError(f"run {run.run_key} {state}: there is nothing to release")
    store_action(conn, run.run_key, "released", by, "", log_time(conn))


def abort(conn: psycopg.Connection, run: runs.Run, by: str, reason: str) -> None:
    """Record who stops a run for good, in the log without a name. Errors: UsageError."""
    last = _undecided(conn, run)
    if last is not None and last.action in ("aborted", "released"):
        raise UsageError(f"run {run.run_key} was {last.action} by {last.by_name} already")
    at = log_time(conn)
    store_action(conn, run.run_key, "aborted", by, reason, at)
    record = {
        "run": run.run_key,
        "change": "aborted_before_publication",
        "by": person_reference(conn, run.source, by),
    }
    ledger_store.append(conn, [NewEntry("correction", run.run_key, record)], at)


def person_reference(conn: psycopg.Connection, source: str, name: str) -> str:
    """The salted reference under which the log knows a rep (by id) or any other person."""
    reps = references.references(conn, source, "rep")
    if name in reps:
        return reps[name]
    dice = SystemDice()

    def new_salt(kind: str, id_: str) -> bytes:
        return dice.bytes32("salt", kind, id_)

    return references.ensure_references(conn, source, "person", [name], new_salt)[name]


def _undecided(conn: psycopg.Connection, run: runs.Run) -> RunAction | None:
    lock_run(conn, run.run_key)
    if "decided" in runs.reached(conn, run.run_key):
        raise UsageError(
            f"run {run.run_key} is decided and logged: from here on there are only corrections "
            "(`fairlead request override`)"
        )
    return last_action(conn, run.run_key)
