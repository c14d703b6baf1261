"""Mails while a draw lives: the pool is frozen, the lottery is open (your link), it is closed.

Each carries the log's checkpoint of that moment: whoever keeps it can later prove what came first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from css_inline import CSSInliner

from lottery.shapes import time_text
from lottery.sources import OPERATOR, source_kind, source_time
from notifications.chance import chance
from notifications.digest_lines import Line, Part, Section
from notifications.portal_lens import PortalLens
from notifications.record import LANGUAGES, Language, Row
from notifications.site import HERE, environment
from notifications.views import HTML_LANG
from notifications.words import shown

Stage = Literal["freeze", "opening", "closing"]


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """A run's draws at one stage.

    - draws: [{"draw","opening","opening_hash", once closed "closing","closing_hash"}], selects
      for a freeze, else ladders; checkpoint: the note that covers them.
    - names, emails: {rep ref: text}.
    - receipts: {rep ref: the signed note of each last change}, for a closing.
    """

    run: str
    zone: str
    currency: str
    synthetic: bool
    draws: Sequence[Row]
    names: Mapping[str, str]
    emails: Mapping[str, str]
    checkpoint: str
    vkey: str
    site_url: str = ""
    receipts: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to one rep."""

    stage: Stage
    to_ref: str
    to_email: str
    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What the digest's templates take."""

    html_lang: str
    subject: str
    parts: Sequence[Part]
    checkpoint: str
    vkey: str
    css: str


def render_notice(record: NoticeRecord, stage: Stage, ref: str, links: Mapping[str, str]) -> Notice:
    """The mail to one rep. links: {draw id: personal address} of the draws that the rep is in."""
    lenses = {
        each: PortalLens(record.names, record.zone, record.currency, each) for each in LANGUAGES
    }
    subjects = " · ".join(lens.t.plain(f"notice.subject_{stage}") for lens in lenses.values())
    subject = shown(f"[{record.run}] {subjects}", 140)
    view = NoticeView(
        html_lang=HTML_LANG[LANGUAGES[0]],
        subject=subject,
        parts=[_part(lens, each, record, stage, ref, links) for each, lens in lenses.items()],
        # A receipt in the same mail: with it alone a line can be proven to have counted.
        checkpoint="\n".join([record.checkpoint, *record.receipts.get(ref, ())]),
        vkey=shown(record.vkey),
        css=_css(),
    )
    html = environment().get_template("digest.html.j2").render(v=view)
    text = environment().get_template("digest.txt.j2").render(v=view)
    email = shown(record.emails.get(ref, ""))
    return Notice(stage, ref, email, subject, _inliner().inline(html), text)


def _part(
    lens: PortalLens,
    language: Language,
    record: NoticeRecord,
    stage: Stage,
    ref: str,
    links: Mapping[str, str],
) -> Part:
    t = lens.t
    mine = [each for each in record.draws if stage == "freeze" or each["draw"] in links]
    place = f"{language}/runs/{shown(record.run)}/index.html"
    site = record.site_url.rstrip("/")
    return Part(
        html_lang=HTML_LANG[language],
        title=t.plain(f"notice.title_{stage}", rep=lens.rep(ref), run=shown(record.run)),
        badges=[t.plain("synthetic.strip")] if record.synthetic else [],
        lede=t.plain(_lede_key(stage, mine), at=_moment(lens, stage, mine)),
        sections=[
            Section(
                t.plain("notice.draws"),
                _about(lens, record, stage, ref),
                [_line(lens, stage, each, links) for each in mine],
            )
        ],
        checkpoint_heading=t.plain("mail.checkpoint"),
        checkpoint_words=t.plain("mail.checkpoint_words"),
        key_label=t.plain("verify.vkey"),
        foot=t.plain("mail.foot"),
        more=Line(t.plain("mail.more"), "" if site else place, f"{site}/{place}" if site else ""),
    )


def _about(lens: PortalLens, record: NoticeRecord, stage: Stage, ref: str) -> list[str]:
    if stage == "opening":
        return [lens.t.plain("notice.personal")]
    return [lens.t.plain("notice.receipt")] if record.receipts.get(ref) else []


def _lede_key(stage: Stage, draws: Sequence[Row]) -> str:
    """Of an operator's draw no mail says that nobody can know its chance yet."""
    key = f"notice.lede_{stage}"
    trusts = any(source_kind(dict(each["opening"])) == OPERATOR for each in draws)
    return f"{key}_operator" if trusts and stage != "opening" else key


def _moment(lens: PortalLens, stage: Stage, draws: Sequence[Row]) -> str:
    """The window's end for an opening, else the time before which nothing could be known."""
    if not draws:
        return lens.t.plain("unknown")
    opening = dict(draws[0]["opening"])
    if stage == "opening":
        return lens.moment(opening["closes_at"])
    return lens.moment(time_text(source_time(opening)), seconds=True)


def _line(lens: PortalLens, stage: Stage, draw: Row, links: Mapping[str, str]) -> Line:
    t, opening = lens.t, draw["opening"]
    parts = str(draw["draw"]).split("/")
    if stage == "freeze":
        shares = ", ".join(
            f"{t.code('share', name)} {lens.number(count)}" for name, count in opening["shares"]
        )
        leads = lens.number(len(opening["candidates"]))
        about = t.plain("notice.candidates", leads=leads, shares=shares)
        return Line(t.code("band", parts[1]), about)
    head = " · ".join([t.code("band", parts[1]), t.code("share", parts[2]), *parts[3:]])
    odds = chance(len(opening["prizes"]), len(opening["entrants"]))
    about = t.plain(
        "notice.odds",
        prizes=lens.number(odds.prizes),
        entrants=lens.number(odds.entrants),
        chance=lens.percent(odds.at_least_one),
    )
    if stage == "closing":
        lines = lens.number(len(draw["closing"]["lines"]))
        about += "; " + t.plain("notice.lines_of", count=lines, hash=draw["closing_hash"])
    return Line(shown(head), about, links.get(str(draw["draw"]), ""))


@cache
def _css() -> str:
    return (HERE / "assets" / "digest.css").read_text(encoding="utf-8")


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
