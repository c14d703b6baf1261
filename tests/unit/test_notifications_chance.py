"""Odds of a ladder, against counting every permutation."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest

from notifications.chance import at_least_one, chance


@pytest.mark.parametrize(
    ("prizes", "entrants"), [(m, n) for n in range(1, 6) for m in range(1, n + 1)]
)
def test_the_chance_of_a_win_is_that_of_counting_all_permutations(
    prizes: int, entrants: int
) -> None:
    orders = list(permutations(range(entrants)))
    wins = sum(1 for order in orders if order.index(0) < prizes)
    assert chance(prizes, entrants).at_least_one == Fraction(wins, len(orders))
    assert chance(prizes, entrants).expected == Fraction(wins, len(orders))


def test_thirty_leads_among_sixty_give_everybody_one_half_a_week_and_four_in_eight() -> None:
    odds = chance(30, 60)
    assert odds.at_least_one == Fraction(1, 2)
    assert 8 * odds.expected == 4


def test_with_more_leads_than_entrants_everybody_wins_the_whole_rounds() -> None:
    odds = chance(17, 5)
    assert odds.sure == 3
    assert odds.one_more == Fraction(2, 5)
    assert odds.at_least_one == 1
    assert odds.expected == Fraction(17, 5)


def test_two_ladders_are_two_independent_chances() -> None:
    assert at_least_one([chance(1, 4), chance(1, 3)]) == Fraction(1, 2)


def test_nobody_or_nothing_is_no_chance_and_no_error() -> None:
    assert chance(3, 0).at_least_one == 0
    assert chance(0, 3).expected == 0
