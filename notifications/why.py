"""Why this rep and not another, as plain sentences: what `fairlead why` prints.

Made from the views of the pages, so the terminal and the site never tell two stories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from notifications.decision_page import decision_view
from notifications.lens import PRIVATE_FIGURES, Lens
from notifications.record import Row

OPEN = "claimable"  # the reason of a lead that is in the pool


@dataclass(slots=True)
class PlainLens(Lens):
    """A lens for readers of plain text: names without links."""

    def _anchor(self, label: str, href: str) -> Markup:
        return escape(label)


@dataclass(frozen=True, slots=True)
class LeadAnswer:
    """One lead: who has it, by which rule, all candidates, everybody who could not.

    ranked: (rank, rep, figures, mark); excluded: (reason, count, reps).
    """

    title: str
    facts: Sequence[tuple[str, str]]
    sentences: Sequence[str]
    columns: Sequence[str]
    ranked: Sequence[tuple[str, str, Sequence[str], str]]
    ranked_label: str
    excluded: Sequence[tuple[str, int, Sequence[str]]]
    excluded_label: str
    trail: Sequence[tuple[str, str, str]]


def lead_answer(
    lens: PlainLens, decision: Row, candidates: int, now: str | None = None
) -> LeadAnswer:
    """The whole story of one lead; `candidates` is how many ranks to list.

    now: who has it since a claim or a request moved it; None where nothing did.
    """
    view, t = decision_view(lens, decision), lens.t
    owner = _plain(view.owner) if view.is_owned else ""
    facts = [
        (t.plain("decision.went_to" if view.is_owned else "decision.went_to_nobody"), owner),
        (t.plain("col.band"), view.band),
        (t.plain("col.method"), view.method),
        (t.plain("col.reason"), view.reason),
        (t.plain("col.score"), view.score),
        *((role, _plain(rep)) for rep, role in view.co_owners),
    ]
    if now is not None:
        facts.insert(1, (t.plain("why.now"), lens.rep(now)))
    if view.next_rep is not None:
        facts.append((t.plain("decision.next"), _plain(view.next_rep)))
    rule = f"{view.rule.id}: {view.rule.sentence}" if view.rule.sentence else view.rule.id
    rows = [*view.ranked, *view.ranked_more][:candidates]
    return LeadAnswer(
        title=t.plain("decision.title", lead=f"{view.heading} {view.subheading}".strip()),
        facts=[pair for pair in facts if pair[1] or not view.is_owned],
        sentences=[rule, *map(_plain, view.because)],
        columns=view.columns,
        ranked=[
            (
                row.rank,
                _plain(row.rep),
                row.figures,
                t.plain(f"mark.{row.mark}") if row.mark else "",
            )
            for row in rows
        ],
        ranked_label=t.plain("decision.ranked", count=lens.number(view.ranked_count)),
        excluded=[
            (group.label, group.count, [_plain(rep) for rep in group.reps])
            for group in view.excluded
        ],
        excluded_label=t.plain("decision.excluded", count=lens.number(view.excluded_count)),
        trail=[(rule_id, outcome, sentence) for rule_id, sentence, outcome, _ in view.trail],
    )


def not_me(lens: PlainLens, decision: Row, rep: str, now: str | None = None) -> list[str]:
    """Why this lead did not go to `rep`: their rank and figures, or the rule that excluded them.

    now: as in lead_answer.
    """
    t, name = lens.t, lens.rep(rep)
    if (now or decision.get("rep")) == rep:
        return [t.plain("why.has_it", rep=name)]
    explanation = lens.facts.record.explanations.get(str(decision.get("lead")), {})
    ranked: Sequence[Row] = explanation.get("ranked", ())
    mine = next((row for row in ranked if row.get("rep") == rep), None)
    barred = next((r for r in explanation.get("excluded") or () if r.get("rep") == rep), None)
    owner = lens.rep(decision.get("rep"))
    if mine is not None and decision.get("reason") == OPEN:
        if now is not None:
            return [t.plain("why.claimed", rep=name, owner=lens.rep(now))]
        own: Row = mine.get("figures") or {}
        left = [f"{lens.figure_name(name)}: {lens.figure(name, own[name])}" for name in own]
        return [t.plain("why.may_claim", rep=name), *left]
    if mine is not None and decision.get("method") == "lottery":
        each = lens.figure("chance", (mine.get("figures") or {}).get("chance"))
        return [t.plain("why.drawn", rep=name, each=each, owner=owner)]
    if mine is not None:
        first = next((row for row in ranked if row.get("rep") == decision.get("rep")), {})
        rank, count = lens.number(mine.get("rank")), lens.number(len(ranked))
        return [
            t.plain("why.ranked", rep=name, rank=rank, count=count, owner=owner),
            *_compared(lens, mine, first, name, owner),
        ]
    if barred is not None:
        return [t.plain("why.excluded", rep=name, reason=_barrier(lens, barred))]
    return [t.plain("why.named" if decision.get("rep") else "why.nobody", rep=name, owner=owner)]


def _compared(lens: PlainLens, mine: Row, first: Row, name: str, owner: str) -> list[str]:
    """The figures that ranked them, side by side; what only rep and HR may read stays out."""
    own: Mapping[str, object] = mine.get("figures") or {}
    theirs: Mapping[str, object] = first.get("figures") or {}
    return [
        lens.t.plain(
            "why.figure",
            figure=lens.figure_name(figure),
            rep=name,
            mine=lens.figure(figure, own[figure]),
            owner=owner,
            theirs=lens.figure(figure, theirs.get(figure)),
        )
        for figure in own
        if figure not in PRIVATE_FIGURES
    ]


def _barrier(lens: PlainLens, row: Row) -> str:
    """The reason with its numbers: "Open opportunities at the cap (30/30)"."""
    figures: Mapping[str, object] = row.get("figures") or {}
    text = lens.t.code("excluded", row.get("why"))
    for name, bound in (("count", "cap"), ("stars", "stars_needed")):
        if name in figures and bound in figures:
            numbers = f"{lens.figure(name, figures[name])}/{lens.figure(bound, figures[bound])}"
            return lens.t.plain("why.numbers", reason=text, numbers=numbers)
    if "role" in figures:
        role = lens.t.code("role", figures["role"])
        return lens.t.plain("why.numbers", reason=text, numbers=role)
    return text


def _plain(text: Markup) -> str:
    return Markup(text).striptags()  # noqa: S704  it is Markup already
