"""What the portal's page says of one draw: sentences and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from lottery.shapes import time_text
from lottery.sources import source_kind, source_time
from notifications.chance import chance
from notifications.facts import safe_name
from notifications.portal_lens import PortalLens
from notifications.record import Language, Row
from notifications.words import shown


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """One draw as its portal shows it.

    - state: early, open, closed, finished or void; now: by the database's clock.
    - lines: [{"entrant","left","level"}] that stand, or of the closing.
    - mine: {"number","line": {"left","level"} or {},"at","note"} of the last change, or empty.
    - names: {rep ref: name}; leads: {lead ref: {"company","expected_value","industry"}}.
    - quarter: {"expected","actual"} texts before this draw; checkpoint: covers the closing.
    """

    run: str
    zone: str
    currency: str
    synthetic: bool
    opening: Row
    opening_hash: str
    state: str
    now: str
    me: str = ""
    lines: Sequence[Row] = ()
    mine: Row = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, Row] = field(default_factory=dict)
    winners: Mapping[str, str] = field(default_factory=dict)
    closing_hash: str = ""
    checkpoint: str = ""
    quarter: Row = field(default_factory=dict)
    site_url: str = ""


@dataclass(frozen=True, slots=True)
class Prize:
    company: str
    about: str
    winner: str
    is_mine: bool


def state_words(lens: PortalLens, record: PortalRecord) -> str:
    """Where the draw stands and until when."""
    key = {"early": "opens_at", "open": "closes_at"}.get(record.state, "closes_at")
    return lens.t.plain(
        f"portal.state_{record.state}",
        at=lens.moment(record.opening[key]),
        result=lens.moment(time_text(source_time(dict(record.opening))), seconds=True),
    )


def greeting(lens: PortalLens, record: PortalRecord) -> str:
    """A word to the entrant; nothing to a watcher."""
    if not record.me:
        return ""
    key = "portal.hello"
    if record.state == "finished":
        key += "_won" if record.me in record.winners.values() else "_lost"
    return lens.t.plain(key, rep=lens.rep(record.me))


def lede(lens: PortalLens, record: PortalRecord) -> Markup:
    """How many draw for how much, and everybody's chance."""
    odds = chance(len(record.opening["prizes"]), len(record.opening["entrants"]))
    key = "portal.lede" if odds.prizes <= odds.entrants else "portal.lede_rounds"
    return lens.t(
        key,
        prizes=lens.number(odds.prizes),
        entrants=lens.number(odds.entrants),
        chance=lens.percent(odds.at_least_one),
        sure=lens.number(odds.sure),
        more=lens.percent(odds.one_more),
    )


def gap_words(lens: PortalLens, entrants: Sequence[str], left: int) -> str:
    """A place between two columns, for a list."""
    return lens.t.plain(
        "portal.gap",
        left=lens.number(left + 1),
        right=lens.number(left + 2),
        one=lens.rep(entrants[left]),
        other=lens.rep(entrants[left + 1]),
    )


def receipt(lens: PortalLens, record: PortalRecord) -> str:
    """The last acknowledged change in words; "" without one."""
    if not record.mine:
        return ""
    line: Row = record.mine.get("line") or {}
    at = lens.moment(record.mine.get("at"), seconds=True)
    number = lens.number(record.mine.get("number"))
    if not line:
        return lens.t.plain("portal.receipt_none", at=at, number=number)
    left = int(line["left"])
    return lens.t.plain(
        "portal.receipt",
        at=at,
        number=number,
        left=lens.number(left + 1),
        right=lens.number(left + 2),
        level=lens.number(line["level"]),
    )


def fog(lens: PortalLens, record: PortalRecord) -> str:
    """Where the part of the ladder comes from that nobody knows yet."""
    if record.state in ("finished", "void"):
        return lens.t.plain(f"portal.fog_{record.state}")
    kind = source_kind(dict(record.opening))
    source = record.opening["sources"][0]
    return lens.t.plain(
        f"portal.fog_{kind}",
        at=lens.moment(time_text(source_time(dict(record.opening))), seconds=True),
        round=shown(source.get("round", "")),
        what=" + ".join(shown(one.get("what", "")) for one in record.opening["sources"]),
    )


def prizes(lens: PortalLens, record: PortalRecord) -> list[Prize]:
    """The pool: company and value, never mail or phone; who won what, one's own first."""
    found = []
    for ref in record.opening["prizes"]:
        lead = record.leads.get(ref, {})
        about = [lens.money(lead["expected_value"])] if "expected_value" in lead else []
        if lead.get("industry"):
            about.append(lens.t.code("industry", lead["industry"]))
        winner = record.winners.get(ref, "")
        name = shown(lead.get("company") or str(ref)[:8])
        mine = bool(winner) and winner == record.me
        found.append(Prize(name, " · ".join(about), lens.rep(winner) if winner else "", mine))
    return sorted(found, key=lambda prize: not prize.is_mine)


def hashes(lens: PortalLens, record: PortalRecord) -> list[tuple[str, str]]:
    """What finds this draw in the log."""
    rows = [(lens.t.plain("draw.opening_hash"), record.opening_hash)]
    if record.closing_hash:
        rows.append((lens.t.plain("draw.closing_hash"), record.closing_hash))
    return rows


def result_href(record: PortalRecord, language: Language) -> str:
    """The ladder's page on the team's site; "" while its address is not known."""
    if not record.site_url:
        return ""
    page = safe_name("-".join(str(record.opening["draw"]).split("/")[1:]))
    site = record.site_url.rstrip("/")
    return f"{site}/{language}/runs/{safe_name(record.run)}/draws/{page}.html"
