"""`fairlead score` as a data engineer types it, over a small synthetic organisation."""

import csv
import json

import pytest
from typer.testing import CliRunner, Result

from adapters.crm.synthetic import write_organisation
from flows.cli import app
from flows.errors import CheckRefused, SourceRefused, UsageError


def score(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["score", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study file beside its table: `need` decides, `size` does not."""
    import numpy as np

    folder = tmp_path_factory.mktemp("study")
    random = np.random.default_rng(1)
    with (folder / "deals.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["on", "size", "need", "calls", "end"])
        for number in range(800):
            need = int(random.integers(0, 3))
            won = random.random() < (0.15, 0.4, 0.8)[need]
            day = np.datetime64("2024-01-01") + number
            size, calls = int(random.integers(1, 3000)), int(won) * 3 + 1
            rows.writerow([day, size, need, calls, "won" if won else "lost"])
    (folder / "study.yaml").write_text(
        "format: fairlead/study/1\nid: deals\nrows: {file: deals.csv}\n"
        "outcome: {column: end, won: [won], lost: [lost]}\ntime: {column: on}\n"
        "numbers: [size, calls]\nfeatures: [size, need]\nknown_later: {calls: counted later}\n"
        "scorecard:\n"
        "  - {id: size, column: size, weight_pct: 80, at_least: {1000: 3, 100: 2}}\n"
        '  - {id: need, column: need, weight_pct: 20, points: {"2": 3, "1": 2}}\n'
    )
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def organisation(tmp_path_factory):
    from datetime import date

    return write_organisation(
        tmp_path_factory.mktemp("org"), seed=1, as_of=date(2026, 11, 23), reps=20, leads=60, years=1
    )


def test_fit_proposes_weights_as_text_and_writes_the_report(study, tmp_path):
    result = score("fit", "--study", study, "--repeats", 1, "--json", tmp_path / "fit.json")
    assert "Verdict: There is a signal" in result.output
    assert "# Not adopted" in result.output
    assert "{id: need, weight_pct:" in result.output
    report = json.loads((tmp_path / "fit.json").read_text())
    assert report["format"] == "fairlead/score-report/2"
    assert [model["name"] for model in report["models"]] == [
        "logistic_regression",
        "gradient_boosting",
    ]
    assert report["models"][0]["later"]["auc"]["low"] > 0.6


def test_the_terminal_speaks_the_language_it_is_asked_for(study):
    printed = score("fit", "--study", study, "--repeats", 1, "--language", "zh").output
    assert "结论： 有信号" in printed
    assert "# 尚未采用" in printed
    assert "The" not in printed


def test_fit_refuses_what_nobody_could_know(study):
    with pytest.raises(CheckRefused, match="calls: Declared as known later: counted later"):
        score("fit", "--study", study, "--also", "calls")


def test_fit_refuses_a_small_history_unless_forced(organisation):
    with pytest.raises(CheckRefused, match="at least 120 of each"):
        score("fit", "--source", organisation)
    forced = score("fit", "--source", organisation, "--force", "--features", "points")
    assert "Verdict:" in forced.output


def test_fit_refuses_dates_of_the_working_of_a_lead(organisation):
    with pytest.raises(CheckRefused, match="first_touch_at"):
        score("fit", "--source", organisation, "--also", "first_touch_at")


def test_a_study_without_its_files_says_where_they_can_be_had(root):
    with pytest.raises(SourceRefused, match="can be had from https://"):
        score("fit", "--study", root / "mappings" / "studies" / "uci_bank.yaml")


def test_one_of_source_and_study_is_needed(study):
    with pytest.raises(UsageError):
        score("fit")
    with pytest.raises(UsageError):
        score("drift", "--study", study, "--source", study.parent)


def test_drift_compares_two_periods_and_says_when_there_is_none(study, organisation, tmp_path):
    calm = score("drift", "--study", study, "--json", tmp_path / "drift.json")
    assert "No drift beyond chance" in calm.output
    report = json.loads((tmp_path / "drift.json").read_text())
    assert report["format"] == "fairlead/drift-report/1"
    assert [shift["name"] for shift in report["shifts"]] == ["size", "need", "scorecard"]
    split = score("drift", "--source", organisation, "--split", "2026-09-01")
    assert "2026-08" in split.output
    with pytest.raises(CheckRefused, match="no rows"):
        score("drift", "--source", organisation, "--split", "2030-01-01")


def test_backtest_shows_who_would_have_been_tiered_differently(organisation, root, tmp_path):
    text = (root / "policies" / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
    draft = text.replace("version: 2.0", "version: 2.1", 1).replace(
        "{points: 3, where: {engagement: demo}", "{points: 2, where: {engagement: demo}"
    )
    change = "  - {version: 2.1, on: 2026-10-01, zh: 申请演示记 2 分。, en: A demo scores 2.}\n"
    draft = draft.replace("changes:\n", f"changes:\n{change}", 1)
    (tmp_path / "draft.yaml").write_text(draft, encoding="utf-8")
    result = score(
        "backtest", "--source", organisation, "--policy", tmp_path / "draft.yaml", "--show", 3,
        "--json", tmp_path / "back.json",
    )  # fmt: skip
    assert "leads would be in another tier" in result.output
    assert "2026-07-01 to 2026-09-30" in result.output
    report = json.loads((tmp_path / "back.json").read_text(encoding="utf-8"))
    assert report["format"] == "fairlead/backtest-report/2"
    moves = sum(n for a, row in report["moves"].items() for b, n in row.items() if a != b)
    assert moves == len(report["moved"]) > 0
    assert {tuple(moved["changed"]) for moved in report["moved"]} == {("engagement",)}
    assert report["old"]["disagreements"]["below_above"] == 58
    changed = {(one["field"], one["old"], one["new"]) for one in report["changes"]}
    assert changed == {("factors/engagement/levels/engagement=demo/points", 3, 2)}


def test_a_draft_without_a_version_of_its_own_is_told_from_the_one_in_force(
    organisation, root, tmp_path
):
    text = (root / "policies" / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
    draft = text.replace(
        "{points: 3, where: {engagement: demo}", "{points: 2, where: {engagement: demo}"
    )
    (tmp_path / "draft.yaml").write_text(draft, encoding="utf-8")
    result = score("backtest", "--source", organisation, "--policy", tmp_path / "draft.yaml")
    assert "Lift by decile · lead-allocation 2.0\n" in result.output
    assert "Lift by decile · lead-allocation 2.0 (draft.yaml)\n" in result.output
