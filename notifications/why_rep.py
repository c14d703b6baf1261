"""A rep's week in sentences for the terminal: chance, luck, leads by rule, what stood in the way.

Source: document 0, Q3 (the answer to a rep who did not win).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from notifications.rep_page import ladder_sentences
from notifications.why import OPEN, PlainLens

NEAR = 8  # leads listed as one place away


@dataclass(frozen=True, slots=True)
class RepAnswer:
    """One rep's week and quarter: sentences, and how often which rule stood in the way."""

    title: str
    sentences: Sequence[str]
    excluded: Sequence[tuple[str, str]]
    near_label: str
    near: Sequence[str]


@dataclass(frozen=True, slots=True)
class Quarter:
    """A rep's quarter with this run: lottery leads expected and won, by rule, and the peers'.

    peers: how many active reps have the same role; average: their leads, all ways.
    """

    expected: Fraction
    won: int
    by_rule: int
    average: Fraction
    peers: int


def rep_answer(lens: PlainLens, rep: str, quarter: Quarter) -> RepAnswer:
    """A rep's week: chance, luck, leads by rule, the peers' average, and what stood in the way.

    Source: document 0, Q3 (the answer to a rep who did not win).
    """
    t, facts, name = lens.t, lens.facts, lens.rep(rep)
    received = facts.by_rep.get(rep, [])
    drawn = [row for row in received if row.get("draw")]
    won, role = quarter.won, facts.reps.get(rep, {}).get("role")
    total = won + quarter.by_rule
    sentences = [t.plain("rep.received", count=lens.number(len(received)))]
    sentences += ladder_sentences(lens, rep) or [t.plain("rep.no_draws")]
    sentences += [
        t.plain("rep.quarter", expected=lens.decimal(quarter.expected), actual=lens.number(won)),
        t.plain(
            "why.by_rule",
            week=lens.number(len(received) - len(drawn)),
            quarter=lens.number(quarter.by_rule),
        ),
        t.plain(
            "why.average",
            rep=name,
            total=lens.number(total),
            count=lens.number(quarter.peers),
            role=t.code("role", role),
            average=lens.decimal(quarter.average),
        ),
        t.plain("rep.wins_never"),
        *_ranks(lens, rep),
    ]
    return RepAnswer(
        title=t.plain("rep.title", rep=name, run=facts.record.run),
        sentences=sentences,
        excluded=[
            (t.code("excluded", code), lens.number(count))
            for code, count in facts.excluded_for.get(rep, Counter()).most_common()
        ],
        near_label=t.plain("rep.next_for"),
        near=[lens.lead(lead) for lead in facts.next_for.get(rep, [])[:NEAR]],
    )


def _ranks(lens: PlainLens, rep: str) -> list[str]:
    """For how many leads the rep was ranked behind somebody, and the best of those ranks.

    Nobody is before anybody in a draw, nor for a lead of the pool.
    """
    decided = lens.facts.decisions
    behind = [
        int(row.get("rank", 0))
        for lead, explanation in lens.facts.record.explanations.items()
        if decided.get(lead, {}).get("method") != "lottery"
        and decided.get(lead, {}).get("reason") != OPEN
        for row in explanation.get("ranked", ())
        if row.get("rep") == rep and decided.get(lead, {}).get("rep") != rep
    ]
    if not behind:
        return []
    count, best = lens.number(len(behind)), lens.number(min(behind))
    return [lens.t.plain("why.behind", rep=lens.rep(rep), count=count, best=best)]
