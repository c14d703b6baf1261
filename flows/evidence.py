"""What the models say beside the snapshot, kept with a run so that its pages can be read for years.

Only references, days and figures are kept for ever; names, customers' names and people's own
words stay in the marts (`spoken`) and go with whoever is erased.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from adapters.warehouse import marts, references, runs
from allocation.stability import stability
from flows.model_catalogue import catalogue
from flows.workspace import Workspace
from notifications.record import Evidence

DOCUMENT = "evidence"
FORMAT = "fairlead/evidence/1"
ISSUES = 8  # two years of quarterly matrices
WEEKS = 26  # half a year of load

Rows = list[dict[str, Any]]
Refs = Mapping[str, str]


def keep_evidence(conn: psycopg.Connection, work: Workspace) -> None:
    """Keep the run's evidence, once, while the marts still show this run."""
    run = runs.find_run(conn, work.run)
    if run is None or runs.document(conn, work.run, DOCUMENT) is not None:
        return
    if not marts.rows_if_current(conn, "dim_reps", work.run):
        return  # the models show another week by now
    found = collected(conn, run, work.home.dbt / "target" / "manifest.json")
    runs.store_document(conn, work.run, DOCUMENT, _bytes(found), work.clock.now())


def load_evidence(conn: psycopg.Connection, run_key: str) -> Evidence:
    """What was kept; empty for runs from before evidence was kept."""
    body = runs.document(conn, run_key, DOCUMENT)
    if body is None:
        return Evidence()
    value = json.loads(body)
    return Evidence(**{name: value[name] for name in Evidence.__slots__ if name in value})


def collected(conn: psycopg.Connection, run: runs.Run, manifest: Path) -> dict[str, Any]:
    """{"format", and every field of `Evidence`} from the marts of this run."""
    rep_refs = references.references(conn, run.source, "rep")

    def rows(mart: str) -> Rows:
        return [
            {key: value for key, value in row.items() if key != "run_key" and value is not None}
            for row in marts.rows_if_current(conn, mart, run.run_key)
        ]

    return {
        "format": FORMAT,
        "scores": [_known(**row) for row in marts.grades(conn, run.run_key)],
        "drift": _drift(rows("fct_score_periods")),
        "benchmarks": rows("fct_segment_benchmarks"),
        "capability": _capability(
            rows("fct_rep_capability"), rows("fct_capability_steps"), rep_refs
        ),
        "issues": _issues(
            rows("dim_capability_issues"), rows("fct_capability_matrix_history"), rep_refs
        ),
        "goals": [
            _with_ref(_without(row, "note"), "rep", rep_refs)
            for row in rows("fct_capability_goals")
            if row["rep_id"] in rep_refs
        ],
        "capacity_history": _weeks(
            marts.capacity_weeks(conn, run.source, run.as_of, WEEKS), rep_refs
        ),
        "stalled": [
            _stalled(row, rep_refs)
            for row in rows("fct_stalled_opportunities")
            if row.get("rep_id") in rep_refs
        ],
        "absences": [
            _with_ref(row, "rep", rep_refs)
            for row in rows("fct_rep_absences")
            if row["rep_id"] in rep_refs
        ],
        "findings": [
            {key: row[key] for key in ("finding", "file", "row_id")}
            for row in rows("fct_input_findings")
        ],
        "models": catalogue(manifest),
    }


def spoken(conn: psycopg.Connection, run: runs.Run) -> dict[str, dict[Any, str]]:
    """{"notes", "goals": {(rep ref, skill): words}, "accounts": {opportunity id: name}}."""
    refs = references.references(conn, run.source, "rep")

    def words(mart: str) -> dict[Any, str]:
        return {
            (refs[rep], skill): note
            for rep, skill, note in marts.notes(conn, mart, run.run_key)
            if rep in refs
        }

    return {
        "notes": words("fct_capability_steps"),
        "goals": words("fct_capability_goals"),
        "accounts": {
            row["opportunity_id"]: row["account"]
            for row in marts.rows_if_current(conn, "fct_stalled_opportunities", run.run_key)
            if row["account"]
        },
    }


def _drift(rows: Rows) -> Rows:
    """Each factor, the score and the band: this month's leads beside the year before."""
    columns: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (row["column_name"], row["bin"])):
        columns[row["column_name"]][row["bin"]] = (row["leads_before"], row["leads_after"])
    return [
        _known(
            name=found.name,
            psi=f"{found.psi:.6f}",
            critical=None if found.critical is None else f"{found.critical:.6f}",
            drifted=found.drifted,
            bins=[[bin_, *counts] for bin_, counts in columns[found.name].items()],
        )
        for found in stability(columns)
    ]


def _capability(rows: Rows, steps: Rows, refs: Refs) -> Rows:
    steps_of: dict[tuple[str, str], Rows] = defaultdict(list)
    for step in sorted(steps, key=lambda row: row["step_order"]):
        by = step.get("changed_by")
        steps_of[step["rep_id"], step["skill"]].append(
            _known(
                step=step["step"],
                before=step.get("stars_before"),
                after=step.get("stars_after"),
                # A person is kept as a reference; anything else that speaks is a certificate.
                by_rep=refs.get(by) if by else None,
                by=by if by and by not in refs and step["step"] == "certificate" else None,
                on=step.get("changed_on"),
                reason=step["reason"],
                figures=step.get("figures") or None,
            )
        )
    return [
        {
            "rep": refs[row["rep_id"]],
            "skill": row["skill"],
            "stars": row["stars"],
            "steps": steps_of[row["rep_id"], row["skill"]],
        }
        for row in sorted(rows, key=lambda row: (row["rep_id"], row["skill"]))
        if row["rep_id"] in refs
    ]


def _issues(issues: Rows, history: Rows, refs: Refs) -> Rows:
    """Newest first, each with the cells that stood when it came out."""
    newest = sorted(issues, key=lambda row: row["issued_at"], reverse=True)[:ISSUES]
    return [
        {
            **_without(issue, "issued_at"),
            "cells": sorted(
                [refs[row["rep_id"]], row["skill"], row["stars"]]
                for row in history
                if row["rep_id"] in refs
                and row["valid_from_at"] <= issue["issued_at"]
                and (row.get("valid_to_at") is None or row["valid_to_at"] > issue["issued_at"])
            ),
        }
        for issue in newest
    ]


def _weeks(rows: Rows, refs: Refs) -> Rows:
    weeks: dict[str, dict[str, Any]] = {}
    for row in rows:
        week = weeks.setdefault(
            row["run_key"], {"run": row["run_key"], "on": row["as_of_date"], "reps": []}
        )
        if row["rep_id"] in refs:
            names = ("load_x100", "open_opportunities", "open_leads", "stalled_opportunities")
            week["reps"].append({"rep": refs[row["rep_id"]], **{name: row[name] for name in names}})
    return list(weeks.values())


def _stalled(row: dict[str, Any], refs: Refs) -> dict[str, Any]:
    return _known(
        opportunity_id=row["opportunity_id"],
        rep=refs[row["rep_id"]],
        amount=row.get("amount"),
        since=row.get("in_discovery_since_date"),
        days=row.get("days_in_discovery"),
        is_entry_day_unknown=row.get("is_entry_day_unknown"),
    )


def _with_ref(row: dict[str, Any], kind: str, refs: Refs) -> dict[str, Any]:
    """The row with its `<kind>_id` replaced by the reference that stands for it."""
    return {kind: refs[row[f"{kind}_id"]], **_without(row, f"{kind}_id")}


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _known(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _bytes(value: dict[str, Any]) -> bytes:
    def plain(thing: Any) -> str:
        if isinstance(thing, Decimal | date | datetime):
            return str(thing)
        raise TypeError(f"{type(thing).__name__} cannot be kept")

    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=plain).encode()
