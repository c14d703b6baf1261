"""Comparing and describing policy files."""

from __future__ import annotations

from allocation.policy import load_policy, policy_schema
from allocation.policy_diff import differences
from flows.cli_policy import schema_text
from notifications.policy_words import difference_lines
from tests import builders as build

V2 = (build.POLICIES / "lead-allocation-v2.yaml").read_text(encoding="utf-8")


def changed(*pairs):
    text = V2
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return differences(load_policy(V2), load_policy(text))


def cut(text, start, end):
    return text[: text.index(start)] + text[text.index(end) :]


def said(found, language="en"):
    return [
        (heading, line)
        for heading, lines in difference_lines(found, "A", "B", language)
        for line in lines
    ]


def test_a_comment_is_no_difference():
    assert changed(("source: {kind: drand", "# said again\nsource: {kind: drand")) == []
    assert difference_lines([], "A", "B", "zh")[0][0].startswith("两份政策内容相同")


def test_a_changed_share_is_old_and_new_under_its_rule():
    found = changed(("        pct: 30", "        pct: 40"))
    assert [(d.kind, d.rule, d.field, d.old, d.new) for d in found] == [
        ("changed", "enterprise-lottery", "pct", 30, 40)
    ]
    assert ("enterprise-lottery", "percent: 30 → 40") in said(found)
    assert ("enterprise-lottery", "百分比：30 → 40") in said(found, "zh")


def test_a_number_that_changes_without_its_sentence_is_pointed_out():
    hint = "a number changed and the sentence did not"
    assert any(hint in line for _, line in said(changed(("        pct: 30", "        pct: 40"))))
    with_sentence = changed(
        ("        pct: 30", "        pct: 40"), ("zh: 30% 的大客户线索在", "zh: 40% 的大客户线索在")
    )
    assert not any(hint in line for _, line in said(with_sentence))


def test_a_removed_rule_and_an_added_rule_are_said_with_their_sentences():
    shorter = load_policy(cut(V2, "  - id: requested-rep", "  - id: referral-draw"))
    (gone,) = differences(load_policy(V2), shorter)
    (new,) = differences(shorter, load_policy(V2))
    assert (gone.kind, gone.rule) == ("removed", "requested-rep")
    assert (new.kind, new.rule) == ("added", "requested-rep")
    sentence = "An inbound lead that asks for a rep goes to that rep."
    assert said([gone]) == [("requested-rep", f"Rule removed: {sentence}")]
    assert said([new]) == [("requested-rep", f"New rule: {sentence}")]


def test_a_changed_level_and_weight_name_their_factor():
    found = changed(("at_least: {employees: 1000}", "at_least: {employees: 2000}"))
    assert [(d.rule, d.old, d.new) for d in found] == [("scoring", 1000, 2000)]
    assert "company_size" in found[0].field and "employees" in found[0].field


def test_rules_in_another_order_are_moved_and_not_removed_and_added():
    start, end = V2.index("  - id: named-account"), V2.index("  - id: requested-rep")
    moved = V2[:start] + V2[end : V2.index("  - id: referral-draw")] + V2[start:end]
    moved += V2[V2.index("  - id: referral-draw") :]
    (found,) = differences(load_policy(V2), load_policy(moved))
    assert (found.kind, found.field) == ("moved", "exceptions")


def test_the_published_schema_is_the_language_of_today():
    published = (build.POLICIES / "policy.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(policy_schema()), (
        "run `fairlead policy schema > policies/policy.schema.json`"
    )


def test_a_level_whose_points_changed_is_known_by_its_condition():
    found = changed(
        ("points: 2, where: {engagement: download}", "points: 3, where: {engagement: download}")
    )
    assert [(d.kind, d.rule, d.field, d.old, d.new) for d in found] == [
        ("changed", "scoring", "factors/engagement/levels/engagement=download/points", 2, 3)
    ]


def test_every_field_of_a_policy_is_described_to_whoever_edits_it():
    schema = policy_schema()
    parts = {"Policy": schema, **schema["$defs"]}

    def is_described(field):
        inner = [field.get("items"), field.get("additionalProperties"), *field.get("anyOf", ())]
        name = field.get("$ref", "").rpartition("/")[2]
        return (
            "description" in field
            or "description" in parts.get(name, {})
            or any(is_described(one) for one in inner if isinstance(one, dict))
        )

    assert [
        f"{part}.{name}"
        for part, body in parts.items()
        for name, field in body.get("properties", {}).items()
        if not is_described(field)
    ] == []
