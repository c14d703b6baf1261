"""Strange rows through the real command: decided all the same, and each told on the page.

Which outcome each kind has, is written in docs/data.md.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from notifications.words import words
from tests.command_line import decisions

pytestmark = pytest.mark.timeout(600)

QUARANTINE = ("duplicate_id", "negative_amount", "absurd_amount", "bad_enum", "missing_value")
FINDINGS = {
    "opportunity_without_owner": 1,
    "amount_out_of_line": 1,
    "closed_without_day": 1,
    "contradictory_review": 1,
    "reviews_disagree": 1,
    "review_dated_after_the_run": 1,
    "certificate_out_of_date": 1,
    "rep_in_two_teams": 2,
}


def rewritten(folder: Path, file: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    rows = decisions(folder / file)
    change(rows)
    with (folder / file).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def spoil_opportunities(rows: list[dict[str, str]]) -> None:
    for row in rows:  # what the made-up organisation has by itself
        row["owner_id"] = row["owner_id"] or "R001"
    open_deals = [row for row in rows if row["stage"] not in ("won", "lost")]
    open_deals[0]["owner_id"] = ""
    open_deals[1]["amount_cny"] = "-5"
    open_deals[2]["amount_cny"] = "1000000000000"
    open_deals[3]["stage"] = "qualified"
    open_deals[4]["stage"] = ""
    open_deals[5]["amount_cny"] = "900000000000"
    next(row for row in rows if row["stage"] == "won")["closed_on"] = ""


def spoil_reviews(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row["self_stars"] = row["manager_stars"]
        row["reviewed_on"] = "2026-10-01"
    rows[0]["self_stars"], rows[0]["manager_stars"] = "3", "1"
    earlier = {**rows[1], "reviewed_on": "2026-07-01"}
    earlier["self_stars"] = earlier["manager_stars"] = (
        "1" if rows[1]["manager_stars"] != "1" else "2"
    )
    rows[2]["reviewed_on"] = "2027-01-01"
    rows.append(earlier)


def spoil_certificates(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row["valid_from"], row["valid_to"] = "2026-01-01", "2027-01-01"
    rows[0]["valid_to"] = "2026-11-22"


def spoil_reps(rows: list[dict[str, str]]) -> None:
    managers = [row["rep_id"] for row in rows if row["role"] == "MANAGER"]
    one, other, twice = [row for row in rows if row["role"] == "AE" and row["active"] == "true"][:3]
    other["email"] = one["email"].upper()
    one["manager_id"], other["manager_id"] = managers[:2]
    rows.append({**twice, "manager_id": next(m for m in managers if m != twice["manager_id"])})


@pytest.fixture(scope="module")
def home(new_home, small_team, tmp_path_factory):
    folder = tmp_path_factory.mktemp("strange") / "team"
    shutil.copytree(small_team, folder)
    rewritten(folder, "opportunities.csv", spoil_opportunities)
    rewritten(folder, "capability.csv", spoil_reviews)
    rewritten(folder, "certifications.csv", spoil_certificates)
    rewritten(folder, "reps.csv", spoil_reps)
    home = new_home()
    done = home.run(folder)
    assert done.returncode == 0, done.stderr
    return home


def page(home, site: str, language: str) -> str:
    place = home.path / site / language / "runs" / "2026-W48" / "quality.html"
    return place.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_strange_row_is_on_the_page_with_its_outcome(home, language):
    text, t = page(home, "site-team", language), words(language)
    assert f"{t.plain('quality.quarantine', count=5)}</h2>" in text
    for finding, rows in FINDINGS.items():
        line = text[text.index(str(t.code("finding", finding))) :]
        line = line[: line.index("</tr>")]
        assert str(t.code("finding_outcome", finding)).replace("'", "&#39;") in line
        assert line.endswith(f'<td class="r">{rows}</td>'), finding


def test_the_public_page_gives_reasons_in_words_and_no_row(home):
    team, public, t = page(home, "site-team", "en"), page(home, "site", "en"), words("en")
    for code in QUARANTINE:
        assert str(t.code("quarantine", code)) in public
    assert "R001" in team
    assert "R001" not in public
