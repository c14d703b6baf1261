"""How unevenly whole numbers are spread over people, exact: Gini, Jain, spread, shares, bands.

Source: fairness.md 6; expected values in tests/oracles/inequality_oracles.json. Raw counts measure
capacity too: compare people of one role, or rates per month of presence.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import TypeVar

T = TypeVar("T")
Number = int | Fraction


def gini(values: Sequence[Number]) -> Fraction | None:
    """0 when all are equal, (n - 1)/n when one has everything; None without people or amounts."""
    count, total = len(values), sum(values, Fraction(0))
    if not count or not total:
        return None
    ranked = sum(((2 * i - count - 1) * x for i, x in enumerate(sorted(values), 1)), Fraction(0))
    return Fraction(ranked / (count * total))


def gini_corrected(values: Sequence[Number]) -> Fraction | None:
    """Gini over its largest value for so few people: 1 when one has everything."""
    found = gini(values)
    if found is None or len(values) < 2:
        return None
    return found * len(values) / (len(values) - 1)


def jain(values: Sequence[Number]) -> Fraction | None:
    """Jain's index: 1 when all are equal, k/n when k of n share everything equally."""
    squares = sum((Fraction(x) * x for x in values), Fraction(0))
    return sum(values, Fraction(0)) ** 2 / (len(values) * squares) if squares else None


def deviation_x100(values: Sequence[int]) -> int:
    """The population's standard deviation times 100, rounded down; 0 without people."""
    count = len(values)
    if not count:
        return 0
    return isqrt(
        10_000 * (count * sum(x * x for x in values) - sum(values) ** 2) // (count * count)
    )


def top_share(values: Sequence[Number], pct: int = 20) -> Fraction | None:
    """What part of the whole the top `pct` percent of people have; None if there is no whole.

    Their number is rounded down, at least one person.
    """
    total = sum(values, Fraction(0))
    if not values or not total:
        return None
    count = max(1, len(values) * pct // 100)
    return Fraction(sum(sorted(values, reverse=True)[:count], Fraction(0)) / total)


def bands(ranked: Sequence[T]) -> tuple[Sequence[T], Sequence[T], Sequence[T]] | None:
    """Top 20, middle 60 and bottom 20 percent of a list that is sorted from the top.

    None for fewer than five: there is no fifth of them.
    """
    fifth = len(ranked) // 5
    if not fifth:
        return None
    return ranked[:fifth], ranked[fifth : len(ranked) - fifth], ranked[len(ranked) - fifth :]
