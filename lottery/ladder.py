"""Who wins which lead: a ladder (amidakuji) that is uniform whatever lines people add.

Entrants stand on columns 0 ... n-1; a rung at `left` swaps columns left and left+1. The base
ladder gives each of the n! permutations by exactly one choice of rungs, and a uniform
permutation after any fixed one is uniform: so the own lines stand above it.
Source: draw.md, *ladder*.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lottery.chance import Stream


def own_lines(lines: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines of a closing in the order in which they are crossed, top first."""
    return sorted(lines, key=lambda line: (line["level"], line["left"], line["entrant"]))


def base_choices(seed: bytes, round_index: int, columns: int) -> list[int]:
    """One round's base ladder as its choices: how many columns the k-th walks left, k = 1, 2, …"""
    stream = Stream(seed, f"ladder/{round_index}")
    return [stream.uniform(k + 1) for k in range(1, columns)]


def rungs_of(choices: Iterable[int]) -> list[int]:
    """Left columns of the base ladder, top first: n²/4 of them on average, so for pictures."""
    return [k - step for k, j in enumerate(choices, start=1) for step in range(1, j + 1)]


def canonical_rungs(rounds: Iterable[Sequence[int]]) -> Iterator[bytes]:
    """The canonical bytes of `[rungs_of(choices) for choices in rounds]`, piece by piece.

    The rungs of one k are a stretch of the numbers n-2 … 0 counted down. Their digits are cut out
    of one text, so that a ladder of 10,000 makes no list of 25 million integers.
    """
    mark = b"["
    for choices in rounds:
        numbers = [b"%d" % left for left in range(len(choices))]
        down = b",".join(reversed(numbers))
        ends = [len(down)]  # ends[left]: where the digits of `left` end
        for number in numbers:
            ends.append(ends[-1] - len(number) - 1)
        yield mark + b"["
        comma = b""
        for k, j in enumerate(choices, start=1):
            if j:
                yield comma + down[ends[k] + 1 : ends[k - j]]
                comma = b","
        yield b"]"
        mark = b","
    yield b"]" if mark == b"," else b"[]"


def crossed(standing: Sequence[str], lefts: Iterable[int]) -> list[str]:
    """Who stands on which column after these rungs."""
    columns = list(standing)
    for left in lefts:
        columns[left], columns[left + 1] = columns[left + 1], columns[left]
    return columns


def carried(standing: Sequence[str], choices: Iterable[int]) -> list[str]:
    """Who stands on which column below a base ladder: what `crossed` gives for its rungs.

    The k-th walks j columns to the left and the ones it passes step right: one move, not j swaps.
    """
    columns = list(standing)
    for k, j in enumerate(choices, start=1):
        columns.insert(k - j, columns.pop(k))
    return columns


def rounds(prizes: Sequence[str], columns: int) -> list[Sequence[str]]:
    """The prizes of each round: one per column, fewer in the last."""
    return [prizes[start : start + columns] for start in range(0, len(prizes), columns)]


def winners(
    entrants: Sequence[str],
    prizes: Sequence[str],
    lines: Iterable[Mapping[str, Any]],
    choices: Sequence[Iterable[int]],
) -> dict[str, str]:
    """Prize to entrant, from the lines and, per round, the base ladder's choices."""
    after_lines = crossed(entrants, (line["left"] for line in own_lines(lines)))
    won: dict[str, str] = {}
    for round_prizes, chosen in zip(rounds(prizes, len(entrants)), choices, strict=True):
        won.update(zip(round_prizes, carried(after_lines, chosen), strict=False))
    return won
