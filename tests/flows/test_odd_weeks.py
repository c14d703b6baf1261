"""Weeks in which hardly anything can be given out: a stated outcome each, never a traceback."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest

from adapters.crm.synthetic import write_organisation
from tests.command_line import Home, decisions

pytestmark = pytest.mark.timeout(600)
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    """The reps and the new leads of a team of six."""
    folder = tmp_path_factory.mktemp("source") / "six"
    write_organisation(folder, 7, reps=6, leads=8, years=0, as_of=date(2026, 11, 23))
    reps, leads = (decisions(folder / name) for name in ("reps.csv", "leads.csv"))
    return reps, [lead for lead in leads if lead["status"] == "new"]


def folder_of(path: Path, reps: Iterable[dict[str, str]], leads: Iterable[dict[str, str]]) -> Path:
    path.mkdir()
    for name, rows in (("reps.csv", list(reps)), ("leads.csv", list(leads))):
        with (path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, {key: None for row in rows for key in row} or ["rep_id"])
            writer.writeheader()
            writer.writerows(rows)
    return path


def week(home: Home, source: Path, folder: Path) -> list[dict[str, str]]:
    """The decisions of a week that is published and verifies."""
    done = home.run(source, "--decisions", folder / "decisions.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert home.fairlead("verify", home.site).returncode == 4  # OPERATOR-TRUSTED, as it was asked
    return decisions(folder / "decisions.csv")


@pytest.mark.parametrize(
    ("keeps", "said"),
    [
        (lambda rep: False, ("raw.reps.has_rows", "0 reps")),
        (lambda rep: rep["role"] == "MANAGER", ("raw.reps.someone_receives",)),
    ],
    ids=["nobody", "managers only"],
)
def test_a_team_without_anybody_who_may_receive_stops_before_anything_is_decided(
    new_home: Callable[[], Home], small: tuple[Rows, Rows], tmp_path: Path, keeps, said
) -> None:
    reps, leads = small
    kept = [rep for rep in reps if keeps(rep)]
    source = folder_of(tmp_path / "source", kept, leads)
    if not kept:
        (source / "reps.csv").write_text(",".join(reps[0]) + "\n", encoding="utf-8")
    home = new_home()
    done = home.run(source)
    assert done.returncode == 7
    assert "Traceback" not in done.stderr
    assert "nothing was allocated" in done.stderr
    assert all(words in done.stderr for words in said)
    assert not home.site.exists()


def test_when_everybody_is_on_leave_each_lead_waits_with_that_reason(
    new_home: Callable[[], Home], small: tuple[Rows, Rows], tmp_path: Path
) -> None:
    reps, leads = small
    away = [rep | {"away_from": "2026-11-20", "away_to": "2026-11-30"} for rep in reps]
    home = new_home()
    rows = week(home, folder_of(tmp_path / "source", away, leads), tmp_path)
    assert Counter(row["reason"] for row in rows) == {"no_eligible_rep": 8}
    assert not any(row["rep_id"] for row in rows)
    said = home.fairlead("why", rows[0]["lead_id"])
    assert said.returncode == 0
    assert "no_eligible_rep" in said.stdout or "away" in said.stdout.lower()


def test_of_leads_that_are_all_the_same_one_has_an_owner_and_the_others_point_to_it(
    new_home: Callable[[], Home], small: tuple[Rows, Rows], tmp_path: Path
) -> None:
    reps, leads = small
    same = {key: leads[0][key] for key in ("company", "contact_name", "email", "phone")}
    source = folder_of(tmp_path / "source", reps, [lead | same for lead in leads])
    rows = week(new_home(), source, tmp_path)
    assert Counter(row["reason"] == "duplicate" for row in rows) == {True: 7, False: 1}
    (kept,) = [row for row in rows if row["reason"] != "duplicate"]
    assert kept["rep_id"]


def test_a_week_without_a_lead_stops_and_says_so(
    new_home: Callable[[], Home], small: tuple[Rows, Rows], tmp_path: Path
) -> None:
    reps, leads = small
    source = folder_of(tmp_path / "source", reps, leads[:1])
    (source / "leads.csv").write_text(",".join(leads[0]) + "\n", encoding="utf-8")
    done = new_home().run(source)
    assert done.returncode == 7
    assert "raw.leads.has_rows" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_lead_among_hundreds_of_reps_has_one_owner_and_a_page_for_each_rep(
    new_home: Callable[[], Home], small: tuple[Rows, Rows], tmp_path: Path
) -> None:
    """With 10,000 reps the same, in minutes: one page in two languages for each (operations.md)."""
    reps, leads = small
    seller = next(rep for rep in reps if rep["role"] == "AE")
    many = [seller | {"rep_id": f"R{i:05}", "name": f"R{i}", "manager_id": ""} for i in range(300)]
    home = new_home()
    rows = week(home, folder_of(tmp_path / "source", many, leads[:1]), tmp_path)
    assert len(rows) == 1
    assert rows[0]["rep_id"] in {rep["rep_id"] for rep in many}
    assert len(list((home.site.resolve() / "en" / "runs" / "2026-W48" / "reps").iterdir())) == 301
