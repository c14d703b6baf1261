"""`fairlead pilot report`: the arms of a pilot, compared over its runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from allocation.pilot import compared
from flows.errors import UsageError
from flows.reports.folder import write_report
from flows.reports.pilot_rows import PilotPast, pilot_past
from flows.stored import initialised_home

FORMAT = "fairlead/pilot-report/1"


def report_pilot(policy_id: str, worth_points: int, report: Path | None) -> None:
    """Compare, print, write. Errors: UsageError."""
    if not 1 <= worth_points <= 50:
        raise UsageError(f"--worth {worth_points}: percentage points from 1 to 50")
    with initialised_home().database().connect() as conn:
        past = pilot_past(conn, policy_id)
    result = pilot_report(past, worth_points)
    _print(result)
    if report is not None:
        _write(report, result)


def pilot_report(past: PilotPast, worth_points: int) -> dict[str, Any]:
    """The whole report as plain values; rates 0 to 1, days and points as decimals."""
    pilot = past.policy.pilot
    assert pilot is not None  # only such runs are read
    is_over = pilot.until is not None and past.landed_on > pilot.until
    notes = ["over" if is_over else "running" if pilot.until else "no_end"]
    notes += ["percents"] if len(past.percents) > 1 else []
    notes += ["crossed"] if past.crossed else []
    notes += [] if past.has_deals else ["no_deals"]
    return {
        "format": FORMAT,
        "policy": f"{past.policy.id} {past.policy.version}",
        "currency": past.policy.currency,
        "synthetic": "yes" if past.runs[-1].is_synthetic else "no",
        "rehearsal": "yes" if past.runs[-1].kind == "rehearsal" else "no",
        "runs": [run.run_key for run in past.runs],
        "percents": past.percents,
        "until": str(pilot.until or ""),
        "landed_on": str(past.landed_on),
        "is_over": "yes" if is_over else "no",
        "crossed": past.crossed,
        "notes": notes,
        "surveys": past.surveys,
        **compared(past.trials, is_over=is_over, worth=worth_points / 100),
    }


def _print(result: dict[str, Any]) -> None:
    from flows.terminal import print_sentences, print_table
    from notifications.pilot_page import pilot_view

    view = pilot_view(result, "en")
    print_sentences(view.title, [view.lede, *(callout.label for callout in view.callouts)])
    for part in view.sections:
        if part.table is not None:
            rows = [[str(cell) for cell in row] for row in part.table.rows]
            print_table(part.heading, list(part.table.heads), rows)
        if part.words:
            print_sentences("" if part.table else part.heading, [str(text) for text in part.words])


def _write(folder: Path, result: dict[str, Any]) -> None:
    from notifications.pilot_page import render_pilot

    write_report(folder, "pilot", result, render_pilot(result))
    typer.echo(f"\nreport  {folder / 'pilot-en.html'}")
