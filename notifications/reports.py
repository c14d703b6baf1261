"""Reports that are one file each: everything in the page, so that it can be mailed or printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup

from notifications import formats
from notifications.evidence_parts import Section
from notifications.lens import rational
from notifications.record import Language
from notifications.site import environment
from notifications.views import HTML_LANG, Badge
from notifications.words import Words, shown, words

ASSETS = Path(__file__).parent / "assets"
SHEETS = ("fairlead.css", "report.css")


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report in one language; its file is <name>-<language>.html beside <name>.json."""

    language: Language
    name: str
    title: str
    lede: str
    audience: str
    foot: str
    sections: Sequence[Section]
    badge: Badge | None = None
    callouts: Sequence[Badge] = ()
    synthetic: bool = False
    css_class: str = ""
    rehearsal: bool = False

    @property
    def html_lang(self) -> str:
        return HTML_LANG[self.language]

    @property
    def other_lang(self) -> str:
        return HTML_LANG["en" if self.language == "zh" else "zh"]

    @property
    def other_href(self) -> str:
        return f"{self.name}-{'en' if self.language == 'zh' else 'zh'}.html"

    @property
    def css(self) -> Markup:
        sheets = ((ASSETS / name).read_text(encoding="utf-8") for name in SHEETS)
        return Markup("\n".join(sheets))  # noqa: S704 our own sheets


@dataclass(frozen=True, slots=True)
class Pen:
    """Figures of a report as readers of one language write them."""

    language: Language
    currency: str

    @property
    def t(self) -> Words:
        return words(self.language)

    def number(self, value: int) -> str:
        return formats.number(value, self.language)

    def signed(self, value: int) -> str:
        return f"{'+' if value > 0 else '−' if value < 0 else '±'}{self.number(abs(value))}"

    def money(self, value: int) -> str:
        return formats.money(value, shown(self.currency), self.language)

    def signed_money(self, value: int) -> str:
        return f"{'+' if value > 0 else '−' if value < 0 else '±'}{self.money(abs(value))}"

    def hundredths(self, value: int) -> str:
        return formats.hundredths(value, self.language)

    def ratio(self, text: object, places: int = 2) -> str:
        """A rational "p/q" of the report as a decimal; a dash where there is none."""
        value = rational(text) if text else None
        return "–" if value is None else formats.decimal(value, places, self.language, fixed=True)

    def percent(self, text: object, places: int = 1) -> str:
        value = text if isinstance(text, Fraction) else rational(text) if text else None
        return "–" if value is None else formats.percent(value, self.language, places)


def render_report(view: ReportView) -> bytes:
    """The page's bytes."""
    template = environment().get_template("report.html.j2")
    return template.render(v=view, t=words(view.language)).encode()
