"""Luck per rep over finished lotteries: chance, expected and actual wins, exact p-values.

Wins are shown to explain the draw; they never enter anybody's evaluation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

import psycopg

from adapters.warehouse import draws, runs
from lottery.odds import Luck, luck
from lottery.records import LADDER


def entered_and_won(
    conn: psycopg.Connection, run_keys: Iterable[str]
) -> dict[str, tuple[list[tuple[int, int]], int]]:
    """{rep ref: ([(prizes, entrants) of each ladder], wins)} over these runs' finished ladders."""
    entered: dict[str, list[tuple[int, int]]] = {}
    won: Counter[str] = Counter()
    for key in run_keys:
        for draw in draws.draws_of(conn, key, LADDER):
            if draw.outcome is None:
                continue
            size = len(draw.opening["prizes"]), len(draw.opening["entrants"])
            for entrant in draw.opening["entrants"]:
                entered.setdefault(entrant, []).append(size)
            won.update(draw.outcome["winners"].values())
    return {rep: (sizes, won[rep]) for rep, sizes in sorted(entered.items())}


def luck_of(conn: psycopg.Connection, run_keys: Iterable[str]) -> dict[str, Luck]:
    """{rep ref: luck} over the finished ladders of these runs."""
    return {rep: luck(*one) for rep, one in entered_and_won(conn, run_keys).items()}


def quarter_so_far(conn: psycopg.Connection, run: runs.Run) -> dict[str, tuple[Fraction, int]]:
    """{rep ref: (expected, actual)} of lottery leads this quarter, before this run."""
    return {
        rep: (one.expected, one.actual)
        for rep, one in luck_of(conn, runs.runs_of_quarter(conn, run)).items()
    }
