"""What one rep received in a run, by which way, and what the draws promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from notifications.chance import Chance, at_least_one, chance
from notifications.facts import draw_id, draw_page
from notifications.ladder_svg import way_id
from notifications.lens import Lens
from notifications.luck import luck_sentences
from notifications.pool_parts import PoolGroup, pool_of
from notifications.record import Row
from notifications.rep_skills import CellView, rep_cells
from notifications.views import Chrome, Crumb, chrome, run_crumbs
from notifications.words import shown

UP = "../"
POINTERS = 8  # leads shown under "why not me"


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    lead: Markup
    band: str
    method: str
    method_code: str
    reason: str
    value: str
    score: str


@dataclass(frozen=True, slots=True)
class RepDraw:
    """One ladder this rep stood in."""

    label: str
    href: str
    entrants: str
    prizes: str
    chance: str
    expected: str
    won: str
    leads: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class RepView:
    """One rep in one run; figures about load are shown to the team only."""

    chrome: Chrome
    name: str
    role: str
    received_count: int
    received: Sequence[ReceivedRow]
    tally: Sequence[tuple[str, str, str, str]]
    draws: Sequence[RepDraw]
    draws_sentence: Markup | None
    luck: Sequence[Markup]
    next_for: Sequence[Markup]
    excluded: Sequence[tuple[str, str]]
    capacity: Sequence[tuple[str, str]]
    skills: Sequence[CellView]
    pool: Sequence[tuple[str, PoolGroup]]
    shows_values: bool
    shows_turns: bool
    ref: str


def rep_view(lens: Lens, ref: str) -> RepView:
    """The page for one rep of the snapshot."""
    facts, t = lens.facts, lens.t
    rep = facts.reps.get(ref, {})
    rows = facts.by_rep.get(ref, [])
    draws = rep_draws(lens, ref, UP)
    crumbs = [*run_crumbs(lens, UP), Crumb(t.plain("nav.reps"), "index.html")]
    name = lens.rep(ref)
    run = facts.record.run
    return RepView(
        chrome=chrome(
            lens,
            f"runs/{run}/reps/{ref[:16]}.html",
            t.plain("rep.title", rep=name, run=shown(run)),
            "runs",
            crumbs,
        ),
        name=name,
        role=t.code("role", rep.get("role")),
        received_count=len(rows),
        received=[received_row(lens, row, UP) for row in rows],
        tally=_tally(lens, rows),
        draws=draws,
        draws_sentence=_draws_sentence(lens, ref),
        luck=luck_sentences(lens, ref),
        next_for=[lens.lead_link(lead, UP) for lead in facts.next_for.get(ref, [])[:POINTERS]]
        if lens.shows("waiting_turns")
        else (),
        excluded=[
            (t.code("excluded", code), lens.number(count))
            for code, count in facts.excluded_for.get(ref, Counter()).most_common()
        ]
        if lens.shows("excluded_reps")
        else (),
        capacity=capacity(lens, rep) if lens.shows("load") else (),
        skills=rep_cells(lens, ref),
        pool=pool_of(lens, ref, UP),
        shows_values=lens.shows("lead_details"),
        shows_turns=lens.shows("waiting_turns"),
        ref=shown(ref),
    )


def received_row(lens: Lens, row: Row, up: str) -> ReceivedRow:
    lead = lens.facts.leads.get(str(row.get("lead", "")), {})
    method = str(row.get("method", "none"))
    return ReceivedRow(
        lens.lead_link(row.get("lead"), up),
        lens.t.code("band", row.get("band")),
        lens.t.code("method", method),
        method,
        lens.t.code("reason", row.get("reason")),
        lens.money(lead.get("expected_value")) if lens.shows("lead_details") else "",
        lens.number(lead.get("score")),
    )


def _tally(lens: Lens, rows: Sequence[Row]) -> list[tuple[str, str, str, str]]:
    """(band, method, method code, count), largest first."""
    counts = Counter(
        (str(row.get("band", "unknown")), str(row.get("method", "none"))) for row in rows
    )
    return [
        (lens.t.code("band", band), lens.t.code("method", method), method, lens.number(count))
        for (band, method), count in counts.most_common()
    ]


def ladders_of(lens: Lens, ref: str) -> list[Row]:
    """The ladders this rep stood in, the attempt that counts of each."""
    return lens.facts.ladders_by_rep.get(ref, [])


def odds_of(draw: Row) -> Chance:
    opening = draw.get("opening") or {}
    return chance(len(opening.get("prizes") or ()), len(opening.get("entrants") or ()))


def wins_of(lens: Lens, draw: Row, ref: str) -> list[str]:
    return lens.facts.won.get((draw_id(draw), ref), [])


def rep_draws(lens: Lens, ref: str, up: str) -> list[RepDraw]:
    rows = []
    for draw in ladders_of(lens, ref):
        odds = odds_of(draw)
        won = wins_of(lens, draw, ref)
        rows.append(
            RepDraw(
                draw_label(lens, draw),
                f"{up}draws/{draw_page(lens.facts, draw)}.html#{way_id(1, ref)}",
                lens.number(odds.entrants),
                lens.number(odds.prizes),
                lens.percent(odds.at_least_one),
                lens.decimal(odds.expected),
                lens.number(len(won)),
                [lens.lead_link(lead, up) for lead in won],
            )
        )
    return rows


def ladder_sentences(lens: Lens, ref: str) -> list[str]:
    """What each of the run's ladders offered a rep, and what they won: for mails and terminals."""
    sentences = []
    for draw in ladders_of(lens, ref):
        odds = odds_of(draw)
        sentences.append(
            lens.t.plain(
                "mail.draw",
                draw=draw_label(lens, draw),
                prizes=lens.number(odds.prizes),
                entrants=lens.number(odds.entrants),
                chance=lens.percent(odds.at_least_one),
                expected=lens.decimal(odds.expected),
                won=lens.number(len(wins_of(lens, draw, ref))),
            )
        )
    return sentences


def draw_label(lens: Lens, draw: Row) -> str:
    """ "Enterprise · lottery" for 2026-W48/enterprise/lottery."""
    parts = str((draw.get("opening") or {}).get("draw", "")).split("/")[1:]
    words = [
        lens.t.code("band", part) if i == 0 else lens.t.code("share", part)
        for i, part in enumerate(parts)
    ]
    return " · ".join(words) or lens.t.plain("unknown")


def _draws_sentence(lens: Lens, ref: str) -> Markup | None:
    ladders = ladders_of(lens, ref)
    if not ladders:
        return None
    odds = [odds_of(draw) for draw in ladders]
    return lens.t(
        "rep.chance",
        chance=lens.percent(at_least_one(odds)),
        expected=lens.decimal(sum((each.expected for each in odds), start=odds[0].expected * 0)),
        won=lens.number(sum(len(wins_of(lens, draw, ref)) for draw in ladders)),
    )


def capacity(lens: Lens, rep: Row) -> list[tuple[str, str]]:
    """Load figures as the run saw them, before it gave anything."""
    names = (
        "load_x100",
        "open_opportunities",
        "open_discovery_demo",
        "open_proposal_negotiation",
        "open_leads",
    )
    return [(lens.t.code("figure", name), lens.figure(name, rep.get(name))) for name in names]
