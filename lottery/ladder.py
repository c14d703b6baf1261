"""Who wins which lead: a ladder (amidakuji) that is uniform whatever lines people add.

Entrants stand on columns 0 ... n-1; a rung at `left` swaps columns left and left+1. The base
ladder gives each of the n! permutations by exactly one choice of rungs, and a uniform
permutation after any fixed one is uniform: so the own lines stand above it.
Source: draw.md, *ladder*.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lottery.chance import Stream


def own_lines(lines: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines of a closing in the order in which they are crossed, top first."""
    return sorted(lines, key=lambda line: (line["level"], line["left"], line["entrant"]))


def base_rungs(seed: bytes, round_index: int, columns: int) -> list[int]:
    """Left columns of one round's base ladder, top first: `columns`²/4 of them on average."""
    stream = Stream(seed, f"ladder/{round_index}")
    return rungs_of(stream.uniform(k + 1) for k in range(1, columns))


def rungs_of(choices: Iterable[int]) -> list[int]:
    """Left columns for the choices j of k = 1, 2, ...: the k-th walks j columns to the left."""
    return [k - step for k, j in enumerate(choices, start=1) for step in range(1, j + 1)]


def crossed(standing: Sequence[str], lefts: Iterable[int]) -> list[str]:
    """Who stands on which column after these rungs."""
    columns = list(standing)
    for left in lefts:
        columns[left], columns[left + 1] = columns[left + 1], columns[left]
    return columns


def rounds(prizes: Sequence[str], columns: int) -> list[Sequence[str]]:
    """The prizes of each round: one per column, fewer in the last."""
    return [prizes[start : start + columns] for start in range(0, len(prizes), columns)]


def winners(
    entrants: Sequence[str],
    prizes: Sequence[str],
    lines: Iterable[Mapping[str, Any]],
    rungs: Sequence[Iterable[int]],
) -> dict[str, str]:
    """Prize to entrant, from the lines and, per round, the base ladder's rungs."""
    after_lines = crossed(entrants, (line["left"] for line in own_lines(lines)))
    won: dict[str, str] = {}
    for round_prizes, round_rungs in zip(rounds(prizes, len(entrants)), rungs, strict=True):
        won.update(zip(round_prizes, crossed(after_lines, round_rungs), strict=False))
    return won
