"""The run at a glance: counts, shares, draws, held leads, and what the gates said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from ledger.run_keys import is_intake, week_of
from notifications.evidence_parts import Tab, tabs
from notifications.facts import METHODS
from notifications.lens import Lens
from notifications.pool_parts import (
    MixLine,
    PoolGroup,
    mix_lines,
    pool_groups,
    warning_lines,
)
from notifications.record import Row
from notifications.run_parts import DoorView, DrawRow, ShareRow, door_view, draw_row, share_rows
from notifications.views import Badge, Chrome, chrome, run_badges, run_crumbs
from notifications.words import shown

BAR = 1000  # width of a bar's drawing in its own units
HELD_SHOWN = 15  # the list of all leads has the others


@dataclass(frozen=True, slots=True)
class Segment:
    """One method's part of a band's bar: x, width in thousandths."""

    method_code: str
    method: str
    x: str
    width: str
    count: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A count that a verifier recomputes; key is its data-count. method: lottery, …"""

    method: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class BandRow:
    band: str
    total: int
    segments: Sequence[Segment]
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class HeldRow:
    lead: Markup
    band: str
    reason: str
    waiting: str


@dataclass(frozen=True, slots=True)
class RunView:
    chrome: Chrome
    run: str
    when: str
    kind: str
    source: str
    policy: str
    badges: Sequence[Badge]
    lede: Markup
    bands: Sequence[BandRow]
    legend: Sequence[tuple[str, str]]
    methods: Sequence[tuple[str, str]]
    shares: Sequence[ShareRow]
    held: Sequence[HeldRow]
    held_reasons: Sequence[tuple[str, str]]
    held_more: int
    draws: Sequence[DrawRow]
    doors: Sequence[DoorView]
    pool: Sequence[PoolGroup]
    warnings: Sequence[Markup]
    mix: Sequence[MixLine]
    mix_bands: Sequence[str]
    tabs: Sequence[Tab]


def run_view(lens: Lens) -> RunView:
    """The run page."""
    facts, record, t = lens.facts, lens.facts.record, lens.t
    run = shown(record.run)
    used = [m for m in METHODS if any(counts.get(m) for counts in facts.counts.values())]
    policy = facts.policy
    return RunView(
        chrome=chrome(
            lens,
            f"runs/{record.run}/index.html",
            t.plain("run.title", run=run),
            "runs",
            run_crumbs(lens, "")[:1],
        ),
        run=run,
        when=lens.moment(record.as_of),
        kind=t.code("kind", record.kind),
        source=shown(record.source),
        policy=f"{shown(policy.get('id', ''))} {shown(policy.get('version', ''))}".strip(),
        badges=run_badges(lens),
        lede=_lede(lens),
        bands=[_band_row(lens, band, used) for band in facts.bands],
        legend=[(method, t.code("method", method)) for method in used],
        methods=[(method, t.code("method", method)) for method in used],
        shares=share_rows(lens),
        held=[_held_row(lens, row) for row in facts.held[:HELD_SHOWN]],
        held_reasons=held_reasons(lens),
        held_more=max(0, len(facts.held) - HELD_SHOWN),
        draws=[draw_row(lens, draw) for draw in facts.draws],
        doors=[door_view(lens, verdict) for verdict in record.verdicts],
        pool=pool_groups(lens, ""),
        warnings=warning_lines(lens, ""),
        mix=mix_lines(lens),
        mix_bands=[t.code("band", band) for band in ("enterprise", "mid_market", "smb")],
        tabs=tabs(lens, ""),
    )


def _lede(lens: Lens) -> Markup:
    facts, run = lens.facts, lens.facts.record.run
    drawn = sum(counts.get("lottery", 0) for counts in facts.counts.values())
    said = lens.t(
        "run.lede" if facts.held else "run.lede_all",
        leads=lens.number(len(facts.decisions)),
        owned=lens.number(facts.owned),
        held=lens.number(len(facts.held)),
        drawn=lens.number(drawn),
        reps=lens.number(len(facts.by_rep)),
    )
    return said + " " + lens.t("run.intake", week=shown(week_of(run))) if is_intake(run) else said


def _band_row(lens: Lens, band: str, used: Sequence[str]) -> BandRow:
    counts: Counter[str] = lens.facts.counts.get(band, Counter())
    total = sum(counts.values())
    segments, at = [], Fraction(0)
    for method in used:
        width = Fraction(counts[method] * BAR, total) if total else Fraction(0)
        if width:
            segments.append(
                Segment(
                    method,
                    lens.t.code("method", method),
                    f"{float(at):.2f}",
                    f"{float(width):.2f}",
                    lens.number(counts[method]),
                )
            )
        at += width
    run = lens.facts.record.run
    cells = [Cell(method, f"{run}/{band}/{method}", counts[method]) for method in used]
    return BandRow(lens.t.code("band", band), total, segments, cells)


def held_reasons(lens: Lens) -> list[tuple[str, str]]:
    """(reason in words, count) of the leads that nobody got, commonest first."""
    counts = Counter(str(row.get("reason", "")) for row in lens.facts.held)
    return [(lens.t.code("reason", code), lens.number(n)) for code, n in counts.most_common()]


def _held_row(lens: Lens, row: Row) -> HeldRow:
    lead = lens.facts.leads.get(str(row.get("lead", "")), {})
    return HeldRow(
        lens.lead_link(row.get("lead"), ""),
        lens.t.code("band", row.get("band")),
        lens.t.code("reason", row.get("reason")),
        shown(lead.get("waiting_since") or "–"),
    )
