"""`fairlead baseline`: who got what in the months before a policy, as a page and on one sheet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import typer

from adapters.warehouse.past_rows import landed_sources
from adapters.warehouse.run_context import current_context
from allocation.baseline import K, baseline
from flows.business_week import local_date, parse_as_of
from flows.clock import RealClock
from flows.commands.run import open_home
from flows.errors import CheckRefused, SourceRefused, UsageError
from flows.home import Home
from flows.progress import say, step
from flows.reports.folder import write_report
from flows.workspace import read_policy

FORMAT = "fairlead/baseline-report/1"
OPEN_DIMENSIONS = ("role", "tenure", "region", "office")
PROTECTED_DIMENSIONS = ("gender", "ethnicity")


def report_baseline(
    *,
    source: str,
    data: str,
    landed: str,
    months: int,
    as_of: str,
    policy: str,
    protected: bool,
    report: Path | None,
) -> None:
    """Land the source if one is given, work out the figures, print and write them.

    Errors: UsageError, SourceRefused, CheckRefused, PolicyRefused.
    """
    from flows.reports.baseline_rows import past_of

    if source and landed:
        raise UsageError("give either --source (it is landed) or --landed (it was)")
    rules = read_policy(Path(policy))
    home = open_home()
    with home.database().connect() as conn:
        facts = _landed_now(conn, source, data) if source else _landed_before(conn, landed)
        now = RealClock().now()
        day = local_date(parse_as_of(as_of or facts["as_of"], rules.zone, now), rules.zone)
        window = (_months_before(day, months), day)
        with step(f"look back {months} months from {day}"):
            past = past_of(conn, facts["source"], rules, window, protected=protected)
    if not sum(person.leads for person in past.people):
        raise CheckRefused(
            f"{facts['source']}: nobody received anything between {window[0]} and {window[1]}: "
            "give --as-of inside the time that the source tells of"
        )
    if protected:
        _note_view(home, facts["source"], str(report or "terminal"))
    dimensions = (*OPEN_DIMENSIONS, *(PROTECTED_DIMENSIONS if protected else ()))
    result = {
        "format": FORMAT,
        "source": facts["source"],
        "synthetic": "yes" if facts["source"] == "synthetic" else "no",
        "currency": facts["currency"],
        "protected": "yes" if protected else "no",
        "from": str(window[0] + timedelta(days=1)),
        "to": str(window[1]),
        "months": months,
        "k": K,
        "counted": past.counted,
        "policy": f"{rules.id} {rules.version}",
        "tier": rules.scoring.tiers[0].band,
        "unknown": {name: count for name, count in sorted(past.unknown.items()) if count},
        **baseline(past.people, (window[1] - window[0]).days, months, dimensions),
    }
    _finish(result, report)


def _finish(result: dict[str, Any], report: Path | None) -> None:
    from flows.terminal import print_sentences, print_table
    from notifications.baseline_page import baseline_view, render_baseline

    view = baseline_view(result, "en")
    print_sentences(view.title, [str(view.lede), *(c.label for c in view.callouts)])
    for part in view.sections:
        if part.table is not None:
            rows: Sequence[Sequence[str]] = [[str(cell) for cell in row] for row in part.table.rows]
            print_table(part.heading, list(part.table.heads), rows)
            print_sentences("", [str(text) for text in part.words])
        elif part.words:
            print_sentences(part.heading, [str(text) for text in part.words])
    if report is None:
        return
    write_report(report, "baseline", result, render_baseline(result))
    typer.echo(f"\nreport     {report / 'baseline-en.html'}")
    typer.echo(f"one sheet  {report / 'executive-en.html'}")


def _landed_now(conn: psycopg.Connection, source: str, data: str) -> dict[str, str]:
    from adapters.crm.extract import SourceError
    from adapters.crm.landing import land
    from adapters.crm.mapping import load_source

    try:
        extract = load_source(Path(source), Path(data) if data else None)
    except SourceError as error:
        raise SourceRefused(f"{source} cannot be read:\n{error}") from error
    with step("land the source"):
        landing = land(conn, extract, RealClock().now())
    say(
        f"read {extract.rows_read} rows from {extract.source}: {landing.rows_appended} new or "
        f"changed, {extract.rows_bad} in quarantine"
    )
    as_of = str(extract.settings.get("as_of") or "")
    return {"source": extract.source, "currency": extract.currency, "as_of": as_of}


def _landed_before(conn: psycopg.Connection, name: str) -> dict[str, str]:
    known = landed_sources(conn)
    if not name and len(known) == 1:
        name = next(iter(known))
    if name not in known:
        listed = ", ".join(sorted(known)) or "none yet"
        raise UsageError(f"say which source: --source to land one, or --landed of: {listed}")
    context = current_context(conn)
    is_its = context is not None and context.source == name
    currency = context.currency if context is not None and is_its else ""
    return {"source": name, "currency": currency, "as_of": ""}


def _months_before(day: date, months: int) -> date:
    """The same day that many months earlier, or the last one of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(1))


def _note_view(home: Home, source: str, where: str) -> None:
    """Views of protected attributes leave a line behind (mission.md 11)."""
    line = {"at": RealClock().now().isoformat(), "what": "baseline by protected attributes"}
    with (home.path / "protected-views.log").open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, "source": source, "to": where}) + "\n")
