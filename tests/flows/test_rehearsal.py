"""A rehearsal of a draft with a pilot: everything runs, and everything says that it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.warehouse.embedded import start
from tests.command_line import CHECKOUT, Home

pytestmark = pytest.mark.timeout(600)
PILOT = """pilot:
  id: pilot
  zh: 一半线索按新政策。
  en: Half of the leads go by the new policy.
  source: a test
  pct: 50

reassignment:
"""


@pytest.fixture(scope="module")
def rehearsed(new_home, small_team, tmp_path_factory) -> tuple[Home, Path]:
    """A week under a draft that nobody approved, half of it a pilot; a mail server is set."""
    home = new_home()
    shipped = (CHECKOUT / "policies" / "minimal.yaml").read_text(encoding="utf-8")
    draft = tmp_path_factory.mktemp("draft") / "draft.yaml"
    lines = shipped.replace("reassignment:\n", PILOT, 1).splitlines(keepends=True)
    draft.write_text("".join(line for line in lines if "role: hr" not in line), encoding="utf-8")
    # Nothing listens there: a mail that were handed over would fail and be recorded.
    done = home.run(
        small_team, "--simulate", "--policy", draft,
        env={"FAIRLEAD_SMTP_HOST": "127.0.0.1", "FAIRLEAD_SMTP_PORT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home, draft


def test_every_page_mail_and_checkpoint_says_that_it_is_a_rehearsal(rehearsed):
    home, _ = rehearsed
    pages = [*home.site.rglob("*.html"), *(home.path / "site-team").rglob("*.html")]
    mails = list((home.path / "digests").rglob("*.[ht]*"))  # not their pictures
    unsaid = [
        str(file)
        for file in [*pages, *mails]
        if file.parent.name != "dbt"  # dbt's own documentation of the models
        and not any(word in file.read_text(encoding="utf-8") for word in ("REHEARSAL", "演练："))
    ]
    assert len(pages) > 100 and len(mails) > 20 and unsaid == []
    checkpoint = (home.site / "log" / "checkpoint").read_text()
    assert checkpoint.startswith("rehearsal/")
    assert json.loads((home.site / "site.json").read_text())["origin"].startswith("rehearsal/")


def test_a_rehearsal_sends_nothing_and_writes_nothing_to_a_crm(rehearsed):
    home, _ = rehearsed
    with start(home.path / "pg").connect() as conn:
        queued = dict(conn.execute("select action, count(*) from decisions.outbox group by action"))
        tried = conn.execute("select count(*) from decisions.outbox_events").fetchone()
    assert set(queued) <= {"mail"}
    assert tried == (0,)


def test_a_pilot_week_verifies_and_its_report_says_that_nothing_is_known_yet(rehearsed, tmp_path):
    home, _ = rehearsed
    verified = home.fairlead("verify", home.site)
    assert verified.stdout.rstrip().endswith("OPERATOR-TRUSTED"), verified.stdout
    done = home.fairlead("pilot", "report", "--report", tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "pilot.json").read_text(encoding="utf-8"))
    arms = report["arms"]
    # 60 leads in three bands, half of each: the arms differ by less than one lead a band.
    assert arms["policy"]["leads"] + arms["control"]["leads"] == 60
    assert abs(arms["policy"]["leads"] - arms["control"]["leads"]) <= 3
    assert {one["verdict"] for one in report["questions"]} == {"insufficient"}
    assert report["rehearsal"] == "yes"
    assert "演练" in (tmp_path / "pilot-zh.html").read_text(encoding="utf-8")


def test_a_rehearsal_takes_no_real_homes_place_and_a_real_week_none_of_its(
    rehearsed, new_home, small_team, tmp_path
):
    home, draft = rehearsed
    real = home.run(small_team, "--policy", draft)
    assert (real.returncode, "holds rehearsals" in real.stderr) == (2, True)
    other = new_home()
    assert other.fairlead("init").returncode == 0
    refused = other.run(small_team, "--policy", draft, "--simulate")
    assert refused.returncode == 2
    assert "was initialised for real runs" in refused.stderr
