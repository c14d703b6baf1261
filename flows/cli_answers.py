"""Commands that explain and re-check stored runs: `fairlead why`, `replay`, …, and ask about them

Declared here and hung into the command line by flows/cli.py; each imports what it needs only when
it is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows import cli_requests

Language = Annotated[str, typer.Option(help="zh or en")]


def add_commands(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.command("why")(why)
    app.command("replay")(replay)
    app.command("preview")(preview)
    app.command("release")(release)
    app.command("abort")(abort)
    cli_requests.add_commands(app)


def why(
    lead: Annotated[
        str, typer.Argument(help="A lead's id, or the beginning of its reference.")
    ] = "",
    rep: Annotated[str, typer.Option(help="Why not this rep: an id, a name, a reference.")] = "",
    run: Annotated[str, typer.Option(help="2026-W48; empty: the last that decided it.")] = "",
    language: Language = "en",
    full: Annotated[
        bool, typer.Option("--full", help="All candidates, not the first ten.")
    ] = False,
) -> None:
    """Why a lead went where it went; with --rep why not to them; --rep alone: their week."""
    from flows.commands.why import why as answer

    if language not in ("zh", "en"):
        raise typer.BadParameter("language is zh or en")
    answer(lead, rep, run, language, full=full)  # type: ignore[arg-type]  # checked above


def replay(
    run: Annotated[str, typer.Argument(help="2026-W48; empty: the last decided run.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every stored run.")] = False,
    bundle: Annotated[
        Path | None, typer.Option(help="A replay bundle in place of the database.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="With --bundle: the decision file to compare with.")
    ] = None,
) -> None:
    """Decide a stored run again: every byte must come out the same (exit 1 if not)."""
    from flows.commands.replay import replay_bundle, replay_runs
    from flows.errors import UsageError

    if bundle is None and decisions is not None:
        raise UsageError("--decisions goes with --bundle")
    if bundle is not None and (run or every):
        raise UsageError("--bundle replays a file: give no run beside it")
    raise typer.Exit(replay_bundle(bundle, decisions) if bundle else replay_runs(run, every=every))


def preview(
    run: Annotated[str, typer.Option(help="2026-W48; empty: the last held run.")] = "",
    language: Language = "en",
    full: Annotated[bool, typer.Option("--full", help="Every decision.")] = False,
) -> None:
    """What a held run gives to whom, before anything leaves."""
    from flows.commands.hold import show_preview

    if language not in ("zh", "en"):
        raise typer.BadParameter("language is zh or en")
    show_preview(run, language, full=full)  # type: ignore[arg-type]  # checked above


def release(
    run: Annotated[str, typer.Argument(help="2026-W48")],
    by: Annotated[str, typer.Option(help="The person who lets it go; kept in the database.")],
) -> None:
    """Publish and send a held run, under a person's name."""
    from flows.commands.hold import release_run

    release_run(run, by)


def abort(
    run: Annotated[str, typer.Argument(help="2026-W48")],
    by: Annotated[str, typer.Option(help="The person who stops it; kept in the database.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the database, not in the log.")],
) -> None:
    """Stop a run for good before its decisions are published."""
    from flows.commands.hold import abort_run

    abort_run(run, by, reason)
