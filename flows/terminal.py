"""Answers at the terminal: tables and sentences, as wide as the window.

Names come from CRM files: they are printed as text, never as the markup of the library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from notifications.why import LeadAnswer
from notifications.why_rep import RepAnswer

NARROWEST = 100  # columns, where the output is a file or a pipe
NAMED = 12  # reps named for one reason; the page has all


def console() -> Console:
    """Standard output; a pipe gets plain text that is wide enough for a table."""
    found = Console(markup=False, highlight=False, emoji=False)
    return found if found.is_terminal else Console(
        markup=False, highlight=False, emoji=False, width=max(NARROWEST, found.width)
    )  # fmt: skip


def print_sentences(heading: str, sentences: Iterable[str]) -> None:
    """A heading and one line for each sentence."""
    out = console()
    out.print(Text(f"\n{heading}", style="bold"))
    for sentence in sentences:
        out.print(Text(f"  {sentence}"))


def print_lead(answer: LeadAnswer, *, is_brief: bool = False) -> None:
    """A lead's answer; brief: without the tables of all candidates."""
    out = console()
    out.print(Text(answer.title, style="bold"))
    width = max(cell_len(name) for name, _ in answer.facts)
    for name, value in answer.facts:
        out.print(Text(f"  {set_cell_size(name, width)}  {value}"))
    for sentence in answer.sentences:
        out.print(Text(f"  {sentence}"))
    if is_brief:
        return
    rows = [(rank, rep, *figures, mark) for rank, rep, figures, mark in answer.ranked]
    print_table(answer.ranked_label, ("#", "", *answer.columns, ""), rows)
    out.print(Text(f"\n{answer.excluded_label}", style="bold"))
    for reason, count, reps in answer.excluded:
        more = f" … +{len(reps) - NAMED}" if len(reps) > NAMED else ""
        out.print(Text(f"  {reason} ({count}): {', '.join(reps[:NAMED])}{more}"))


def print_rep(answer: RepAnswer) -> None:
    """A rep's week and quarter."""
    out = console()
    print_sentences(answer.title, answer.sentences)
    if answer.near:
        out.print(Text(f"  {answer.near_label} {', '.join(answer.near)}"))
    for reason, count in answer.excluded:
        out.print(Text(f"  {reason}: {count}"))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of plain cells under a heading."""
    out = console()
    out.print(Text(f"\n{title}", style="bold"))
    table = Table(box=None, pad_edge=True)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
