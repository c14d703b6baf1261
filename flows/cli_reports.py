"""Commands that look back or ahead and write a report: `fairlead simulate`, `fairlead baseline`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Report = Annotated[
    Path | None, typer.Option("--report", help="Folder for the page (中文, English) and the JSON.")
]


def add_commands(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.command("simulate")(simulate)


def simulate(
    policy: Annotated[Path, typer.Option("--policy", help="The draft to try.")],
    against: Annotated[
        Path | None, typer.Option(help="To compare with; empty: what each run was decided under.")
    ] = None,
    last: Annotated[str, typer.Option(help="30d or 8w, back from the newest run.")] = "30d",
    weeks: Annotated[int | None, typer.Option(min=1, help="The newest so many runs.")] = None,
    run: Annotated[list[str] | None, typer.Option(help="2026-W48; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Equal seeds give equal draws.")] = 1,
    report: Report = None,
) -> None:
    """Replay stored weeks under a draft policy: who gains, who loses, may it go live (else 1)."""
    from flows.command_simulate import simulate_policy

    raise typer.Exit(simulate_policy(policy, against, run or [], weeks, last, seed, report))
