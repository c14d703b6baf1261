"""Pages of `fairlead score`: rendered from the JSON alone, whole without a network."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from notifications.score_parts import wilson
from notifications.score_report import report_files
from tests.record_builder import HOSTILE

TENTHS = [
    {"number": k, "rows": 50, "wins": 30 - 3 * k, "win_rate": (30 - 3 * k) / 50,
     "lift": (30 - 3 * k) / 13.5, "predicted": 0.55 - 0.05 * k}
    for k in range(1, 11)
]  # fmt: skip
BETWEEN = {"value": 0.678, "low": 0.646, "high": 0.707}
QUALITY = {
    "rows": 500, "wins": 135, "auc": BETWEEN, "pr_auc": BETWEEN, "calibration_error": BETWEEN,
    "top_half_wins": 0.72, "deciles": TENTHS,
}  # fmt: skip
SHIFT = {"name": "budget", "bins": [], "before": [], "after": [], "psi": 0.31, "critical": 0.12,
         "chance": 0.002, "drifted": True, "thumb": True}  # fmt: skip
VERSION = {
    "policy": "lead-allocation 2.0", "auc_sum": BETWEEN, "auc_weighted": BETWEEN,
    "auc_order": BETWEEN, "deciles": TENTHS,
    "tiers": [{"band": "enterprise", "leads": 200, "wins": 50}],
}  # fmt: skip


def said(code: str, **figures: Any) -> dict[str, Any]:
    return {"code": code, "figures": figures}


REPORTS: dict[str, dict[str, Any]] = {
    "fit": {
        "format": "fairlead/score-report/2", "study": "maven", "rows": 6_711, "wins": 4_238,
        "seed": 1, "models": [{"name": "logistic_regression", "folds": QUALITY, "later": None}],
        "tiers": [{"band": "enterprise", "rows": 70, "win_rate": 0.31, "lift": 1.6}],
        "drift": {"rates": [0.4, 0.5], "message": said(
            "outcome_drift", learnt_rate=0.067, later_rate=0.316, error=BETWEEN, promised=0.01)},
        "suspicions": [{"column": "close_date", "reasons": [said("tells_alone", auc=0.81)]}],
        "proposal": {"proposed": "percents", "weights": {"budget": 100},
                     "why": said("better_card", card="percents", gain=BETWEEN),
                     "cards": [{"name": "percents", "weights": {"budget": 30},
                                "auc": BETWEEN, "against_hand": BETWEEN}]},
        "verdict": [said("no_signal", auc=BETWEEN), said("keep_hand")],
    },
    "drift": {
        "format": "fairlead/drift-report/1", "source": "crm",
        "before": {"first": "2026-01-01", "last": "2026-06-30", "rows": 10, "closed": 9, "wins": 2},
        "after": {"first": "2026-07-01", "last": "2026-09-30", "rows": 5, "closed": 4, "wins": 1},
        "shifts": [SHIFT], "outcome": SHIFT | {"name": "outcome", "drifted": False},
        "win_rates": [0.2, 0.3], "seed": 1,
    },
    "backtest": {
        "format": "fairlead/backtest-report/2", "source": "crm",
        "window": ["2026-07-01", "2026-09-30"], "in_window": 12, "closed": 400, "wins": 100,
        "old": VERSION, "new": VERSION | {"policy": "lead-allocation 2.1"}, "order_gain": BETWEEN,
        "moves": {"enterprise": {"enterprise": 3, "smb": 1}, "smb": {"enterprise": 0, "smb": 8}},
        "moved": [{"lead_id": "L1", "created_on": "2026-07-02", "before": "enterprise",
                   "after": "smb", "score_before": 15, "score_after": 9,
                   "changed": ["engagement"]}],
        "changes": [{"kind": "changed", "rule": "scoring", "old": 2, "new": 3,
                     "field": "factors/engagement/levels/engagement=download/points",
                     "zh": "六个因素。", "en": "Six factors."}],
        "verdict": [said("orders_alike", gain=BETWEEN)],
    },
}  # fmt: skip


def text(body: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body.decode()).split())


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_becomes_two_pages_and_pictures_that_need_no_network(kind: str) -> None:
    files = report_files("r", REPORTS[kind])
    assert {"r.zh.html", "r.en.html", "fairlead.css"} <= files.keys()
    pictures = [name for name in files if name.endswith(".png")]
    assert pictures
    for language in ("zh", "en"):
        page = files[f"r.{language}.html"].decode()
        assert "style=" not in page
        assert "<script" not in page
        assert "//" not in "".join(re.findall(r'(?:href|src)="([^"]*)"', page))
        drawings = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
        assert len(drawings) == len(pictures)
        for drawing in drawings:
            ET.fromstring(drawing)  # noqa: S314 our own drawing
    assert report_files("r", REPORTS[kind]) == files


def test_the_fit_page_says_the_verdict_the_lift_and_that_nothing_is_adopted() -> None:
    page = text(report_files("fit", REPORTS["fit"])["fit.en.html"])
    assert "Verdict: No signal: AUC 0.678 [0.646, 0.707]" in page
    assert "Nothing is adopted here" in page
    assert "0.678 [0.646, 0.707]" in page
    assert "2.00" in page  # 27 of 50 where 13.5 are average
    assert "fitted percents ★" in page
    assert "close_date" in page


def test_the_drift_page_names_what_drifted_and_what_the_rule_of_thumb_would_say() -> None:
    page = text(report_files("d", REPORTS["drift"])["d.en.html"])
    assert "Drift in Budget." in page
    assert "0.3100 0.1200 0.002" in page


def test_the_back_test_page_lists_who_would_be_tiered_differently() -> None:
    page = text(report_files("b", REPORTS["backtest"])["b.en.html"])
    assert "1 lead would be in another tier: 0 in a higher one, 1 in a lower one." in page
    assert "Engagement · engagement=download · points: 2 → 3" in page
    chinese = text(report_files("b", REPORTS["backtest"])["b.zh.html"])
    assert "参与度 · engagement=download · 得分：2 → 3" in chinese
    assert "L1 2026-07-02 Enterprise SMB Engagement 15 9" in page
    assert "25% of 200" in page


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="not a report"):
        report_files("x", {"format": "fairlead/else/1"})


def test_hostile_text_in_a_report_is_inert() -> None:
    report = REPORTS["backtest"] | {
        "source": HOSTILE,
        "verdict": [said("made_from", column=HOSTILE)],
    }
    report["moved"] = [{"lead_id": HOSTILE, "changed": [HOSTILE], "before": HOSTILE}]
    pages = [body.decode() for body in _pages(report).values()]
    assert len(pages) == 2
    for page in pages:
        assert "<script" not in page
        assert "\u202e" not in page


def _pages(report: dict[str, Any]) -> dict[str, bytes]:
    files = report_files("report", json.loads(json.dumps(report)))
    return {name: body for name, body in files.items() if name.endswith(".html")}


def test_wilsons_interval_is_that_of_the_published_example() -> None:
    """Newcombe 1998, table I: 81 of 263 gives .2553 to .3662."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
