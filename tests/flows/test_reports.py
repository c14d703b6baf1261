"""`fairlead simulate` and `fairlead baseline`, as a SalesOps person calls them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.command_line import CHECKOUT, Home

pytestmark = pytest.mark.timeout(600)
POLICY = CHECKOUT / "policies" / "lead-allocation-v2.yaml"


class Page(HTMLParser):
    """What a page would fetch, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [v or "" for k, v in attrs if k == "src" or (tag == "link" and k == "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def decided(new_home, small_team) -> Home:
    """A home with one decided week of 60 leads among 24 reps."""
    home = new_home()
    done = home.run(small_team)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Document 0's policy with 60% of the enterprise leads drawn, not approved by anyone."""
    text = POLICY.read_text(encoding="utf-8").replace("pct: 30", "pct: 60", 1)
    path = tmp_path_factory.mktemp("draft") / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_draft_is_simulated_on_the_stored_week(decided: Home, draft: Path, tmp_path: Path):
    done = decided.fairlead("simulate", "--policy", draft, "--report", tmp_path)
    report = json.loads((tmp_path / "simulation.json").read_text(encoding="utf-8"))
    old, new = report["old"], report["new"]
    assert done.returncode == (0 if new["may_go_live"] == "yes" else 1), done.stderr
    assert [week["run"] for week in report["weeks"]] == ["2026-W48"]
    # 6 enterprise leads: 30% are 1.8, so one; 60% are 3.6, so three.
    assert old["methods"]["enterprise"] == {"lottery": 1, "skill_match": 5}
    assert new["methods"]["enterprise"] == {"lottery": 3, "skill_match": 3}
    assert new["leads"] == new["owned"] + new["unassigned"] == 60
    assert new["met"] + sum(new["overflow"].values()) + new["broken"] == new["owned"]
    assert new["agreement"]["known"] == 60
    assert sum(row["count"][1] - row["count"][0] for row in report["change"]["reps"]) == 0
    for language in ("zh", "en"):
        page = Page(tmp_path / f"simulation-{language}.html")
        assert page.fetched == []
        assert report["change"]["reps"][0]["name"] in page.text
    again = tmp_path / "again"
    decided.fairlead("simulate", "--policy", draft, "--report", again)
    for name in ("simulation.json", "simulation-zh.html"):
        assert (again / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_run_that_is_not_there_is_said_so(decided: Home, draft: Path):
    done = decided.fairlead("simulate", "--policy", draft, "--run", "2026-W40")
    assert (done.returncode, "2026-W40" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_the_past_of_a_landed_source_is_told_without_names(decided: Home, tmp_path: Path):
    done = decided.fairlead("baseline", "--as-of", "2026-11-23", "--report", tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert (report["from"], report["to"], report["counted"]) == (
        "2025-11-24", "2026-11-23", "leads",
    )  # fmt: skip
    assert [row["band"] for row in report["bands"]] == ["top", "middle", "bottom"]
    assert sum(row["leads"] for row in report["bands"]) == report["total"]["leads"] > 0
    assert {row["attainment"] for row in report["bands"]} == {"withheld"}  # bands of 4, 16, 4
    assert "gender" not in report["groups"]
    assert not (decided.path / "protected-views.log").exists()
    body = (tmp_path / "baseline-zh.html").read_text(encoding="utf-8")
    assert "R001" not in body
    assert "不显示" in body
    assert Page(tmp_path / "executive-en.html").fetched == []


def test_views_of_protected_groups_leave_a_line_behind(decided: Home, tmp_path: Path):
    done = decided.fairlead(
        "baseline", "--as-of", "2026-11-23", "--protected", "--report", tmp_path
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert {"gender", "ethnicity"} < set(report["groups"])
    assert (decided.path / "protected-views.log").read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.real_data
def test_what_a_real_source_does_not_say_is_unknown(new_home, real_data: Path, tmp_path: Path):
    done = new_home().fairlead(
        "baseline", "--source", "mappings/maven_crm.yaml", "--data", real_data / "maven_crm",
        "--policy", "policies/maven.yaml", "--report", tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert (report["counted"], report["reps"], report["to"]) == ("deals", 35, "2017-12-31")
    assert report["unknown"]["hired_on"] == report["unknown"]["quota"] == 35
    assert report["total"]["attainment"] == ""
    # Counted apart: rows of sales_pipeline.csv that were engaged in 2017.
    assert report["total"]["leads"] == 7_942
