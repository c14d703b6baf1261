"""Commands that look back or ahead and write a report: `simulate`, `baseline`, `pilot report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Report = Annotated[
    Path | None, typer.Option("--report", help="Folder for the page (中文, English) and the JSON.")
]

pilot_app = typer.Typer(help="A policy tried on part of the leads.", no_args_is_help=True)


def add_commands(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.command("simulate")(simulate)
    app.command("baseline")(baseline)
    app.add_typer(pilot_app, name="pilot")


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
    from flows.commands.simulate import simulate_policy

    raise typer.Exit(simulate_policy(policy, against, run or [], weeks, last, seed, report))


@pilot_app.command("report")
def pilot_report(
    policy: Annotated[
        str, typer.Option("--policy", help="A policy's id; empty: the newest that has a pilot.")
    ] = "",
    worth: Annotated[
        int, typer.Option(min=1, max=50, help="A gain in the close rate worth acting on, points.")
    ] = 10,
    report: Report = None,
) -> None:
    """The arms of a pilot compared over its runs: close rate, days, satisfaction, verdicts."""
    from flows.commands.pilot import report_pilot

    report_pilot(policy, worth, report)


def baseline(
    source: Annotated[
        str, typer.Option(help="Folder of plain CSV files, or a mapping file: it is landed.")
    ] = "",
    data: Annotated[str, typer.Option(help="The folder that a mapping file reads.")] = "",
    landed: Annotated[str, typer.Option(help="A source that was landed before.")] = "",
    months: Annotated[int, typer.Option(min=1, max=120)] = 12,
    as_of: Annotated[str, typer.Option(help="The last day; empty: the mapping's, or today.")] = "",
    policy: Annotated[
        str, typer.Option("--policy", help="Whose tiers say what a good lead was.")
    ] = "policies/lead-allocation-v2.yaml",
    protected: Annotated[
        bool, typer.Option("--protected", help="HR only: also by gender and ethnicity; logged.")
    ] = False,
    report: Report = None,
) -> None:
    """Who got what in the months before a policy: bands, groups, shares; a page and one sheet."""
    from flows.commands.baseline import report_baseline

    report_baseline(
        source=source,
        data=data,
        landed=landed,
        months=months,
        as_of=as_of,
        policy=policy,
        protected=protected,
        report=report,
    )
