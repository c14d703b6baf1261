"""A week with runs between its Mondays, through the real command and a real database."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from adapters.crm.synthetic import write_organisation
from adapters.warehouse import chain
from adapters.warehouse.embedded import start
from allocation.engine import allocate
from allocation.policy import load_policy
from allocation.snapshot import Snapshot
from audit.verify import verify
from ledger.canonical import parse_canonical
from tests.builders import POLICIES, approved_anew
from tests.command_line import Home
from tests.flows.conftest import MONDAY

pytestmark = pytest.mark.timeout(1500)
FIRST, NINE, TEN, SECOND = "2026-W48", "2026-W48-2T09", "2026-W48-2T10", "2026-W49"
INTAKE = """
intake:
  id: intake
  zh: 两个周一之间每小时分配新线索；抽入抽签份额的等到周一。
  en: Between the Mondays new leads are given out every hour; the lottery's part waits for Monday.
  source: a test
  every: hour

seniority:
"""


class Company:
    """A home, its growing source and its policy."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.source, self.policy = home, folder / "crm", folder / "policy.yaml"
        write_organisation(self.source, 7, reps=24, leads=60, years=1, as_of=MONDAY)
        text = (POLICIES / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
        self.policy.write_text(approved_anew(text.replace("\nseniority:\n", INTAKE, 1)), "utf-8")
        self.fresh = [row for row in self.leads() if row["status"] == "new"]

    def leads(self) -> list[dict[str, str]]:
        with (self.source / "leads.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def come_in(self, name: str, count: int) -> None:
        """`count` new leads, put before the old ones: the order of rows says nothing."""
        rows = self.leads()
        new = [
            row | {"lead_id": f"{name}-{i}", "company": f"{name} {i}", "email": f"{name}{i}@x.cn",
                   "phone": f"1{len(rows) + i:010d}"}
            for i, row in enumerate(self.fresh[:count])
        ]  # fmt: skip
        with (self.source / "leads.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows([*new, *rows])

    def run(self, as_of: str, *more: str) -> str:
        done = self.home.fairlead(
            "run", "--source", self.source, "--policy", self.policy, "--as-of", as_of,
            "--window", "0", "--entropy", "operator", "--trial-seed", "test", *more,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def release(self, key: str) -> None:
        done = self.home.fairlead("release", key, "--by", "SalesOps")
        assert done.returncode == 0, done.stderr

    def decisions(self, key: str) -> dict[str, dict]:
        file = self.home.site / "runs" / key / "decisions.json"
        return {row["lead"]: row for row in json.loads(file.read_bytes())["decisions"]}

    def records(self, kind: str) -> list[dict]:
        found = (json.loads(file.read_bytes()) for file in (self.home.site / "records").iterdir())
        return [one for one in found if kind in one]


@pytest.fixture(scope="module")
def week(new_home, tmp_path_factory) -> tuple[Company, dict[str, str]]:
    """Monday; nine and ten on Tuesday, with a quiet noon; the Monday after, held for a while."""
    company = Company(new_home(), tmp_path_factory.mktemp("company"))
    said = {FIRST: company.run("2026-11-23T08:40:00+08:00")}
    company.come_in("nine", 25)
    said[NINE] = company.run("2026-11-24T09:10:00+08:00", "--intake")
    said["again"] = company.run("2026-11-24T09:40:00+08:00", "--intake")
    company.come_in("ten", 9)
    said[TEN] = company.run("2026-11-24T10:10:00+08:00", "--intake", "--hold")
    company.release(TEN)
    said["quiet"] = company.run("2026-11-24T12:10:00+08:00", "--intake")
    company.come_in("monday", 20)
    said[SECOND] = company.run("2026-11-30T08:40:00+08:00", "--hold")
    said["blocked"] = company.run("2026-11-30T09:10:00+08:00", "--intake")
    company.release(SECOND)
    return company, said


RUNS = (FIRST, NINE, TEN, SECOND)


def test_each_hour_is_decided_once_and_a_quiet_or_blocked_one_not_at_all(week):
    company, said = week
    assert f"run {NINE} was already decided" in said["again"]
    assert "nothing came in: there is no run 2026-W48-2T12" in said["quiet"]
    assert f"run {SECOND} is not decided yet" in said["blocked"]
    assert {path.name for path in (company.home.site / "runs").iterdir()} == set(RUNS)


def test_no_lead_is_given_twice_and_everything_that_came_in_is_decided(week):
    company, _ = week
    owned = Counter(
        lead for run in RUNS for lead, row in company.decisions(run).items() if "rep" in row
    )
    assert set(owned.values()) == {1}
    assert len({lead for run in RUNS for lead in company.decisions(run)}) == 60 + 25 + 9 + 20


def test_leads_drawn_for_the_lottery_wait_and_are_drawn_on_monday(week):
    company, _ = week
    waits = {
        lead
        for run in (NINE, TEN)
        for lead, row in company.decisions(run).items()
        if row["reason"] == "awaits_lottery"
    }
    assert waits
    assert waits.isdisjoint(company.decisions(TEN).keys() & company.decisions(NINE).keys())
    monday = company.decisions(SECOND)
    assert {monday[lead]["draw"] for lead in waits} == {f"{SECOND}/enterprise/lottery"}
    (ladder,) = company.records("waited")
    assert {lead for leads in ladder["waited"].values() for lead in leads} == waits


def test_shares_are_exact_over_the_whole_week(week):
    company, _ = week
    policy = load_policy(company.policy.read_text("utf-8"))
    selects = [one for one in company.records("candidates") if one["kind"] == "select"]
    assert len(selects) == len(RUNS) * len(policy.bands)
    for band in policy.bands:
        mine = [one for one in selects if one["draw"].endswith(f"/{band.band}")]
        leads = sum(len(one["candidates"]) for one in mine)
        for share in band.shares[:-1]:
            given = sum(dict(one["shares"])[share.share] for one in mine)
            assert 0 <= Fraction(share.pct * leads, 100) - given < 1


def test_the_runs_are_one_chain_and_the_database_refuses_a_fork(week):
    company, _ = week
    records = {one["run"]: one for one in company.records("loads")}
    assert [records[run].get("continues") for run in RUNS] == [None, FIRST, NINE, TEN]
    with start(company.home.path / "pg").connect() as conn:
        assert chain.last_decided(conn, "synthetic")[0] == SECOND
        assert not chain.link(conn, "synthetic", NINE, SECOND)
        conn.rollback()


def test_what_an_earlier_run_gave_counts_in_the_load_of_the_next(week):
    """The source is never written back, so its own figures stay what they were on Monday."""
    company, _ = week
    with start(company.home.path / "pg").connect() as conn:
        found = dict(
            conn.execute(
                "select run_key, body from decisions.documents where name = 'snapshot'"
            ).fetchall()
        )
    snaps = {run: Snapshot.from_record(parse_canonical(bytes(body))) for run, body in found.items()}
    before = {rep.ref: rep.open_leads for rep in snaps[FIRST].reps}
    given = Counter(row.get("rep") for row in company.decisions(FIRST).values())
    assert {rep.ref: rep.open_leads - before[rep.ref] for rep in snaps[NINE].reps} == {
        ref: given[ref] for ref in before
    }


def test_every_run_replays_and_the_order_of_rows_changes_nothing(week):
    company, _ = week
    replayed = company.home.fairlead("replay", "--all")
    assert replayed.returncode == 0, replayed.stdout
    for run in RUNS:
        bundle = parse_canonical((company.home.path / "bundles" / f"{run}.json").read_bytes())
        snap, policy = Snapshot.from_record(bundle["snapshot"]), load_policy(bundle["policy"])
        turned = replace(snap, leads=snap.leads[::-1], reps=snap.reps[::-1])
        again = allocate(turned, policy, bundle["draws"]).file()
        assert again == (company.home.site / "runs" / run / "decisions.json").read_bytes()


def test_the_site_verifies_with_each_bundle_and_not_with_a_waiting_lead_given_away(week, tmp_path):
    company, _ = week
    for run in RUNS:
        bundle = company.home.path / "bundles" / f"{run}.json"
        report = verify(company.home.site, bundle=bundle, now=datetime(2026, 12, 1, tzinfo=UTC))
        assert report.exit_code == 4, report.lines()
    file = company.home.site / "runs" / NINE / "decisions.json"
    honest = file.read_bytes()
    assert honest.count(b'"awaits_lottery"')
    file.write_bytes(honest.replace(b'"awaits_lottery"', b'"capacity_rotation"', 1))
    try:
        report = verify(company.home.site, now=datetime(2026, 12, 1, tzinfo=UTC))
        assert report.exit_code == 1
    finally:
        file.write_bytes(honest)


def test_only_who_received_something_is_told_and_has_a_page(week):
    company, _ = week
    owners = {row["rep"][:16] for row in company.decisions(NINE).values() if "rep" in row}
    mails = {file.stem for file in (company.home.path / "digests" / NINE).glob("*.txt")}
    assert mails == {f"rep-{ref}" for ref in owners}
    pages = company.home.site / "en" / "runs" / NINE / "reps"
    assert {page.stem for page in pages.iterdir()} == owners | {"index"}


def test_the_run_list_has_the_weeks_and_under_each_its_runs_between(week):
    company, _ = week
    page = (company.home.site / "en" / "index.html").read_text("utf-8")
    assert page.index(f">{SECOND}<") < page.index(f">{FIRST}<")
    assert page.index("<details>") < page.index(f">{NINE}<")
    assert f"{FIRST}, runs between the Mondays: 2" in page
