"""Reports of `fairlead score` for a terminal: the words and tables of their pages."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from notifications.evidence_parts import Table as PageTable
from notifications.record import Language, Row
from notifications.score_report import report_view
from notifications.score_words import sentence
from notifications.words import words


def print_report(report: Row, language: Language, *, listed: int) -> None:
    """All sections, the verdict last. listed: how many moved leads of a back-test."""
    t, out = words(language), _console()
    view = report_view(t, "", report, listed=listed)
    out.print(f"{view.title}\n{view.lede}\n")
    for section in view.sections:
        out.print(Text(section.heading, style="bold"))
        for text in section.words:
            out.print(str(text))
        if section.table:
            out.print(_table(section.table))
        out.print()
    out.print(f"{t.plain('report.verdict')} {view.verdict}\n{t.plain('report.adopts_nothing')}")


def policy_fragment(report: Row, language: Language) -> str:
    """The YAML that a new policy version would carry; "" where nothing is proposed."""
    proposal = report["proposal"] or {"weights": {}}
    if not proposal["weights"]:
        return ""
    t = words(language)
    lines = [
        t.plain("score.fragment_from", study=report["study"], seed=str(report["seed"])),
        sentence(t, proposal["why"]),
        t.plain("score.fragment_next"),
    ]
    weights = [f"    - {{id: {name}, weight_pct: {n}}}" for name, n in proposal["weights"].items()]
    return "\n".join([*(f"# {line}" for line in lines), "scoring:", "  factors:", *weights, ""])


def _console() -> Console:
    # A report in a file or a test must not be cut at some terminal's width.
    console = Console(highlight=False, markup=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=160)


def _table(page: PageTable) -> Table:
    table = Table(box=None, padding=(0, 2))
    for number, head in enumerate(page.heads):
        justify = "left" if number < page.text else "right"
        table.add_column(head, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in page.rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # as it is: brackets are no markup
    return table
