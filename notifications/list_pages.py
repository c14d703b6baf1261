"""The lists: all runs, and a run's leads and reps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ledger.run_keys import is_intake, week_of
from notifications.lens import Lens
from notifications.record import REHEARSAL, RunSummary
from notifications.rep_page import ReceivedRow, received_row
from notifications.views import Badge, Chrome, chrome, run_crumbs, verdict_badge
from notifications.words import shown


@dataclass(frozen=True, slots=True)
class RunLine:
    run: str
    href: str
    when: str
    source: str
    policy: str
    owned: str
    held: str
    drawn: str
    verdict: Badge | None
    badges: Sequence[Badge]


@dataclass(frozen=True, slots=True)
class RunListView:
    """The weeks' runs, and apart from them those between the Mondays by week."""

    chrome: Chrome
    runs: Sequence[RunLine]
    between: Sequence[tuple[str, Sequence[RunLine]]]


def run_list_view(lens: Lens, history: Sequence[RunSummary]) -> RunListView:
    """Every run, newest first."""
    t = lens.t
    lines: list[RunLine] = []
    between: dict[str, list[RunLine]] = {}
    for summary in sorted(history, key=lambda each: (each.as_of, each.run), reverse=True):
        group = between.setdefault(week_of(summary.run), []) if is_intake(summary.run) else lines
        group.append(_run_line(lens, summary))
    return RunListView(
        chrome(lens, "index.html", t.plain("runs.title"), "runs"),
        lines,
        [
            (t.plain("runs.intake", week=shown(week), count=lens.number(len(group))), group)
            for week, group in between.items()
        ],
    )


def _run_line(lens: Lens, summary: RunSummary) -> RunLine:
    badges = []
    if summary.kind == REHEARSAL:
        badges.append(Badge(lens.t.plain("badge.rehearsal"), "warn"))
    if summary.reconstructed:
        badges.append(Badge(lens.t.plain("badge.reconstructed"), "warn"))
    if summary.synthetic:
        badges.append(Badge(lens.t.plain("badge.synthetic"), "plain"))
    drawn = sum(counts.get("lottery", 0) for counts in summary.counts.values())
    return RunLine(
        shown(summary.run),
        f"runs/{summary.run}/index.html",
        lens.moment(summary.as_of),
        shown(summary.source),
        f"{shown(summary.policy_id)} {shown(summary.policy_version)}",
        lens.number(summary.owned),
        lens.number(summary.held),
        lens.number(drawn),
        verdict_badge(summary.verdict) if summary.verdict else None,
        badges,
    )


@dataclass(frozen=True, slots=True)
class LeadLine:
    row: ReceivedRow
    rep: Markup | None


@dataclass(frozen=True, slots=True)
class LeadListView:
    chrome: Chrome
    groups: Sequence[tuple[str, Sequence[LeadLine]]]
    is_team: bool


def lead_list_view(lens: Lens) -> LeadListView:
    """Every decision of the run by band, in the decision file's order."""
    t, facts = lens.t, lens.facts
    groups: dict[str, list[LeadLine]] = {band: [] for band in facts.bands}
    for row in facts.record.decisions:
        rep = lens.rep_link(row["rep"], "../") if row.get("rep") else None
        band = str(row.get("band", "unknown"))
        groups[band].append(LeadLine(received_row(lens, row, "../"), rep))
    title = t.plain("leads.title", run=shown(facts.record.run))
    page = chrome(
        lens, f"runs/{facts.record.run}/leads/index.html", title, "runs", run_crumbs(lens, "../")
    )
    named = [(t.code("band", band), lines) for band, lines in groups.items() if lines]
    return LeadListView(page, named, lens.is_team)


@dataclass(frozen=True, slots=True)
class RepLine:
    rep: Markup
    role: str
    total: str
    bands: Sequence[str]
    won: str


@dataclass(frozen=True, slots=True)
class RepListView:
    chrome: Chrome
    bands: Sequence[str]
    reps: Sequence[RepLine]


def rep_list_view(lens: Lens) -> RepListView:
    """Every rep of the snapshot with counts per band; never ordered by who got most."""
    t, facts = lens.t, lens.facts
    lines = []
    for ref in sorted(facts.rep_pages, key=lambda each: (lens.rep(each), each)):
        rows = facts.by_rep.get(ref, [])
        counts = Counter(str(row.get("band")) for row in rows)
        won = sum(1 for row in rows if row.get("method") == "lottery")
        lines.append(
            RepLine(
                lens.rep_link(ref, "../"),
                t.code("role", facts.rep_pages[ref].get("role")),
                lens.number(len(rows)),
                [lens.number(counts[band]) if counts[band] else "–" for band in facts.bands],
                lens.number(won) if won else "–",
            )
        )
    page = chrome(
        lens,
        f"runs/{facts.record.run}/reps/index.html",
        t.plain("reps.title", run=shown(facts.record.run)),
        "runs",
        run_crumbs(lens, "../"),
    )
    return RepListView(page, [t.code("band", band) for band in facts.bands], lines)
