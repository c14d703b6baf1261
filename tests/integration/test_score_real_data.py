"""Published figures of three sets, met within their intervals, by the studies in mappings/studies.

FAIRLEAD_REAL_DATA names the folder with salvirt_b2b/, uci_bank/ and maven_crm/; the studies say
where each can be had. Baselines: 10 x 5 folds of a plain logistic regression and boosting on the
same columns; here one to three repeats, so that all of it takes less than a minute.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from allocation.scoring.prepare import prepare
from allocation.scoring.remarks import Code
from allocation.scoring.report import score_report
from flows.reports.score_history import read_study, source_leads, source_study, study_rows
from flows.reports.score_periods import drift_of_study

pytestmark = pytest.mark.real_data
DATA = Path(os.environ.get("FAIRLEAD_REAL_DATA", "/nonexistent"))
MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"


@cache
def opened(name):
    path = MAPPINGS / "studies" / f"{name}.yaml"
    study = read_study(path)
    if not (DATA / name).is_dir():
        pytest.skip(f"FAIRLEAD_REAL_DATA has no {name}; it can be had from {study.download}")
    return study, study_rows(study, path, str(DATA / name))


def ready(name, *features, also=()):
    study, rows = opened(name)
    return prepare(study, rows, study.chosen(list(features), list(also)))


@cache
def fitted(name, *features, repeats=1):
    return score_report(name, ready(name, *features), seed=1, repeats=repeats)


def met(interval, baseline):
    """At the baseline within the interval, or above it."""
    return interval.high >= baseline


def test_salvirt_with_identical_rows_together_meets_both_baselines():
    linear, boosted = (model.folds for model in fitted("salvirt_b2b", repeats=2).models)
    assert linear.auc.holds(0.806)
    assert linear.pr_auc.holds(0.788)
    assert boosted.auc.holds(0.819)
    assert boosted.pr_auc.holds(0.807)
    assert linear.top_half_wins > 0.65
    assert linear.deciles[0].lift > 1.4


def test_salvirts_346_different_rows_are_the_groups_whatever_their_outcome():
    history = ready("salvirt_b2b").history
    assert (len(history.won), len(set(history.groups.tolist()))) == (448, 346)


def test_salvirts_seven_bant_fields_meet_their_baseline():
    linear, boosted = (model.folds for model in fitted("salvirt_b2b", "bant", repeats=2).models)
    assert linear.auc.holds(0.694)
    assert linear.pr_auc.holds(0.685)
    assert met(boosted.auc, 0.596)


def test_salvirts_up_sale_is_questioned():
    assert [one.column for one in ready("salvirt_b2b").suspicions] == ["Up_sale"]


def test_the_bank_meets_its_baselines_in_random_folds():
    linear, boosted = (model.folds for model in fitted("uci_bank").models)
    assert linear.auc.holds(0.714)
    assert linear.pr_auc.holds(0.347)
    assert boosted.auc.holds(0.737)
    assert met(boosted.pr_auc, 0.383)


def test_the_banks_last_fifth_is_met_and_its_drift_is_reported():
    report = fitted("uci_bank")
    linear, boosted = (model.later for model in report.models)
    assert linear.auc.holds(0.718)
    assert boosted.auc.holds(0.696)
    assert linear.calibration_error.value == pytest.approx(0.19, abs=0.01)
    said = report.drift.message.figures
    assert said["learnt_rate"] == pytest.approx(0.067, abs=0.0005)
    assert said["later_rate"] == pytest.approx(0.316, abs=0.0005)
    assert report.drift.rates[0] == pytest.approx(0.030, abs=0.0005)
    assert report.drift.rates[-1] == pytest.approx(0.471, abs=0.0005)


def test_the_bank_drifts_in_its_outcome_and_in_earlier_campaigns():
    report = drift_of_study(*opened("uci_bank"), "", "", 1)
    assert {"outcome", "poutcome", "pdays", "scorecard"} <= set(report.drifted)
    assert report.win_rates[-1] > 0.47


def test_duration_is_refused_and_would_have_been_questioned():
    prepared = ready("uci_bank", also=["duration"])
    assert [leak.column for leak in prepared.leaks] == ["duration"]
    assert [one.column for one in prepared.suspicions] == ["duration"]


def test_maven_has_no_signal_and_the_hand_weights_stay():
    report = fitted("maven_crm")
    for model in report.models:
        assert model.later.auc.holds(0.5)
        assert model.folds.auc.value < 0.52
    assert not report.signal
    assert [said.code for said in report.verdict] == [Code.NO_SIGNAL, Code.KEEP_HAND]
    assert report.proposal.proposed == ""


def test_mavens_null_account_and_cycle_days_are_refused():
    prepared = ready("maven_crm", "leaky")
    assert {leak.column for leak in prepared.leaks} == {"account", "cycle_days"}
    assert "account" in {one.column for one in prepared.suspicions}


def test_a_mapped_source_is_a_study_of_its_leads():
    if not (DATA / "salvirt_b2b").is_dir():
        pytest.skip("FAIRLEAD_REAL_DATA has no salvirt_b2b")
    from flows.workspace import read_policy

    leads = source_leads(str(MAPPINGS / "salvirt_b2b.yaml"), str(DATA / "salvirt_b2b"))
    policy = read_policy(MAPPINGS.parent / "policies" / "lead-allocation-v2.yaml")
    study, rows = source_study(leads, policy, "salvirt_b2b")
    prepared = prepare(study, rows, study.features)
    assert (len(prepared.history.won), int(prepared.history.won.sum())) == (448, 227)
    assert prepared.leaks == ()
    assert study.time is None
