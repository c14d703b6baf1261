"""`fairlead ledger …`: the log's key."""

from __future__ import annotations

from typing import Annotated

import typer

ledger_app = typer.Typer(help="Look after the public log.", no_args_is_help=True)


@ledger_app.command("rotate-key")
def rotate_key(
    confirm: Annotated[str, typer.Option(help="The log's name, in place of typing.")] = "",
) -> None:
    """Hand the log over to a new key: the old one signs that. Cannot be undone."""
    from flows.commands.ledger import rotate_key as hand_over

    hand_over(confirm)


@ledger_app.command("witness")
def witness() -> None:
    """Show the log's checkpoint to the witnesses and the time-stamping authority now."""
    from flows.commands.ledger import show_now

    show_now()
