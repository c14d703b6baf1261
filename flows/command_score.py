"""`fairlead score fit|drift|backtest`: what history says about points, weights and a new version.

Nothing is adopted here. Heavy libraries are imported when a command runs.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.errors import CheckRefused, UsageError
from flows.request import DEFAULT_POLICY

score_app = typer.Typer(
    help="Fit, watch and back-test scores on history; adopts nothing.", no_args_is_help=True
)

Source = Annotated[str, typer.Option(help="Folder of plain CSV files, or a mapping file.")]
Data = Annotated[str, typer.Option(help="The folder that a mapping or study file reads.")]
StudyFile = Annotated[str, typer.Option("--study", help="A study file (mappings/studies/*.yaml).")]
Seed = Annotated[int, typer.Option(help="Equal seeds give equal figures.")]
JsonFile = Annotated[
    str,
    typer.Option("--json", help="Also write the report as JSON, with pages and charts beside it."),
]


@score_app.command("fit")
def score_fit(
    source: Source = "",
    study: StudyFile = "",
    data: Data = "",
    policy: Annotated[str, typer.Option("--policy", help="Whose points a source gets.")] = (
        DEFAULT_POLICY
    ),
    features: Annotated[
        list[str] | None, typer.Option(help="Columns, or the name of a study's alternative.")
    ] = None,
    also: Annotated[list[str] | None, typer.Option(help="Columns to add to the features.")] = None,
    repeats: Annotated[int, typer.Option(min=1, max=20, help="Of the five folds.")] = 3,
    seed: Seed = 1,
    force: Annotated[bool, typer.Option(help="Fit with fewer than 120 wins or losses.")] = False,
    as_json: JsonFile = "",
) -> None:
    """Fit P(win) on closed history, judge it on unseen rows, propose weights or keep yours."""
    from allocation.scoring.fit import LEAST
    from allocation.scoring.prepare import prepare
    from allocation.scoring.report import policy_fragment, score_report
    from allocation.scoring.study import StudyError
    from flows.score_history import read_study, source_leads, source_study, study_rows
    from flows.score_print import print_fit
    from flows.workspace import read_policy

    if bool(source) == bool(study):
        raise UsageError("give either --source or --study")
    scoring = None
    if study:
        what = read_study(Path(study))
        rows = study_rows(what, Path(study), data)
    else:
        rules = read_policy(Path(policy))
        what, rows = source_study(source_leads(source, data), rules, Path(source).stem)
        scoring = rules.scoring
    try:
        ready = prepare(what, rows, what.chosen(features or [], also or []))
    except StudyError as error:
        raise UsageError(str(error)) from error
    if ready.leaks:
        listed = "\n".join(f"  {leak.column}: {leak.reason}" for leak in ready.leaks)
        raise CheckRefused(f"{what.id}: nobody could know this at allocation:\n{listed}")
    if (few := ready.history.too_few()) and not force:
        raise CheckRefused(f"{what.id}: {few}; --force fits all the same (least: {LEAST})")
    if ready.history.won.all() or not ready.history.won.any():
        raise CheckRefused(f"{what.id}: history has one outcome only")
    report = score_report(what.id, ready, seed=seed, repeats=repeats, scoring=scoring)
    print_fit(report)
    typer.echo(policy_fragment(report))
    _write(as_json, "fairlead/score-report/1", report)


@score_app.command("drift")
def score_drift(
    split: Annotated[
        str, typer.Option(help="First day of the later period; empty: the last fifth of the rows.")
    ] = "",
    source: Source = "",
    study: StudyFile = "",
    data: Data = "",
    run: Annotated[
        str, typer.Option(help="A run whose scores stand in the database, e.g. 2026-W48.")
    ] = "",
    since: Annotated[str, typer.Option(help="First day of the earlier period.")] = "",
    policy: Annotated[str, typer.Option("--policy", help="Whose points a source gets.")] = (
        DEFAULT_POLICY
    ),
    seed: Seed = 1,
    as_json: JsonFile = "",
) -> None:
    """Compare factors and score between two periods; say drift only where it is not chance."""
    from flows.score_history import read_study, study_rows
    from flows.score_periods import drift_of_run, drift_of_source, drift_of_study
    from flows.score_print import print_drift
    from flows.workspace import read_policy

    if sum(map(bool, (source, study, run))) != 1:
        raise UsageError("give one of --source, --study and --run")
    if run:
        report = drift_of_run(run, split, since, seed)
    elif study:
        what = read_study(Path(study))
        report = drift_of_study(what, study_rows(what, Path(study), data), split, since, seed)
    else:
        report = drift_of_source(source, data, read_policy(Path(policy)), split, since, seed)
    print_drift(report)
    _write(as_json, "fairlead/drift-report/1", report)


@score_app.command("backtest")
def score_backtest(
    source: Source,
    policy: Annotated[str, typer.Option("--policy", help="The new version.")],
    against: Annotated[str, typer.Option(help="The version in force.")] = DEFAULT_POLICY,
    data: Data = "",
    first: Annotated[
        str, typer.Option("--from", help="First day; empty: the last quarter with leads.")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Last day.")] = "",
    show: Annotated[int, typer.Option(min=0, help="How many moved leads to list.")] = 20,
    seed: Seed = 1,
    as_json: JsonFile = "",
) -> None:
    """Score history by two policy versions: who would have been tiered differently, for what."""
    from allocation.scoring.backtest import backtest
    from flows.score_history import backtest_leads, source_leads
    from flows.score_periods import quarter_window
    from flows.score_print import print_backtest
    from flows.workspace import read_policy

    new, old = read_policy(Path(policy)), read_policy(Path(against))
    leads = backtest_leads(source_leads(source, data))
    window = quarter_window([lead.created_on for lead in leads], first, last)
    try:
        report = backtest(
            leads,
            (f"{old.id} {old.version}", old.scoring),
            (f"{new.id} {new.version}", new.scoring),
            source=Path(source).stem, window=window, seed=seed,
        )  # fmt: skip
    except ValueError as error:
        raise CheckRefused(f"{source}: {error}") from error
    print_backtest(report, show)
    _write(as_json, "fairlead/backtest-report/1", report)


def _write(path: str, name: str, report: Any) -> None:
    if not path:
        return
    from notifications.score_report import write_report

    text = json.dumps(
        {"format": name, **dataclasses.asdict(report)},
        ensure_ascii=False,
        indent=1,
        allow_nan=False,
    )
    file = Path(path)
    file.write_text(text + "\n", encoding="utf-8")
    # The pages are rendered from what the file says, so they can be made again from it.
    written = write_report(file, json.loads(text))
    typer.echo(f"wrote {path} and beside it {', '.join(each.name for each in written)}")
