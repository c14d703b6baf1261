"""What the evidence pages are made of: sections of words, a chart, and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ledger.run_keys import is_intake
from notifications.charts import Chart, svg
from notifications.lens import Lens
from notifications.views import Chrome, chrome, run_crumbs
from notifications.words import shown


@dataclass(frozen=True, slots=True)
class Table:
    """heads, rows: the first column names its row. text: how many leading columns are words."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str | Markup]]
    text: int = 1
    css: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """folded: the summary of a fold around the table, "" to show it open."""

    id: str
    heading: str
    words: Sequence[str | Markup] = ()
    chart: Chart | None = None
    table: Table | None = None
    folded: str = ""
    chips: Sequence[tuple[str, str]] = ()

    @property
    def drawing(self) -> Markup | None:
        """The chart as inline SVG; drawn where a page asks, a terminal never does."""
        return svg(self.chart) if self.chart else None


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One evidence page of a run."""

    chrome: Chrome
    heading: str
    lede: str | Markup
    tabs: Sequence[Tab]
    sections: Sequence[Section]


def evidence_view(
    lens: Lens, page: str, lede: str | Markup, sections: Sequence[Section], *, of: str = ""
) -> EvidenceView:
    """The page `page` of the run; of: the tab it belongs to, if it has none of its own."""
    t, run = lens.t, lens.facts.record.run
    heading = t.plain(f"{of or page}.heading")
    return EvidenceView(
        chrome(
            lens,
            f"runs/{run}/{page}.html",
            f"{heading} · {shown(run)}",
            "runs",
            run_crumbs(lens, ""),
        ),
        heading,
        lede,
        tabs(lens, of or page),
        sections,
    )


def evidence_pages(lens: Lens) -> list[str]:
    """Names of the pages that this run has for its reader, in the order of their tabs."""
    facts, found = lens.facts, lens.facts.record.evidence
    has = {
        "scoring": bool(facts.leads or (found.drift and lens.shows("drift"))),
        "capability": bool(found.capability),
        "capacity": bool(facts.reps),
        "segments": bool(found.benchmarks),
        "models": bool(found.models),
    }
    if is_intake(facts.record.run):
        return []  # shown once a week
    return [page for page, there in has.items() if there and lens.shows(page)]


def tabs(lens: Lens, here: str) -> list[Tab]:
    """The run's evidence pages side by side, data quality among them."""
    names = evidence_pages(lens)
    names.insert(len(names) - 1 if "models" in names else len(names), "quality")
    return [Tab(lens.t.plain(f"{name}.heading"), f"{name}.html", name == here) for name in names]
