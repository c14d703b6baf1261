"""The guard, the study language, splits, models and cards on made-up history with a known truth."""

import numpy as np
import pytest

from allocation.scoring.fit import MANY_ROWS, History, fit, fold_splits, later_split
from allocation.scoring.leakage import leaks, suspicions
from allocation.scoring.prepare import prepare
from allocation.scoring.remarks import Code, remark
from allocation.scoring.report import score_report
from allocation.scoring.scorecard import best_card, coefficients, in_percent, proposal, rounded
from allocation.scoring.study import StudyError, load_study

STUDY = """
format: fairlead/study/1
id: made
rows: {file: made.csv}
outcome: {column: end, won: [won], lost: [lost]}
time: {column: on, outcome: closed}
numbers: [size]
features: [size, need]
alternatives: {few: [need]}
derived: {cycle: {days: [on, closed]}}
known_later: {calls: counted at the end}
scorecard:
  - {id: size, column: size, weight_pct: 30, at_least: {1000: 3, 100: 2}}
  - {id: need, column: need, weight_pct: 70, points: {urgent: 3, active: 2}}
"""


def made_rows(count=900, *, effect=1.0, seed=1):
    """Deals of three years: `need` decides with the given strength, size does not."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        need = int(random.integers(0, 3))
        won = random.random() < 1 / (1 + np.exp(-effect * (need - 1)))
        on = np.datetime64("2023-01-01") + number
        closed = on + int(random.integers(5, 60))
        rows.append({
            "size": str(random.integers(1, 3000)), "need": ("", "active", "urgent")[need],
            "on": str(on), "closed": str(closed), "end": "won" if won else "lost", "calls": "3",
        })  # fmt: skip
    return rows


def ready(rows, *features, study=STUDY):
    study = load_study(study)
    return prepare(study, rows, list(features) or study.features)


# -- the guard --


def test_a_column_declared_as_known_later_is_a_leak_with_its_reason():
    (leak,) = ready(made_rows(), "need", "calls").leaks
    assert leak.column == "calls"
    why = {"zh": "counted at the end", "en": "counted at the end"}
    assert leak.reasons == (remark(Code.DECLARED_LATER, why=why),)


@pytest.mark.parametrize("feature", ["closed", "cycle"])
def test_a_date_after_the_allocation_is_a_leak_also_inside_a_derived_column(feature):
    (leak,) = ready(made_rows(), "need", feature).leaks
    assert leak.column == feature
    assert leak.reasons[0] == remark(Code.DATED_LATER, late=900, dated=900)
    made = (remark(Code.MADE_FROM, column="closed"),) if feature == "cycle" else ()
    assert leak.reasons[1:] == made


def test_the_outcome_is_no_feature():
    (leak,) = ready(made_rows(), "end").leaks
    assert (leak.column, leak.reasons) == ("end", (remark(Code.IS_OUTCOME),))


def test_one_late_date_is_enough_and_a_planned_date_is_none():
    rows = [{"on": "2025-01-01", "seen": "2024-12-01"} for _ in range(50)]
    assert leaks(["seen"], rows, time="on") == []
    rows[7]["seen"] = "2025-01-02"
    (leak,) = leaks(["seen"], rows, time="on")
    assert leak.reasons == (remark(Code.DATED_LATER, late=1, dated=50),)
    assert leaks(["seen"], rows, time="on", planned=["seen"]) == []


def test_times_with_offsets_are_compared_as_instants():
    rows = [{"on": "2025-01-01T09:00:00+08:00", "seen": "2025-01-01T00:30:00+00:00"}]
    assert leaks(["seen"], rows, time="on") == []
    rows = [{"on": "2025-01-01T09:00:00+08:00", "seen": "2025-01-01T01:30:00+00:00"}]
    assert len(leaks(["seen"], rows, time="on")) == 1


def test_a_column_that_alone_tells_wins_from_losses_is_suspicious_and_an_id_is_not():
    won = np.random.default_rng(1).random(300) < 0.4
    columns = {
        "tell": ["yes" if end else "no" for end in won],
        "late_number": [str(100 + 50 * end) for end in won],
        "id": [f"id{n}" for n in range(300)],
    }
    assert {one.column for one in suspicions(columns, won, ["late_number"])} == {
        "tell",
        "late_number",
    }


def test_a_column_filled_in_while_closing_is_suspicious():
    rows = made_rows(300)
    rows += [{**row, "end": "open", "need": ""} for row in rows[:100]]
    found = [one for one in ready(rows).suspicions if one.column == "need"]
    (why,) = found[0].reasons
    assert (why.code, why.figures["open_rate"]) == (Code.FILLED_LATE, 1)


# -- studies --


def test_a_study_with_mistakes_names_them_all():
    with pytest.raises(StudyError) as caught:
        load_study(STUDY.replace("features: [size, need]", "featres: [size]"))
    assert "features" in str(caught.value)
    assert "featres" in str(caught.value)


def test_columns_that_are_missing_or_no_numbers_are_refused_together():
    rows = made_rows(200)
    rows[3]["size"] = "many"
    with pytest.raises(StudyError, match=r"column gone.*'many'"):
        ready(rows, "size", "gone")


def test_open_deals_are_counted_and_never_learnt_from():
    rows = made_rows(300) + [{**made_rows(1)[0], "end": "open"}] * 7
    prepared = ready(rows)
    assert (len(prepared.history.won), prepared.still_open) == (300, 7)


def test_points_come_from_the_scorecard_with_the_largest_step_reached():
    rows = [{**row, "size": size} for row, size in
            zip(made_rows(4), ["", "99", "100", "1000"], strict=True)]  # fmt: skip
    assert ready(rows).points[:, 0].tolist() == [1, 1, 2, 3]


# -- splits and models --


def test_later_rows_judge_and_rows_not_known_at_the_split_do_not_learn():
    history = ready(made_rows(100)).history
    split = later_split(history)
    assert split.judge.tolist() == list(range(80, 100))
    assert split.waiting > 0
    assert len(split.learn) + split.waiting == 80
    assert (history.known[split.learn] <= history.allocated[80]).all()


def test_identical_rows_are_never_on_both_sides_of_a_fold():
    rows = made_rows(200) * 2
    history = ready(rows).history
    for split in fold_splits(history, seed=1, repeats=2):
        assert not set(history.groups[split.learn]) & set(history.groups[split.judge])


def test_history_with_fewer_than_120_wins_is_too_small():
    few = ready(made_rows(200)).history.too_few()
    assert (few.code, few.figures["least"]) == (Code.TOO_FEW, 120)
    assert few.figures["wins"] + few.figures["losses"] == 200
    assert ready(made_rows(400)).history.too_few() is None


def test_a_made_up_effect_is_found_and_a_missing_one_is_not():
    found = score_report("made", ready(made_rows(1200, effect=1.5)), seed=1, repeats=1)
    assert found.signal
    assert found.models[0].later.auc.low > 0.6
    nothing = score_report("made", ready(made_rows(1200, effect=0)), seed=1, repeats=1)
    assert not nothing.signal
    assert (nothing.verdict[0].code, nothing.verdict[-1].code) == (Code.NO_SIGNAL, Code.KEEP_HAND)
    assert (nothing.proposal.proposed, nothing.proposal.weights) == ("", {})


def test_the_same_seed_gives_the_same_report():
    prepared = ready(made_rows(400))
    assert score_report("made", prepared, seed=2, repeats=1) == score_report(
        "made", prepared, seed=2, repeats=1
    )


def test_a_jump_of_the_win_rate_is_reported_as_drift():
    rows = made_rows(1000)
    for row in rows[800:]:
        row["end"] = "won"
    rows[900]["end"] = "lost"
    report = score_report("made", ready(rows), seed=1, repeats=1)
    assert report.drift.message.code == Code.OUTCOME_DRIFT
    calm = score_report("made", ready(made_rows(1000)), seed=1, repeats=1)
    assert calm.drift.message is None


def test_texts_never_seen_and_missing_numbers_can_be_judged():
    columns = {"kind": ["a"] * 150 + ["b"] * 150 + ["new"] * 75, "size": ["5", ""] * 187 + ["9"]}
    won = np.random.default_rng(1).random(375) < 0.5
    history = History(columns, frozenset({"size"}), won, np.arange(375), np.arange(375.0))
    assert len(fit(history, seed=1, repeats=1)) == 2
    assert len(won) < MANY_ROWS


# -- cards --


def cards_of(effects, rows=3000, seed=2):
    random = np.random.default_rng(seed)
    points = random.integers(1, 4, size=(rows, len(effects)))
    centred = (points - 2) @ np.array(effects)
    return points, random.random(rows) < 1 / (1 + np.exp(-centred))


def test_the_search_finds_the_card_that_made_the_wins():
    points, won = cards_of([1.2, 0.0, 0.8], rows=20_000)
    assert best_card(points, won, coefficients(points, won)) == [3, 0, 2]


def test_no_small_card_is_better_than_the_one_found():
    from itertools import product

    from sklearn.metrics import roc_auc_score

    points, won = cards_of([0.9, 0.3, 0.5], rows=500)
    best = best_card(points, won, coefficients(points, won))
    reached = roc_auc_score(won, points @ np.array(best))
    for card in product(range(5), repeat=3):
        if any(card):
            assert roc_auc_score(won, points @ np.array(card)) <= reached + 1e-6


def test_a_factor_that_would_take_points_back_counts_nothing():
    points, won = cards_of([1.0, -0.8])
    exact = coefficients(points, won)
    assert exact[0] > 0 == exact[1]


def test_percents_sum_to_100_and_rounded_weights_reach_4():
    assert in_percent(np.array([1.0, 1.0, 1.0])) == [34, 33, 33]
    assert sum(in_percent(np.array([0.31, 0.17, 0.05, 0.9]))) == 100
    assert in_percent(np.array([0.0, 0.0])) == [50, 50]
    assert rounded(np.array([0.5, 1.0, 0.0])) == [2, 4, 0]


def test_better_weights_are_proposed_for_a_new_version_and_sum_to_100():
    rows = made_rows(1500, effect=1.5)
    study = STUDY.replace("weight_pct: 30", "weight_pct: 95").replace("_pct: 70", "_pct: 5")
    report = score_report("made", ready(rows, study=study), seed=1, repeats=1)
    assert report.proposal.proposed
    assert report.verdict[-1].code == Code.BETTER_CARD
    assert sum(report.proposal.weights.values()) == 100
    assert report.proposal.weights["need"] > report.proposal.weights["size"]


def test_weights_that_are_no_better_are_not_proposed():
    points, won = cards_of([0.8, 0.8])
    history = History({"x": [""] * 3000}, frozenset(), won, np.arange(3000), np.arange(3000.0))
    result = proposal(points, won, {"a": 50, "b": 50}, [later_split(history)], seed=1)
    assert result.proposed == ""
    assert result.why == remark(Code.NO_BETTER_CARD)
