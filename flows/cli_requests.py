"""`fairlead request …` and `fairlead answer`: ask about a decision, claim or move a lead, answer.

Declared here and hung into the command line by flows/cli.py.
"""

from __future__ import annotations

from typing import Annotated

import typer

Lead = Annotated[str, typer.Argument(help="A lead's id, or the beginning of its reference.")]
Rep = Annotated[str, typer.Option(help="The rep who asks: an id, a name, a reference.")]
Text = Annotated[str, typer.Option(help="In the asker's own words; kept in the database.")]
By = Annotated[str, typer.Option(help="Who files it; empty: the rep.")]
RunKey = Annotated[str, typer.Option(help="2026-W48; empty: the last that decided the lead.")]
At = Annotated[str, typer.Option(help="When it was asked, with offset; empty: now.")]

request_app = typer.Typer(
    help="Ask for a review, a reassignment or an override of a decision; claim a lead.",
    no_args_is_help=True,
)


def add_commands(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.add_typer(request_app, name="request")
    app.command("answer")(answer)


@request_app.command("appeal")
def appeal(lead: Lead, rep: Rep, text: Text, by: By = "", run: RunKey = "", at: At = "") -> None:
    """A rep asks why; a manager answers in writing, within the policy's hours."""
    from flows.commands.request import file_request

    file_request("appeal", lead, rep, "", text, by, run, at)


@request_app.command("reassign")
def reassign(
    lead: Lead,
    rep: Rep,
    reason: Annotated[str, typer.Option(help="A reason of the policy: its code or sentence.")],
    text: Text = "",
    by: By = "",
    run: RunKey = "",
    at: At = "",
) -> None:
    """The owner asks that a lead be moved; the policy says which reasons count."""
    from flows.commands.request import file_request

    file_request("reassignment", lead, rep, reason, text, by, run, at)


@request_app.command("override")
def override(
    lead: Lead,
    to: Annotated[str, typer.Option(help="The new owner: an id, a name, a reference.")],
    by: Annotated[str, typer.Option(help="The manager whose discretion it is.")],
    text: Annotated[str, typer.Option(help="The reason; kept in the database.")],
    run: RunKey = "",
    at: At = "",
) -> None:
    """A manager moves a lead, at their discretion: recorded, logged and counted."""
    from flows.commands.request import file_request

    file_request("override", lead, to, "", text, by, run, at)


@request_app.command("claim")
def claim(lead: Lead, rep: Rep, by: By = "", run: RunKey = "") -> None:
    """A rep takes a lead from the pool: first come, first served, within the policy's limits."""
    from flows.commands.request import claim_lead

    claim_lead(lead, rep, by, run)


@request_app.command("pool")
def pool(rep: Rep, run: RunKey = "") -> None:
    """The leads that a rep may claim now."""
    from flows.commands.request import print_pool

    print_pool(rep, run)


@request_app.command("links")
def links(run: RunKey = "") -> None:
    """Each rep's personal link to the portal's page for requests about a run."""
    from flows.commands.request import print_links

    print_links(run)


@request_app.command("list")
def list_requests(
    month: Annotated[str, typer.Option(help="2026-11; empty: this month.")] = "",
) -> None:
    """The month's requests for the review meeting, with those still open."""
    from flows.commands.request import print_month

    print_month(month)


def answer(
    number: Annotated[int, typer.Argument(help="The request's number.")],
    given: Annotated[
        str, typer.Option("--answer", help="appeal: upheld, changed; reassign: granted, declined.")
    ],
    by: Annotated[str, typer.Option(help="Who answers.")],
    text: Annotated[str, typer.Option(help="The written answer; kept in the database.")],
    to: Annotated[str, typer.Option(help="changed, granted: whose the lead is now.")] = "",
    at: At = "",
) -> None:
    """Answer a request, in writing and in time."""
    from flows.commands.request import answer_request

    answer_request(number, given, by, text, to, at)
