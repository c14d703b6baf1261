"""`fairlead draw value`: two people type the public value that draws wait for.

What they type decides who gets what, so a slip must not pass: nobody's entry counts alone, both
must agree to the character, and neither is shown what the other typed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import typer

from adapters.warehouse import draws, public_values
from flows.awaited_values import agreed
from flows.clock import RealClock
from flows.commands.draw import confirmed, known_run, open_database
from flows.errors import UsageError
from lottery.sources import PUBLIC, has_form, source_kind


def type_value(run_key: str, by: str, value: str, what: str, *, correct: bool, yes: bool) -> None:
    """Keep a person's reading of the value that is due. Errors: UsageError."""
    if not public_values.person_of(by):
        raise UsageError("--by: give the name of the person who types")
    at = RealClock().now()
    with open_database().connect() as conn:
        run = known_run(conn, run_key).run_key
        source, look_up = _due(conn, run, what, at)
        typer.echo(f"{source['what']}\n  look it up at  {look_up.get('address', '?')}")
        for rule in filter(None, (look_up.get("rule_zh"), look_up.get("rule_en"))):
            typer.echo(f"  {rule}")
        typer.echo(f"  its form       {source['form']}   (each 0 is a digit)")
        value = value or typer.prompt("What it says", default="")
        if not has_form(value, source["form"]):
            raise UsageError(
                f"{value!r} does not have the form {source['form']!r}: nothing was kept"
            )
        others = _others(conn, run, source["what"], by, correct=correct)
        for other in others:
            if other.value != value:
                raise UsageError(
                    f"{by} and {other.by} do not agree: nothing was kept. Look again, both of "
                    "you; who was wrong types it anew (the first one with --correct)"
                )
        if others:
            confirmed(run, f"fix {source['what']} as {value} for good", yes=yes)
        public_values.store(conn, run, source["what"], by, value, at)
    if others:
        names = " and ".join([*(other.by for other in others), by])
        typer.echo(f"{source['what']} is {value}, say {names}. Go on with: {_next(run, source)}")
    else:
        typer.echo(
            "kept. It counts once another person has typed the same: "
            f"fairlead draw value {run} --by NAME"
        )


def _others(
    conn: psycopg.Connection, run: str, what: str, by: str, *, correct: bool
) -> list[public_values.Typed]:
    """What the other people typed. Errors: UsageError when this one has had their turn."""
    typed = public_values.last_typed(conn, run, what)
    person = public_values.person_of(by)
    mine = [one for one in typed if one.person == person]
    if agreed(conn, run, what) is not None:
        names = " and ".join(one.by for one in typed)
        raise UsageError(f"{what} was typed alike by {names}: it stands, and cannot be changed")
    if mine and not correct:
        raise UsageError(
            f"{mine[0].by} has typed this value already: it takes another person. To replace "
            "what you typed yourself, add --correct"
        )
    if correct and not mine:
        raise UsageError(f"{by} has typed nothing yet that could be corrected")
    return [one for one in typed if one.person != person]


def _due(
    conn: psycopg.Connection, run: str, what: str, at: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """The source to type now and how to look it up. Errors: UsageError."""
    awaited: dict[str, tuple[dict[str, Any], dict[str, str]]] = {}
    for draw in draws.draws_of(conn, run):
        if draw.outcome is None and draw.void is None and source_kind(draw.opening) == PUBLIC:
            hints = draw.opening.get("look_up", [])
            for i, source in enumerate(draw.opening["sources"]):
                awaited[source["what"]] = source, hints[i] if i < len(hints) else {}
    if not awaited:
        raise UsageError(f"no draw of run {run} waits for a public value")
    if what and what not in awaited:
        raise UsageError(f"--what {what!r} is none of: {'; '.join(awaited)}")
    chosen = [awaited[what]] if what else list(awaited.values())
    due = [one for one in chosen if datetime.fromisoformat(one[0]["at"]) <= at]
    if not due:
        first = min(chosen, key=lambda one: str(one[0]["at"]))[0]
        since = datetime.fromisoformat(first["at"]).astimezone(UTC)
        raise UsageError(f"{first['what']} cannot be known before {since:%F %T} UTC")
    open_ = [one for one in due if agreed(conn, run, one[0]["what"]) is None]
    if what or len(open_) == 1:
        return (open_ or due)[0]
    if not open_:
        return due[0]
    names = "; ".join(one[0]["what"] for one in open_)
    raise UsageError(f"several values are due: say which with --what: {names}")


def _next(run: str, source: dict[str, Any]) -> str:
    with open_database().connect() as conn:
        mine = [
            draw
            for draw in draws.draws_of(conn, run)
            if any(one.get("what") == source["what"] for one in draw.opening["sources"])
        ]
    is_split = any(draw.kind == "select" for draw in mine)
    return f"fairlead draw {'open' if is_split else 'finish'} {run}"
