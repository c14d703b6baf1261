"""What strange input comes to, from the file to the mart: each outcome stated and tested."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from adapters.crm.csv_folder import read_folder
from adapters.crm.landing import land
from adapters.warehouse.address import Address
from tests.integration.dbt_fixture import dbt, insert_raw, mart, served, set_run

LANDED = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEIGHTS = (25, 20, 20, 10, 15, 10)  # in the order of FIELDS
# Document 0's six factors: a lead's fields that earn 1, 2 and 3 points.
FIELDS = (
    ({"employees": "99"}, {"employees": "100"}, {"employees": "1000"}),
    (
        {"budget_status": "unknown"},
        {"budget_status": "implied"},
        {"budget_status": "explicit", "budget_cny": "1000000"},
    ),
    ({"authority": "end_user"}, {"authority": "influencer"}, {"authority": "economic_buyer"}),
    ({"need": "exploratory"}, {"need": "active"}, {"need": "urgent"}),
    ({"timing": "open"}, {"timing": "estimate"}, {"timing": "explicit"}),
    ({"engagement": "visit"}, {"engagement": "download"}, {"engagement": "demo"}),
)
FILES = {
    "reps": """rep_id,name,email,role,hired_on,manager_id,active
M1,Ma,m1@x.cn,MANAGER,,,true
M2,Mu,m2@x.cn,MANAGER,,,true
R1,An,an@x.cn,AE,2020-01-01,M1,true
R1,An,an@x.cn,AE,2020-01-01,M2,true
R2,Bo,bo@x.cn,AE,2020-01-01,M1,true
R3,Bo,BO@x.cn,AE,2020-01-01,M2,true
R4,Cy,cy@x.cn,AE,2020-01-01,M1,true
""",
    "leads": "lead_id,created_at,source,status\nL1,2026-11-20T09:00:00+08:00,web,new\n",
    "opportunities": """opportunity_id,owner_id,stage,amount_cny,created_on,closed_on,industry
O1,R1,discovery,100,2026-11-01,,saas
O2,,demo,100,2026-11-01,,saas
O3,,won,500,2026-10-01,2026-11-01,saas
O4,R1,demo,-1,2026-11-01,,saas
O5,R1,won,90000000000,2026-10-01,2026-11-01,saas
O6,R1,demo,1000000000000,2026-11-01,,saas
O7,R1,qualified,100,2026-11-01,,saas
O8,R9,demo,100,2026-11-01,,saas
O9,R1,,100,2026-11-01,,saas
O10,R1,won,100,2026-10-01,,saas
""",
    "capability": """rep_id,skill,self_stars,manager_stars,reviewed_by,reviewed_on
R1,smb,3,1,M1,2026-10-01
R1,upsell,1,2,M1,2026-10-01
R1,upsell,1,3,M2,2026-10-02
R1,smb,3,2,M1,2026-10-01
R2,smb,4,1,M1,2026-10-01
R4,smb,2,2,M1,2026-12-01
R3,smb,3,3,M1,2026-10-01
R3,smb,3,2,M2,2026-10-01
R3,smb,1,1,M1,2027-01-01
""",
    "certifications": """rep_id,skill,certificate,valid_from,valid_to
R1,upsell,UP,2025-01-01,2026-11-22
R2,vertical:saas,SAAS,2025-01-01,2026-11-22
R4,vertical:saas,SAAS,2026-11-22,2026-11-01
""",
}


@pytest.fixture(scope="module")
def place() -> tuple[Address, Path]:
    return served()


def test_every_profile_has_its_band_its_weight_and_its_letter(
    place: tuple[Address, Path],
) -> None:
    address, folder = place
    profiles = {"".join(map(str, points)): points for points in product((1, 2, 3), repeat=6)}
    leads = [
        {"lead_id": name, "status": "new"}
        | {k: v for levels, p in zip(FIELDS, points, strict=True) for k, v in levels[p - 1].items()}
        for name, points in profiles.items()
    ]
    with address.connect() as conn:
        insert_raw(conn, "leads", leads, source="profiles")
        set_run(conn, "2026-W48", "profiles")
    assert set(dbt(address, folder, "run", "--select", "+fct_lead_scores").values()) == {"success"}
    scores = mart(address, "fct_lead_scores", "lead_id")
    # Counts of all 3^6 profiles by band, worked out outside this project.
    assert Counter(row["band"] for row in scores.values()) == {
        "enterprise": 78,
        "mid_market": 573,
        "smb": 78,
    }

    def weight(name: str) -> int:
        return sum(w * p for w, p in zip(WEIGHTS, profiles[name], strict=True))

    assert {name: row["weighted_x100"] for name, row in scores.items()} == {
        name: weight(name) for name in profiles
    }
    # The letters of document 1 follow the same score: 80 of 100 is where the top band begins.
    assert all((row["grade"] == "A") == (row["band"] == "enterprise") for row in scores.values())


@pytest.fixture(scope="module")
def landed(place: tuple[Address, Path]) -> Address:
    address, folder = place
    files = folder / "files"
    files.mkdir()
    for name, text in FILES.items():
        (files / f"{name}.csv").write_text(text, encoding="utf-8")
    with address.connect() as conn:
        land(conn, read_folder(files, source="strange"), LANDED)
        set_run(conn, "2026-W48", "strange")
    statuses = dbt(address, folder, "build", "--exclude-resource-type", "unit_test")
    assert set(statuses.values()) <= {"success", "pass", "no-op", "warn"}
    return address


def test_impossible_rows_wait_in_the_quarantine_and_nothing_is_repaired(landed: Address) -> None:
    with landed.connect() as conn:
        faults = conn.execute(
            "select file, line, column_name, code from raw.quarantine where source = 'strange'"
        ).fetchall()
    assert set(faults) == {
        ("reps.csv", 5, "rep_id", "duplicate_id"),  # a rep in two teams: the first row stays
        ("opportunities.csv", 5, "amount_cny", "negative_amount"),
        ("opportunities.csv", 7, "amount_cny", "absurd_amount"),
        ("opportunities.csv", 8, "stage", "bad_enum"),
        ("opportunities.csv", 9, "owner_id", "unknown_rep"),
        ("opportunities.csv", 10, "stage", "missing_value"),
        # One reviewer, one day, two answers: the first row stays.
        ("capability.csv", 5, "rep_id, skill, reviewed_by, reviewed_on", "duplicate_id"),
        ("capability.csv", 6, "self_stars", "out_of_range"),
        ("certifications.csv", 4, "valid_to", "dates_reversed"),
    }


def test_possible_rows_that_need_a_look_are_found_and_say_how_they_count(landed: Address) -> None:
    findings = mart(landed, "fct_input_findings", "finding", "row_id")
    assert set(findings) == {
        ("opportunity_without_owner", "O2"),
        ("opportunity_without_owner", "O3"),
        ("amount_out_of_line", "O5"),
        ("closed_without_day", "O10"),
        ("contradictory_review", "R1/smb"),
        ("contradictory_review", "R1/upsell"),
        ("reviews_disagree", "R1/upsell"),
        ("reviews_disagree", "R3/smb"),
        ("review_dated_after_the_run", "R3/smb"),
        ("review_dated_after_the_run", "R4/smb"),
        ("certificate_out_of_date", "R1/upsell"),
        ("certificate_out_of_date", "R2/vertical:saas"),
        ("rep_in_two_teams", "R2"),
        ("rep_in_two_teams", "R3"),
    }


def test_a_deal_that_nobody_owns_is_in_no_load_and_in_the_benchmarks(landed: Address) -> None:
    loads = mart(landed, "fct_rep_capacity", "rep_id")
    assert {rep: row["open_opportunities"] for rep, row in loads.items()} == {
        "M1": 0, "M2": 0, "R1": 1, "R2": 0, "R3": 0, "R4": 0,
    }  # fmt: skip
    saas = mart(landed, "fct_segment_benchmarks", "segment_kind", "segment")["industry", "saas"]
    assert (saas["closed_deals"], saas["won_deals"], saas["is_too_few"]) == (2, 2, True)
    assert saas["mean_won_amount"] == 45_000_000_250
    assert (saas["benchmark_close_rate"], saas["close_rate_verdict"]) == (
        Decimal("0.22"),
        "too_few_deals",
    )


def test_the_manager_counts_and_a_certificate_out_of_date_gives_no_star(landed: Address) -> None:
    stars = mart(landed, "fct_rep_capability", "rep_id", "skill")
    assert {key: row["stars"] for key, row in stars.items()} == {
        ("R1", "smb"): 1,
        ("R1", "upsell"): 3,  # the later of two reviews
        ("R3", "smb"): 2,  # the lower of one day; what is dated after the run waits
        ("R4", "smb"): 2,  # unless there is no other
    }
    steps = mart(landed, "fct_capability_steps", "rep_id", "skill", "step")
    certificate = steps["R1", "upsell", "certificate"]
    assert (certificate["reason"], certificate["is_change"]) == ("out_of_date", False)
    assert (steps["R1", "smb", "manager_review"]["reason"]) == "lowered"


def test_a_rep_named_twice_is_in_the_first_team_only(landed: Address) -> None:
    reps = mart(landed, "dim_reps", "rep_id")
    assert reps["R1"]["manager_id"] == "M1"
    assert len(reps) == 6
