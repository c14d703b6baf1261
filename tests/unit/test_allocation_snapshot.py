"""Freezing the marts' rows: ids become references, what is unknown is left out, never guessed."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from allocation.freeze import build_snapshot
from allocation.snapshot import Snapshot, SnapshotError, snapshot_sha256
from ledger.canonical import canonical
from tests import builders as build

SHANGHAI = timezone(timedelta(hours=8))
LEAD = {
    "lead_id": "L1",
    "run_key": "2026-W48",
    "band": "enterprise",
    "score": 16,
    "weighted_x100": Decimal(265),
    "points": {"budget": 3},
    "unknown_factors": ["timing"],
    "created_at": datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI),
    "expected_value": Decimal(5_200_000),
    "industry": "healthcare",
    "region": None,
    "product": "",
    "lead_type": "new",
    "existing_arr": None,
    "employees": 1200,
    "company": "Acme",
    "requested_rep_id": "R2",
    "account_owner_id": "R9",
    "referrer": "none",
    "referral_rep_id": None,
    "duplicate_of": None,
    "do_not_contact": False,
    "recycled_from": '["R1"]',
    "conflicts": ["R2", "R8"],
}
REPS = [
    {
        "rep_id": "R1",
        "name": "Li",
        "email": "li@example.com",
        "role": "AE",
        "tenure_months": 30,
        "manager_id": "M1",
        "region": "east",
        "office": "remote",
        "is_active": True,
        "is_away": False,
        "fte_pct": 80,
    },
    {
        "rep_id": "R2",
        "name": "Zhang",
        "role": "AE",
        "tenure_months": None,
        "manager_id": None,
        "is_active": False,
        "is_away": True,
        "fte_pct": None,
    },
    {"rep_id": "M1", "name": "Boss", "role": "MANAGER", "is_active": True, "is_away": False},
]
CAPACITY = [
    {
        "rep_id": "R1",
        "load_x100": Decimal(850),
        "open_opportunities": 10,
        "open_leads": 2,
        "open_discovery_demo": 8,
        "open_proposal_negotiation": 2,
        "high_value_this_month": 1,
        "attainment_bp": 6500,
        "quarter_left_bp": None,
    }
]
CAPABILITY = [
    {"rep_id": "R1", "skill": "enterprise", "stars": 3},
    {"rep_id": "R1", "skill": "upsell", "stars": None},
]


def frozen(**more):
    values = {
        "lead_rows": [LEAD],
        "rep_rows": REPS,
        "capacity_rows": CAPACITY,
        "capability_rows": CAPABILITY,
        "carry": {},
        "ref": build.ref,
    } | more
    return build_snapshot(
        "2026-W48", datetime(2026, 11, 23, 0, 40, tzinfo=UTC), "Asia/Shanghai", "CNY", **values
    )


def test_the_marts_rows_become_a_pseudonymous_snapshot():
    snap, notes = frozen()
    assert snap.as_of == "2026-11-23T00:40:00Z"
    (lead,) = snap.leads
    assert lead.ref == build.ref("L1") and lead.created_at == "2026-11-20T08:00:00Z"
    assert lead.requested_rep == build.ref("R2") and lead.account_owner is None
    assert lead.recycled_from == (build.ref("R1"),) and lead.conflicts == (build.ref("R2"),)
    assert lead.referrer is None and lead.product is None and lead.expected_value == 5_200_000
    reps = {rep.ref: rep for rep in snap.reps}
    li = reps[build.ref("R1")]
    assert (li.load_x100, li.manager, li.fte_pct) == (850, build.ref("M1"), 80)
    assert li.stars == {"enterprise": 3}
    zhang = reps[build.ref("R2")]
    assert (zhang.active, zhang.away, zhang.tenure_months, zhang.fte_pct) == (
        "no",
        "yes",
        None,
        100,
    )
    assert sorted(notes) == [
        "lead L1, account_owner_id: no such rep R9",
        "lead L1, conflicts: no such rep R8",
    ]


def test_no_id_and_no_name_gets_into_the_snapshots_bytes():
    data = canonical(frozen()[0].to_record())
    for secret in (b"L1", b"R1", b"Li", b"Acme", b"example.com", b"Boss"):
        assert b'"' + secret not in data


def test_unknown_values_are_left_out_of_the_record():
    record = frozen()[0].to_record()
    assert not {"region", "product", "existing_arr", "referrer", "do_not_contact"} & set(
        record["leads"][0]
    )
    assert all(None not in row.values() for row in record["leads"] + record["reps"])


def test_lead_ids_and_rep_ids_may_be_equal_when_each_has_its_own_references():
    rows = [
        {**LEAD, "lead_id": "R1", "requested_rep_id": "R1", "conflicts": [], "recycled_from": []}
    ]
    snap, _ = frozen(
        lead_rows=rows,
        ref=lambda i: build.ref(f"lead/{i}"),
        rep_ref=lambda i: build.ref(f"rep/{i}"),
    )
    assert snap.leads[0].ref == build.ref("lead/R1")
    assert snap.leads[0].requested_rep == build.ref("rep/R1")


def test_carry_and_waiting_come_back_in():
    carry = {
        "shares": {"enterprise/lottery": "3/10"},
        "reps": {"smb": {build.ref("R1"): {"owed": "7/2", "received": 3}}},
    }
    snap, _ = frozen(carry=carry, waiting={build.ref("L1"): "2026-W46"})
    assert snap.leads[0].waiting_since == "2026-W46"
    assert snap.to_record()["carry"] == carry


def test_the_hash_depends_on_every_value_and_not_on_the_order_of_rows():
    first = snapshot_sha256(frozen()[0])
    assert snapshot_sha256(frozen(rep_rows=REPS[::-1])[0]) == first
    assert snapshot_sha256(frozen(lead_rows=[{**LEAD, "score": 15}])[0]) != first


@pytest.mark.parametrize(
    "damage",
    [
        lambda r: r.pop("carry"),
        lambda r: r.update(more=1),
        lambda r: r.update(format="fairlead/snapshot/2"),
        lambda r: r["leads"][0].pop("score"),
        lambda r: r["leads"][0].update(score="16"),
        lambda r: r["leads"][0].update(colour="red"),
        lambda r: r["leads"].append(r["leads"][0]),
        lambda r: r["reps"][0].update(stars=[3]),
        lambda r: r["reps"][0].update(active=True),
        lambda r: r["carry"].update(shares={"smb/sdr": "1/0"}),
        lambda r: r["carry"].update(reps={"smb": {"x": {"owed": "1/2"}}}),
    ],
)
def test_a_damaged_record_is_refused(damage):
    record = frozen()[0].to_record()
    assert Snapshot.from_record(record) == frozen()[0]
    damage(record)
    with pytest.raises(SnapshotError):
        Snapshot.from_record(record)


def test_a_lead_and_a_rep_without_any_optional_value_can_be_frozen():
    snap, notes = frozen(
        lead_rows=[{"lead_id": "L9", "band": "smb", "score": 6, "created_at": None}],
        rep_rows=[{"rep_id": "R1", "role": "SDR"}],
        capacity_rows=[],
        capability_rows=[],
    )
    assert notes == [] and snap.leads[0].created_at is None
    assert Snapshot.from_record(snap.to_record()) == snap
