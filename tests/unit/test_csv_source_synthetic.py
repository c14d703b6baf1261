"""The synthetic organisation has document 0's shape, and equal arguments give equal bytes."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from adapters.crm.csv_folder import read_folder
from adapters.crm.synthetic import write_organisation

AS_OF = date(2026, 11, 23)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_organisation(tmp_path_factory.mktemp("organisation"), 7)


@pytest.fixture(scope="module")
def extract(folder):
    return read_folder(folder)


@pytest.fixture(scope="module")
def rows(extract):
    return {name: file.dicts() for name, file in extract.files.items()}


def score(lead):
    """Document 0's six factors, written down a second time."""
    employees = int(lead.get("employees", 0))
    budget = lead.get("budget_status")
    return (
        (3 if employees >= 1000 else 2 if employees >= 100 else 1)
        + (
            (3 if int(lead["budget_cny"]) >= 1_000_000 else 2)
            if budget == "explicit"
            else 2
            if budget == "implied"
            else 1
        )
        + {"economic_buyer": 3, "influencer": 2}.get(lead.get("authority"), 1)
        + {"urgent": 3, "active": 2}.get(lead.get("need"), 1)
        + {"explicit": 3, "estimate": 2}.get(lead.get("timing"), 1)
        + {"demo": 3, "download": 2}.get(lead.get("engagement"), 1)
    )


def new(rows):
    return [lead for lead in rows["leads"] if lead["status"] == "new"]


def test_no_row_is_bad_and_the_folder_says_that_it_is_synthetic(extract, folder):
    assert extract.rows_bad == 0
    assert extract.source == "synthetic"
    assert "合成" in (folder / "SYNTHETIC.md").read_text(encoding="utf-8")


def test_the_team_has_120_reps_in_document_0s_roles_and_six_managers(rows):
    roles = Counter(rep["role"] for rep in rows["reps"])
    assert roles == {"SDR": 20, "BDR": 15, "AE": 60, "AM": 25, "MANAGER": 6}
    managers = {rep["rep_id"] for rep in rows["reps"] if rep["role"] == "MANAGER"}
    assert all(rep["manager_id"] in managers for rep in rows["reps"] if rep["role"] != "MANAGER")


def test_the_week_has_exactly_100_enterprise_400_mid_market_and_500_smb_leads(rows):
    scores = [score(lead) for lead in new(rows)]
    bands = Counter("enterprise" if s >= 15 else "mid" if s >= 10 else "smb" for s in scores)
    assert bands == {"enterprise": 100, "mid": 400, "smb": 500}


def test_new_leads_came_in_the_week_before_and_nothing_is_from_after_the_run(rows):
    start, end = (
        datetime.fromisoformat("2026-11-16T00:00+08:00"),
        datetime.fromisoformat("2026-11-23T00:00+08:00"),
    )
    assert all(start <= datetime.fromisoformat(lead["created_at"]) < end for lead in new(rows))
    assert all(datetime.fromisoformat(touch["at"]) < end for touch in rows["touches"])
    assert all(deal["created_on"] < "2026-11-23" for deal in rows["opportunities"])
    assert all(deal.get("closed_on", "") < "2026-11-23" for deal in rows["opportunities"])


def test_no_new_lead_is_an_exception_a_duplicate_or_owned(rows):
    leads = new(rows)
    for column in ("owner_id", "requested_rep_id", "account_owner_id", "do_not_contact"):
        assert not any(column in lead for lead in leads)
    assert {lead["referrer"] for lead in leads} == {"none"}
    for column in ("company", "email", "phone"):
        assert len({lead[column] for lead in leads}) == len(leads)
    live = [lead for lead in rows["leads"] if lead["status"] in ("new", "working")]
    assert len({lead["company"] for lead in live}) == len(live)
    assert not any(lead["status"] == "recycled" for lead in rows["leads"])


def test_nobody_is_near_a_cap_also_after_the_weeks_leads(rows):
    open_deals = Counter(
        deal["owner_id"] for deal in rows["opportunities"] if deal["stage"] not in ("won", "lost")
    )
    early = Counter(
        d["owner_id"] for d in rows["opportunities"] if d["stage"] in ("discovery", "demo")
    )
    open_leads = Counter(lead["owner_id"] for lead in rows["leads"] if lead["status"] == "working")
    assert max(open_deals.values()) <= 9
    assert max(early.values()) <= 9
    assert max(open_leads.values()) <= 17
    for deal in rows["opportunities"]:
        if deal["stage"] == "discovery":
            assert AS_OF - date.fromisoformat(deal["stage_entered_on"]) < timedelta(days=30)


def test_everyone_is_there_in_the_weeks_around_the_run(rows):
    assert all(rep["active"] == "true" and "away_from" not in rep for rep in rows["reps"])
    for absence in rows["absences"]:
        first, last = date.fromisoformat(absence["from"]), date.fromisoformat(absence["to"])
        assert last < AS_OF - timedelta(days=7) or first > AS_OF + timedelta(days=7)


def test_the_pools_that_the_policy_needs_are_there(rows):
    reps = {rep["rep_id"]: rep for rep in rows["reps"]}
    stars = {(c["rep_id"], c["skill"]): int(c["manager_stars"]) for c in rows["capability"]}
    sellers = [r for r in reps if reps[r]["role"] == "AE"]
    top = [r for r in sellers if stars[r, "enterprise"] == 3]
    young = [r for r in sellers if reps[r]["hired_on"] > "2025-11-23"]
    assert len(top) == 20
    assert sum(stars[r, "vertical:healthcare"] >= 2 for r in top) >= 8
    assert len(young) == 12
    assert sum(stars[r, "vertical:healthcare"] >= 2 for r in young) >= 4
    assert (
        sum(
            skill == "upsell" and n == 3 and reps[r]["role"] == "AM"
            for (r, skill), n in stars.items()
        )
        >= 8
    )


def test_three_years_of_history_are_there(rows):
    counts = Counter(lead["status"] for lead in rows["leads"])
    assert counts["lost"] + counts["converted"] > 36_000
    assert 8_000 < len(rows["opportunities"]) < 10_000
    assert 55_000 < len(rows["touches"]) < 65_000
    first = min(deal["created_on"] for deal in rows["opportunities"])
    assert first < "2023-12-15"


def test_equal_arguments_give_equal_bytes_and_another_seed_other_ones(tmp_path):
    small = {"reps": 12, "leads": 20, "years": 1}
    folders = [
        write_organisation(tmp_path / name, seed, **small)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    texts = [
        {path.name: path.read_bytes() for path in sorted(folder.iterdir())} for folder in folders
    ]
    assert texts[0] == texts[1] != texts[2]


def test_a_small_organisation_keeps_the_proportions(tmp_path):
    folder = write_organisation(tmp_path / "s", 3, reps=12, leads=50, years=1)
    extract = read_folder(folder)
    assert extract.rows_bad == 0
    roles = Counter(rep["role"] for rep in extract.files["reps"].dicts())
    assert roles["SDR"] + roles["BDR"] + roles["AE"] + roles["AM"] == 12
    assert roles["AE"] == 6


def test_exceptions_come_on_top_of_the_counted_leads(tmp_path):
    folder = write_organisation(
        tmp_path / "s", 3, reps=24, leads=100, years=1, with_exceptions=True
    )
    extract = read_folder(folder)
    leads = [lead for lead in extract.files["leads"].dicts() if lead["status"] == "new"]
    assert extract.rows_bad == 0
    assert len(leads) == 100 + 21 + 6
    assert sum("account_owner_id" in lead for lead in leads) == 5
    assert sum("requested_rep_id" in lead for lead in leads) == 5
    assert sum(lead.get("do_not_contact") == "true" for lead in leads) == 3
    assert len(leads) - len({lead["phone"] for lead in leads}) == 6
    assert len(extract.files["conflicts"].rows) == 2
