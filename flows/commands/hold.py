"""`fairlead preview`, `release` and `abort`: look at a held run, let it go, or stop it."""

from __future__ import annotations

import typer

from adapters.warehouse import runs
from adapters.warehouse.holds import last_action
from flows import hold_run
from flows.commands.why import terminal_record
from flows.errors import UsageError
from flows.home import Home
from flows.progress import say
from flows.request import RunRequest
from flows.stored import as_it_was_asked, chosen_run, initialised_home
from flows.terminal import print_sentences, print_table
from ledger.canonical import sha256_hex
from notifications.facts import facts
from notifications.preview import preview
from notifications.record import Language
from notifications.why import PlainLens

FIRST = 10  # decisions of each band
ALL = 1_000_000


def show_preview(run_key: str, language: Language, *, full: bool) -> None:
    """Print what a held (or decided) run gives to whom. Errors: UsageError."""
    with initialised_home().database().connect() as conn:
        if not run_key and not runs.run_keys(conn, "held"):
            raise UsageError("no run was held: `fairlead run … --hold` stops one before it leaves")
        run = chosen_run(conn, run_key, "held")
        document = "decisions" if runs.document(conn, run.run_key, "decisions") else "preview"
        body = runs.document(conn, run.run_key, document)
        if body is None:
            raise UsageError(f"run {run.run_key} is not decided yet: there is nothing to preview")
        last = last_action(conn, run.run_key)
        record = terminal_record(conn, run, set(), document)
    view = preview(PlainLens(facts(record), "team", language), ALL if full else FIRST)
    print_sentences(view.title, view.sentences)
    print_table("", view.columns, view.bands)
    print_table("", view.rep_columns, view.reps)
    print_table("", view.lead_columns, view.leads)
    state = (
        f"{last.action} ({last.by_name}, {last.happened_at:%F %H:%M} UTC)" if last else "decided"
    )
    typer.echo(f"\n{run.run_key} is {state}; decision file sha256 {sha256_hex(body)}")


def release_run(run_key: str, by: str) -> None:
    """Let a held run go: log, publish and send it under the name of who says so.

    Errors: UsageError for a run that is not held, FairleadError of every kind when publishing.
    """
    home = initialised_home()
    name = _named(by)
    with home.database().connect() as conn:
        run = chosen_run(conn, run_key, "held")
        request = as_it_was_asked(home, hold_run.stored_request(conn, run), run)
        last = last_action(conn, run.run_key)
        if last is None or last.action != "released" or "sent" in runs.reached(conn, run.run_key):
            hold_run.release(conn, run, name)  # else: go on where a crash left it
    say(f"{by} releases run {run.run_key}")
    _go_on(home, request)


def abort_run(run_key: str, by: str, reason: str) -> None:
    """Stop a run for good before anything left. Errors: UsageError."""
    if not reason.strip():
        raise UsageError("--reason: say why, for those who ask later")
    with initialised_home().database().connect() as conn:
        run = chosen_run(conn, run_key, "frozen")
        hold_run.abort(conn, run, _named(by), reason.strip())
    typer.echo(
        f"run {run.run_key} is aborted by {by.strip()}: nothing of it will be published. The log "
        "has a correction; its leads stay in the pool for the next run"
    )


def report_waiting(run_key: str) -> bool:
    """Say how a run stands that did not get as far as publishing; whether it did not."""
    with initialised_home().database().connect() as conn:
        last = last_action(conn, run_key)
    if last is None or last.action == "released":
        return False
    if last.action == "held":
        typer.echo(f"""
Run {run_key} is decided and held: nothing was published, sent or written back.
  look at it   fairlead preview --run {run_key}
  let it go    fairlead release {run_key} --by NAME
  stop it      fairlead abort {run_key} --by NAME --reason WHY""")
    else:
        typer.echo(f"\nRun {run_key} was aborted by {last.by_name}: {last.reason}")
    return True


def _go_on(home: Home, request: RunRequest) -> None:
    from flows import prefect_server

    server = prefect_server.start(home.path) if home.settings.prefect == "temporary" else None
    from flows.close_and_allocate import close_and_allocate  # brings Prefect, after its server
    from flows.commands.run import report

    if server is not None:
        server.ready()
    try:
        close_and_allocate(request)
    finally:
        if server is not None:
            server.drain()
            server.stop()
    report(request, None)


def _named(by: str) -> str:
    name = by.strip()
    if not name:
        raise UsageError("--by: name the person who decides this")
    return name
