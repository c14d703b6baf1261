"""Parts of the run page that other pages and mails show too: shares, draws, gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from notifications.facts import draw_id, draw_kind, draw_page
from notifications.lens import Lens
from notifications.record import Row
from notifications.rep_page import draw_label, odds_of
from notifications.views import Badge
from notifications.words import shown


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A band's share as the select draw fixed it, and what came of it."""

    band: str
    share: str
    planned: str
    planned_part: str
    owned: str
    held: str


@dataclass(frozen=True, slots=True)
class DrawRow:
    label: str
    href: str
    kind: str
    facts: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class DoorView:
    """One gate: how many promises, how many broken by severity."""

    door: str
    ok: bool
    checked_at: str
    rules: str
    broken: Sequence[tuple[str, str, str, str]]


def share_rows(lens: Lens) -> list[ShareRow]:
    """Planned by the select draw against what happened; the last share takes the rest."""
    rows = []
    by_share: dict[tuple[str, str], list[Row]] = {}
    for decision in lens.facts.record.decisions:
        if decision.get("share"):
            key = (str(decision.get("band", "")), str(decision["share"]))
            by_share.setdefault(key, []).append(decision)
    for draw in lens.facts.draw_of.values():
        if draw_kind(draw) != "select":
            continue
        opening = draw.get("opening") or {}
        band = draw_id(draw).split("/")[-1]
        planned = {str(share): int(count) for share, count in opening.get("shares", ())}
        total = len(opening.get("candidates", ()))
        rest = _last_share(lens, band)
        if rest and rest not in planned:
            planned[rest] = total - sum(planned.values())
        for share, count in planned.items():
            given = by_share.get((band, share), [])
            owned = sum(1 for row in given if row.get("rep"))
            part = lens.percent(Fraction(count, total)) if total else "–"
            rows.append(
                ShareRow(
                    lens.t.code("band", band),
                    lens.t.code("share", share),
                    lens.number(count),
                    part,
                    lens.number(owned),
                    lens.number(len(given) - owned),
                )
            )
    return rows


def _last_share(lens: Lens, band: str) -> str:
    """The share that takes what the others leave, by the policy; "" when it names none."""
    for row in lens.facts.policy.get("bands") or ():
        if row.get("band") == band:
            return next((str(s.get("share")) for s in row.get("shares") or () if s.get("rest")), "")
    return ""


def draw_row(lens: Lens, draw: Row) -> DrawRow:
    """One draw in a list: what it deals out among whom, and where it stands."""
    t, opening, kind = lens.t, draw.get("opening") or {}, draw_kind(draw)
    if kind == "ladder":
        odds = odds_of(draw)
        about = t.plain(
            "draw.about_ladder",
            prizes=lens.number(odds.prizes),
            entrants=lens.number(odds.entrants),
            chance=lens.percent(odds.at_least_one),
        )
    else:
        shares = ", ".join(
            f"{t.code('share', share)} {lens.number(count)}"
            for share, count in opening.get("shares", ())
        )
        about = t.plain(
            "draw.about_select",
            leads=lens.number(len(opening.get("candidates", ()))),
            shares=shares or "–",
        )
    href = f"draws/{draw_page(lens.facts, draw)}.html"
    return DrawRow(
        draw_label(lens, draw), href, t.code("draw_kind", kind), about, status_badge(lens, draw)
    )


def status_badge(lens: Lens, draw: Row) -> Badge:
    default = "finished" if draw.get("outcome") else "pending"
    status = str(draw.get("status") or default)
    if status == "pending" and not draw.get("closing"):
        status = "open"
    tone = {"finished": "good", "pending": "plain", "open": "plain"}.get(status, "bad")
    return Badge(lens.t.code("draw_status", status), tone)


def door_view(lens: Lens, verdict: Row) -> DoorView:
    rules = list(verdict.get("rules", ()))
    broken = [
        (
            lens.t.code("severity", rule.get("severity")),
            shown(rule.get("severity", "")),
            shown(rule.get(lens.language) or rule.get("id") or ""),
            lens.number(rule.get("observed")),
        )
        for rule in rules
        if not rule.get("ok")
    ]
    return DoorView(
        lens.t.code("door", verdict.get("door")),
        bool(verdict.get("ok")),
        lens.moment(verdict.get("checked_at")),
        lens.number(len(rules)),
        broken,
    )
