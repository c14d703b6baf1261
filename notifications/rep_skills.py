"""A rep's stars: each skill with every step that led to it, who took it, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from notifications.facts import safe_name
from notifications.lens import SENTENCE, Lens, is_count, rational
from notifications.record import Row
from notifications.words import shown

SKILLS = ("enterprise", "smb", "new_business", "upsell", "outbound", "inbound")
VERTICAL = "vertical:"
MOST_STARS = 3


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: what it says, whether it moved a star, who, when and why."""

    name: str
    outcome: str
    why: str
    note: str
    is_change: bool


@dataclass(frozen=True, slots=True)
class CellView:
    """A rep's stars in a skill with every step that led there."""

    id: str
    skill: str
    stars: str
    label: str
    steps: Sequence[StepView]


def skill_name(lens: Lens, skill: object) -> str:
    """ "Healthcare" for vertical:healthcare."""
    name = str(skill or "")
    if name.startswith(VERTICAL):
        return lens.t.code("industry", name.removeprefix(VERTICAL))
    return lens.t.code("skill", name)


def cell_id(skill: object) -> str:
    """The id of a skill on a rep's page."""
    return f"skill-{safe_name(skill)}"


def rep_cells(lens: Lens, ref: str) -> list[CellView]:
    """Every rated skill of one rep, for the rep's page; empty for the public."""
    if not lens.shows("stars"):
        return []
    rows = {str(row.get("skill") or ""): row for row in lens.facts.capability_of.get(ref, ())}
    return [
        CellView(
            cell_id(skill),
            skill_name(lens, skill),
            pips(rows[skill].get("stars")),
            stars_label(lens, rows[skill].get("stars")),
            [_step(lens, ref, skill, step) for step in rows[skill].get("steps") or ()],
        )
        for skill in skills_in_order(rows)
    ]


def skills_in_order(names: Iterable[str]) -> list[str]:
    """In the document's order, then the verticals."""
    known = set(names)
    return [skill for skill in SKILLS if skill in known] + sorted(known.difference(SKILLS))


def pips(stars: object) -> str:
    """★★☆ for two."""
    if not is_count(stars):
        return "–"
    n = max(0, min(MOST_STARS, stars))
    return "★" * n + "☆" * (MOST_STARS - n)


def stars_label(lens: Lens, stars: object) -> str:
    return lens.t.plain("capability.stars", stars=lens.number(stars))


def _step(lens: Lens, ref: str, skill: str, step: Row) -> StepView:
    t, names = lens.t, lens.facts.record.names
    code = str(step.get("step", ""))
    before, after = step.get("before"), step.get("after")
    moved = before != after
    if not moved:
        outcome = t.plain("step.kept")
    elif is_count(before):
        outcome = t.plain("step.moved", before=lens.number(before), after=lens.number(after))
    else:
        outcome = t.plain("step.given", after=lens.number(after))
    why = [t.code("step_reason", step.get("reason"))]
    figures = _figures(lens, code, step.get("figures") or {})
    if figures:
        why.append(figures)
    by = lens.rep(step["by_rep"]) if step.get("by_rep") else step.get("by")
    who = [shown(part) for part in (by, step.get("on")) if part]
    note = names.notes.get((ref, skill), "") if names and code == "manager_review" else ""
    return StepView(
        t.code("step", code),
        outcome,
        " · ".join((*why, *who)),
        shown(note, SENTENCE) if note else "",
        moved,
    )


def _figures(lens: Lens, step: str, figures: Row) -> str:
    """What a step rests on, in one phrase; "" where there is nothing to say."""
    t, n = lens.t, lens.number
    if step == "win_rate" and figures.get("closed"):
        shrunk = rational(figures.get("shrunk_rate"))
        return t.plain(
            "step.win_figures",
            won=n(figures.get("won")),
            closed=n(figures.get("closed")),
            team_won=n(figures.get("team_won")),
            team_closed=n(figures.get("team_closed")),
            shrunk=lens.percent(shrunk if shrunk is not None else Fraction(0)),
        )
    if step == "deal_size" and figures.get("deals"):
        return t.plain(
            "step.size_figures",
            deals=n(figures.get("deals")),
            mean=lens.money(_whole(figures.get("mean"))),
            team=lens.money(_whole(figures.get("team_mean"))),
        )
    if step == "customer_feedback" and figures.get("answers"):
        return t.plain(
            "step.feedback_figures", answers=n(figures["answers"]), mean=n(figures.get("mean_0_10"))
        )
    if step == "tenure" and is_count(figures.get("months")):
        return t.plain("step.tenure_figures", months=n(figures["months"]))
    if step == "certificate" and figures.get("valid_to"):
        return t.plain("step.certificate_figures", day=n(figures["valid_to"]))
    return ""


def _whole(value: object) -> int | None:
    exact = rational(value) if value is not None else None
    return None if exact is None else round(exact)
