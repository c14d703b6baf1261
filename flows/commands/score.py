"""`fairlead score fit|drift|backtest`: what history says about points, weights and a new version.

Nothing is adopted here. Heavy libraries are imported when a command runs.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any, Literal

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
Words = Annotated[Literal["zh", "en"], typer.Option("--language", help="Of what is printed.")]
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
    language: Words = "en",
) -> None:
    """Fit P(win) on closed history, judge it on unseen rows, propose weights or keep yours."""
    from allocation.scoring.prepare import prepare
    from allocation.scoring.report import score_report
    from allocation.scoring.study import StudyError
    from flows.reports.score_history import read_study, source_leads, source_study, study_rows
    from flows.reports.score_print import policy_fragment
    from flows.workspace import read_policy
    from notifications.score_words import sentence, sentences
    from notifications.words import words

    if bool(source) == bool(study):
        raise UsageError("give either --source or --study")
    t, scoring = words(language), None
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
        listed = "\n".join(
            f"  {leak.column}: {sentences(t, dataclasses.asdict(leak)['reasons'])}"
            for leak in ready.leaks
        )
        raise CheckRefused(f"{what.id}: {t.plain('score.leaks')}\n{listed}")
    if (few := ready.history.too_few()) and not force:
        said = sentence(t, dataclasses.asdict(few))
        raise CheckRefused(f"{what.id}: {said} {t.plain('score.force')}")
    if ready.history.won.all() or not ready.history.won.any():
        raise CheckRefused(f"{what.id}: {t.plain('score.one_outcome')}")
    found = score_report(what.id, ready, seed=seed, repeats=repeats, scoring=scoring)
    report = _value("fairlead/score-report/2", found)
    _show(report, language)
    typer.echo(policy_fragment(report, language))
    _write(as_json, report)


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
    language: Words = "en",
) -> None:
    """Compare factors and score between two periods; say drift only where it is not chance."""
    from flows.reports.score_history import read_study, study_rows
    from flows.reports.score_periods import drift_of_run, drift_of_source, drift_of_study
    from flows.workspace import read_policy

    if sum(map(bool, (source, study, run))) != 1:
        raise UsageError("give one of --source, --study and --run")
    if run:
        found = drift_of_run(run, split, since, seed)
    elif study:
        what = read_study(Path(study))
        found = drift_of_study(what, study_rows(what, Path(study), data), split, since, seed)
    else:
        found = drift_of_source(source, data, read_policy(Path(policy)), split, since, seed)
    report = _value("fairlead/drift-report/1", found)
    _show(report, language)
    _write(as_json, report)


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
    language: Words = "en",
) -> None:
    """Score history by two policy versions: who would have been tiered differently, for what."""
    from allocation.policy_diff import differences
    from allocation.scoring.backtest import backtest
    from flows.reports.score_history import backtest_leads, source_leads
    from flows.reports.score_periods import quarter_window
    from flows.workspace import read_policy

    new, old = read_policy(Path(policy)), read_policy(Path(against))
    names = [f"{each.id} {each.version}" for each in (old, new)]
    if names[0] == names[1]:  # a draft that has no version of its own yet
        names[1] += f" ({Path(policy).name})"
    leads = backtest_leads(source_leads(source, data))
    window = quarter_window([lead.created_on for lead in leads], first, last)
    try:
        found = backtest(
            leads,
            (names[0], old.scoring),
            (names[1], new.scoring),
            source=Path(source).stem, window=window, seed=seed,
        )  # fmt: skip
    except ValueError as error:
        raise CheckRefused(f"{source}: {error}") from error
    report = _value("fairlead/backtest-report/2", found)
    report["changes"] = [
        dataclasses.asdict(one) for one in differences(old, new) if one.rule == old.scoring.id
    ]
    _show(report, language, listed=show)
    _write(as_json, report)


def _value(name: str, found: Any) -> dict[str, Any]:
    """The report as its JSON says it: terminal and pages are rendered from this value alone."""
    text = json.dumps({"format": name, **dataclasses.asdict(found)}, allow_nan=False)
    value: dict[str, Any] = json.loads(text)
    return value


def _show(report: dict[str, Any], language: Literal["zh", "en"], listed: int = 0) -> None:
    from flows.reports.score_print import print_report

    print_report(report, language, listed=listed)


def _write(path: str, report: dict[str, Any]) -> None:
    if not path:
        return
    from notifications.score_report import report_files

    file = Path(path)
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    files = report_files(file.stem, report)
    try:
        for name, body in {file.name: text.encode(), **files}.items():
            file.with_name(name).write_bytes(body)
    except OSError as error:
        raise UsageError(f"--json {path} cannot be written: {error.strerror}") from error
    typer.echo(f"wrote {path} and beside it {', '.join(files)}")
