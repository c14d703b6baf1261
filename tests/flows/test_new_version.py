"""A data engineer's change of the scoring, from the first figure to the week it decides."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from tests.command_line import CHECKOUT, Home

pytestmark = pytest.mark.timeout(600)
SHIPPED = CHECKOUT / "policies" / "lead-allocation-v2.yaml"
DOWNLOAD = "{points: 2, where: {engagement: download}"
CHANGE_LOG = """\
  - version: 2.1
    on: 2026-11-23
    zh: 下载内容的参与度由 2 分升为 3 分。
    en: Downloading content earns 3 points of engagement instead of 2.
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Version 2.1, in force from the Monday of W48; its approvals are those of version 2.0."""
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in (
        (DOWNLOAD, DOWNLOAD.replace("2", "3", 1)),
        ("version: 2.0\ntitle", "version: 2.1\ntitle"),
        ("effective_from: 2025-01-01", "effective_from: 2026-11-23"),
        ("zone: Asia/Shanghai", CHANGE_LOG + "zone: Asia/Shanghai"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "v21.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def moved_by_hand(source: Path) -> int:
    """Leads of 2026's third quarter with a download whose sum stands one below a tier.

    The points are those of document 0, written out here a second time.
    """
    points = {
        "budget_status": {"implied": 2, "explicit": 2},
        "authority": {"economic_buyer": 3, "influencer": 2},
        "need": {"urgent": 3, "active": 2},
        "timing": {"explicit": 3, "estimate": 2},
        "engagement": {"demo": 3, "download": 2},
    }

    def score(row: dict[str, str]) -> int:
        employees, budget = int(row["employees"] or 0), float(row["budget_cny"] or 0)
        size = 1 + (employees >= 100) + (employees >= 1000)
        large = row["budget_status"] == "explicit" and budget >= 1_000_000
        return size + large + sum(words.get(row[name], 1) for name, words in points.items())

    with (source / "leads.csv").open(encoding="utf-8", newline="") as file:
        return sum(
            row["engagement"] == "download" and score(row) in (9, 14)
            for row in csv.DictReader(file)
            if date(2026, 7, 1) <= date.fromisoformat(row["created_at"][:10]) <= date(2026, 9, 30)
        )


def test_new_points_are_measured_refused_approved_and_run_and_both_versions_stay(
    new_home, small_team: Path, draft: Path
):
    home: Home = new_home()
    report = draft.parent / "difference.json"

    done = home.fairlead(
        "score", "backtest", "--source", small_team, "--policy", draft, "--against", SHIPPED,
        "--json", report,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    moved = json.loads(report.read_text(encoding="utf-8"))["moved"]
    assert len(moved) == moved_by_hand(small_team) > 0
    page = (report.parent / "difference.en.html").read_text(encoding="utf-8")
    assert all(each["lead_id"] in page for each in moved)

    week = ("run", "--source", small_team, "--window", "0", "--entropy", "operator")
    done = home.fairlead(*week, "--as-of", "2026-11-16")
    assert done.returncode == 0, done.stderr
    done = home.fairlead(*week, "--as-of", "2026-11-23", "--policy", draft)
    assert done.returncode == 8
    assert "approved another text" in done.stderr and "Traceback" not in done.stderr

    for role in ("sales_lead", "hr", "legal"):
        approve = ("policy", "approve", draft, "--role", role, "--by", "office", "--on")
        done = home.fairlead(*approve, "2026-11-20")
        assert done.returncode == 0, done.stderr
    done = home.fairlead(*week, "--as-of", "2026-11-23", "--policy", draft)
    assert done.returncode == 0, done.stderr

    # The week after, a schedule that still names the old file must not bring it back.
    done = home.fairlead(*week, "--as-of", "2026-11-30", "--policy", SHIPPED)
    assert done.returncode == 8
    assert "2.1, in force since 2026-11-23, decided 2026-W48" in done.stderr

    runs = (home.site / "en" / "index.html").read_text(encoding="utf-8")
    for run, version in (("2026-W47", "2.0"), ("2026-W48", "2.1")):
        row = runs[runs.index(f">{run}<") :].split("</tr>")[0]
        assert f"lead-allocation {version}" in row
    for version in ("2.0", "2.1"):
        assert (home.site / "zh" / "policies" / f"lead-allocation-{version}.html").is_file()
    assert home.fairlead("verify", home.site).returncode == 4  # OPERATOR-TRUSTED
