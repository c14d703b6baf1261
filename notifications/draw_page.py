"""One draw: what was fixed beforehand, where chance came from, the ladder, and who won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from notifications.draw_sources import Fact, added_prizes, hashes, record_links, source_facts
from notifications.facts import draw_id, draw_kind, draw_page
from notifications.ladder_svg import RoundPicture, pictures, way_id
from notifications.lens import Lens
from notifications.record import Row
from notifications.rep_page import draw_label, odds_of
from notifications.run_parts import status_badge
from notifications.views import Badge, Chrome, chrome, run_crumbs, verdict_badge
from notifications.words import shown

UP = "../"


@dataclass(frozen=True, slots=True)
class WinRow:
    prize: Markup
    rep: Markup
    round: str
    column: str
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class EntrantRow:
    """way: where in the picture this entrant's way is, "" without one."""

    column: str
    way: str
    rep: Markup
    line: str
    won: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw's page. wins and entrants for a ladder, shares for a select."""

    chrome: Chrome
    heading: str
    kind: str
    is_ladder: bool
    badges: Sequence[Badge]
    lede: Markup
    facts: Sequence[Fact]
    sources: Sequence[tuple[str, Markup, Sequence[Fact]]]
    verdict: Badge | None
    verdict_text: str
    pictures: Sequence[RoundPicture]
    no_picture: str
    wins: Sequence[WinRow]
    entrants: Sequence[EntrantRow]
    shares: Sequence[tuple[str, str, Sequence[Markup]]]
    attempts: Sequence[tuple[str, str, Badge]]
    hashes: Sequence[Fact]
    log: Sequence[tuple[str, str, str]]
    command: str
    records: Sequence[tuple[str, str]]


def draw_view(lens: Lens, draw: Row) -> DrawView:
    """The page for one attempt of one draw."""
    t, record = lens.t, lens.facts.record
    opening: Mapping[str, Any] = draw.get("opening") or {}
    page = draw_page(lens.facts, draw)
    label = draw_label(lens, draw)
    is_ladder = draw_kind(draw) == "ladder"
    drawn = pictures(lens, draw, UP) if is_ladder else []
    verdict = record.expected_verdict
    return DrawView(
        chrome=chrome(
            lens,
            f"runs/{record.run}/draws/{page}.html",
            t.plain("draw.title", draw=label, run=shown(record.run)),
            "runs",
            run_crumbs(lens, UP),
        ),
        heading=label,
        kind=t.code("draw_kind", draw_kind(draw)),
        is_ladder=is_ladder,
        badges=[status_badge(lens, draw)],
        lede=_lede(lens, draw, is_ladder),
        facts=_opening_facts(lens, draw),
        sources=[
            source_facts(lens, draw, i, s) for i, s in enumerate(opening.get("sources") or ())
        ],
        verdict=verdict_badge(verdict) if verdict else None,
        verdict_text=t.code("verdict", verdict) if verdict else "",
        pictures=drawn,
        no_picture=_no_picture(lens, draw) if is_ladder and not drawn else "",
        wins=_wins(lens, draw) if is_ladder else (),
        entrants=_entrants(lens, draw, has_ways=bool(drawn)) if is_ladder else (),
        shares=() if is_ladder else _shares(lens, draw),
        attempts=_attempts(lens, draw),
        hashes=hashes(lens, draw),
        log=[
            (
                t.code("entry", name),
                lens.number(entry.get("index")),
                lens.moment(entry.get("at"), seconds=True),
            )
            for name, entry in (draw.get("entries") or {}).items()
        ],
        command="fairlead draw derive draw.json",
        records=record_links(lens, draw, UP),
    )


def _lede(lens: Lens, draw: Row, is_ladder: bool) -> Markup:
    opening = draw.get("opening") or {}
    if is_ladder:
        odds = odds_of(draw)
        key = "draw.lede_ladder" if odds.prizes <= odds.entrants else "draw.lede_rounds"
        return lens.t(
            key,
            prizes=lens.number(odds.prizes),
            entrants=lens.number(odds.entrants),
            chance=lens.percent(odds.at_least_one),
            expected=lens.decimal(odds.expected),
            sure=lens.number(odds.sure),
            more=lens.percent(odds.one_more),
        )
    taken = sum(int(count) for _, count in opening.get("shares", ()))
    leads = len(opening.get("candidates", ()))
    return lens.t(
        "draw.lede_select",
        leads=lens.number(leads),
        taken=lens.number(taken),
        rest=lens.number(leads - taken),
    )


def _opening_facts(lens: Lens, draw: Row) -> list[Fact]:
    opening, t = draw.get("opening") or {}, lens.t
    extra, waited = added_prizes(opening)
    rows = [
        Fact(t.plain("draw.id"), lens.number(draw_id(draw)), True),
        Fact(t.plain("draw.attempt"), lens.number(opening.get("attempt"))),
        Fact(t.plain("draw.opens"), lens.moment(opening.get("opens_at"), seconds=True)),
        Fact(t.plain("draw.closes"), lens.moment(opening.get("closes_at"), seconds=True)),
    ]
    if draw_kind(draw) == "ladder":
        rows += [
            Fact(t.plain("draw.entrants"), lens.number(len(opening.get("entrants", ())))),
            Fact(t.plain("draw.prizes"), lens.number(len(opening.get("prizes", ())))),
            Fact(t.plain("draw.extra"), lens.number(len(extra))),
            *([Fact(t.plain("draw.waited"), lens.number(len(waited)))] if waited else []),
            Fact(t.plain("draw.lines"), _line_count(lens, draw)),
        ]
    else:
        rows += [
            Fact(t.code("share", share), lens.number(count))
            for share, count in opening.get("shares", ())
        ]
    return rows


def _line_count(lens: Lens, draw: Row) -> str:
    """How many lines the closing has; before it the public record knows none."""
    closing = draw.get("closing")
    return lens.number(len(closing["lines"])) if closing else lens.t.plain("draw.lines_later")


def _no_picture(lens: Lens, draw: Row) -> str:
    return lens.t.plain("draw.too_wide" if draw.get("seed") else "draw.not_yet")


def _wins(lens: Lens, draw: Row) -> list[WinRow]:
    opening = draw.get("opening") or {}
    winners = (draw.get("outcome") or {}).get("winners") or {}
    entrants, (extra, waited) = len(opening.get("entrants", ())) or 1, added_prizes(opening)
    rows = []
    for i, prize in enumerate(opening.get("prizes", ())):
        winner = winners.get(prize)
        rep = lens.rep_link(winner, UP) if winner else Markup("–")
        rows.append(
            WinRow(
                lens.lead_link(prize, UP),
                rep,
                lens.number(i // entrants + 1),
                lens.number(i % entrants + 1),
                [lens.t.plain("draw.extra")] * (prize in extra)
                + [lens.t.plain("draw.waited")] * (prize in waited),
            )
        )
    return rows


def _entrants(lens: Lens, draw: Row, *, has_ways: bool) -> list[EntrantRow]:
    t, closing = lens.t, draw.get("closing")
    lines = {line.get("entrant"): line for line in (closing or {}).get("lines", ())}
    rows = []
    for i, ref in enumerate((draw.get("opening") or {}).get("entrants", ())):
        line = lines.get(ref)
        text = t.plain("draw.no_line" if closing else "draw.lines_later")
        if line:
            text = t.plain(
                "draw.line",
                left=lens.number(int(line.get("left", 0)) + 1),
                right=lens.number(int(line.get("left", 0)) + 2),
                level=lens.number(line.get("level")),
            )
        won = lens.facts.won.get((draw_id(draw), ref), ())
        rows.append(
            EntrantRow(
                lens.number(i + 1),
                f"#{way_id(1, ref)}" if has_ways else "",
                lens.rep_link(ref, UP),
                text,
                [lens.lead_link(lead, UP) for lead in won],
            )
        )
    return rows


def _shares(lens: Lens, draw: Row) -> list[tuple[str, str, list[Markup]]]:
    """(share, count, leads) as drawn; the rest is not listed here, it is all the others."""
    selected = (draw.get("outcome") or {}).get("selected") or {}
    return [
        (
            lens.t.code("share", share),
            lens.number(len(leads)),
            [lens.lead_link(lead, UP) for lead in leads],
        )
        for share, leads in selected.items()
    ]


def _attempts(lens: Lens, draw: Row) -> list[tuple[str, str, Badge]]:
    """Every attempt of this draw when there was more than one: (number, href, status)."""
    same = [each for each in lens.facts.draws if draw_id(each) == draw_id(draw)]
    if len(same) < 2:
        return []
    return [
        (
            lens.number((each.get("opening") or {}).get("attempt")),
            f"{draw_page(lens.facts, each)}.html",
            status_badge(lens, each),
        )
        for each in same
    ]
