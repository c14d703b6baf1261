"""Which rows belong to which period, for `fairlead score drift` and `fairlead score backtest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.errors import CheckRefused, UsageError
from flows.reports.score_history import Rows, source_leads

if TYPE_CHECKING:
    from allocation.policy import Policy
    from allocation.scoring.drift_report import DriftReport
    from allocation.scoring.study import Study

LATER_SHARE = 0.2


def drift_of_source(
    source: str, data: str, policy: Policy, split: str, since: str, seed: int
) -> DriftReport:
    """The policy's factors and score over a source's leads, by the day they were created."""
    return drift_of_leads(source_leads(source, data), Path(source).stem, policy, split, since, seed)


def drift_of_leads(
    leads: Rows, name: str, policy: Policy, split: str, since: str, seed: int
) -> DriftReport:
    """The same over leads that are already read."""
    from allocation.scoring.points import scored

    ends = {"won": True, "lost": False}
    rows = []
    for lead in leads:
        one = scored(policy.scoring, lead)
        rows.append(
            _ScoredLead(
                lead.get("created_at", ""), lead["lead_id"], one.points, one.unknown, one.score,
                one.band, ends.get(lead.get("outcome", "")),
            )
        )  # fmt: skip
    return _drift(rows, name, split, since, seed)


def drift_of_run(run_key: str, split: str, since: str, seed: int) -> DriftReport:
    """Scores as the warehouse made them for a run, by that run's policy; the last run's are there.

    Errors: UsageError for a run that is not known, CheckRefused where the marts show another one.
    """
    from adapters.warehouse import marts
    from adapters.warehouse.marts import StaleMartError
    from flows.stored import chosen_run, initialised_home

    with initialised_home().database().connect() as conn:
        run = chosen_run(conn, run_key)
        try:
            found = marts.rows(conn, "fct_lead_scores", run.run_key)
        except StaleMartError as error:
            raise CheckRefused(
                f"the models show another run by now; what was said of {run.run_key} stands on "
                f"its scoring page ({error})"
            ) from error
    return drift_of_scores(found, run.run_key, split, since, seed)


def drift_of_scores(
    found: Sequence[Mapping[str, Any]], name: str, split: str, since: str, seed: int
) -> DriftReport:
    """The same over rows of marts.fct_lead_scores."""
    rows = [
        _ScoredLead(
            row["created_at"].isoformat() if row["created_at"] else "", row["lead_id"],
            row["points"], tuple(row["unknown_factors"]), row["score"], row["band"], None,
        )
        for row in found
    ]  # fmt: skip
    return _drift(rows, name, split, since, seed)


class _ScoredLead(NamedTuple):
    created_at: str
    lead_id: str
    points: dict[str, int]
    unknown: tuple[str, ...]
    score: int
    band: str | None
    won: bool | None


def _drift(
    leads: Sequence[_ScoredLead], name: str, split: str, since: str, seed: int
) -> DriftReport:
    from allocation.scoring.drift_report import drift_report
    from allocation.scoring.points import BELOW_TIERS

    dated = sorted(
        (lead for lead in leads if lead.created_at[:10] >= (since or "0")),
        key=lambda lead: (lead.created_at, lead.lead_id),
    )
    if not dated:
        raise CheckRefused(f"{name}: no lead has a creation time, so there are no periods")
    columns = {
        factor: ["unknown" if factor in one.unknown else str(one.points[factor]) for one in dated]
        for factor in dated[0].points
    }
    columns["score"] = [str(one.score) for one in dated]
    columns["band"] = [one.band or BELOW_TIERS for one in dated]
    labels = [lead.created_at[:10] for lead in dated]
    try:
        return drift_report(
            name, columns, frozenset(), [one.won for one in dated], labels, _cut(labels, split),
            seed=seed,
        )  # fmt: skip
    except ValueError as error:
        raise CheckRefused(f"{name}: {error}") from error


def drift_of_study(study: Study, rows: Rows, split: str, since: str, seed: int) -> DriftReport:
    """A study's features (and scorecard) over its rows in time order."""
    from allocation.scoring.drift_report import drift_report

    if study.time is None:
        raise CheckRefused(f"{study.id}: the study has no time, so there are no periods")
    if column := study.time.column:
        rows = sorted(
            (row for row in rows if (row.get(column) or "") >= (since or "0")),
            key=lambda row: row[column],
        )
        labels = [row[column][:10] for row in rows]
    else:
        labels = [str(number) for number in range(1, len(rows) + 1)]
        if split or since:
            raise UsageError(
                f"{study.id} has an order and no dates: --split and --since need dates"
            )
    columns = {name: [row.get(name) or "" for row in rows] for name in study.features}
    if study.scorecard:
        columns["scorecard"] = [
            str(sum(f.earned(row.get(f.column) or "") for f in study.scorecard)) for row in rows
        ]
    ends = {**dict.fromkeys(study.outcome.won, True), **dict.fromkeys(study.outcome.lost, False)}
    won = [ends.get(row.get(study.outcome.column) or "") for row in rows]
    try:
        return drift_report(
            study.id, columns, frozenset(study.numbers), won, labels, _cut(labels, split), seed=seed
        )
    except ValueError as error:
        raise CheckRefused(f"{study.id}: {error}") from error


def quarter_window(days: Sequence[str], first: str, last: str) -> tuple[str, str]:
    """The days asked for; by default the last whole quarter before the newest lead's."""
    for text in (first, last):
        if text:
            _day(text)
    known = [day for day in days if day]
    if first or last or not known:
        return first or "0000-01-01", last or "9999-12-31"
    newest = date.fromisoformat(max(known))
    this = date(newest.year, (newest.month - 1) // 3 * 3 + 1, 1)
    end = this - timedelta(days=1)
    start = date(end.year, (end.month - 1) // 3 * 3 + 1, 1)
    return start.isoformat(), end.isoformat()


def _cut(labels: Sequence[str], split: str) -> int:
    if not split:
        return int(len(labels) * (1 - LATER_SHARE))
    _day(split)
    return sum(label < split for label in labels)


def _day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day, e.g. 2026-07-01") from error
