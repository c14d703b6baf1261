"""The command line: `fairlead …`.

Nothing heavy is imported at the top: `--help` answers at once, and each command imports what it
needs. A mistake of the user's is a message and an exit code (flows/errors.py), never a traceback.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import cli_answers, cli_policy, cli_reports
from flows.cli_draw import add_commands as add_draw_commands
from flows.cli_ledger import ledger_app
from flows.commands.score import score_app
from flows.errors import FairleadError

EXIT_CODES = """
Exit codes: 0 done · 1 failed · 2 wrong usage · 6 source refused · 7 check refused ·
8 policy refused · 9 database, beacon, mail or folder not usable.
`verify`: 0 VERIFIED · 1 FAILED · 3 ORDER NOT PROVEN · 4 OPERATOR-TRUSTED · 5 VALUE BY EYE.
"""

app = typer.Typer(
    help="Allocates a sales team's leads so fairly that anyone can check it.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
draw_app = typer.Typer(help="Run the lottery by hand; recompute a draw.", no_args_is_help=True)
policy_app = typer.Typer(help="Check and read policies.", no_args_is_help=True)
app.add_typer(draw_app, name="draw")
app.add_typer(policy_app, name="policy")
app.add_typer(score_app, name="score")
app.add_typer(ledger_app, name="ledger")
add_draw_commands(app, draw_app)
cli_answers.add_commands(app)
cli_policy.add_commands(policy_app)
cli_reports.add_commands(app)

POLICY = "policies/lead-allocation-v2.yaml"
Source = Annotated[
    str, typer.Option(help="Folder of plain CSV files, or a mapping file (mappings/*.yaml).")
]
Data = Annotated[str, typer.Option(help="The folder that a mapping file reads.")]
AsOf = Annotated[str, typer.Option(help="2026-11-23 or 2026-11-23T08:40:00+08:00; empty: now.")]
PolicyFile = Annotated[str, typer.Option("--policy", help="The policy to run.")]
SiteDir = Annotated[
    str, typer.Option("--site", help="Where to publish; empty: FAIRLEAD_HOME/site.")
]
DecisionsFile = Annotated[str, typer.Option("--decisions", help="Also write the decisions as CSV.")]
Entropy = Annotated[
    str,
    typer.Option(help="Trial: operator, drand or file:PATH in place of the policy's source."),
]


@app.command()
def run(
    source: Source,
    data: Data = "",
    as_of: AsOf = "",
    policy: PolicyFile = POLICY,
    site: SiteDir = "",
    decisions: DecisionsFile = "",
    window: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Minutes the lottery is open from now; 0: all in one go; "
            "empty: by the policy's clock.",
        ),
    ] = None,
    entropy: Entropy = "",
    intake: Annotated[
        bool,
        typer.Option("--intake", help="Between the Mondays: what came in, by the policy's intake."),
    ] = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Stop after deciding: preview, then release or abort.")
    ] = False,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Rehearse, also a policy that is not in force.")
    ] = False,
    trial_seed: Annotated[
        str, typer.Option(help="Rehearsals only: repeatable salts, secrets and times.")
    ] = "",
) -> None:
    """Run a Monday, or what came in since: extract, check, freeze, draw, allocate, publish."""
    from flows.commands.run import run_week
    from flows.request import RunRequest

    run_week(
        RunRequest(
            source=source,
            data=data,
            as_of=as_of,
            policy=policy,
            site=site,
            window=window,
            entropy=entropy,
            intake=intake,
            hold=hold,
            simulate=simulate,
            trial_seed=trial_seed,
        ),
        Path(decisions) if decisions else None,
    )


@app.command()
def demo(
    data: Annotated[
        str, typer.Option(help="A folder of real files in place of the synthetic organisation.")
    ] = "",
    mapping: Annotated[str, typer.Option(help="The mapping file that reads DATA.")] = "",
    policy: Annotated[str, typer.Option("--policy", help="Default: the mapping's own.")] = "",
    as_of: AsOf = "",
    site: SiteDir = "",
    decisions: DecisionsFile = "",
    entropy: Entropy = "operator",
    seed: Annotated[int, typer.Option(help="Seed of the synthetic organisation.")] = 1,
) -> None:
    """Run this week on a synthetic organisation (or DATA) and show where to look."""
    from flows.commands.demo import run_demo

    run_demo(
        data=data,
        mapping=mapping,
        policy=policy,
        as_of=as_of,
        site=site,
        decisions=Path(decisions) if decisions else None,
        entropy=entropy,
        seed=seed,
    )


@app.command()
def init(
    policy: PolicyFile = POLICY,
) -> None:
    """Create what a run keeps: settings, the log's key, the database."""
    from flows.commands.run import initialise_home

    initialise_home(policy)


@app.command()
def send(
    as_of: AsOf = "",
    policy: PolicyFile = POLICY,
    intake: Annotated[
        bool, typer.Option("--intake", help="Of the run between the Mondays at that time.")
    ] = False,
) -> None:
    """Write a run's digests again and send the mails that no server has taken yet."""
    from flows.commands.run import send_again

    send_again(as_of, policy, intake=intake)


@app.command()
def synth(
    folder: Annotated[Path, typer.Argument(help="Where to write the CSV files.")],
    seed: Annotated[int, typer.Option(help="Equal seeds write equal bytes.")] = 1,
    as_of: Annotated[str, typer.Option(help="The Monday it is made for.")] = "2026-11-23",
    reps: Annotated[int, typer.Option(min=1)] = 120,
    leads: Annotated[int, typer.Option(min=0, help="New leads.")] = 1000,
    years: Annotated[int, typer.Option(min=0, help="Years of history.")] = 3,
    with_exceptions: Annotated[
        bool, typer.Option(help="Add named accounts, referrals, duplicates, opt-outs.")
    ] = False,
) -> None:
    """Write a synthetic organisation (labelled so) as plain CSV files."""
    from flows.commands.demo import write_synthetic

    write_synthetic(folder, seed, as_of, reps, leads, years, with_exceptions)
    typer.echo(f"wrote {folder}")


@app.command()
def serve(
    site: Annotated[Path | None, typer.Argument(help="Default: the team site.")] = None,
    port: Annotated[int, typer.Option(help="0: any free port.")] = 8765,
) -> None:
    """Look at a published site in a browser, on this machine only."""
    from flows.commands.serve import serve_folder

    serve_folder(site, port)


@app.command()
def verify(
    site: Annotated[str, typer.Argument(help="Folder or address of a published site.")],
    bundle: Annotated[
        Path | None, typer.Option(help="Replay bundle: re-execute decisions.")
    ] = None,
    since: Annotated[
        list[Path] | None,
        typer.Option(help="An older checkpoint, or a mail that holds one; again for another."),
    ] = None,
    seen: Annotated[
        list[str] | None, typer.Option(help="When you received each --since (with offset).")
    ] = None,
    key: Annotated[str, typer.Option(help="The log's verifier key that you trust.")] = "",
    trust: Annotated[
        Path | None,
        typer.Option(help="Witnesses' keys; certificates of stamping authorities."),
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(help="Receipts of your lines: they must be in the closing.")
    ] = None,
) -> None:
    """Check a published site from its bytes alone."""
    from flows.commands.verify import verify_site

    raise typer.Exit(verify_site(site, bundle, since or [], seen or [], key, trust, receipt))


@draw_app.command("derive")
def draw_derive(
    file: Annotated[Path, typer.Argument(help="JSON with opening, closing and reveals.")],
    no_beacon_check: Annotated[
        bool, typer.Option("--no-beacon-check", help="Skip the drand signature's check alone.")
    ] = False,
) -> None:
    """Print the seed, rungs and winners of a draw as JSON."""
    from flows.commands.verify import derive_draw

    raise typer.Exit(derive_draw(file, check_beacon=not no_beacon_check))


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; the process ends with the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # no server of ours outlives us
    try:
        app(args=arguments, standalone_mode=True)
    except FairleadError as error:
        typer.echo(f"fairlead: {error}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
