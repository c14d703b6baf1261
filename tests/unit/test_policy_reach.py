"""`fairlead policy check` on a policy that somebody broke: what, and in which line and column."""

from __future__ import annotations

import pytest

from allocation.policy import PolicyError, load_new_policy, load_policy, policy_mistakes
from tests import builders as build

MINIMAL = (build.POLICIES / "minimal.yaml").read_text(encoding="utf-8")
RULE = """\
  - id: {id}
    zh: 一条规则。
    en: A rule.
    source: a test
    when: {when}
    skill: {skill}
    min_stars: {stars}
    binds: [{binds}]
"""


def with_rules(*rules):
    blocks = [
        RULE.format(**({"skill": "enterprise", "stars": 2, "binds": "rotation"} | rule))
        for rule in rules
    ]
    text = MINIMAL.replace("skill_rules: []\n", "skill_rules:\n" + "".join(blocks))
    assert text != MINIMAL
    return text


def replaced(old, new):
    assert MINIMAL.count(old) >= 1, old
    return MINIMAL.replace(old, new, 1)


def place(text, part, offset=0):
    """(line, column) of the first occurrence of a text, 1-based."""
    before = text[: text.index(part) + offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def only(text):
    found = policy_mistakes(text)
    assert len(found) == 1, [str(mistake) for mistake in found]
    return found[0]


BROKEN = {
    "a share that is too large": (
        replaced("pct: 30", "pct: 130"), "pct: 130", "than or equal to 100",
    ),
    "a cap that nobody can meet": (
        replaced("limit: 30", "limit: 0"), "limit: 0", "nobody can meet a cap of 0",
    ),
    "a rule without its sentence": (
        replaced("      zh: 每名销售最多 30 个开放商机。\n", ""), "id: cap-open",
        "is missing: a rule has its sentence in 中文",
    ),
    "a seniority that does not exist": (
        replaced("seniority: [senior]", "seniority: [mid]"), "seniority: [mid]",
        "nobody can meet it: there is no seniority class mid",
    ),
    "a lead that no tier takes": (
        replaced("band: smb, min_points: 1", "band: smb, min_points: 2"), "tiers:",
        "a lead with 1 points falls through",
    ),
}  # fmt: skip


SLIPS = {
    "a tab": (replaced("  zh: 只分资深", "\tzh: 只分资深"), "\tzh: 只分资深", "indent with spaces"),
    "a colon as Chinese keyboards type it": (
        replaced("  en: Only senior", "  en：Only senior"), "：Only senior", "write ': '",
    ),
    "a colon in a sentence": (
        replaced("en: Only senior or", "en: Only these: senior or"), ": senior or", "in quotes",
    ),
    "a comma in braces": (
        replaced("en: First version.", "en: First, and only."), "and only", "a comma needs quotes",
    ),
    "a unit": (
        replaced("pct: 30", "pct: 30%"), "pct: 30%", "a whole number without a unit, not 30%",
    ),
    "a misspelt word": (
        replaced("rest: true", "rests: true"), "rests: true", "is it rest?",
    ),
    "a day as it is written elsewhere": (
        replaced("effective_from: 2025-01-01", "effective_from: 1.1.2025"), "effective_from:",
        "a date such as 2026-11-23, not 1.1.2025",
    ),
    "a role of one's own": (
        replaced("roles: [SDR, BDR, AE, AM]", "roles: [SDR, Sales]"), "Sales", "not Sales",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_usual_slip_of_the_pen_is_answered_with_what_to_write(slip):
    text, part, message = SLIPS[slip]
    said = [(m.line, m.column) for m in policy_mistakes(text) if message in m.message]
    assert said == [place(text, part)], [str(m) for m in policy_mistakes(text)]


def test_a_share_is_not_approved_while_its_sentences_say_another_number():
    text = replaced("method: lottery, pct: 30", "method: lottery, pct: 40")
    said = [(m.line, m.where, m.message) for m in policy_mistakes(text)]
    band, share = place(text, "zh: 高分线索 30%")[0], place(text, "zh: 30% 在所有")[0]
    both = "the sentence says 30%, the rule 40%"
    assert said == [
        (band, "bands[0].zh", f"{both}, 60%: change one of them"),
        (band + 1, "bands[0].en", f"{both}, 60%: change one of them"),
        (share, "bands[0].shares[0].zh", f"{both}: change one of them"),
        (share, "bands[0].shares[0].en", f"{both}: change one of them"),
    ]
    assert load_new_policy(text).bands[0].shares[0].pct == 40  # a draft may be simulated


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("limit: 30", "limit: 25", "capacity.caps[0]"),
        ("answer_within_h: 24", "answer_within_h: 48", "appeal"),
        ("recycle_h: 72", "recycle_h: 96", "sla"),
        ("per_rep_and_quarter: 2", "per_rep_and_quarter: 4", "reassignment"),
    ],
)
def test_a_promise_is_not_approved_while_its_sentence_says_another_number(old, new, where):
    found = {m.where for m in policy_mistakes(replaced(f" {old}", f" {new}"))}
    assert f"{where}.zh" in found
    assert found <= {f"{where}.zh", f"{where}.en"}


@pytest.mark.parametrize("name", ["zh: 70% 按", "zh: 一半按"])
def test_the_summary_says_no_share_that_no_band_has_but_may_say_it_in_words(name):
    text = MINIMAL.replace("pct: 30", "pct: 50").replace("30% ", "50% ").replace("zh: 70% 按", name)
    text = text.replace("stars; 70% go", "stars; half go").replace(
        "经理给每个线索打 1 至 3 星；70%",
        "经理给每个线索打 1 至 3 星；" + name.removeprefix("zh: ").removesuffix("按"),
    )
    assert [m.where for m in policy_mistakes(text)] == (["summary.zh"] if "70" in name else [])


@pytest.mark.parametrize("broken", BROKEN)
def test_the_minimal_policy_broken_five_ways_says_what_and_where(broken):
    text, part, message = BROKEN[broken]
    said = [(m.line, m.column) for m in policy_mistakes(text) if message in m.message]
    assert said == [place(text, part)], [str(m) for m in policy_mistakes(text)]


def test_all_five_at_once_are_reported_at_once():
    text = MINIMAL
    for old, new in (
        ("pct: 30", "pct: 130"),
        ("limit: 30", "limit: 0"),
        ("      zh: 每名销售最多 30 个开放商机。\n", ""),
        ("seniority: [senior]", "seniority: [mid]"),
        ("band: smb, min_points: 1", "band: smb, min_points: 2"),
    ):
        text = text.replace(old, new, 1)
    said = "\n".join(mistake.message for mistake in policy_mistakes(text))
    for _, _, message in BROKEN.values():
        assert message in said


@pytest.mark.parametrize(
    ("rules", "at", "message"),
    [
        (
            [{"id": "a", "when": "{band: [smb], score_at_least: 3}"}],
            "score_at_least", "unreachable: a lead of smb has at most 1 points",
        ),
        (
            [{"id": "a", "when": "{band: [enterprise]}", "binds": "junior"}],
            "binds", "are given out by lottery or rotation",
        ),
        (
            [
                {"id": "a", "when": "{industry: [saas, retail]}", "stars": 3},
                {"id": "b", "when": "{industry: [saas], score_at_least: 2}"},
            ],
            "id: b", ("shadowed: a holds too and asks for as much, "
            "e.g. for a lead with industry saas, score 2"),
        ),
        (
            [{"id": "a", "when": "{industry: [healthcare]}", "skill": "vertical:hospital"}],
            "skill: vertical", ("unknown skill: a lead with industry healthcare asks for "
            "vertical:healthcare"),
        ),
        (
            [{"id": "a", "when": "{}", "skill": "charm"}],
            "skill: charm", "unknown skill: there are enterprise, smb",
        ),
    ],
)  # fmt: skip
def test_a_skill_rule_that_can_do_nothing_is_shown_with_an_example(rules, at, message):
    text = with_rules(*rules)
    found = only(text)
    assert message in found.message
    assert (found.line, found.column) == place(text, at)


def test_two_rules_that_name_other_people_for_the_same_lead_overlap():
    text = with_rules(
        {"id": "a", "when": "{lead_type: [upsell]}"}, {"id": "b", "when": "{industry: [saas]}"}
    )
    text = text.replace("    binds:", "    pool: [AM]\n    binds:", 1)
    text = text.replace(
        "    min_stars: 2\n    binds:", "    min_stars: 2\n    pool: [SDR]\n    binds:"
    )
    found = only(text)
    assert "overlaps with a: for a lead with industry saas, lead_type upsell" in found.message
    assert found.where == "skill_rules[1].pool"
    settled = text.replace("  - id: b\n", "  - id: b\n    replaces: [a]\n")
    assert policy_mistakes(settled) == []


def test_a_rule_that_is_always_replaced_never_holds():
    text = with_rules(
        {"id": "a", "when": "{industry: [saas]}", "skill": "smb"}, {"id": "b", "when": "{}"}
    ).replace("  - id: b\n", "  - id: b\n    replaces: [a]\n")
    assert only(text).message == (
        "unreachable: b stands for it whenever it would hold, e.g. for a lead with industry saas"
    )


def test_an_exception_after_one_that_takes_all_its_leads_is_unreachable():
    again = "  - {id: again, kind: named_account, zh: 又一次。, en: Again., source: a test}\n"
    text = replaced("skill_rules: []", again + "skill_rules: []")
    found = only(text)
    assert found.message.startswith("unreachable: named-account takes every lead")
    assert found.line == place(text, "  - {id: again")[0]


@pytest.mark.parametrize(
    ("cap", "message"),
    [
        ("counts: [open_discovery_demo]\n      roles: [AE]\n      limit: 40",
         "never reached: cap-open stops at 30 before"),
        ("counts: [open_leads]\n      roles: [AE]\n      limit: 40", ""),
    ],
)  # fmt: skip
def test_a_cap_behind_a_tighter_one_is_never_reached(cap, message):
    new = (
        f"    - id: cap-two\n      zh: 第二个。\n      en: Second.\n      source: x.\n      {cap}\n"
    )
    found = policy_mistakes(replaced("\ncapability:\n", f"{new}\ncapability:\n"))
    assert [mistake.message for mistake in found] == ([message] if message else [])


def test_a_level_below_a_wider_one_is_unreachable():
    text = replaced("at_least: {manual_stars: 3}", "at_least: {manual_stars: 1}")
    found = policy_mistakes(text)
    assert {m.where for m in found} == {
        "scoring.factors[0].levels[1]",
        "scoring.factors[0].levels[2]",
    }
    assert all("earns 3 points at a level above" in m.message for m in found)


def test_a_stored_policy_is_loaded_without_checks_that_came_later():
    text = with_rules({"id": "a", "when": "{band: [smb], score_at_least: 3}"})
    assert load_policy(text).skill_rules[0].id == "a"
    with pytest.raises(PolicyError, match="unreachable"):
        load_new_policy(text)


def test_a_version_without_its_line_in_the_change_log_is_a_mistake():
    found = only(replaced("version: 1.0", "version: 1.1"))
    assert found.message == "the change log has no line for version 1.1"
