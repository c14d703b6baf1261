"""Histories on a real PostgreSQL: weeks are built one after the other, again, and replayed."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters.warehouse.address import Address
from tests.integration.dbt_fixture import (
    AS_OF,
    PROJECT,
    Row,
    dbt,
    insert_raw,
    mart,
    served,
    set_run,
)

WEEK = timedelta(days=7)
# The last Monday of the third quarter, the first of the fourth, and one four weeks later.
SEPTEMBER, OCTOBER, NOVEMBER = AS_OF - 8 * WEEK, AS_OF - 7 * WEEK, AS_OF - 3 * WEEK
BUILD = ("build", "--exclude-resource-type", "unit_test")
HISTORIES = (
    "build", "--select", "+dim_capability_issues", "+fct_rep_capacity_history",
    "--resource-type", "model", "--resource-type", "snapshot", "--resource-type", "seed",
)  # fmt: skip
TOUCHES = ("run", "--select", "+fct_rep_activity_weekly")


@pytest.fixture(scope="module")
def place() -> tuple[Address, Path]:
    return served()


def stars(rep: str, skill: str, given: str, load_id: int, landed_at: datetime) -> dict[str, Any]:
    return {
        "row_key": f"{rep}/{skill}", "rep_id": rep, "skill": skill, "manager_stars": given,
        "load_id": load_id, "landed_at": landed_at,
    }  # fmt: skip


def build(place: tuple[Address, Path], source: str, week: str, as_of: datetime) -> None:
    address, folder = place
    with address.connect() as conn:
        set_run(conn, week, source, as_of=as_of)
    statuses = dbt(address, folder, *HISTORIES)
    assert set(statuses.values()) <= {"success"}


def at(history: dict[Any, Row], moment: datetime) -> dict[tuple[str, str], int]:
    """The matrix as it was: the query that the mart's description gives."""
    return {
        (row["rep_id"], row["skill"]): row["stars"]
        for row in history.values()
        if row["valid_from_at"] <= moment
        and (row["valid_to_at"] is None or row["valid_to_at"] > moment)
    }


def test_last_quarters_matrix_can_be_read_as_it_was_and_replays_change_nothing(
    place: tuple[Address, Path],
) -> None:
    address, _ = place
    with address.connect() as conn:
        insert_raw(conn, "reps", [
            {"rep_id": "A", "role": "AE", "landed_at": SEPTEMBER},
            {"rep_id": "B", "role": "AE", "landed_at": SEPTEMBER},
        ], source="weeks")  # fmt: skip
        insert_raw(conn, "opportunities", [
            {"opportunity_id": "O1", "owner_id": "A", "stage": "demo", "landed_at": SEPTEMBER},
        ], source="weeks")  # fmt: skip
        october = OCTOBER - timedelta(hours=1)
        insert_raw(conn, "capability", [
            stars("A", "smb", "1", 1, SEPTEMBER), stars("A", "upsell", "2", 1, SEPTEMBER),
            stars("B", "smb", "3", 1, SEPTEMBER),
            stars("A", "smb", "2", 2, october), stars("B", "upsell", "1", 2, october),
            {**stars("A", "upsell", "2", 3, NOVEMBER), "is_deleted": True},
            stars("A", "smb", "3", 3, NOVEMBER),
        ], source="weeks")  # fmt: skip
        insert_raw(conn, "opportunities", [
            {"opportunity_id": "O2", "owner_id": "A", "stage": "demo", "landed_at": NOVEMBER},
        ], source="weeks", load_id=3)  # fmt: skip
    september = {("A", "smb"): 1, ("A", "upsell"): 2, ("B", "smb"): 3}
    october_matrix = {**september, ("A", "smb"): 2, ("B", "upsell"): 1}
    november = {("A", "smb"): 3, ("B", "smb"): 3, ("B", "upsell"): 1}

    def history() -> dict[Any, Row]:
        return mart(address, "fct_capability_matrix_history", "rep_id", "skill", "valid_from_at")

    weeks = [("2026-W40", SEPTEMBER), ("2026-W41", OCTOBER), ("2026-W45", NOVEMBER)]
    for week, as_of in weeks:
        build(place, "weeks", week, as_of)
    first = history()
    assert at(first, SEPTEMBER) == september
    assert at(first, OCTOBER + WEEK) == october_matrix
    assert at(first, NOVEMBER) == november

    issues = mart(address, "dim_capability_issues", "issue_id")
    facts = ("issued_with_run", "rated_cells", "new_cells", "raised_cells", "lowered_cells")
    assert {name: tuple(issue[fact] for fact in facts) for name, issue in issues.items()} == {
        "2026Q3": ("2026-W40", 3, 3, 0, 0),
        "2026Q4": ("2026-W41", 4, 1, 1, 0),
    }
    assert issues["2026Q4"]["previous_issue_id"] == "2026Q3"
    assert [issues[name]["is_current"] for name in ("2026Q3", "2026Q4")] == [False, True]

    # Built again, the newest week changes nothing; nor does the replay of an older one.
    build(place, "weeks", "2026-W45", NOVEMBER)
    assert history() == first
    loads = mart(address, "fct_rep_capacity_history", "run_key", "rep_id")
    assert {key: row["open_opportunities"] for key, row in loads.items()} == {
        ("2026-W40", "A"): 1, ("2026-W40", "B"): 0, ("2026-W41", "A"): 1, ("2026-W41", "B"): 0,
        ("2026-W45", "A"): 2, ("2026-W45", "B"): 0,
    }  # fmt: skip
    build(place, "weeks", "2026-W41", OCTOBER)
    replayed = history()
    assert at(replayed, SEPTEMBER) == september
    assert at(replayed, OCTOBER) == october_matrix  # and of November it knows nothing
    assert {row["run_key"] for row in replayed.values()} == {"2026-W41"}
    assert set(mart(address, "dim_capability_issues", "issue_id")) == {"2026Q3", "2026Q4"}
    assert mart(address, "fct_rep_capacity_history", "run_key", "rep_id").keys() == loads.keys()
    build(place, "weeks", "2026-W45", NOVEMBER)
    assert history() == first


def touch(
    key: str, rep: str, at: str, landed_at: datetime, load_id: int, **more: Any
) -> dict[str, Any]:
    return {
        "touch_id": key, "lead_id": f"L{key}", "rep_id": rep, "at": at, "kind": "call",
        "landed_at": landed_at, "load_id": load_id, **more,
    }  # fmt: skip


def test_late_changed_and_deleted_touches_count_in_the_week_they_are_about(
    place: tuple[Address, Path],
) -> None:
    address, folder = place
    monday, earlier = AS_OF, AS_OF - WEEK

    def counts(week: str, as_of: datetime, *flags: str) -> dict[tuple[str, str], int]:
        with address.connect() as conn:
            set_run(conn, week, "calls", as_of=as_of)
        statuses = dbt(address, folder, *TOUCHES, *flags)
        assert set(statuses.values()) <= {"success", "pass", "no-op"}
        found = mart(address, "fct_rep_activity_weekly", "rep_id", "week_starts_on")
        return {(rep, str(week)): row["touches"] for (rep, week), row in found.items()}

    first, second = "2026-11-09", "2026-11-16"
    with address.connect() as conn:
        insert_raw(conn, "reps", [{"rep_id": "A", "role": "AE"}], source="calls")
        insert_raw(conn, "touches", [
            touch("1", "A", "2026-11-09T00:00:00+08:00", earlier, 11),
            touch("2", "A", "2026-11-15T23:59:59+08:00", earlier, 11),
            touch("3", "A", "2026-11-10T09:00:00+08:00", earlier, 11),
        ], source="calls")  # fmt: skip
    assert counts("2026-W47", earlier) == {("A", first): 3}

    with address.connect() as conn:
        insert_raw(conn, "touches", [
            touch("4", "A", "2026-11-17T09:00:00+08:00", monday, 12),
            touch("5", "A", "2026-11-11T09:00:00+08:00", monday, 12),  # of last week, logged late
            touch("1", "B", "2026-11-09T00:00:00+08:00", monday, 12),  # it was B's all along
            touch("2", "A", "2026-11-16T00:00:00+08:00", monday, 12),  # and this a day later
            {**touch("3", "A", "2026-11-10T09:00:00+08:00", monday, 12), "is_deleted": True},
        ], source="calls")  # fmt: skip
        # A backfill of old history comes as a load like any other.
        insert_raw(conn, "touches", [
            touch("6", "A", "2026-10-01T09:00:00+08:00", monday, 13),
        ], source="calls")  # fmt: skip
    today = {
        ("A", first): 1, ("A", second): 2, ("B", first): 1, ("A", "2026-09-28"): 1,
    }  # fmt: skip
    assert counts("2026-W48", monday) == today
    assert counts("2026-W48", monday) == today  # again: nothing is counted twice
    assert counts("2026-W47", earlier) == {("A", first): 3}  # replayed: as it was seen then
    assert counts("2026-W48", monday, "--full-refresh") == today  # and from scratch the same


def test_a_source_that_brought_nothing_for_too_long_warns_by_the_runs_day_not_the_clock(
    place: tuple[Address, Path],
) -> None:
    address, folder = place
    landed = datetime(2026, 11, 16, 0, 40, tzinfo=UTC)  # seven days to the second before the run
    with address.connect() as conn:
        for file, when in (("leads.csv", landed), ("touches.csv", landed - timedelta(seconds=1))):
            conn.execute(
                "insert into raw.loads (source, file, file_sha256, rows_read, rows_new,"
                " rows_changed, rows_deleted, rows_bad, landed_at)"
                " values ('calls', %s, '00', 1, 1, 0, 0, 0, %s)",
                (file, when),
            )
        set_run(conn, "2026-W48", "calls")
    statuses = dbt(address, folder, *BUILD)
    assert statuses["assert_sources_are_fresh_on_the_runs_day"] == "warn"
    quality = mart(address, "fct_source_quality", "file")
    assert {file: (row["age_days"], row["is_stale"]) for file, row in quality.items()} == {
        "leads.csv": (7, False),
        "touches.csv": (7, True),
    }
    freshness = dbt(address, folder, "source", "freshness")
    assert {name: freshness[name] for name in ("leads", "touches")} == {
        "leads": "pass", "touches": "warn",
    }  # fmt: skip


def test_dbts_own_freshness_and_the_page_allow_a_file_the_same_days() -> None:
    with (PROJECT / "seeds" / "source_freshness.csv").open(encoding="utf-8", newline="") as file:
        seed = {row["file"]: int(row["warn_after_days"]) for row in csv.DictReader(file)}
    models = PROJECT / "models" / "staging" / "policy" / "_policy__sources.yml"
    tables = YAML(typ="safe").load(models)["sources"][0]["tables"]
    declared = {
        f"{table['name']}.csv": table["config"]["freshness"]["warn_after"]
        for table in tables
        if "config" in table
    }
    assert declared == {file: {"count": days, "period": "day"} for file, days in seed.items()}


def deal(
    key: str, owner: str, stage: str, closed: str, amount: int, load_id: int, landed_at: datetime
) -> dict[str, Any]:
    return {
        "opportunity_id": key, "owner_id": owner, "stage": stage, "amount_cny": str(amount),
        "created_on": "2026-01-05", "closed_on": closed or None, "employees": "50",
        "lead_type": "new", "load_id": load_id, "landed_at": landed_at,
    }  # fmt: skip


def test_each_of_three_quarters_is_read_as_it_was_whatever_was_corrected_later(
    place: tuple[Address, Path],
) -> None:
    address, _ = place
    june, september, november = AS_OF - 23 * WEEK, SEPTEMBER, NOVEMBER
    before = timedelta(hours=1)
    with address.connect() as conn:
        insert_raw(conn, "reps", [
            {"rep_id": rep, "role": "AE", "hired_on": "2020-01-01", "landed_at": june - before}
            for rep in ("A", "B")
        ], source="quarters")  # fmt: skip
        # A wins nine of ten small deals and B none: drawn toward the team's 9 of 20 by ten deals,
        # 150% and 50% of its rate.
        deals = [
            deal(
                f"{rep}{n}", rep, "won" if n < wins else "lost", "2026-05-01", 100, 1, june - before
            )
            for rep, wins in (("A", 9), ("B", 0))
            for n in range(10)
        ]
        insert_raw(conn, "opportunities", deals, source="quarters")
        insert_raw(conn, "capability", [
            stars("A", "smb", "2", 1, june - before), stars("B", "smb", "2", 1, june - before),
            stars("A", "upsell", "1", 1, june - before),
            # In the third quarter a review comes in and another is withdrawn.
            stars("B", "upsell", "3", 2, september - before),
            {**stars("A", "upsell", "1", 2, september - before), "is_deleted": True},
            # And in the fourth one that is dated into the second.
            {**stars("B", "upsell", "1", 3, november - before), "reviewed_on": "2026-06-01"},
        ], source="quarters")  # fmt: skip
        # Late and corrected: A's wins of May were losses, as somebody says in November.
        insert_raw(conn, "opportunities", [
            deal(f"A{n}", "A", "lost", "2026-05-01", 100, 3, november - before) for n in range(9)
        ], source="quarters", load_id=3)  # fmt: skip
        insert_raw(conn, "certifications", [
            {"row_key": "c", "rep_id": "B", "skill": "enterprise", "certificate": "E",
             "valid_from": "2026-01-01", "valid_to": "2026-10-31", "landed_at": june - before},
        ], source="quarters")  # fmt: skip
    for week, as_of in (("2026-W25", june), ("2026-W40", september), ("2026-W45", november)):
        build(place, "quarters", week, as_of)
    history = mart(address, "fct_capability_matrix_history", "rep_id", "skill", "valid_from_at")
    second = {("A", "smb"): 3, ("B", "smb"): 1, ("A", "upsell"): 1, ("B", "enterprise"): 2}
    third = {("A", "smb"): 3, ("B", "smb"): 1, ("B", "upsell"): 3, ("B", "enterprise"): 2}
    assert at(history, june) == second
    assert at(history, september) == third
    today = at(history, november)
    assert ("B", "enterprise") not in today  # the certificate ran out
    assert (today["B", "upsell"], today["A", "smb"], today["B", "smb"]) == (1, 2, 2)
    issues = mart(address, "dim_capability_issues", "issue_id")
    assert [(name, issues[name]["rated_cells"]) for name in sorted(issues)] == [
        ("2026Q2", 4), ("2026Q3", 4), ("2026Q4", len(today)),
    ]  # fmt: skip
    assert at(history, issues["2026Q2"]["issued_at"]) == second
    assert at(history, issues["2026Q3"]["issued_at"]) == third


TABLES = """select table_schema, table_name from information_schema.tables
    where table_type = 'BASE TABLE'
      and table_schema in ('intermediate', 'marts', 'snapshots', 'reference')"""


def everything(address: Address, source: str) -> dict[str, list[str]]:
    """Every row of every table that dbt built, other sources' history aside, as sorted text."""
    with address.connect() as conn:
        return {
            f"{schema}.{name}": [
                row
                for (row,) in conn.execute(
                    f'select t::text from "{schema}"."{name}" t'
                    " where coalesce(to_jsonb(t) ->> 'source', %s) = %s order by 1",
                    (source, source),
                )
            ]
            for schema, name in conn.execute(TABLES).fetchall()
        }


def test_built_from_scratch_everything_is_what_the_weeks_made_of_it_row_for_row(
    place: tuple[Address, Path],
) -> None:
    address, folder = place
    weeks = [(f"2026-W{46 + n}", AS_OF - (2 - n) * WEEK) for n in range(3)]
    first, second, third = (as_of - timedelta(hours=1) for _, as_of in weeks)

    def opportunity(load_id: int, landed_at: datetime, **more: str) -> dict[str, Any]:
        fixed = {"opportunity_id": "O1", "owner_id": "A", "created_on": "2026-10-01"}
        return {**fixed, "load_id": load_id, "landed_at": landed_at, **more}

    with address.connect() as conn:
        insert_raw(conn, "reps", [
            {"rep_id": rep, "role": "AE", "landed_at": first} for rep in ("A", "B")
        ], source="late")  # fmt: skip
        insert_raw(conn, "leads", [
            {"lead_id": "L1", "status": "new", "landed_at": first},
        ], source="late")  # fmt: skip
        insert_raw(conn, "opportunities", [
            opportunity(21, first, stage="demo", amount_cny="100"),
            # Known a week late: it had been in negotiation since before the first run.
            opportunity(22, second, stage="negotiation", stage_entered_on="2026-11-02",
                        amount_cny="100"),
            # And its owner and amount were wrong all along.
            opportunity(23, third, stage="negotiation", owner_id="B", amount_cny="900000"),
        ], source="late")  # fmt: skip
        insert_raw(conn, "capability", [
            stars("A", "smb", "1", 21, first), stars("A", "smb", "2", 22, second),
            stars("B", "smb", "3", 23, third),
        ], source="late")  # fmt: skip
        insert_raw(conn, "touches", [
            touch("1", "A", "2026-11-03T09:00:00+08:00", first, 21),
            touch("2", "A", "2026-11-04T09:00:00+08:00", first, 21),
            touch("3", "B", "2026-11-04T09:00:00+08:00", second, 22),  # a week late
            touch("1", "B", "2026-11-03T09:00:00+08:00", second, 22),
            touch("1", "B", "2026-09-03T09:00:00+08:00", third, 23, kind="meeting"),
            {**touch("2", "A", "2026-11-04T09:00:00+08:00", third, 23), "is_deleted": True},
        ], source="late")  # fmt: skip
    for week, as_of in weeks:
        with address.connect() as conn:
            set_run(conn, week, "late", as_of=as_of)
        assert set(dbt(address, folder, *BUILD).values()) <= {"success", "pass", "no-op", "warn"}
    made = everything(address, "late")
    loads = mart(address, "fct_rep_capacity_history", "run_key", "rep_id")
    # A late fact changes the weeks after it was known; what an earlier run saw stays.
    assert {key: (row["open_by_stage"], row["load_x100"]) for key, row in loads.items()
            if row["source"] == "late" and row["open_opportunities"]} == {
        ("2026-W46", "A"): ({"demo": 1}, loads["2026-W46", "A"]["load_x100"]),
        ("2026-W47", "A"): ({"negotiation": 1}, loads["2026-W47", "A"]["load_x100"]),
        ("2026-W48", "B"): ({"negotiation": 1}, loads["2026-W48", "B"]["load_x100"]),
    }  # fmt: skip
    assert set(dbt(address, folder, *BUILD, "--full-refresh").values()) <= {
        "success", "pass", "no-op", "warn",
    }  # fmt: skip
    assert {"intermediate.int_touches_counted", "snapshots.capability_matrix"} <= set(made)
    assert made["intermediate.int_touches_counted"]
    assert everything(address, "late") == made
