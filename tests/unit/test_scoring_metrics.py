"""Figures against scikit-learn's and against counting by hand; intervals against their promise."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from allocation.scoring.metrics import (
    Fold,
    auc,
    auc_difference,
    calibration_error,
    deciles,
    pr_auc,
    quality,
)


@pytest.fixture
def sample():
    random = np.random.default_rng(3)
    won = random.random(400) < 0.3
    scores = np.round(won + random.normal(size=400), 1)  # rounded: many ties
    return scores, won


def test_auc_and_pr_auc_are_scikit_learns_also_with_ties(sample):
    scores, won = sample
    assert auc(scores, won) == pytest.approx(roc_auc_score(won, scores))
    assert pr_auc(scores, won) == pytest.approx(average_precision_score(won, scores))


def test_counted_rows_are_rows_written_more_often(sample):
    scores, won = sample
    counts = np.random.default_rng(5).integers(0, 4, size=(2, 400))
    for row, got, precision in zip(
        counts, auc(scores, won, counts), pr_auc(scores, won, counts), strict=True
    ):
        many, ends = np.repeat(scores, row), np.repeat(won, row)
        assert got == pytest.approx(roc_auc_score(ends, many))
        assert precision == pytest.approx(average_precision_score(ends, many))


def test_auc_of_one_kind_of_outcome_is_not_a_number():
    assert np.isnan(auc(np.arange(3.0), np.array([True, True, True])))


def test_chances_that_come_true_have_no_calibration_error():
    chances = np.repeat([0.2, 0.8], 50)
    won = np.tile([True, False, False, False, False], 20)
    won[50:] = ~won[50:]
    assert calibration_error(chances, won) == pytest.approx(0)
    assert calibration_error(np.full(100, 0.9), won) == pytest.approx(0.4, abs=0.001)


def test_deciles_start_with_the_best_and_hold_every_row(sample):
    scores, won = sample
    tenths = deciles(scores, won)
    assert [tenth.rows for tenth in tenths] == [40] * 10
    assert sum(tenth.wins for tenth in tenths) == won.sum()
    assert tenths[0].lift > 1.5
    assert tenths[9].lift < 0.7
    assert tenths[0].lift == pytest.approx(tenths[0].win_rate / won.mean())


def test_the_interval_holds_the_truth_about_19_times_in_20():
    # N(1,1) against N(0,1): the true AUC is Phi(1/sqrt 2).
    random, held = np.random.default_rng(11), 0
    for seed in range(100):
        won = np.arange(150) < 60
        fold = Fold(random.normal(size=150) + won, won, np.arange(150))
        held += quality([fold], seed=seed, draws=200).auc.holds(0.7602499)
    assert held >= 88  # binomial: 95 expected, fewer than 88 once in 700


def test_rows_that_are_copies_do_not_narrow_the_interval(sample):
    scores, won = sample
    once = quality([Fold(scores, won, np.arange(400))], seed=1).auc
    copied = Fold(np.tile(scores, 4), np.tile(won, 4), np.tile(np.arange(400), 4))
    assert quality([copied], seed=1).auc == once


def test_repeats_of_the_folds_do_not_count_rows_twice(sample):
    scores, won = sample
    fold = Fold(scores, won, np.arange(400))
    assert quality([fold, fold, fold], counted=1, seed=1).rows == 400


def test_equal_seeds_give_equal_figures(sample):
    fold = Fold(*sample, np.arange(400))
    assert quality([fold], seed=4) == quality([fold], seed=4)
    assert quality([fold], seed=4).auc != quality([fold], seed=5).auc


def test_a_score_is_no_better_than_itself(sample):
    fold = Fold(*sample, np.arange(400))
    gain = auc_difference([fold], [fold], seed=1)
    assert (gain.value, gain.low, gain.high) == (0, 0, 0)
