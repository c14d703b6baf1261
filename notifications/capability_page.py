"""The capability matrix: this quarter's issue, earlier ones, and every star's way step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from notifications.charts import Caption, Heat
from notifications.evidence_parts import EvidenceView, Section, Table, evidence_view
from notifications.facts import safe_name
from notifications.lens import SENTENCE, Lens, is_count
from notifications.record import Row
from notifications.rep_skills import (
    MOST_STARS,
    cell_id,
    pips,
    skill_name,
    skills_in_order,
    stars_label,
)
from notifications.words import shown

ROLES = ("SDR", "BDR", "AE", "AM", "MANAGER")

Stars = Mapping[tuple[str, str], int]


def issue_page(issue_id: object) -> str:
    return f"capability-{safe_name(issue_id)}"


def capability_view(lens: Lens) -> EvidenceView:
    """The matrix as the run saw it; team only."""
    t, evidence = lens.t, lens.facts.record.evidence
    stars = _stars(
        (row.get("rep"), row.get("skill"), row.get("stars")) for row in evidence.capability
    )
    reps = {rep for rep, _ in stars}
    sections = [
        _heat(lens, stars),
        _matrix(lens, stars, t.plain("capability.matrix"), t.plain("capability.matrix_words")),
        _issues(lens),
    ]
    if evidence.goals:
        sections.append(_goals(lens))
    lede = t.plain("capability.lede", reps=lens.number(len(reps)), cells=lens.number(len(stars)))
    return evidence_view(lens, "capability", lede, sections)


def issue_view(lens: Lens, issue: Row) -> EvidenceView:
    """The matrix as it was issued in an earlier quarter; team only."""
    t = lens.t
    stars = _stars(issue.get("cells") or ())
    name = lens.number(issue.get("issue_id"))
    lede = t.plain(
        "capability.issue_lede",
        issue=name,
        run=lens.number(issue.get("issued_with_run")),
        on=lens.number(issue.get("issued_on")),
    )
    sections = [
        _heat(lens, stars),
        _matrix(lens, stars, name, t.plain("capability.as_it_was"), linked=False),
    ]
    return evidence_view(lens, issue_page(issue.get("issue_id")), lede, sections, of="capability")


def _stars(cells: Iterable[Sequence[object]]) -> dict[tuple[str, str], int]:
    return {(str(rep), str(skill)): stars for rep, skill, stars in cells if is_count(stars)}


def _teams(lens: Lens, reps: Iterable[str]) -> dict[str, list[str]]:
    """Reps by role in the organisation's order, by name within it."""
    roles: dict[str, list[str]] = defaultdict(list)
    for ref in reps:
        roles[str(lens.facts.reps.get(ref, {}).get("role") or "")].append(ref)
    order = [role for role in ROLES if role in roles] + sorted(set(roles).difference(ROLES))
    return {role: sorted(roles[role], key=lambda ref: (lens.rep(ref), ref)) for role in order}


def _heat(lens: Lens, stars: Stars) -> Section:
    t = lens.t
    skills = skills_in_order(skill for _, skill in stars)
    teams = _teams(lens, {rep for rep, _ in stars})
    counts = [sum(1 for n in stars.values() if n == level) for level in range(1, MOST_STARS + 1)]
    chart = Heat(
        Caption(
            "matrix-chart",
            t.plain("capability.heat"),
            t.plain(
                "capability.heat_desc",
                **dict(zip(("one", "two", "three"), map(lens.number, counts), strict=True)),
            ),
        ),
        tuple(skill_name(lens, skill) for skill in skills),
        tuple(
            (
                role or t.plain("unknown"),
                tuple(
                    tuple(max(0, min(MOST_STARS, stars.get((rep, skill), 0))) for skill in skills)
                    for rep in reps
                ),
            )
            for role, reps in teams.items()
        ),
        (t.plain("capability.unrated"), *(stars_label(lens, n) for n in range(1, MOST_STARS + 1))),
    )
    words = (t.plain("capability.heat_words"),)
    return Section("heat", t.plain("capability.heat"), words, chart if stars else None)


def _matrix(lens: Lens, stars: Stars, heading: str, words: str, *, linked: bool = True) -> Section:
    skills = skills_in_order(skill for _, skill in stars)
    rows = []
    for role, reps in _teams(lens, {rep for rep, _ in stars}).items():
        for rep in reps:
            cells = [_cell(lens, rep, skill, stars.get((rep, skill)), linked) for skill in skills]
            rows.append([lens.rep_link(rep, ""), role, *cells])
    heads = [lens.t.plain("col.rep"), lens.t.plain("col.role")]
    heads += [skill_name(lens, skill) for skill in skills]
    return Section(
        "matrix",
        heading,
        (words,),
        table=Table(heading, heads, rows, 2 + len(skills), "matrix tight"),
    )


def _cell(lens: Lens, rep: str, skill: str, stars: int | None, linked: bool) -> Markup:
    if stars is None:
        return Markup('<span class="nil">–</span>')
    text, css = pips(stars), f"stars s{stars}"
    if not linked or rep not in lens.facts.reps:
        return Markup('<span class="{}">{}</span>').format(css, text)
    return Markup('<a class="{}" href="reps/{}.html#{}" aria-label="{}">{}</a>').format(
        css, rep[:16], cell_id(skill), stars_label(lens, stars), text
    )


def _issues(lens: Lens) -> Section:
    t = lens.t
    rows = []
    for issue in lens.facts.record.evidence.issues:
        name = lens.number(issue.get("issue_id"))
        link = Markup('<a href="{}.html">{}</a>').format(issue_page(issue.get("issue_id")), name)
        rows.append(
            [
                link,
                lens.number(issue.get("issued_on")),
                lens.number(issue.get("issued_with_run")),
                *(lens.number(issue.get(f"{kind}_cells")) for kind in ("new", "raised", "lowered")),
            ]
        )
    heads = ("issue", "issued_on", "issued_with", "new", "raised", "lowered")
    return Section(
        "issues",
        t.plain("capability.issues"),
        (t.plain("capability.issues_words"),),
        table=Table(
            t.plain("capability.issues"),
            [t.plain(f"capability.{head}") for head in heads],
            rows,
            3,
            "tight narrow",
        ),
    )


def _goals(lens: Lens) -> Section:
    t, names = lens.t, lens.facts.record.names
    rows = []
    for goal in lens.facts.record.evidence.goals:
        key = (str(goal.get("rep")), str(goal.get("skill")))
        note = names.goals.get(key, "") if names else ""
        reached = t.plain("capability.reached" if goal.get("is_reached") else "capability.open")
        rows.append(
            [
                lens.rep_link(goal.get("rep"), ""),
                skill_name(lens, goal.get("skill")),
                lens.number(goal.get("asked_on")),
                pips(goal.get("stars")),
                reached,
                shown(note, SENTENCE),
            ]
        )
    heads = [t.plain("col.rep")]
    heads += [t.plain(f"capability.{h}") for h in ("skill", "asked_on", "now", "state", "words")]
    return Section(
        "goals",
        t.plain("capability.goals"),
        (t.plain("capability.goals_words"),),
        table=Table(t.plain("capability.goals"), heads, rows, len(heads), "tight"),
    )
