"""What an entrant could expect of a ladder, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Chance:
    """prizes m among entrants n. expected = m/n prizes each.

    at_least_one = min(1, m/n): prizes are dealt n at a time and an entrant wins at most one of
    each round, so m ≤ n is one round with m winners and m > n gives everybody `sure` = ⌊m/n⌋,
    and one more with chance `one_more` = (m mod n)/n.
    """

    prizes: int
    entrants: int
    expected: Fraction
    at_least_one: Fraction
    sure: int
    one_more: Fraction


def chance(prizes: int, entrants: int) -> Chance:
    """The odds of one ladder; no entrants means no chance, not an error."""
    if entrants < 1 or prizes < 1:
        return Chance(prizes, entrants, Fraction(0), Fraction(0), 0, Fraction(0))
    expected = Fraction(prizes, entrants)
    sure, rest = divmod(prizes, entrants)
    return Chance(
        prizes, entrants, expected, min(Fraction(1), expected), sure, Fraction(rest, entrants)
    )


def at_least_one(chances: list[Chance]) -> Fraction:
    """Chance of one prize or more over several ladders, each drawn from its own seed."""
    nothing = Fraction(1)
    for each in chances:
        nothing *= 1 - each.at_least_one
    return 1 - nothing
