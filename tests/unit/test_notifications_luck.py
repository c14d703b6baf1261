"""A rep's luck in words: the figures are counted here in another way than the page does."""

from fractions import Fraction
from itertools import product

import pytest

from notifications.facts import draw_id, facts
from notifications.lens import Lens
from notifications.luck import luck_sentences, quarter_luck
from tests.record_builder import build_record


def lens_of(language="en", ladders=((1, 2), (1, 2), (1, 4)), actual=3, team=True):
    """A rep of the built run's lottery, with these lotteries earlier in the quarter."""
    record = build_record(12, 20)
    rep = next(
        who for draw in record.draws for who in (draw.get("opening") or {}).get("entrants", ())
    )
    record = build_record(
        12, 20, quarter={rep: {"ladders": [list(one) for one in ladders], "actual": actual}}
    )
    return Lens(facts(record), "team" if team else "public", language), rep


def drawn_now(lens, rep):
    """(chances of one lead of this run's lotteries, won)."""
    rows = lens.facts.ladders_by_rep[rep]
    chances = [
        Fraction(len(row["opening"]["prizes"]), len(row["opening"]["entrants"])) for row in rows
    ]
    assert all(chance < 1 for chance in chances)  # else whole rounds would have to be counted
    return chances, sum(len(lens.facts.won.get((draw_id(row), rep), ())) for row in rows)


def test_how_often_luck_does_this_is_the_share_of_all_courses_as_rare_or_rarer():
    lens, rep = lens_of()
    now, won_now = drawn_now(lens, rep)
    chances = [Fraction(1, 2), Fraction(1, 2), Fraction(1, 4), *now]
    of_wins = [Fraction(0)] * (len(chances) + 1)
    for course in product((0, 1), repeat=len(chances)):
        weight = Fraction(1)
        for won, chance in zip(course, chances, strict=True):
            weight *= chance if won else 1 - chance
        of_wins[sum(course)] += weight
    actual = 3 + won_now
    found = quarter_luck(lens, rep)
    assert (found.draws, found.expected, found.actual) == (len(chances), sum(chances), actual)
    assert found.either == sum(one for one in of_wins if one <= of_wins[actual])


@pytest.mark.parametrize(("language", "often"), [("en", "luck alone brings"), ("zh", "单凭运气")])
def test_the_page_says_expected_won_and_how_often_in_the_readers_language(language, often):
    lens, rep = lens_of(language)
    found = quarter_luck(lens, rep)
    first, second, average, *_ = map(str, luck_sentences(lens, rep))
    assert lens.decimal(found.expected) in first
    assert lens.number(found.actual) in first
    assert often in second
    assert lens.percent(found.either) in second
    entrants = len(lens.facts.ladders_by_rep)
    assert lens.number(entrants) in average


def test_the_rarest_results_are_not_rounded_to_never():
    lens, rep = lens_of(ladders=[(1, 60)] * 6, actual=6)
    assert "less than 0.1%" in str(luck_sentences(lens, rep)[1])


def test_the_likeliest_result_is_called_that_and_not_a_hundred_percent():
    lens, rep = lens_of(ladders=[(1, 100)] * 2, actual=0)
    if quarter_luck(lens, rep).either == 1:
        assert "what luck brings most often" in str(luck_sentences(lens, rep)[1])
    else:
        pytest.fail("the built run gives this rep a likely result; choose another")


def test_who_was_in_no_lottery_reads_nothing_about_luck():
    lens, _ = lens_of()
    outside = next(ref for ref in lens.facts.reps if ref not in lens.facts.ladders_by_rep)
    assert quarter_luck(lens, outside) is None
    assert luck_sentences(lens, outside) == ()
