"""Evidence made by hand for the run of `record_builder`: stars, load, segments, rules."""

from __future__ import annotations

from typing import Any

from notifications.record import Evidence, RunRecord
from tests.record_builder import HOSTILE, build_record, ref

SKILLS = ("enterprise", "smb", "upsell", "vertical:healthcare")


def steps(before: int, after: int) -> list[dict[str, Any]]:
    """Self-assessment, a manager who changes it, and a win rate that says nothing."""
    return [
        {"step": "self_assessment", "after": before, "by_rep": ref("rep-0"), "reason": "rated"},
        {
            "step": "manager_review", "before": before, "after": after, "by_rep": ref("rep-11"),
            "on": "2026-10-02",
            "reason": "lowered" if after < before else "raised" if after > before else "confirmed",
        },
        {
            "step": "win_rate", "before": after, "after": after, "on": "2026-11-23",
            "reason": "as_the_team",
            "figures": {"won": 4, "closed": 20, "team_won": 21, "team_closed": 100,
                        "shrunk_rate": 0.2033},
        },
    ]  # fmt: skip


def capability(reps: int = 24) -> list[dict[str, Any]]:
    return [
        {
            "rep": ref(f"rep-{i}"),
            "skill": skill,
            "stars": 1 + (i + k) % 3,
            "steps": steps(2, 1 + (i + k) % 3),
        }
        for i in range(reps)
        for k, skill in enumerate(SKILLS)
        if (i + k) % 5
    ]


def benchmark(kind: str, segment: str, closed: int, won: int, **more: Any) -> dict[str, Any]:
    return {
        "segment_kind": kind, "segment": segment, "closed_deals": closed, "won_deals": won,
        "close_rate": f"{won / closed:.4f}", "close_rate_low": f"{won / closed * 0.8:.4f}",
        "close_rate_high": f"{won / closed * 1.2:.4f}", "median_days_to_close": "85",
        "mean_won_amount": 3_012_236, "is_too_few": closed < 10,
        "close_rate_verdict": "no_benchmark", **more,
    }  # fmt: skip


def evidence(reps: int = 24, **changes: Any) -> Evidence:
    fields: dict[str, Any] = {
        "scores": [
            {"score": 16, "score_100": 88, "grade": "A", "band": "enterprise"},
            {"score": 12, "score_100": 66, "grade": "B", "band": "mid_market"},
        ],
        "benchmarks": [
            benchmark("all", "all", 3341, 725),
            benchmark(
                "industry", "healthcare", 517, 71, close_rate_verdict="below",
                benchmark_close_rate="0.18", benchmark_days_to_close=127,
                benchmark_won_amount=5_200_000,
            ),
            benchmark("industry", "saas", 1017, 224),
            benchmark("size", "smb", 4, 1),
        ],
        "capability": capability(reps),
        "issues": [
            {
                "issue_id": "2026Q4", "issued_on": "2026-10-05", "issued_with_run": "2026-W41",
                "is_current": True, "new_cells": 1, "raised_cells": 2, "lowered_cells": 0,
                "cells": [[ref("rep-1"), "enterprise", 2]],
            },
            {
                "issue_id": "2026Q3", "issued_on": "2026-07-06", "issued_with_run": "2026-W28",
                "is_current": False, "new_cells": 1, "raised_cells": 0, "lowered_cells": 0,
                "cells": [[ref("rep-1"), "enterprise", 1]],
            },
        ],
        "goals": [
            {"rep": ref("rep-2"), "skill": "enterprise", "asked_on": "2026-10-07", "stars": 1,
             "is_reached": False}
        ],
        "capacity_history": [
            {
                "run": f"2026-W{47 + k}", "on": f"2026-11-{16 + 7 * k}",
                "reps": [
                    {"rep": ref(f"rep-{i}"), "load_x100": 400 + 50 * i * (k + 1),
                     "open_opportunities": i, "open_leads": 1, "stalled_opportunities": 0}
                    for i in range(4)
                ],
            }
            for k in range(2)
        ],
        "stalled": [
            {"opportunity_id": "O77", "rep": ref("rep-2"), "amount": 880_000,
             "since": "2026-09-30", "days": 54, "is_entry_day_unknown": False}
        ],
        "absences": [{"rep": ref("rep-4"), "first_day_on": "2026-11-20", "is_away_now": True}],
        "findings": [
            {"finding": "rep_in_two_teams", "file": "reps.csv", "row_id": "R007"},
            {"finding": "rep_in_two_teams", "file": "reps.csv", "row_id": "R008"},
        ],
        "models": [
            {
                "name": "dim_reps", "layer": "marts", "description": "One row per rep.",
                "depends_on": ["stg_crm__reps"], "tests": ["unique_together"],
                "columns": [{"name": "rep_id", "type": "text", "description": "The CRM's id.",
                             "tests": ["unique"]}],
            },
            {"name": "stg_crm__reps", "layer": "staging", "description": "Renamed.",
             "depends_on": [], "columns": [], "tests": []},
        ],
    }  # fmt: skip
    return Evidence(**(fields | changes))


def rule_history() -> list[dict[str, Any]]:
    """Two runs; one rule failed in the first of them."""
    return [
        {
            "run": run, "door": "landing", "checked_at": "2026-11-23T00:41:00Z",
            "rules": [
                {"id": "reps.csv.email_known", "ok": ok, "severity": "warning",
                 "failed_count": 0 if ok else 3, "zh": "每名销售都有邮箱。",
                 "en": "Every rep has an address."},
                {"id": "leads.csv.id_unique", "ok": True, "severity": "critical",
                 "failed_count": 0},
            ],
        }
        for run, ok in (("2026-W47", False), ("2026-W48", True))
    ]  # fmt: skip


def evidence_record(reps: int = 24, leads: int = 40, **changes: Any) -> RunRecord:
    """The whole run of `build_record` with evidence beside it."""
    given = {"evidence": evidence(reps), "rule_history": rule_history()} | changes
    return build_record(reps, leads, **given)


def hostile_evidence() -> Evidence:
    """Foreign text wherever a source, a policy or a person can put some."""
    bad = HOSTILE
    return evidence(
        scores=[{"score": 12, "score_100": bad, "grade": bad, "band": bad}],
        benchmarks=[benchmark("industry", bad, 20, 4, close_rate_verdict="above")],
        capability=[
            {"rep": ref("rep-1"), "skill": bad, "stars": 2,
             "steps": [{"step": bad, "reason": bad, "by": bad, "on": bad, "after": 2}]}
        ],
        issues=[{"issue_id": bad, "issued_on": bad, "issued_with_run": bad,
                 "cells": [[bad, bad, 2]]}],
        goals=[{"rep": bad, "skill": bad, "asked_on": bad}],
        capacity_history=[{"run": bad, "on": bad, "reps": []}],
        stalled=[{"opportunity_id": bad, "rep": bad, "since": bad, "days": 40}],
        absences=[{"rep": bad, "first_day_on": bad, "last_day_on": bad}],
        findings=[{"finding": bad, "file": bad, "row_id": bad}],
        models=[{"name": bad, "layer": bad, "description": bad, "depends_on": [bad],
                 "columns": [{"name": bad, "type": bad, "description": bad, "tests": [bad]}],
                 "tests": [bad]}],
    )  # fmt: skip
