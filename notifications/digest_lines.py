"""The shape of a digest: sections of sentences and lines, for HTML and text alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.digest_pictures import Picture
from notifications.facts import safe_name
from notifications.lens import Lens
from notifications.record import REHEARSAL
from notifications.views import HTML_LANG

LISTED = 40  # lines of one list; the site has the others


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: what, what about it, and where to read more ("" when nowhere)."""

    head: str
    rest: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    sentences: Sequence[str] = ()
    lines: Sequence[Line] = ()
    numbered: bool = False
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A mail's half in one language; the words around the sections are looked up here."""

    html_lang: str
    title: str
    badges: Sequence[str]
    lede: str
    sections: Sequence[Section]
    checkpoint_heading: str
    checkpoint_words: str
    key_label: str
    foot: str
    more: Line


def part(lens: Lens, title: str, lede: str, sections: Sequence[Section]) -> Part:
    t, record = lens.t, lens.facts.record
    badges = []
    if record.synthetic:
        badges.append(t.plain("synthetic.strip"))
    if record.kind == REHEARSAL:
        badges.append(t.plain("badge.rehearsal"))
    if record.reconstructed:
        badges.append(t.plain("badge.reconstructed"))
    return Part(
        html_lang=HTML_LANG[lens.language],
        title=title,
        badges=badges,
        lede=lede,
        sections=[section for section in sections if section.sentences or section.lines],
        checkpoint_heading=t.plain("mail.checkpoint"),
        checkpoint_words=t.plain("mail.checkpoint_words"),
        key_label=t.plain("verify.vkey"),
        foot=t.plain("mail.foot"),
        more=page_line(lens, t.plain("mail.more"), "index.html"),
    )


def address(lens: Lens, page: str) -> str:
    """The page on the team's site; "" while its address is not known."""
    site = lens.facts.record.site_url
    return f"{site.rstrip('/')}/{_path(lens, page)}" if site else ""


def _path(lens: Lens, page: str) -> str:
    return f"{lens.language}/runs/{safe_name(lens.facts.record.run)}/{page}"


def page_line(lens: Lens, head: str, page: str) -> Line:
    """A line that is there for its page: without an address it names the place in the site."""
    href = address(lens, page)
    return Line(head, "" if href else _path(lens, page), href)
