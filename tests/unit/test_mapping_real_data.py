"""The mapping files over the real sets; counts are taken from the files by other means.

FAIRLEAD_REAL_DATA names the folder that holds maven_crm/ and salvirt_b2b/. Both can be downloaded:
https://mavenanalytics.io/data-playground (CRM Sales Opportunities) and
https://www.salvirt.com/research/b2bdataset.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from adapters.crm.mapping import load_source

DATA = Path(os.environ.get("FAIRLEAD_REAL_DATA", "/nonexistent"))
MAPPINGS = Path(__file__).parents[2] / "mappings"
IDLE = ("Carl Lin", "Carol Thompson", "Elizabeth Anderson", "Mei-Mei Johns", "Natalya Ivanova")


def real(name, download):
    if not (DATA / name).is_dir():
        pytest.skip(f"FAIRLEAD_REAL_DATA has no {name}; it can be had from {download}")
    return load_source(MAPPINGS / f"{name}.yaml", DATA / name)


@pytest.fixture(scope="module")
def maven():
    return real("maven_crm", "https://mavenanalytics.io/data-playground")


@pytest.fixture(scope="module")
def salvirt():
    return real("salvirt_b2b", "https://www.salvirt.com/research/b2bdataset")


def lines(path):
    """Rows as bare cells: the file has no quotes, so a split is an independent reader."""
    return [line.split(",") for line in path.read_text(encoding="ascii").splitlines()[1:]]


def test_every_maven_deal_is_a_lead_or_an_opportunity_and_none_is_bad(maven):
    assert maven.rows_bad == 0
    assert Counter(lead["status"] for lead in maven.files["leads"].dicts()) == {"new": 500}
    stages = Counter(deal["stage"] for deal in maven.files["opportunities"].dicts())
    assert stages == {"discovery": 1589, "won": 4238, "lost": 2473}
    assert (maven.currency, maven.settings["as_of"]) == ("USD", "2017-12-31")


def test_mavens_35_agents_have_their_managers_and_the_idle_ones_are_there(maven):
    reps = {rep["rep_id"]: rep for rep in maven.files["reps"].dicts()}
    assert Counter(rep["role"] for rep in reps.values()) == {"AE": 35, "MANAGER": 6}
    names = {rep["name"] for rep in reps.values()}
    assert names.issuperset(IDLE)
    for agent, manager, office in lines(DATA / "maven_crm" / "sales_teams.csv"):
        rep = next(rep for rep in reps.values() if rep["name"] == agent)
        assert reps[rep["manager_id"]]["name"] == manager
        assert rep["region"] == office
        assert "hired_on" not in rep


def test_mavens_prospects_keep_their_past_owner_aside_and_have_none(maven):
    file = maven.files["leads"]
    assert not any("owner_id" in lead or "created_at" in lead for lead in file.dicts())
    past = Counter(row.extra["past_owner_id"] for row in file.rows)
    pipeline = lines(DATA / "maven_crm" / "sales_pipeline.csv")
    expected = Counter(
        "agent-" + row[1].lower().replace(" ", "-") for row in pipeline if row[4] == "Prospecting"
    )
    assert past == expected


def test_mavens_leads_expect_the_list_price_also_where_the_product_is_misspelt(maven):
    prices = {
        name.replace(" ", ""): price
        for name, _, price in lines(DATA / "maven_crm" / "products.csv")
    }
    pipeline = {row[0]: row for row in lines(DATA / "maven_crm" / "sales_pipeline.csv")}
    leads = maven.files["leads"].dicts()
    for lead in leads:
        product = pipeline[lead["lead_id"]][2]
        assert lead["expected_acv_cny"] == prices[product.replace(" ", "")]
    assert sum(lead["product"] == "GTX Pro" for lead in leads) == 80
    assert not any(lead["product"] == "GTXPro" for lead in leads)


def test_mavens_accounts_are_joined_by_name_and_their_sectors_are_spelt_right(maven):
    accounts = {row[0]: row for row in lines(DATA / "maven_crm" / "accounts.csv")}
    assert len(accounts) == 85
    leads = maven.files["leads"].dicts()
    assert sum("company" not in lead for lead in leads) == 337
    for lead in leads:
        if "company" in lead:
            assert lead["employees"] == accounts[lead["company"]][4]
        else:
            assert "employees" not in lead
    assert not any(lead.get("industry") == "technolgy" for lead in leads)
    assert sum(lead.get("industry") == "technology" for lead in leads) == 36


def test_mavens_won_deals_bring_what_the_file_says(maven):
    deals = maven.files["opportunities"].dicts()
    assert sum(int(d["amount_cny"]) for d in deals if d["stage"] == "won") == 10_005_534
    open_deals = [deal for deal in deals if deal["stage"] == "discovery"]
    assert all(deal["created_on"] == deal["stage_entered_on"] for deal in open_deals)
    assert not any("amount_cny" in deal or "closed_on" in deal for deal in open_deals)


def test_salvirts_448_deals_and_18_sellers_are_all_there(salvirt):
    assert salvirt.rows_bad == 0
    assert len(salvirt.files["reps"].rows) == 18
    stages = Counter(deal["stage"] for deal in salvirt.files["opportunities"].dicts())
    assert stages == {"won": 227, "lost": 221}
    statuses = Counter(lead["status"] for lead in salvirt.files["leads"].dicts())
    assert statuses == {"converted": 227, "lost": 221}


def test_salvirts_answers_are_mapped_where_they_mean_the_same(salvirt):
    text = (DATA / "salvirt_b2b" / "Salvirt_B2B_ML_dataset.csv").read_text(encoding="utf-8")
    rows = [line.strip('"').split('";"') for line in text.splitlines()[1:]]
    leads = salvirt.files["leads"].dicts()
    assert [lead["lead_id"] for lead in leads][:2] == ["lead-0001", "lead-0002"]
    levels = {"Low": "end_user", "Mid": "influencer", "High": "economic_buyer"}
    assert [lead["authority"] for lead in leads] == [levels[row[2]] for row in rows]
    explicit = sum(lead.get("budget_status") == "explicit" for lead in leads)
    assert explicit == sum(row[7] == "Yes" for row in rows)
    for column in ("employees", "budget_cny", "expected_acv_cny", "created_at", "timing"):
        assert not any(column in lead for lead in leads)
    extras = salvirt.files["leads"].rows[0].extra
    assert (extras["scope"], extras["budget_allocated"], extras["company_size"]) == (
        rows[0][15],
        rows[0][7],
        rows[0][3],
    )
