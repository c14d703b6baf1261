"""Reading and answering about runs that are stored: the home, its database, one run."""

from __future__ import annotations

from datetime import datetime

import psycopg

from adapters.warehouse import ledger_store, runs
from adapters.warehouse.runs import Run
from allocation.snapshot import Snapshot
from flows.clock import RealClock
from flows.errors import UsageError
from flows.home import Home
from flows.request import RunRequest
from flows.settings import load_settings
from ledger.canonical import parse_canonical


def initialised_home() -> Home:
    """The home of the settings; a command that only reads makes none. Errors: UsageError."""
    settings = load_settings()
    home = Home(settings.with_home(), settings)
    if not home.is_initialised():
        raise UsageError(f"{home.path} is not initialised: run `fairlead init` first")
    return home


def chosen_run(conn: psycopg.Connection, run_key: str, stage: str = "decided") -> Run:
    """The run of this key, or the last one that reached `stage`. Errors: UsageError."""
    known = runs.run_keys(conn, stage)
    key = run_key or (known[-1] if known else "")
    run = runs.find_run(conn, key) if key else None
    if run is None:
        listed = ", ".join(known[-5:]) or "none yet"
        raise UsageError(f"there is no run {key or stage!r} here; {stage} so far: {listed}")
    return run


def log_time(conn: psycopg.Connection) -> datetime:
    """Now, but never before the log's last entry: a trial's log may be ahead of the clock."""
    now, last = RealClock().now(), ledger_store.last_at(conn)
    return now if last is None else max(now, last)


def frozen_snapshot(conn: psycopg.Connection, run_key: str) -> Snapshot:
    """The snapshot a run was decided from. Errors: UsageError."""
    body = runs.document(conn, run_key, "snapshot")
    if body is None:
        raise UsageError(f"run {run_key} has no snapshot")
    return Snapshot.from_record(parse_canonical(body))


def as_it_was_asked(home: Home, request: RunRequest, run: Run) -> RunRequest:
    """The stored request, with the very policy text it was frozen under, whatever the file says."""
    policy = home.path / "policies" / f"{run.policy_sha256}.yaml"
    policy.parent.mkdir(exist_ok=True)
    policy.write_text(run.policy_text, encoding="utf-8", newline="")
    return request.model_copy(update={"policy": str(policy), "hold": False})
