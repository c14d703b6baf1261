"""The page behind a personal link: the pool, the ladder so far, one's own line, its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from notifications.portal_ladder import CloseUp, Overview, close_up, overview, way
from notifications.portal_lens import PortalLens
from notifications.portal_parts import (
    PortalRecord,
    Prize,
    fog,
    gap_words,
    greeting,
    hashes,
    lede,
    prizes,
    receipt,
    result_href,
    state_words,
)
from notifications.record import Language, Row
from notifications.views import HTML_LANG
from notifications.words import shown, words

HERE = Path(__file__).parent
STYLES = ("fairlead.css", "portal.css", "favicon.svg")


@dataclass(frozen=True, slots=True)
class PortalView:
    """The page. close_up, overview: None for a ladder of one; form: "" for watchers."""

    html_lang: str
    other: Language
    language: Language
    synthetic: bool
    title: str
    kicker: str
    state: str
    state_words: str
    lede: Markup
    quarter: str
    greeting: str
    can_draw: bool
    is_watcher: bool
    close_up: CloseUp | None
    overview: Overview | None
    at: int
    column_words: str
    way_words: str
    receipt: str
    receipt_note: str
    receipt_number: int
    has_line: bool
    gaps: Sequence[tuple[int, str, bool]]
    level: int
    fog: str
    prizes: Sequence[Prize]
    lines: Sequence[tuple[str, str, str]]
    hashes: Sequence[tuple[str, str]]
    checkpoint: str
    result_href: str
    form: str
    is_new: bool


def portal_view(
    record: PortalRecord, language: Language, *, at: int | None, form: str, is_new: bool
) -> PortalView:
    """at: the gap in the middle of the close-up; None: one's own line or column."""
    lens, t = PortalLens(record.names, record.zone, record.currency, language), words(language)
    entrants: Sequence[str] = record.opening["entrants"]
    is_wide = len(entrants) > 1
    line: Row = record.mine.get("line") or {}
    column = list(entrants).index(record.me) if record.me in entrants else 0
    middle = at if at is not None else int(line.get("left", min(column, len(entrants) - 2)))
    middle = max(0, min(middle, len(entrants) - 2))
    drawn = close_up(lens, entrants, record.lines, record.me, middle) if is_wide else None
    parts = str(record.opening["draw"]).split("/")
    end = way(record.lines, column)[-1][0] + 1
    number = lens.number
    return PortalView(
        html_lang=HTML_LANG[language],
        other="en" if language == "zh" else "zh",
        language=language,
        synthetic=record.synthetic,
        title=t.plain("portal.title", band=t.code("band", parts[1]), run=shown(record.run)),
        kicker=t.plain("portal.kicker"),
        state=record.state,
        state_words=state_words(lens, record),
        lede=lede(lens, record),
        quarter=t.plain("portal.quarter", **record.quarter) if record.quarter else "",
        greeting=greeting(lens, record),
        can_draw=record.state == "open" and bool(record.me) and is_wide,
        is_watcher=not record.me,
        close_up=drawn,
        overview=overview(entrants, record.lines, record.me, _first(drawn)) if is_wide else None,
        at=middle,
        column_words=t.plain("portal.column", column=number(column + 1)) if record.me else "",
        way_words=(
            t.plain("portal.way", column=number(column + 1), end=number(end))
            if record.me and is_wide
            else ""
        ),
        receipt=receipt(lens, record),
        receipt_note=str(record.mine.get("note") or ""),
        receipt_number=int(record.mine.get("number") or 0),
        has_line=bool(line),
        gaps=[(i, gap_words(lens, entrants, i), i == middle) for i in range(len(entrants) - 1)],
        level=int(line.get("level", 500)),
        fog=fog(lens, record),
        prizes=prizes(lens, record),
        lines=[
            (
                lens.rep(each["entrant"]),
                f"{number(int(each['left']) + 1)}–{number(int(each['left']) + 2)}",
                number(each["level"]),
            )
            for each in record.lines
        ],
        hashes=hashes(lens, record),
        checkpoint=record.checkpoint,
        result_href=result_href(record, language) if record.state == "finished" else "",
        form=form,
        is_new=is_new,
    )


@cache
def environment() -> Environment:
    """The portal's templates: everything escaped, no name that a view lacks."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates" / "portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )


def render_portal(view: PortalView, token: str) -> str:
    """The page; `token` is the way back to it."""
    template = environment().get_template("ladder.html.j2")
    return template.render(v=view, t=words(view.language), token=token, lang=view.language)


def render_message(key: str, language: Language, back: str = "") -> str:
    """A page that only says something: portal.<key>_title and portal.<key>_words."""
    t, other = words(language), "en" if language == "zh" else "zh"
    return (
        environment()
        .get_template("message.html.j2")
        .render(t=t, key=key, html_lang=HTML_LANG[language], lang=language, other=other, back=back)
    )


def _first(drawn: CloseUp | None) -> int:
    return int(drawn.cells[0].value.split(":")[0]) if drawn else 0
