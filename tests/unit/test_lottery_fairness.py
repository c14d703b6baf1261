"""Everybody's chance is the same, whatever lines people add: by counting, not by sampling."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical
from lottery import ladder
from lottery.selection import selected

NAMES = ("ada", "bo", "cy", "di")


def base_ladders(columns):
    """Every base ladder there is: one for each choice of j in 0...k for k = 1...n-1."""
    choices = product(*(range(k + 1) for k in range(1, columns)))
    return [ladder.rungs_of(choice) for choice in choices]


def own_line_orders(columns):
    """Every sequence of left columns that up to one line per entrant can make."""
    lefts = range(columns - 1)
    return [order for count in range(columns + 1) for order in product(lefts, repeat=count)]


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_every_order_arises_from_exactly_one_base_ladder(columns):
    entrants = NAMES[:columns]
    ends = Counter(tuple(ladder.crossed(entrants, rungs)) for rungs in base_ladders(columns))
    assert ends == dict.fromkeys(permutations(entrants), 1)


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_no_set_of_own_lines_changes_anybodys_chance(columns):
    entrants = NAMES[:columns]
    every_order_once = dict.fromkeys(permutations(entrants), 1)
    for own in own_line_orders(columns):
        after_lines = ladder.crossed(entrants, own)
        ends = Counter(tuple(ladder.crossed(after_lines, rungs)) for rungs in base_ladders(columns))
        assert ends == every_order_once


ROUNDS = st.integers(1, 120).flatmap(
    lambda columns: st.lists(st.tuples(*(st.integers(0, k) for k in range(1, columns))), max_size=3)
)


@given(ROUNDS)
def test_the_rungs_hashed_are_those_of_the_ladder_written_out(rounds):
    written = [ladder.rungs_of(choices) for choices in rounds]
    assert b"".join(ladder.canonical_rungs(rounds)) == canonical(written)


@given(ROUNDS)
def test_moving_along_a_run_ends_where_crossing_its_rungs_one_by_one_does(rounds):
    for choices in rounds:
        standing = [str(column) for column in range(len(choices) + 1)]
        crossed = ladder.crossed(standing, ladder.rungs_of(choices))
        assert ladder.carried(standing, choices) == crossed


def test_an_ordinary_ladder_would_not_be_fair():
    """The contrast that the base ladder is for: 4 entrants and 4 rungs anywhere."""
    home = Counter(ladder.crossed(NAMES, rungs)[0] for rungs in product(range(3), repeat=4))
    assert Fraction(home["ada"], 3**4) > Fraction(1, 4) + Fraction(1, 10)


def test_own_lines_are_crossed_by_level_then_column_then_entrant():
    lines = [
        {"entrant": "ada", "left": 1, "level": 5},
        {"entrant": "bo", "left": 0, "level": 5},
        {"entrant": "cy", "left": 2, "level": 0},
        {"entrant": "di", "left": 0, "level": 5},
    ]
    assert [line["entrant"] for line in ladder.own_lines(lines)] == ["cy", "bo", "di", "ada"]


def test_five_prizes_for_two_entrants_are_given_in_three_rounds_each_from_the_start():
    prizes = ["p1", "p2", "p3", "p4", "p5"]
    won = ladder.winners(["ada", "bo"], prizes, [], [[1], [0], [1]])
    assert won == {"p1": "bo", "p2": "ada", "p3": "ada", "p4": "bo", "p5": "bo"}


@given(st.binary(min_size=32, max_size=32), st.integers(1, 12), st.integers(1, 40), st.data())
def test_nobody_wins_two_leads_more_than_anybody_else(seed, columns, count, data):
    entrants = [f"rep-{i:02}" for i in range(columns)]
    prizes = [f"lead-{i:02}" for i in range(count)]
    lines = []
    if columns > 1:
        left, level = st.integers(0, columns - 2), st.integers(0, 999)
        lines = [
            {"entrant": entrant, "left": data.draw(left), "level": data.draw(level)}
            for entrant in entrants
        ]
    rounds = range(len(ladder.rounds(prizes, columns)))
    choices = [ladder.base_choices(seed, index, columns) for index in rounds]
    won = ladder.winners(entrants, prizes, lines, choices)
    assert list(won) == prizes
    wins = Counter(won.values())
    assert max(wins[e] for e in entrants) - min(wins[e] for e in entrants) <= 1


@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 60),
    st.lists(st.integers(0, 20), max_size=4),
)
def test_a_select_gives_each_share_its_count_and_no_lead_twice(seed, size, wished):
    candidates = [f"lead-{i:02}" for i in range(size)]
    shares, left = [], size
    for i, wish in enumerate(wished):
        shares.append((f"share-{i}", min(wish, left)))
        left -= min(wish, left)
    given_out = selected(candidates, shares, seed)
    assert [(share, len(leads)) for share, leads in given_out.items()] == shares
    assert all(leads == sorted(leads) for leads in given_out.values())
    together = [lead for leads in given_out.values() for lead in leads]
    assert len(set(together)) == len(together)
    assert set(together) <= set(candidates)


def test_every_pair_of_five_leads_is_selected_about_equally_often():
    # 2,000 seeds over 10 pairs: 200 each expected, standard deviation 13.4; 4.5 of them are 60.
    picks = Counter(
        tuple(selected("abcde", [("lottery", 2)], i.to_bytes(32, "big"))["lottery"])
        for i in range(2000)
    )
    assert set(picks) == set(combinations("abcde", 2))
    assert all(abs(count - 200) <= 60 for count in picks.values())
