"""`fairlead run` and `fairlead init`: from a request to a published week."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import typer

from flows.errors import FairleadError
from flows.home import Home, initialise
from flows.progress import say
from flows.request import RunRequest
from flows.settings import load_settings


def run_week(request: RunRequest, decisions: Path | None) -> None:
    """Run the week of a request and say where to look. Errors: FairleadError."""
    home = open_home(is_rehearsal=request.simulate)
    server = None
    if home.settings.prefect == "temporary":
        from flows import prefect_server

        server = prefect_server.start(home.path)  # starts while the database and imports do
    from flows.clock import RealClock
    from flows.commands.hold import report_waiting
    from flows.policy_in_force import enforce
    from flows.workspace import open_workspace, policy_for, resolved

    policy_for(request)  # a mistake in it should not wait for the database
    request = resolved(request)
    work = open_workspace(request)
    enforce(work)
    say(f"run {work.run} with policy {work.policy.id} {work.policy.version}")
    if work.as_of > RealClock().now():
        say(f"note: {work.as_of:%F} is still to come; a week whose day comes is run on its day")
    if not _is_done(request):
        from flows.intake_run import intake_run
        from flows.monday_run import monday_run

        if server is not None:
            server.ready()
        try:
            (intake_run if request.intake else monday_run)(request)
        finally:
            if server is not None:
                server.drain()
    if server is not None:
        server.stop()
    if _is_frozen(request) and not report_waiting(work.run):
        report(request, decisions)


def report(request: RunRequest, decisions: Path | None) -> None:
    """What a finished run left behind, where it is and how to check it."""
    from flows.publish_site import site_verdict
    from flows.workspace import open_workspace

    work = open_workspace(request)
    if decisions is not None:
        _write_decisions(request, decisions)
    verdict = site_verdict(work)
    fairlead = _own_command()
    bundle = work.home.bundles / f"{work.run}.json"
    typer.echo(f"""
Run {work.run} is published.
  team site (names)     {work.site.team_path}/index.html
  public site           {work.site.path}/index.html
  digests               {work.home.digests / work.run}
  verdict               {verdict}
  verify it             {fairlead} verify {work.site.path} --bundle {bundle}
  read it in a browser  {fairlead} serve {work.site.team_path}""")


def _own_command() -> str:
    """How this very command can be called again from here."""
    if shutil.which("fairlead"):
        return "fairlead"
    command = Path(sys.executable).with_name("fairlead")
    return str(command.relative_to(Path.cwd()) if command.is_relative_to(Path.cwd()) else command)


def open_home(*, is_rehearsal: bool = False) -> Home:
    """The home of the settings, initialised; says what it made."""
    from flows.clock import SystemDice

    settings = load_settings()
    home = Home(settings.with_home(), settings)
    if not home.is_initialised():
        say(f"{home.path} is new: initialising it")
        for line in initialise(home, SystemDice(), is_rehearsal=is_rehearsal):
            say(f"  {line}")
    return home


def initialise_home(policy_file: str) -> None:
    """Create settings, key and database; log an operator's first commitments."""
    home = open_home()
    from flows.request import RunRequest
    from flows.workspace import open_workspace, resolved

    request = resolved(RunRequest(source="", policy=policy_file))
    work = open_workspace(request)
    if work.policy.source.kind == "operator":
        from adapters.warehouse import ledger_store
        from flows.freeze_and_split import commitment_entries, draws_of_policy

        with work.connect() as conn:
            entries = commitment_entries(conn, work, draws_of_policy(work.policy, work.run))
            ledger_store.append(conn, entries, work.clock.now())
    typer.echo(f"{home.path} is ready; the log's verifier key is\n  {work.signer.vkey}")


def send_again(as_of: str, policy: str, *, intake: bool) -> None:
    """Hand the pending mails of a decided run to the mail server. Errors: UsageError."""
    from flows.send_digests import deliver_digests
    from flows.workspace import open_workspace, resolved

    open_home()
    request = RunRequest(source="", as_of=as_of, policy=policy, intake=intake, window=0)
    work = open_workspace(resolved(request))
    typer.echo(f"sent {deliver_digests(work)} mails of run {work.run}")


def _is_frozen(request: RunRequest) -> bool:
    """Whether there is such a run: between the Mondays only where something came in."""
    from adapters.warehouse import runs
    from flows.workspace import open_workspace

    work = open_workspace(request)
    with work.connect() as conn:
        return runs.find_run(conn, work.run) is not None


def _is_done(request: RunRequest) -> bool:
    """Whether the week is already published to this site; says so when it is."""
    from adapters.warehouse import runs
    from flows.workspace import open_workspace

    work = open_workspace(request)
    with work.connect() as conn:
        stored = runs.find_run(conn, work.run)
        done = runs.reached(conn, work.run)
    if stored is not None and stored.policy_sha256 != work.policy.sha256:
        raise FairleadError(
            f"run {work.run} was frozen under policy {stored.policy_id} {stored.policy_version}; "
            "a week is decided once, under one policy"
        )
    if "sent" not in done or not (work.site.path / "index.html").exists():
        return False
    say(f"run {work.run} was already decided and published: nothing changed")
    return True


def _write_decisions(request: RunRequest, path: Path) -> None:
    from adapters.warehouse import runs
    from flows.workspace import open_workspace

    work = open_workspace(request)
    with work.connect() as conn:
        rows = runs.decisions(conn, work.run)
    columns = ("lead_id", "rep_id", "band", "method", "reason", "rule_id")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[_inert(row[column]) for column in columns] for row in rows])
    say(f"wrote {len(rows)} decisions to {path}")


def _inert(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula (also in full-width letters)."""
    text = cell or ""
    return f"'{text}" if text[:1] in "=+-@＝＋－＠\t\r" and text else text
