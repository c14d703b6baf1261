"""A report of `fairlead score fit|drift|backtest` as pages and pictures, beside its JSON.

The pages stand alone: their style sheet lies beside them, drawings are inline, nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.charts import chinese_fonts, png
from notifications.evidence_parts import Section
from notifications.record import LANGUAGES, Row
from notifications.score_backtest import MOVED, backtest_sections
from notifications.score_sections import drift_sections, fit_sections
from notifications.site import HERE, environment
from notifications.views import HTML_LANG
from notifications.words import Words, shown, words

STYLE = "fairlead.css"


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report in one language."""

    html_lang: str
    other_lang: str
    other_href: str
    title: str
    lede: str
    verdict: str
    sections: Sequence[Section]


def report_files(name: str, report: Row) -> dict[str, bytes]:
    """{file name: bytes} to write beside `name`.json: two pages, pictures, the style sheet.

    report: the JSON value with its "format". Errors: ValueError for a format unheard of.
    """
    files = {STYLE: (HERE / "assets" / STYLE).read_bytes()}
    template = environment().get_template("score_report.html.j2")
    for language in LANGUAGES:
        t = words(language)
        view = report_view(t, name, report)
        files[f"{name}.{language}.html"] = template.render(v=view, t=t).encode()
    # A picture's words need a font of this machine; English ones are always there.
    drawn = report_view(words("zh" if chinese_fonts() else "en"), name, report)
    charts = [section.chart for section in drawn.sections if section.chart]
    return files | {f"{name}-{chart.caption.id}.png": png(chart) for chart in charts}


def report_view(t: Words, name: str, report: Row, listed: int = MOVED) -> ReportView:
    """The report in one language. listed: how many moved leads of a back-test."""
    match report.get("format"):
        case "fairlead/score-report/2":
            kind, (sections, lede, verdict) = "fit", fit_sections(t, report)
        case "fairlead/drift-report/1":
            kind, (sections, lede, verdict) = "drift", drift_sections(t, report)
        case "fairlead/backtest-report/2":
            kind, (sections, lede, verdict) = "backtest", backtest_sections(t, report, listed)
        case other:
            raise ValueError(f"not a report of fairlead score: {other!r}")
    other = "en" if t.language == "zh" else "zh"
    source = shown(report.get("study") or report.get("source") or "")
    return ReportView(
        HTML_LANG[t.language],
        HTML_LANG[other],
        f"{name}.{other}.html",
        f"{t.plain(f'report.{kind}')} · {source}",
        lede,
        verdict,
        sections,
    )
