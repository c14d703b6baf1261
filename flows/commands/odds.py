"""`fairlead draw odds`: what luck gave each rep, beside what it was expected to give."""

from __future__ import annotations

from fractions import Fraction

import typer

from adapters.warehouse import draws, runs
from flows.commands.draw import known_run, open_database
from flows.draw_odds import luck_of
from lottery.records import LADDER
from notifications.chance import at_least_one, chance


def show_odds(run_key: str) -> None:
    """One line per entrant: this week's chance, then the quarter with exact p-values."""
    with open_database().connect() as conn:
        run = known_run(conn, run_key)
        quarter = luck_of(conn, [*runs.runs_of_quarter(conn, run), run.run_key])
        week: dict[str, list[tuple[int, int]]] = {}
        for draw in draws.draws_of(conn, run.run_key, LADDER):
            if draw.void is None:
                size = len(draw.opening["prizes"]), len(draw.opening["entrants"])
                for entrant in draw.opening["entrants"]:
                    week.setdefault(entrant, []).append(size)
    typer.echo("rep         chance   draws  expected  won   p(as many)  p(as few)  p(as unlikely)")
    for rep in sorted(week.keys() | quarter.keys()):
        this = at_least_one([chance(prizes, entrants) for prizes, entrants in week.get(rep, [])])
        line = f"{rep[:8]}  {_percent(this):>8}"
        if one := quarter.get(rep):
            line += (
                f"  {one.draws:5}  {float(one.expected):8.3f}  {one.actual:3}"
                f"  {float(one.high):11.4f}  {float(one.low):9.4f}  {float(one.either):14.4f}"
            )
        typer.echo(line)
    if quarter:
        expected = sum((one.expected for one in quarter.values()), Fraction(0)) / len(quarter)
        won = Fraction(sum(one.actual for one in quarter.values()), len(quarter))
        typer.echo(
            f"average of {len(quarter)}: {float(expected):.3f} expected, {float(won):.3f} won"
        )
    typer.echo("Wins never enter anybody's evaluation. Of 20 fair p-values one is below 0.05.")


def _percent(value: Fraction) -> str:
    return f"{float(value) * 100:.2f}%"
