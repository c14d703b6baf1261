"""The warehouse and Python score alike: every profile of the policy, and leads that are odd."""

from itertools import product

import pytest

from allocation.policy import load_policy
from allocation.scoring.points import scored
from flows.reports.score_periods import drift_of_leads, drift_of_scores
from tests.integration.dbt_fixture import POLICY, Row, dbt, insert_raw, mart, served, set_run

# For each factor one way to earn 1, 2 and 3 points.
WAYS: list[list[Row]] = [
    [{"employees": "99"}, {"employees": "100"}, {"employees": "1000"}],
    [
        {"budget_status": "unknown", "budget_cny": "2000000"},
        {"budget_status": "explicit", "budget_cny": "999999"},
        {"budget_status": "explicit", "budget_cny": "1000000"},
    ],
    [{"authority": "end_user"}, {"authority": "influencer"}, {"authority": "economic_buyer"}],
    [{"need": "exploratory"}, {"need": "active"}, {"need": "urgent"}],
    [{"timing": "open"}, {"timing": "estimate"}, {"timing": "explicit"}],
    [{"engagement": "visit"}, {"engagement": "download"}, {"engagement": "demo"}],
]
ODD: list[Row] = [
    {"lead_id": "blank"},
    {"lead_id": "spaces", "budget_status": " ", "employees": "  ", "need": " urgent "},
    {"lead_id": "nobody", "employees": "0", "authority": "unknown", "engagement": "none"},
    {"lead_id": "implied", "budget_status": "implied", "budget_cny": "5000000"},
    {"lead_id": "untold", "budget_status": "explicit"},
    {"lead_id": "fraction", "budget_status": "explicit", "budget_cny": "999999.99"},
]


@pytest.fixture(scope="module")
def scores() -> tuple[list[Row], dict[str, Row]]:
    """The leads and what the warehouse made of them, by lead."""
    leads = list(ODD)
    for number, ways in enumerate(product(*WAYS)):
        # The first two factors earn less in the earlier period: the profiles are in order.
        day = f"2026-0{1 + number // 100}-01T09:00:00+08:00"
        lead: Row = {"lead_id": f"P{number:03}", "created_at": day}
        for way in ways:
            lead.update(way)
        leads.append(lead)
    address, folder = served()
    with address.connect() as conn:
        insert_raw(conn, "leads", leads, source="profiles")
        set_run(conn, "2026-W48", "profiles")
    dbt(address, folder, "run", "--select", "+fct_lead_scores")
    return leads, mart(address, "fct_lead_scores", "lead_id")


def test_all_729_profiles_and_the_odd_leads_score_alike_in_dbt_and_python(scores):
    leads, rows = scores
    scoring = load_policy(POLICY.read_text(encoding="utf-8")).scoring
    assert len(rows) == len(leads) == 729 + len(ODD)
    for lead in leads:
        ours, theirs = scored(scoring, lead), rows[lead["lead_id"]]
        assert theirs["points"] == ours.points, lead
        assert (theirs["score"], theirs["weighted_x100"], theirs["band"]) == (
            ours.score, ours.weighted_x100, ours.band,
        )  # fmt: skip
        assert sorted(theirs["unknown_factors"]) == sorted(ours.unknown), lead


def test_the_warehouse_counts_78_573_and_78_profiles_by_tier(scores):
    _, rows = scores
    bands = [row["band"] for lead_id, row in rows.items() if lead_id.startswith("P")]
    assert [bands.count(band) for band in ("enterprise", "mid_market", "smb")] == [78, 573, 78]


def test_drift_is_read_from_the_warehouse_as_from_a_source(scores):
    leads, rows = scores
    policy = load_policy(POLICY.read_text(encoding="utf-8"))
    here = drift_of_leads(leads, "x", policy, "2026-05-01", "", 1)
    there = drift_of_scores(list(rows.values()), "x", "2026-05-01", "", 1)
    assert {s.name: s.psi for s in here.shifts} == {s.name: s.psi for s in there.shifts}
    assert "company_size" in there.drifted
    assert "engagement" not in there.drifted
