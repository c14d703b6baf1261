"""Everything that scoring can say has words in both languages, and 中文 pages speak 中文."""

from __future__ import annotations

import dataclasses
import json
from string import Formatter

import pytest

from allocation.scoring.fit import makers
from allocation.scoring.metrics import Interval
from allocation.scoring.points import BELOW_TIERS
from allocation.scoring.remarks import Code, remark
from allocation.scoring.scorecard import HAND, PERCENTS, ROUNDED, SEARCHED, SUM
from flows.reports.score_history import KNOWN_LATER
from notifications.record import LANGUAGES, Language
from notifications.score_report import report_files
from notifications.score_words import sentence
from notifications.words import MESSAGES, words
from tests.english import english_sentences
from tests.unit.test_notifications_score_report import REPORTS

GAIN = Interval(0.031, 0.0104, 0.05)
# Figures of every code, as the code's line in allocation/scoring/remarks.py lists them.
FIGURES = {
    Code.SIGNAL: {"auc": GAIN},
    Code.ONLY_BOOSTING: {"auc": GAIN},
    Code.NO_SIGNAL: {"auc": GAIN},
    Code.FEW_JUDGED: {"wins": 12},
    Code.BETTER_CARD: {"card": PERCENTS, "gain": GAIN},
    Code.OUTCOME_DRIFT: {"learnt_rate": 0.067, "later_rate": 0.316, "error": GAIN, "promised": 0.1},
    Code.ORDERS_BETTER: {"gain": GAIN},
    Code.ORDERS_WORSE: {"gain": GAIN},
    Code.ORDERS_ALIKE: {"gain": GAIN},
    Code.DECLARED_LATER: {"why": {"zh": "结局", "en": "where it ended"}},
    Code.DATED_LATER: {"late": 1, "dated": 50},
    Code.MADE_FROM: {"column": "closed_on"},
    Code.TELLS_ALONE: {"auc": 0.81},
    Code.FILLED_LATE: {"open_rate": 1.0, "closed_rate": 0.25},
    Code.TOO_FEW: {"wins": 12, "losses": 1_200, "least": 120},
}


def value(code: Code) -> dict[str, object]:
    made = remark(code, **FIGURES.get(code, {}))
    result: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(made)))
    return result


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", Code)
def test_every_remark_has_a_sentence_with_all_its_figures(code: Code, language: Language) -> None:
    wanted = {
        name for _, name, _, _ in Formatter().parse(MESSAGES[language][f"score.{code}"]) if name
    }
    assert wanted == FIGURES.get(code, {}).keys()
    said = sentence(words(language), value(code))
    assert "{" not in said
    assert language == "en" or english_sentences(said) == []


def test_figures_are_written_as_their_kind_is_read() -> None:
    t = words("en")
    assert sentence(t, value(Code.ORDERS_BETTER)).endswith("AUC +0.031 [+0.010, +0.050].")
    assert (
        sentence(t, value(Code.SIGNAL))
        == "There is a signal: AUC 0.031 [0.010, 0.050] on unseen rows."
    )
    assert "6.7% of the learning rows" in sentence(t, value(Code.OUTCOME_DRIFT))
    assert "1,200 losses" in sentence(t, value(Code.TOO_FEW))
    assert "结局" in sentence(words("zh"), value(Code.DECLARED_LATER))


@pytest.mark.parametrize("language", LANGUAGES)
def test_models_cards_bands_and_reasons_have_words(language: Language) -> None:
    names = [f"score.model.{name}" for name in makers(100, 1)]
    names += [f"score.card.{name}" for name in (HAND, SUM, PERCENTS, ROUNDED, SEARCHED)]
    names.append(f"band.{BELOW_TIERS}")
    assert [name for name in names if name not in MESSAGES[language]] == []
    assert all(why[language] for why in KNOWN_LATER.values())


@pytest.mark.parametrize("kind", REPORTS)
def test_a_chinese_report_holds_no_english_sentence(kind: str) -> None:
    report = REPORTS[kind]
    if kind != "drift":  # its verdict is made of the columns that drifted
        report = report | {"verdict": [value(code) for code in Code]}
    page = report_files("r", report)["r.zh.html"].decode()
    assert english_sentences(page) == []
    assert english_sentences(report_files("r", report)["r.en.html"].decode())
