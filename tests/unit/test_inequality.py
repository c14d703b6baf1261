"""Figures of inequality against published and hand-computed ones."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from allocation.inequality import bands, deviation_x100, gini, gini_corrected, jain, top_share

ORACLES = json.loads(
    (Path(__file__).parents[1] / "oracles" / "inequality_oracles.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", ORACLES["cases"], ids=lambda case: case["id"])
def test_gini_and_jain_are_the_published_ones(case):
    assert float(gini(case["x"])) == pytest.approx(case["gini"], abs=1e-12)
    assert float(gini_corrected(case["x"])) == pytest.approx(case["gini_n_corrected"], abs=1e-12)
    assert float(jain(case["x"])) == pytest.approx(case["jain"], abs=1e-12)


def test_figures_are_exact_rationals():
    assert gini([10, 10, 10, 20, 50]) == Fraction(9, 25)
    assert jain([1, 1, 1, 0, 0]) == Fraction(3, 5)
    assert top_share([12, 9, 10, 11, 8]) == Fraction(12, 50)
    assert gini([Fraction(1, 2), Fraction(3, 2)]) == Fraction(1, 4)


def test_nothing_to_share_has_no_inequality_rather_than_none():
    assert gini([]) is None
    assert gini([0, 0]) is None
    assert jain([0, 0]) is None
    assert top_share([0]) is None
    assert gini_corrected([7]) is None
    assert deviation_x100([]) == 0


def test_the_deviation_is_the_populations():
    assert deviation_x100([2, 4, 4, 4, 5, 5, 7, 9]) == 200  # the textbook's 2
    assert deviation_x100([12, 13]) == 50
    assert deviation_x100([3, 3, 3]) == 0


def test_bands_are_fifths_rounded_down_and_need_five_people():
    top, middle, bottom = bands(list("abcdefghijkl"))
    assert (list(top), len(middle), list(bottom)) == (["a", "b"], 8, ["k", "l"])
    assert bands([1, 2, 3, 4]) is None
