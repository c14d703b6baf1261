"""Requests, overrides, claims and exceptions of a source, as the monthly list shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from adapters.warehouse import references, requests
from adapters.warehouse.ledger_store import timestamp
from adapters.warehouse.runs import Run


def asked_rows(conn: psycopg.Connection, run: Run) -> list[dict[str, Any]]:
    """One row each, by references, oldest first; free texts stay in the database."""
    leads = references.references(conn, run.source, "lead")
    reps = references.references(conn, run.source, "rep")

    def month(at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(run.zone)):%Y-%m}"

    found: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "month": month(one.filed_at),
            "number": one.request_id,
            "run": one.run_key,
            "lead": leads.get(one.lead_id, ""),
            "lead_id": one.lead_id,
            "rep": "" if one.kind == "override" else reps.get(one.rep_id or "", ""),
            "from": reps.get(one.rep_id or "", "") if one.kind == "override" else "",
            "reason": one.reason_code,
            "filed": timestamp(one.filed_at),
            "answer": one.answer or "",
            "code": one.answer_code or "",
            "to": reps.get(one.answered_to or one.to_rep_id or "", ""),
            "by": one.answered_by or ("" if one.kind in requests.ASKING else one.filed_by),
            "is_late": bool(one.is_late),
        }
        for one in requests.requests_of_source(conn, run.source)
    ]
    found += [
        {
            "kind": "exception", "month": month(as_of), "number": 0, "run": key,
            "lead": leads.get(lead, ""), "lead_id": lead, "rep": "", "from": "", "reason": rule,
            "filed": timestamp(as_of), "answer": "", "code": "", "to": reps.get(rep, ""),
            "by": "", "is_late": False,
        }
        for key, as_of, lead, rep, rule in requests.exceptions_given(conn, run.source)
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row["month"], row["kind"] == "exception", row["number"]))
