"""A simulation's report at the terminal."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flows.terminal import console, print_sentences, print_table
from notifications.reports import Pen
from notifications.simulation_page import simulation_view
from notifications.words import shown

SHOWN = 8  # largest gains and losses each


def print_simulation(report: dict[str, Any]) -> None:
    """The verdict, both policies side by side, the largest changes, what to keep in mind."""
    view = simulation_view(report, "en")
    pen = Pen("en", report["currency"])
    parts = {part.id: part for part in view.sections}
    print_sentences(view.title, [view.lede])
    compared = parts["compared"].table
    if compared is not None:
        rows = [[str(cell) for cell in row] for row in compared.rows]
        print_table(compared.caption, list(compared.heads), rows)
    print_sentences(parts["gains"].heading, [str(text) for text in parts["gains"].words])
    changes = [row for row in report["change"]["reps"] if row["value"][0] != row["value"][1]]
    if len(changes) > 2 * SHOWN:
        changes = [*changes[:SHOWN], *changes[-SHOWN:]]
    print_table(
        f"{pen.t.plain('sim.more_chart')} / {pen.t.plain('sim.fewer_chart').lower()}",
        ("rep", "role", "leads", "change", *report["bands"], "value"),
        [
            (
                shown(row["name"]), row["role"], f"{row['count'][0]} → {row['count'][1]}",
                pen.signed(row["count"][1] - row["count"][0]),
                *(f"{a} → {b}" for a, b in (row["bands"][band] for band in report["bands"])),
                pen.signed_money(row["value"][1] - row["value"][0]),
            )
            for row in changes
        ],
    )  # fmt: skip
    for name in ("held", "overflows", "caps", "even"):
        if name in parts and (table := parts[name].table) is not None:
            rows = [[str(cell) for cell in row] for row in table.rows]
            print_table(parts[name].heading, list(table.heads), rows)
    print_sentences(parts["reading"].heading, [str(text) for text in parts["reading"].words])
    new = report["new"]
    share = pen.percent(Fraction(new["met"], new["judged"])) if new["judged"] else "–"
    verdict = "MAY GO LIVE" if new["may_go_live"] == "yes" else "NOT YET"
    console().print(
        f"\nREHEARSAL 演练 · VERDICT {verdict}: {share} of simulated leads have an owner who meets "
        f"every rule without overflow (at least {report['gate_pct']}%). Nothing is adopted."
    )
