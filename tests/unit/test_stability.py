"""The Monday page's drift alarm: its quantiles are SciPy's, and unchanged leads rarely raise it."""

import numpy as np
import pytest
from scipy.stats import chi2

from allocation.stability import chi_square_tail, critical, stability


@pytest.mark.parametrize("freedom", [1, 2, 3, 6, 9, 12, 25])
@pytest.mark.parametrize("value", [0.0, 1e-9, 0.3, 2.0, 11.0, 60.0])
def test_the_tail_of_a_chi_square_is_scipys(freedom, value):
    assert chi_square_tail(value, freedom) == pytest.approx(chi2.sf(value, freedom), rel=1e-9)


@pytest.mark.parametrize(("bins", "before", "after"), [(2, 500, 60), (3, 1000, 100), (13, 99, 98)])
def test_the_critical_value_is_scipys_quantile_at_any_alpha(bins, before, after):
    for alpha in (0.05, 0.05 / 8, 0.001):
        expected = chi2.ppf(1 - alpha, bins - 1) * (1 / before + 1 / after)
        assert critical(bins, before, after, alpha) == pytest.approx(expected, rel=1e-9)


def columns(random, before, after):
    """Six factors, the score and the band of leads that did not change."""
    found = {}
    for name in ("size", "budget", "authority", "need", "timing", "engagement"):
        shares = random.dirichlet([2, 2, 1])
        found[name] = random.multinomial(before, shares), random.multinomial(after, shares)
    shares = np.exp(-(((np.arange(6, 19) - 11.5) / 2.3) ** 2) / 2)
    score = [random.multinomial(rows, shares / shares.sum()) for rows in (before, after)]
    found["score"] = score
    found["band"] = [np.array([s[:4].sum(), s[4:9].sum(), s[9:].sum()]) for s in score]
    return {
        name: {str(k): (int(old[k]), int(new[k])) for k in range(len(old))}
        for name, (old, new) in found.items()
    }


@pytest.mark.parametrize(("before", "after"), [(300, 30), (600, 60), (1000, 100), (5000, 400)])
def test_unchanged_leads_raise_an_alarm_in_at_most_one_report_of_20(before, after):
    random, trials = np.random.default_rng(before), 600
    alarms = sum(
        any(found.drifted for found in stability(columns(random, before, after)))
        for _ in range(trials)
    )
    assert alarms / trials <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / trials)


def test_a_real_shift_is_found_and_the_rest_is_left_alone():
    same = {"1": (500, 50), "2": (300, 31), "3": (200, 19)}
    moved = {"1": (500, 20), "2": (300, 30), "3": (200, 50)}
    found = {one.name: one for one in stability({"need": same, "budget": moved})}
    assert (found["need"].drifted, found["budget"].drifted) == (False, True)


def test_too_few_leads_say_nothing_and_thin_values_are_counted_together():
    (few,) = stability({"need": {"1": (900, 9), "2": (900, 1)}})
    assert (few.critical, few.drifted) == (None, False)
    assert stability({"need": {}})[0].critical is None
    (pooled,) = stability({"score": {"6": (500, 50), "7": (490, 49), "8": (5, 1), "9": (300, 30)}})
    # Three values are left: the one lead of value 8 stands with the next thinnest.
    assert pooled.critical == pytest.approx(critical(3, 1295, 130))
