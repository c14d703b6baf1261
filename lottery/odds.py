"""What luck alone gives, exactly: wins over weeks, and of a group within one week.

Everything is a Fraction: no rounding, no approximation by a normal curve or a pooled binomial
(with unequal odds that one overstates the variance). A probability of wins is a tuple whose
index is the number of wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

Pmf = tuple[Fraction, ...]


def week(prizes: int, entrants: int) -> tuple[int, Fraction]:
    """(sure wins, chance of one more) of each entrant of a ladder: prizes are dealt in rounds."""
    sure, rest = divmod(prizes, entrants)
    return sure, Fraction(rest, entrants)


def poisson_binomial(chances: Iterable[Fraction]) -> Pmf:
    """Wins in independent draws with these chances, e.g. one a week with another pool each."""
    pmf = [Fraction(1)]
    for chance in chances:
        lost = [p * (1 - chance) for p in pmf] + [Fraction(0)]
        won = [Fraction(0)] + [p * chance for p in pmf]
        pmf = [a + b for a, b in zip(lost, won, strict=True)]
    return tuple(pmf)


def hypergeometric(everybody: int, group: int, winners: int) -> Pmf:
    """Winners from a group when `winners` of everybody are drawn at once, none of them twice."""
    if not 0 <= group <= everybody or not 0 <= winners <= everybody:
        raise ValueError("the group and the winners are among everybody")
    ways = comb(everybody, winners)
    return tuple(
        Fraction(comb(group, k) * comb(everybody - group, winners - k), ways)
        if winners - k <= everybody - group
        else Fraction(0)
        for k in range(min(group, winners) + 1)
    )


def at_least(pmf: Sequence[Fraction], wins: int) -> Fraction:
    """Chance of so many or more."""
    return sum(pmf[max(0, wins) :], Fraction(0))


def at_most(pmf: Sequence[Fraction], wins: int) -> Fraction:
    """Chance of so many or fewer."""
    return sum(pmf[: max(0, wins + 1)], Fraction(0))


def two_sided(pmf: Sequence[Fraction], wins: int) -> Fraction:
    """Chance of anything as unlikely as this: the exact test without a direction."""
    if not 0 <= wins < len(pmf):
        return Fraction(0)
    return sum((p for p in pmf if p <= pmf[wins]), Fraction(0))


def mean(pmf: Sequence[Fraction]) -> Fraction:
    return sum((p * k for k, p in enumerate(pmf)), Fraction(0))


@dataclass(frozen=True, slots=True)
class Luck:
    """One entrant over several draws. The p-values say how often luck alone does as much.

    high: so many wins or more; low: so many or fewer; either: anything as unlikely.
    """

    draws: int
    expected: Fraction
    actual: int
    high: Fraction
    low: Fraction
    either: Fraction


def luck(draws: Sequence[tuple[int, int]], actual: int) -> Luck:
    """draws: (prizes, entrants) of each ladder that the entrant was in.

    Exact also where a ladder has more prizes than entrants: its whole rounds are certain.
    """
    weeks = [week(prizes, entrants) for prizes, entrants in draws]
    sure = sum(certain for certain, _ in weeks)
    pmf = poisson_binomial(more for _, more in weeks)
    by_luck = actual - sure
    return Luck(
        draws=len(weeks),
        expected=sure + mean(pmf),
        actual=actual,
        high=at_least(pmf, by_luck),
        low=at_most(pmf, by_luck),
        either=two_sided(pmf, by_luck),
    )
