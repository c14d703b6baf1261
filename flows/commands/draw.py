"""`fairlead draw status|links|open|close|finish`: the operator's hands on a week's draws."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import typer

from adapters.warehouse import draws, lines, runs
from adapters.warehouse.address import Address
from adapters.warehouse.draws import StoredDraw
from allocation.policy import load_policy
from audit.draws import END_WITHIN_S
from flows.awaited_values import agreed
from flows.clock import RealClock, SystemDice
from flows.errors import PolicyRefused, UsageError
from flows.home import Home
from flows.log_draws import instant
from flows.portal.links import LINE, WATCH, Link, address, link_ends, portal_keys
from flows.request import RunRequest
from flows.settings import load_settings
from ledger.run_keys import is_intake
from lottery.records import LADDER
from lottery.sources import PUBLIC, source_kind, source_time


def open_home() -> Home:
    """The initialised home. Errors: UsageError."""
    settings = load_settings()
    home = Home(settings.with_home(), settings)
    if not home.is_initialised():
        raise UsageError(f"{home.path} is not initialised: run `fairlead init` first")
    return home


def open_database() -> Address:
    return open_home().database()


def known_run(conn: psycopg.Connection, run_key: str) -> runs.Run:
    """The run of this key, or the newest. Errors: UsageError."""
    if not run_key:
        frozen = [key for key in runs.run_keys(conn, "frozen") if not is_intake(key)]
        run_key = frozen[-1] if frozen else ""
    run = runs.find_run(conn, run_key) if run_key else None
    if run is None:
        raise UsageError(f"there is no run {run_key}" if run_key else "no run was frozen yet")
    return run


def request_of(run: runs.Run, policy: str, entropy: str, window: int | None) -> RunRequest:
    """The request that works on a stored run. Errors: PolicyRefused for another policy."""
    from flows.workspace import policy_for

    stored_kind = load_policy(run.policy_text).source.kind
    request = RunRequest(
        source="",
        as_of=run.as_of.isoformat(),
        policy=policy,
        entropy=entropy or (run.entropy if run.entropy != stored_kind else ""),
        window=window,
    )
    if policy_for(request).sha256 != run.policy_sha256:
        raise PolicyRefused(
            f"run {run.run_key} was frozen under policy {run.policy_id} {run.policy_version}, "
            f"which {policy} is not: name its file with --policy"
        )
    return request


def show_status(run_key: str) -> None:
    """One line per draw and attempt, oldest first."""
    with open_database().connect() as conn:
        run = known_run(conn, run_key)
        now = RealClock().now()
        stages = sorted(runs.reached(conn, run.run_key).items(), key=lambda stage: stage[1])
        typer.echo(f"run {run.run_key}: {' → '.join(stage for stage, _ in stages) or 'started'}")
        for draw in draws.draws_of(conn, run.run_key):
            name = draw.draw if draw.attempt == 1 else f"{draw.draw} attempt {draw.attempt}"
            typer.echo(f"{name:44} {_size(draw):28} {_standing(conn, draw, now)}")


def _size(draw: StoredDraw) -> str:
    if draw.kind == LADDER:
        return f"{len(draw.opening['prizes'])} leads, {len(draw.opening['entrants'])} entrants"
    taken = sum(count for _, count in draw.opening["shares"])
    return f"{taken} of {len(draw.opening['candidates'])} leads"


def _standing(conn: psycopg.Connection, draw: StoredDraw, now: datetime) -> str:
    due = datetime.fromtimestamp(source_time(draw.opening), UTC)
    if draw.void is not None:
        return f"void: {draw.void['reason']}"
    if draw.outcome is not None:
        return "finished"
    if (now - due).total_seconds() > END_WITHIN_S:
        return "OVERDUE: no outcome or void within 24 h of its source's time"
    if draw.closing is not None:
        stage = "finish" if draw.kind == LADDER else "open"
        return f"closed; {_awaited(conn, draw)} from {due:%F %T} UTC, then: fairlead draw {stage}"
    closes_at = instant(draw.opening["closes_at"])
    count = sum(1 for one in lines.standing(conn, draw.opening_hash) if one.line)
    about = f"{count} lines; " if draw.kind == LADDER else ""
    if now < closes_at:
        return f"open; {about}until {closes_at:%F %T} UTC"
    if now < due:
        return f"NOT CLOSED; {about}fairlead draw close, before {due:%F %T} UTC"
    return f"NOT CLOSED IN TIME; {about}can only be finished without lines, in red"


def _awaited(conn: psycopg.Connection, draw: StoredDraw) -> str:
    """What a closed draw waits for: of public values those that two people have not typed yet."""
    kind = source_kind(draw.opening)
    if kind != PUBLIC:
        return kind
    run = draw.draw.partition("/")[0]
    names = [str(source["what"]) for source in draw.opening["sources"]]
    missing = [name for name in names if agreed(conn, run, name) is None]
    return f"{' and '.join(missing)} (fairlead draw value)" if missing else "its value is typed"


def show_links(draw_id: str, *, watch: bool) -> None:
    """A line per entrant: name (or pseudonym), then the link. Errors: UsageError."""
    from flows.portal.facts import Facts

    home = open_home()
    keys = portal_keys(home.key_file.parent, SystemDice())
    with home.database().connect() as conn:
        found = Facts("").look_up(conn, draw_id)
    if found is None:
        raise UsageError(
            f"{draw_id} was never opened, or is no lottery: see `fairlead draw status`"
        )
    fixed, draw = found
    base, ends = home.settings.portal_url, link_ends(draw.opening)
    if watch:
        typer.echo(address(base, keys.token(Link(WATCH, draw_id, "", ends))))
        return
    for entrant in draw.opening["entrants"]:
        link = address(base, keys.token(Link(LINE, draw_id, entrant, ends)))
        typer.echo(f"{fixed.names.get(entrant, entrant[:8])}\t{link}")
    typer.echo("Each link is the key to one person's line: send it to nobody else.", err=True)


def open_lottery(run_key: str, policy: str, entropy: str, window: int | None) -> None:
    """What Monday 09:00 does, for a run that is frozen."""
    from flows.stage import run_stage

    with open_database().connect() as conn:
        request = request_of(known_run(conn, run_key), policy, entropy, window)
    run_stage("open", request)
    show_status(run_key)


def close_lottery(run_key: str, policy: str, entropy: str, *, yes: bool) -> None:
    """Log the closings; refuses before their time, asks before it writes."""
    from flows.stage import run_stage

    with open_database().connect() as conn:
        run = known_run(conn, run_key)
        request = request_of(run, policy, entropy, None)
        due = [
            draw
            for draw in draws.draws_of(conn, run.run_key, LADDER)
            if draw.closing is None and draw.void is None
        ]
        if not due:
            raise UsageError(f"run {run.run_key} has no open lottery")
        now = RealClock().now()
        early = [draw for draw in due if now < instant(draw.opening["closes_at"])]
        if early:
            raise UsageError(
                f"{early[0].draw} is open until {early[0].opening['closes_at']}: closing it "
                "before would cut people's lines off"
            )
        for draw in due:
            typer.echo(f"{draw.draw}: {_standing(conn, draw, now)}")
    confirmed(run.run_key, "close its lottery for good", yes=yes)
    run_stage("close", request)
    show_status(run_key)


def finish_lottery(run_key: str, policy: str, entropy: str, *, yes: bool) -> None:
    """Everything from the closing to the mails; resumes where a crash left it."""
    from flows.stage import run_stage

    with open_database().connect() as conn:
        run = known_run(conn, run_key)
        request = request_of(run, policy, entropy, None)
    confirmed(run.run_key, "decide and publish the week for good", yes=yes)
    run_stage("finish", request)
    show_status(run_key)


def confirmed(name: str, what: str, *, yes: bool) -> None:
    """Ask for the name to be typed, unless --yes. Errors: UsageError."""
    if not yes and typer.prompt(f"To {what}, type {name}", default="") != name:
        raise UsageError("nothing was done: that was not its name")
