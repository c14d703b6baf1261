"""`fairlead draw …` for operators, and `fairlead portal`. What cannot be undone asks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from flows.request import DEFAULT_POLICY

Run = Annotated[str, typer.Argument(help="Run key such as 2026-W48; empty: the newest.")]
DrawId = Annotated[str, typer.Argument(help="Draw id, e.g. 2026-W48/enterprise/lottery.")]
PolicyFile = Annotated[str, typer.Option("--policy", help="The policy that the run was frozen by.")]
Entropy = Annotated[str, typer.Option(help="Trial: as given to `fairlead run`.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask: for scripts.")]
Window = Annotated[
    int | None, typer.Option(min=0, help="Minutes it is open from now; empty: as the policy says.")
]


def add_commands(app: typer.Typer, draw_app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.command("portal")(portal)
    commands: dict[str, Callable[..., None]] = {
        "status": status,
        "odds": odds,
        "links": links,
        "open": open_draws,
        "close": close_draws,
        "finish": finish_draws,
        "value": type_value,
        "void": void_draw,
    }
    for name, command in commands.items():
        draw_app.command(name)(command)


def portal(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0: any free port.")] = 8767,
) -> None:
    """Serve the lottery's portal: personal links, lines, receipts."""
    from flows.portal.serve import serve_portal

    serve_portal(host, port)


def status(run: Run = "") -> None:
    """Show every draw of a run: where it stands and what comes next."""
    from flows.commands.draw import show_status

    show_status(run)


def odds(run: Run = "") -> None:
    """Show chance, expected and actual wins of each rep this quarter, with exact p-values."""
    from flows.commands.odds import show_odds

    show_odds(run)


def links(
    draw: DrawId,
    watch: Annotated[
        bool, typer.Option("--watch", help="Only a link that shows everything, changes nothing.")
    ] = False,
) -> None:
    """Print the personal links of a draw: each is the key to one person's line."""
    from flows.commands.draw import show_links

    show_links(draw, watch=watch)


def open_draws(
    run: Run = "", policy: PolicyFile = DEFAULT_POLICY, entropy: Entropy = "", window: Window = None
) -> None:
    """Finish the draws that split the bands and open the lottery (what Monday 09:00 does)."""
    from flows.commands.draw import open_lottery

    open_lottery(run, policy, entropy, window)


def close_draws(
    run: Run = "", policy: PolicyFile = DEFAULT_POLICY, entropy: Entropy = "", yes: Yes = False
) -> None:
    """Log the closings of a run's lottery, publish and send them. Cannot be undone."""
    from flows.commands.draw import close_lottery

    close_lottery(run, policy, entropy, yes=yes)


def finish_draws(
    run: Run = "", policy: PolicyFile = DEFAULT_POLICY, entropy: Entropy = "", yes: Yes = False
) -> None:
    """Wait for the chance, log the outcomes, decide, publish, send. Cannot be undone."""
    from flows.commands.draw import finish_lottery

    finish_lottery(run, policy, entropy, yes=yes)


def type_value(
    run: Run = "",
    by: Annotated[str, typer.Option(help="Who types: two different people must.")] = "",
    value: Annotated[str, typer.Option(help="What it says; empty: asked for.")] = "",
    what: Annotated[str, typer.Option(help="Which value, when several are due.")] = "",
    correct: Annotated[bool, typer.Option("--correct", help="Replace what you typed.")] = False,
    yes: Yes = False,
) -> None:
    """Type the public value that draws wait for; it counts once two people typed the same."""
    from flows.commands.value import type_value as keep

    keep(run, by, value, what, correct=correct, yes=yes)


def void_draw(
    draw: DrawId,
    reason: Annotated[str, typer.Option(help="beacon-gap, event-cancelled or secret-lost.")],
    policy: PolicyFile = DEFAULT_POLICY,
    entropy: Entropy = "",
    window: Window = None,
    confirm: Annotated[str, typer.Option(help="The draw's id once more, in place of typing.")] = "",
) -> None:
    """End a draw whose chance never came and open its next attempt. Cannot be undone."""
    from flows.commands.void import void_and_reopen

    void_and_reopen(draw, reason, policy, entropy, window, confirm)
