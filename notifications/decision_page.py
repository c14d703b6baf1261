"""Why this lead went to this rep and not to another: one page per lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from notifications.candidates import (
    HEAD,
    ExcludedGroup,
    RankedRow,
    excluded_groups,
    figure_names,
    ranked_row,
)
from notifications.chance import chance
from notifications.facts import draw_page
from notifications.lens import Lens, is_count, sentence_text
from notifications.record import Row
from notifications.views import Chrome, Crumb, RuleView, chrome, rule_view, run_crumbs
from notifications.words import shown

UP = "../"
MAX_POINTS = 3  # a factor's best level, as in the policy's scoring


@dataclass(frozen=True, slots=True)
class FactorRow:
    label: str
    points: str
    dots: str
    meaning: str
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One lead's decision. None or empty where there is nothing to say."""

    chrome: Chrome
    heading: str
    subheading: str
    is_owned: bool
    owner: Markup
    band: str
    method: str
    method_code: str
    reason: str
    rule: RuleView
    because: Sequence[Markup]
    next_rep: Markup | None
    co_owners: Sequence[tuple[Markup, str]]
    is_stretch: bool
    draws: Sequence[tuple[str, str]]
    columns: Sequence[str]
    ranked: Sequence[RankedRow]
    ranked_more: Sequence[RankedRow]
    ranked_count: int
    ranked_caption: str
    has_private: bool
    excluded: Sequence[ExcludedGroup]
    excluded_count: int
    trail: Sequence[tuple[str, str, str, str]]
    factors: Sequence[FactorRow]
    score: str
    weighted: str
    details: Sequence[tuple[str, str]]
    ref: str


def decision_view(lens: Lens, decision: Row) -> DecisionView:
    """The page for one row of the decision file."""
    ref = str(decision.get("lead", ""))
    record, t = lens.facts.record, lens.t
    lead = lens.facts.leads.get(ref, {})
    explanation = record.explanations.get(ref, {})
    ranked = list(explanation.get("ranked", ()))
    excluded = explanation.get("excluded") or ()
    barred = sum(excluded.values()) if isinstance(excluded, Mapping) else len(excluded)
    able = explanation.get("candidates", len(ranked))  # a compact explanation keeps the top only
    columns = figure_names(ranked) if lens.shows("candidate_figures") else []
    rows = [ranked_row(lens, row, columns, decision, explanation) for row in ranked]
    crumbs = [*run_crumbs(lens, UP), Crumb(t.plain("nav.leads"), "index.html")]
    label = lens.lead(ref)
    title = t.plain("decision.title", lead=label)
    path = f"runs/{record.run}/leads/{ref[:16]}.html"
    method = str(decision.get("method", "none"))
    return DecisionView(
        chrome=chrome(lens, path, title, "runs", crumbs),
        heading=label,
        subheading=_lead_id(lens, ref),
        is_owned=bool(decision.get("rep")),
        owner=lens.rep_link(decision.get("rep"), UP) if decision.get("rep") else Markup(""),
        band=t.code("band", decision.get("band")),
        method=t.code("method", method),
        method_code=method if f"method.{method}" in _KNOWN_METHODS else "none",
        reason=t.code("reason", decision.get("reason")),
        rule=rule_view(lens, decision.get("rule")),
        because=_because(lens, decision, able, barred),
        next_rep=lens.rep_link(explanation["next"], UP) if explanation.get("next") else None,
        co_owners=[
            (lens.rep_link(row.get("rep"), UP), t.code("co_owner", row.get("role")))
            for row in decision.get("co_owners", ())
        ],
        is_stretch=decision.get("stretch") == "yes",
        draws=_draw_links(lens, decision),
        columns=[lens.figure_name(name) for name in columns],
        ranked=rows[:HEAD],
        ranked_more=rows[HEAD:],
        ranked_count=able,
        ranked_caption=t.plain(
            _CAPTIONS.get(str(decision.get("reason")), _CAPTIONS.get(method, _RANKED))
        ),
        has_private=lens.shows("candidate_figures")
        and any("attainment_bp" in (r.get("figures") or {}) for r in ranked),
        excluded=excluded_groups(lens, excluded),
        excluded_count=barred,
        trail=_trail(lens, explanation.get("rule_trail", ())),
        factors=_factors(lens, lead),
        score=lens.number(lead.get("score")),
        weighted=lens.figure("weighted_x100", lead.get("weighted_x100")),
        details=_details(lens, lead),
        ref=shown(ref),
    )


_RANKED = "decision.ranked_caption"
_CAPTIONS = {"lottery": "decision.lottery_caption", "claimable": "pool.decision_caption"}
_KNOWN_METHODS = frozenset(
    f"method.{name}"
    for name in ("lottery", "skill_match", "rotation", "junior", "sdr", "exception", "none")
)


def _because(lens: Lens, decision: Row, ranked: int, excluded: int) -> list[Markup]:
    """The plain words: how this method chose, then how many could and could not have had it."""
    t = lens.t
    reason = str(decision.get("reason", ""))
    beside = {partner.get("role") for partner in decision.get("co_owners") or ()}
    if reason == "overflow_sme" and "sme" not in beside:
        reason = "overflow_alone"  # nobody has the stars, or the rule asks for no expert
    rep = lens.rep(decision.get("rep"))
    known = t.has(f"because.{reason}")
    sentences = [t(f"because.{reason}", rep=rep) if known else t("because.other", reason=reason)]
    draw = lens.facts.draw_of.get(str(decision.get("draw", "")))
    if draw is not None and decision.get("method") == "lottery":
        opening = draw.get("opening") or {}
        odds = chance(len(opening.get("prizes", ())), len(opening.get("entrants", ())))
        sentences.append(
            t(
                "because.odds",
                entrants=lens.number(odds.entrants),
                prizes=lens.number(odds.prizes),
                chance=lens.percent(odds.at_least_one),
                each=lens.percent(Fraction(1, max(1, odds.entrants))),
            )
        )
    elif ranked or excluded:
        sentences.append(
            t("because.counts", ranked=lens.number(ranked), excluded=lens.number(excluded))
        )
    return sentences


def _draw_links(lens: Lens, decision: Row) -> list[tuple[str, str]]:
    """The band's select draw and the ladder, as (label, href)."""
    run, band = lens.facts.record.run, decision.get("band")
    links = []
    select = lens.facts.draw_of.get(f"{run}/{band}")
    if select is not None and decision.get("share"):
        href = f"{UP}draws/{draw_page(lens.facts, select)}.html"
        share = lens.t.code("share", decision.get("share"))
        links.append((lens.t.plain("decision.select_link", share=share), href))
    ladder = lens.facts.draw_of.get(str(decision.get("draw", "")))
    if ladder is not None and ladder is not select:
        href = f"{UP}draws/{draw_page(lens.facts, ladder)}.html"
        links.append((lens.t.plain("decision.ladder_link"), href))
    return links


def _trail(lens: Lens, trail: Sequence[Row]) -> list[tuple[str, str, str, str]]:
    """(rule id, sentence, outcome in words, outcome code), in the order tried."""
    rows = []
    for row in trail:
        rule = rule_view(lens, row.get("rule"))
        outcome = str(row.get("outcome", ""))
        rows.append((rule.id, rule.sentence, lens.t.code("outcome", outcome), shown(outcome)))
    return rows


def _factors(lens: Lens, lead: Row) -> list[FactorRow]:
    unknown = set(lead.get("unknown") or ())
    rows = []
    known: Mapping[str, object] = lead.get("points") or {}
    order = [str(f.get("id")) for f in lens.facts.factors]  # the policy's, not the alphabet's
    for name in [*(n for n in order if n in known), *(n for n in known if n not in order)]:
        points = known[name]
        filled = points if is_count(points) and 0 <= points <= MAX_POINTS else 0
        level = lens.facts.levels.get((name, filled, name in unknown)) or {}
        rows.append(
            FactorRow(
                lens.factor(name),
                lens.number(points),
                "●" * filled + "○" * (MAX_POINTS - filled),
                sentence_text(str(level.get(lens.language, ""))),
                name in unknown,
            )
        )
    return rows


def _lead_id(lens: Lens, ref: str) -> str:
    names = lens.facts.record.names
    if names is None or not lens.shows("names"):
        return ""
    return shown((names.leads.get(ref) or {}).get("lead_id") or "")


def _details(lens: Lens, lead: Row) -> list[tuple[str, str]]:
    """Facts of the lead; value, industry and the like could name the company: team only."""
    t = lens.t
    rows = [(t.plain("lead.created"), lens.moment(lead.get("created_at")))]
    if lead.get("waiting_since"):
        rows.append((t.plain("lead.waiting"), shown(lead["waiting_since"])))
    if not lens.shows("lead_details"):
        return rows
    if "expected_value" in lead:
        rows.append((t.plain("lead.value"), lens.money(lead["expected_value"])))
    for key in ("industry", "region", "product"):
        if lead.get(key):
            rows.append((t.plain(f"lead.{key}"), t.code(key, lead[key])))
    if lead.get("lead_type"):
        rows.append((t.plain("lead.type"), t.code("lead_type", lead["lead_type"])))
    if "employees" in lead:
        rows.append((t.plain("lead.employees"), lens.number(lead["employees"])))
    return rows
