"""What luck alone gives: published numbers, counting, and a simulation with adversarial lines."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from benchmarks import uniformity
from lottery import odds

ORACLES = json.loads(
    (Path(__file__).parents[1] / "oracles" / "lottery_oracles.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", ORACLES["poisson_binomial"], ids=lambda case: case["source"])
def test_wins_over_weeks_are_those_of_the_published_table(case):
    pmf = odds.poisson_binomial(map(Fraction, case["p"]))
    assert [float(p) for p in pmf] == pytest.approx(case["pmf"], abs=1e-12)
    observed = case["observed"]
    assert float(odds.at_least(pmf, observed)) == pytest.approx(case["sf_ge"])
    assert float(odds.at_most(pmf, observed)) == pytest.approx(case["cdf_le"])
    assert float(odds.two_sided(pmf, observed)) == pytest.approx(case["two_sided_minlike"])
    assert float(odds.mean(pmf)) == pytest.approx(case["mean"])


def test_unequal_weeks_are_not_pooled_into_one_binomial():
    case = ORACLES["binomial_approx_trap"]
    pmf = odds.poisson_binomial(map(Fraction, case["p"]))
    exact = float(odds.at_least(pmf, case["observed"]))
    assert exact == pytest.approx(case["exact_sf_ge"], rel=1e-12)
    assert exact != pytest.approx(case["binomial_with_mean_p_sf_ge"], rel=0.1)


def test_a_group_within_one_week_is_hypergeometric():
    case = ORACLES["without_replacement"]
    pmf = odds.hypergeometric(case["N"], case["K_group"], case["k"])
    exact = float(odds.at_least(pmf, case["observed"]))
    assert exact == pytest.approx(case["sf_ge_exact"], rel=1e-12)


@given(st.integers(1, 40), st.data())
def test_a_groups_wins_agree_with_scipy_and_add_up_to_one(everybody, data):
    group = data.draw(st.integers(0, everybody))
    winners = data.draw(st.integers(0, everybody))
    pmf = odds.hypergeometric(everybody, group, winners)
    assert sum(pmf) == 1
    theirs = [hypergeom.pmf(k, everybody, group, winners) for k in range(len(pmf))]
    assert [float(p) for p in pmf] == pytest.approx(theirs, abs=1e-9)


def test_a_group_larger_than_everybody_is_refused():
    with pytest.raises(ValueError, match="among everybody"):
        odds.hypergeometric(5, 6, 2)


@given(st.lists(st.fractions(0, 1, max_denominator=12), max_size=7))
def test_wins_over_weeks_agree_with_counting_every_outcome(chances):
    counted = [Fraction(0)] * (len(chances) + 1)
    for outcome in product((0, 1), repeat=len(chances)):
        weight = Fraction(1)
        for won, chance in zip(outcome, chances, strict=True):
            weight *= chance if won else 1 - chance
        counted[sum(outcome)] += weight
    assert list(odds.poisson_binomial(chances)) == counted


def test_eight_weeks_of_thirty_leads_among_sixty_give_four():
    eight = odds.luck([(30, 60)] * 8, actual=4)
    assert (eight.draws, eight.expected) == (8, 4)
    assert eight.high == eight.low  # the binomial with one half is symmetric
    assert eight.either == 1


def test_whole_rounds_are_certain_and_only_the_rest_is_luck():
    # 17 leads among 5: three for each, one more with 2/5; twice.
    twice = odds.luck([(17, 5), (17, 5)], actual=8)
    assert twice.expected == Fraction(34, 5)
    assert twice.high == Fraction(4, 25)
    assert odds.luck([(17, 5)], actual=2).low == 0  # fewer than everybody gets: never by luck


def test_many_wins_are_no_proof_and_are_not_hidden():
    lucky = odds.luck([(7, 60)] * 12, actual=6)
    assert Fraction(1, 1000) < lucky.high < Fraction(1, 50)


# -- uniformity: counted, and simulated with adversarial lines ------------------------------------


@pytest.mark.parametrize("columns", uniformity.SIZES)
def test_every_order_comes_from_exactly_one_ladder_whatever_lines_people_add(columns):
    for name, own in uniformity.attempts(columns).items():
        assert uniformity.is_exactly_uniform(own, columns), name


@pytest.mark.parametrize("columns", uniformity.SIZES)
def test_every_order_comes_equally_often_whatever_lines_people_add(columns):
    for name, own in uniformity.attempts(columns).items():
        assert uniformity.simulated(own, columns, name).is_fair, name


@pytest.mark.parametrize("columns", [4, 5, 6])
def test_the_same_chi_square_convicts_an_ordinary_ladder(columns):
    """The test has power."""
    assert not uniformity.ordinary(columns).is_fair
