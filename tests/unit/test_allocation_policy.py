"""Policy files: shipped ones load, broken ones say everything that is wrong, with its place."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.policy import load_policy, policy_mistakes, policy_schema
from allocation.policy_tables import policy_tables
from tests import builders as build

V2 = (build.POLICIES / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
SHIPPED = sorted(path.stem for path in build.POLICIES.glob("*.yaml"))


def mistakes(**replaced):
    """Messages (with line) about v2.0 after textual replacements, given as old=new pairs."""
    text = V2
    for old, new in replaced.pop("pairs"):
        assert old in text
        text = text.replace(old, new, 1)
    return [(m.line, m.where, m.message) for m in policy_mistakes(text)]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy_has_no_mistake_and_a_sentence_for_every_rule(name):
    text = (build.POLICIES / f"{name}.yaml").read_text(encoding="utf-8")
    policy = load_policy(text)
    assert policy.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert policy.text == text
    assert policy_mistakes(text) == []
    for rule in policy.rules():
        assert rule.zh and rule.en and rule.source
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.zh), rule.id


def test_v2_says_what_document_0_says():
    policy = load_policy(V2)
    weights = {factor.id: factor.weight_pct for factor in policy.scoring.factors}
    assert weights == {
        "company_size": 25,
        "budget": 20,
        "authority": 20,
        "timing": 15,
        "need": 10,
        "engagement": 10,
    }
    assert [(tier.band, tier.min_points) for tier in policy.scoring.tiers] == [
        ("enterprise", 15),
        ("mid_market", 10),
        ("smb", 6),
    ]
    assert policy.capacity.stage_multipliers_x100 == {
        "discovery": 50,
        "demo": 100,
        "proposal": 150,
        "negotiation": 200,
    }
    caps = {cap.id: (cap.roles, cap.limit) for cap in policy.capacity.caps}
    assert caps == {
        "cap-ae-open": (["AE", "AM"], 30),
        "cap-sdr-open": (["SDR", "BDR"], 50),
        "cap-early-stages": (["AE", "AM"], 25),
        "cap-late-stages": (["AE", "AM"], 15),
    }
    shares = {
        band.band: [(share.share, share.pct) for share in band.shares] for band in policy.bands
    }
    assert shares == {
        "enterprise": [("lottery", 30), ("skill_match", None)],
        "mid_market": [("junior", 20), ("rotation", None)],
        "smb": [("sdr", 50), ("rotation", None)],
    }
    assert str(policy.effective_from) == "2025-01-01"
    assert {approval.role for approval in policy.approvals} == {"sales_lead", "hr", "legal"}


@pytest.mark.parametrize(
    ("status", "amount", "points", "unknown"),
    [
        ("explicit", 1_000_000, 3, False),
        ("explicit", 999_999, 2, False),
        ("explicit", None, 2, False),
        ("implied", None, 2, False),
        ("unknown", None, 1, True),
        (None, None, 1, True),
    ],
)
def test_the_budget_levels_in_the_tables_score_as_the_policy_says(status, amount, points, unknown):
    lead = {"budget_status": status, "budget_cny": amount}
    rows = policy_tables(load_policy(V2))["policy_factor_levels"]
    levels = sorted((r for r in rows if r["factor"] == "budget"), key=lambda r: r["level_order"])
    holds = [
        row
        for row in levels
        if (row["enum_field"] is None or lead[row["enum_field"]] == row["enum_value"])
        and (row["number_field"] is None or (lead[row["number_field"]] or -1) >= row["number_min"])
    ]
    assert (holds[0]["points"], holds[0]["is_unknown"]) == (points, unknown)


def test_the_tables_carry_the_policy_hash_and_end_every_factor_with_a_catch_all():
    policy = load_policy(V2)
    tables = policy_tables(policy)
    assert set(tables) == {
        "policy_factor_levels",
        "policy_tiers",
        "policy_stage_multipliers",
        "policy_size_bands",
        "policy_grades",
        "policy_settings",
    }
    assert {row["policy_sha256"] for rows in tables.values() for row in rows} == {policy.sha256}
    last = {row["factor"]: row for row in tables["policy_factor_levels"]}
    assert all(
        r["is_unknown"] and not r["enum_field"] and not r["number_field"] for r in last.values()
    )
    assert {row["name"]: row["value"] for row in tables["policy_settings"]}["stalled_days"] == "30"


def test_all_mistakes_are_reported_at_once_with_their_lines():
    found = mistakes(
        pairs=[
            ("zone: Asia/Shanghai", "zone: Shanghai time"),
            ("bad_row_pct: 5", "bad_row_pct: many"),
            ("weight_pct: 25", "weight_pct: 35"),
            ("min_stars: 3", "min_stars: 4"),
            ("        pct: 30", "        pct: 130"),
            ("on_return: resume", "on_retrun: resume"),
        ]
    )
    where = [place for _, place, _ in found]
    for place in (
        "zone",
        "limits.bad_row_pct",
        "scoring.factors",
        "skill_rules[0].min_stars",
        "bands[0].shares[0].pct",
        "bands[0].shares",
        "on_retrun",
    ):
        assert place in where
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)
    line_of_zone = V2[: V2.index("zone: Asia")].count("\n") + 1
    assert (
        line_of_zone,
        "zone",
        "no such time zone: Shanghai time; write one such as Asia/Shanghai",
    ) in found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "        method: lottery\n        pct: 30",
            "        method: rotation\n        pct: 100",
            "nothing is left for the last",
        ),
        (
            "        method: skill_match\n        rest: true",
            "        method: lottery\n        rest: true",
            "a lottery is never a band's last share",
        ),
        (
            "  - band: smb\n    id: band-smb",
            "  - band: mid_market\n    id: band-smb",
            "the band smb is missing",
        ),
        ("    zh: 命名客户（现有关系）的线索归客户所有者。\n", "", "is missing"),
        ("id: smb-sdr", "id: smb-rotation", "the rule id smb-rotation stands here a second time"),
        ('close: "11:00"', 'close: "08:59"', "the window closes before it opens"),
        ('freeze: "08:40"', 'freeze: "09:40"', "before the snapshot is frozen"),
        ("kind: drand, delay_s: 600", "kind: drand", "drand needs delay_s"),
        (", negotiation: 200}", "}", "no multiplier for negotiation"),
        ("band: smb, min_points: 6", "band: smb, min_points: 7", "falls through"),
        ("band: smb, min_points: 6", "band: smb, min_points: 12", "unreachable"),
        (
            "    band: enterprise\n    share: lottery",
            "    band: smb\n    share: lottery",
            "whose method is lottery",
        ),
        ("replaces: [enterprise-stars]", "replaces: [no-such]", "there is no skill rule no-such"),
        ("    skill: upsell\n", "", "skill and min_stars go together"),
        (
            "format: fairlead/policy/1",
            "format: fairlead/policy/1\nsha256: abc",
            "computed from the file",
        ),
        ("on_return: resume", "on_return: resume\non_return: resume", "a second time"),
        ("version: 2.0", "version: &v 2.0", "anchors (&) are not allowed"),
        ("version: 2.0", "version: !!python/name:os.system 2.0", "tags are not allowed"),
        ("version: 2.0", "version: [2.0", "not YAML"),
    ],
)
def test_a_broken_policy_says_what_is_wrong(old, new, message):
    found = mistakes(pairs=[(old, new)])
    assert any(message in text for _, _, text in found), found


def test_a_known_list_of_zones_is_used_when_the_caller_has_one():
    assert not policy_mistakes(V2, {"Asia/Shanghai"})
    assert [m.where for m in policy_mistakes(V2, {"Europe/Berlin"})] == ["zone"]


def test_a_bomb_of_aliases_is_refused_before_anything_is_built():
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(50))
    assert all("not allowed" in m.message for m in policy_mistakes(bomb))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just words",
        "a: " + "[" * 50 + "]" * 50,
        "x" * 300_000,
        "? [a]\n: b",
        "\x00",
        "bands: 7\nscoring: []\nexceptions: {}\nskill_rules: [3]\ncalendar: 1",
    ],
)
def test_what_is_no_policy_is_refused_in_words(text):
    found = policy_mistakes(text)
    assert found and all(m.line >= 1 and m.message for m in found)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_damage_to_a_policy_text_makes_anything_but_a_list_of_mistakes(data):
    at = data.draw(st.integers(0, len(V2)))
    length = data.draw(st.integers(0, 40))
    text = V2[:at] + data.draw(st.text(max_size=8)) + V2[at + length :]
    assert all(mistake.message for mistake in policy_mistakes(text))


def test_the_schema_describes_the_file_and_not_what_is_computed_from_it():
    properties = policy_schema()["properties"]
    assert "bands" in properties and "sha256" not in properties and "text" not in properties
