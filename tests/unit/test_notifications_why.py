"""What `fairlead why` answers: the same facts as the pages, in plain sentences."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest

from notifications.facts import facts
from notifications.why import PlainLens, lead_answer, not_me
from notifications.why_rep import Quarter, rep_answer
from tests.record_builder import build_record, hostile_record

QUARTER = Quarter(Fraction(7, 2), won=4, by_rule=12, average=Fraction(14), peers=60)


@cache
def lens(language="en"):
    return PlainLens(facts(build_record()), "team", language)


def ruled(seen):
    """A lead that was ranked (not drawn), its decision and its explanation."""
    record = seen.facts.record
    decision = next(d for d in record.decisions if d.get("rep") and d["method"] == "rotation")
    return decision, record.explanations[decision["lead"]]


def test_a_leads_answer_names_owner_rule_ranks_and_exclusions():
    decision, explanation = ruled(lens())
    answer = lead_answer(lens(), decision, 3)
    said = dict(answer.facts)
    assert said["Went to"] == lens().rep(decision["rep"])
    assert said["Had that rep not been available, the next was"] == lens().rep(explanation["next"])
    assert answer.sentences[0].startswith(decision["rule"])
    assert len(answer.ranked) == 3
    assert "attainment_bp" not in str(answer) and "Quota attainment" not in answer.columns
    assert sum(count for _, count, _ in answer.excluded) == len(explanation["excluded"])


def test_the_loser_reads_rank_and_figures_beside_the_owners():
    decision, explanation = ruled(lens())
    second = next(r for r in explanation["ranked"] if r["rep"] != decision["rep"])
    first, *figures = not_me(lens(), decision, second["rep"])
    assert f"ranked {second['rank']} of {len(explanation['ranked'])}" in first
    assert any(line.startswith("Weighted load:") for line in figures)
    assert not any("attainment" in line.lower() for line in figures)


def test_who_was_excluded_reads_which_rule_did_it_with_its_numbers():
    decision, explanation = ruled(lens())
    row = explanation["excluded"][0]
    changed = row | {"why": "cap_open_opportunities", "figures": {"count": 30, "cap": 30}}
    ranked = [r for r in explanation["ranked"] if r["rep"] != row["rep"]]
    told = explanation | {"excluded": [changed], "ranked": ranked}
    record = build_record(explanations={decision["lead"]: told})
    seen = PlainLens(facts(record), "team", "en")
    assert not_me(seen, decision, row["rep"]) == [
        f"{seen.rep(row['rep'])} could not have it: Open opportunities at the cap (30/30)."
    ]


def test_the_owner_is_told_that_they_have_it():
    decision, _ = ruled(lens())
    assert not_me(lens(), decision, decision["rep"]) == [f"{lens().rep(decision['rep'])} has it."]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["3.5 expected, 4 won", "12 this quarter", "received 16 leads", "role", "is 14"]),
        ("zh", ["期望 3.5 条", "实际 4 条", "本季度 12 条", "共得到 16 条", "平均 14 条"]),
    ],
)
def test_the_answer_of_document_0_q3_has_the_reps_own_numbers(language, words):
    seen = lens(language)
    rep = next(row["ref"] for row in seen.facts.record.snapshot["reps"] if row["role"] == "AE")
    said = "\n".join(rep_answer(seen, rep, QUARTER).sentences)
    for word in words:
        assert word in said
    (draw,) = [d for d in seen.facts.record.draws if d["kind"] == "ladder"]
    entrants, prizes = len(draw["opening"]["entrants"]), len(draw["opening"]["prizes"])
    chance = f"{100 * prizes / entrants:.1f}".rstrip("0").rstrip(".")
    assert f"{chance}%" in said


def test_hostile_names_reach_the_terminal_as_one_inert_line():
    seen = PlainLens(facts(hostile_record()), "team", "zh")
    for decision in seen.facts.record.decisions:
        answer = lead_answer(seen, decision, 5)
        for text in (answer.title, *answer.sentences, *(value for _, value in answer.facts)):
            assert text.isprintable(), ascii(text)


def open_lead(seen):
    """The ranked lead as one of the pool: open to everybody who was ranked, owned by nobody."""
    decision, explanation = ruled(seen)
    ranked = [row | {"rank": 1, "figures": {"claims_left": 10}} for row in explanation["ranked"]]
    pooled = {k: v for k, v in decision.items() if k != "rep"}
    pooled |= {"method": "none", "reason": "claimable"}
    told = {decision["lead"]: explanation | {"ranked": ranked}}
    decisions = [pooled if one is decision else one for one in seen.facts.record.decisions]
    record = build_record(explanations=told, decisions=decisions)
    first, second = (row["rep"] for row in ranked[:2])
    return PlainLens(facts(record), "team", seen.language), pooled, first, second


def test_a_rep_is_told_that_an_open_lead_may_be_claimed_and_later_who_has_it():
    seen, decision, first, second = open_lead(lens())
    may, *left = not_me(seen, decision, first)
    assert may == f"{seen.rep(first)} may claim it: it is open, and whoever comes first has it."
    assert left == ["Claims left this month: 10"]
    assert not_me(seen, decision, first, second) == [
        f"The lead was open for claiming; {seen.rep(second)} took it before {seen.rep(first)} did."
    ]
    assert not_me(seen, decision, first, first) == [f"{seen.rep(first)} has it."]
    assert dict(lead_answer(seen, decision, 3, second).facts)["Now with"] == seen.rep(second)


def test_nobody_is_ranked_before_anybody_for_an_open_lead():
    seen, _, first, _ = open_lead(lens())
    sentences = rep_answer(seen, first, QUARTER).sentences
    assert not any("ranked before" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ([], "there is no expert to stand beside them"),
        ([{"rep": "", "role": "mentor"}], "there is no expert to stand beside them"),
        ([{"rep": "", "role": "sme"}], "has it with an expert beside them"),
    ],
)
def test_an_expert_is_named_only_where_there_is_one(beside, said):
    decision, explanation = ruled(lens())
    partners = [one | {"rep": explanation["excluded"][0]["rep"]} for one in beside]
    overflow = decision | {"reason": "overflow_sme", "co_owners": partners}
    assert any(said in sentence for sentence in lead_answer(lens(), overflow, 3).sentences)
