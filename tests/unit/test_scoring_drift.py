"""PSI, its critical value and false alarms; expected numbers are the project's oracles."""

import numpy as np
import pytest

from allocation.scoring.drift import binned, critical, decile_edges, psi, shift, shifts
from allocation.scoring.drift_report import drift_report

# bins, rows of the later period, critical value against 1,000 earlier rows
CRITICAL = [
    (3, 50, 0.12582075548926758), (3, 100, 0.06590611001818776), (3, 200, 0.03594878728264787),
    (3, 500, 0.017974393641323937), (10, 50, 0.3552985296970294), (10, 100, 0.1861087536508249),
    (10, 200, 0.10151386562772269), (10, 500, 0.050756932813861344),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "actual", "value"),
    [
        ([78, 573, 78], [78, 573, 78], 0.0),
        ([0.1] * 10, [0.15, 0.05, *[0.1] * 8], 0.05493061443340547),
        ([0.25, 0.5, 0.25], [0.4, 0.4, 0.2], 0.10397207708399181),
    ],
)
def test_psi_is_the_oracles(expected, actual, value):
    assert psi(expected, actual) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(("bins", "rows", "value"), CRITICAL)
def test_the_critical_value_is_the_oracles(bins, rows, value):
    assert critical(bins, 1000, rows) == pytest.approx(value, rel=1e-9)


def test_an_empty_bin_is_no_infinity_and_a_side_without_rows_is_refused():
    assert 0 < psi([50, 50, 0], [40, 50, 10]) < 1
    assert psi([50, 50, 0], [5, 5, 0]) == pytest.approx(0)
    with pytest.raises(ValueError, match="rows"):
        psi([0, 0], [1, 2])


@pytest.mark.parametrize(("bins", "rows"), [(3, 50), (3, 200), (10, 50), (10, 100)])
def test_unchanged_data_raise_an_alarm_at_most_once_in_20(bins, rows):
    random, alarms, trials = np.random.default_rng(bins * rows), 0, 300
    shares = np.arange(1, bins + 1) / np.arange(1, bins + 1).sum()
    names = [f"{n:02}" for n in range(bins)]
    for trial in range(trials):
        old, new = random.multinomial(1000, shares), random.multinomial(rows, shares)
        found = shift("x", dict(zip(names, map(int, old), strict=True)),
                      dict(zip(names, map(int, new), strict=True)), seed=trial)  # fmt: skip
        alarms += found.drifted
    assert alarms / trials <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / trials)


def test_a_whole_report_of_seven_columns_raises_a_false_alarm_at_most_once_in_20():
    random, alarms, trials = np.random.default_rng(9), 0, 120
    for trial in range(trials):
        before, after = {}, {}
        for number in range(7):
            for side, rows in ((before, 1000), (after, 100)):
                counts = random.multinomial(rows, [0.5, 0.3, 0.2])
                side[f"f{number}"] = dict(zip("abc", map(int, counts), strict=True))
        alarms += any(one.drifted for one in shifts(before, after, seed=trial))
    assert alarms / trials <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / trials)


def test_the_rule_of_thumb_would_alarm_on_every_third_comparison_of_100_leads():
    random = np.random.default_rng(2)
    values = [psi(random.multinomial(1000, [0.1] * 10), random.multinomial(100, [0.1] * 10))
              for _ in range(1000)]  # fmt: skip
    assert np.mean(np.array(values) >= 0.1) > 0.33


def test_a_real_shift_is_found_and_named():
    found = shift("budget", {"1": 500, "2": 300, "3": 200}, {"1": 30, "2": 30, "3": 40}, seed=1)
    assert found.drifted
    assert found.psi > found.critical
    assert found.chance < 0.01


def test_numbers_are_cut_at_the_deciles_of_the_earlier_period():
    edges = decile_edges(list(range(100)))
    assert len(edges) == 9
    counts = binned([-5, 0, 1000, float("nan")], edges)
    assert (counts[f"<= {edges[0]:g}"], counts[f"> {edges[-1]:g}"]) == (2, 1)
    assert counts["unknown"] == 1
    assert sum(counts.values()) == 4


def test_a_column_that_is_nearly_always_one_value_has_one_bin_for_it():
    assert decile_edges([0] * 95 + [7] * 5) == [0]


def test_the_report_names_what_drifted_and_leaves_the_rest():
    random = np.random.default_rng(4)
    kind = [str(n) for n in random.integers(1, 4, 2000)]
    jumped = [str(n) for n in (*random.integers(1, 4, 1600), *np.full(400, 3))]
    won = [bool(n) for n in random.random(2000) < np.r_[np.full(1600, 0.1), np.full(400, 0.4)]]
    labels = [f"row {n}" for n in range(2000)]
    report = drift_report("made", {"kind": kind, "jumped": jumped}, frozenset(), won, labels, 1600,
                          seed=1)  # fmt: skip
    assert report.drifted == ("jumped", "outcome")
    assert (report.before.rows, report.after.rows) == (1600, 400)
    assert len(report.win_rates) == 10
    assert report.win_rates[-1] > 0.3 > report.win_rates[0]
