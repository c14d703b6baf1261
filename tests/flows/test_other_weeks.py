"""Past weeks: replayed from what had landed by then, or said to be reconstructed."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.crm.landing import land
from adapters.crm.mapping import load_source
from adapters.crm.synthetic import write_organisation
from adapters.warehouse.embedded import start
from tests.command_line import decisions

pytestmark = pytest.mark.timeout(600)
SHANGHAI = ZoneInfo("Asia/Shanghai")
# In days before now: the source landed between the two weeks that are run.
AGES = {"before_landing": 56, "landed": 40, "after_landing": 28}
TRIAL = ("--window", "0", "--entropy", "operator", "--trial-seed", "test")


def rewritten(folder: Path, file: str, change) -> None:
    rows = decisions(folder / file)
    for row in rows:
        change(row)
    with (folder / file).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def weeks(new_home, tmp_path_factory):
    """A source landed 40 days ago; since then every new lead was lost. Then two past weeks run."""
    home = new_home()
    now = datetime.now(UTC).replace(microsecond=0)
    source = tmp_path_factory.mktemp("weeks") / "crm"
    write_organisation(
        source, 7, reps=24, leads=60, years=1, as_of=(now - timedelta(days=70)).date()
    )
    past = {name: now - timedelta(days=days) for name, days in AGES.items()}
    assert home.fairlead("init").returncode == 0
    with start(home.path / "pg").connect() as conn:
        land(conn, load_source(source), past["landed"])

    def lose(row: dict[str, str]) -> None:
        if row["status"] == "new":
            row["status"] = "lost"

    rewritten(source, "leads.csv", lose)
    ran = {}
    for name in ("after_landing", "before_landing"):
        out = home.path.parent / f"{name}.csv"
        done = home.fairlead(
            "run", "--source", source, "--as-of", past[name].isoformat(), "--decisions", out, *TRIAL
        )
        assert done.returncode == 0, done.stderr
        year, number, _ = past[name].astimezone(SHANGHAI).isocalendar()
        week = f"{year}-W{number:02d}"
        page = home.path / "site-team" / "en" / "runs" / week / "index.html"
        ran[name] = (decisions(out), page.read_text())
    return ran


def test_a_past_week_is_decided_from_what_had_landed_by_then(weeks):
    rows, page = weeks["after_landing"]
    assert len(rows) == 60  # the leads that were new then, whatever the source says today
    assert "econstructed" not in page


def test_a_week_before_the_first_landing_says_that_it_is_reconstructed(weeks):
    rows, page = weeks["before_landing"]
    assert rows == []  # today's source has no lead that is new
    assert "econstructed" in page
