"""What a source told of leads when a stored week was frozen: whose they were, what had closed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import psycopg

from adapters.warehouse import references
from adapters.warehouse.past_rows import visible_rows
from adapters.warehouse.runs import Run
from allocation.load import Weights
from allocation.policy import Policy
from allocation.simulated_load import Counts, Fate, open_work

LEADS = ("lead_id", "status", "owner_id", "assigned_at", "expected_acv_cny")
DEALS = ("lead_id", "owner_id", "stage", "amount_cny")
OPEN_LEAD, CLOSED_LEAD, CLOSED_DEAL = (
    ("assigned", "working"),
    ("converted", "lost"),
    ("won", "lost"),
)


def lead_fates(
    conn: psycopg.Connection, run: Run, policy: Policy, wanted: Set[str]
) -> dict[str, Fate]:
    """{lead ref: fate} of these leads by the rows landed for a run, counted as the marts count."""
    lead_refs = references.references(conn, run.source, "lead")
    rep_refs = references.references(conn, run.source, "rep")
    until = run.landed_until
    deals = defaultdict(list)
    for deal in visible_rows(conn, run.source, "opportunities", DEALS, until):
        if deal.get("lead_id") in wanted:
            deals[deal["lead_id"]].append(deal)
    month = f"{run.as_of.astimezone(ZoneInfo(run.zone)):%Y-%m}"
    weights, found = Weights(policy), {}
    for lead in visible_rows(conn, run.source, "leads", LEADS, until):
        ref = lead_refs.get(lead["lead_id"])
        if lead["lead_id"] not in wanted or ref is None:
            continue
        desks: dict[str, Counts] = defaultdict(Counter)
        status, owner = lead.get("status"), rep_refs.get(lead.get("owner_id", ""))
        if owner is not None and status != "recycled":
            if status in OPEN_LEAD:
                desks[owner]["open_leads"] += 1
            value = _whole(lead.get("expected_acv_cny"))
            if weights.is_high_value(value) and _month(lead.get("assigned_at"), run.zone) == month:
                desks[owner]["high_value_this_month"] += 1
        mine = deals[lead["lead_id"]]
        for deal in mine:
            holder = rep_refs.get(deal.get("owner_id", ""))
            if holder is not None and deal.get("stage") not in CLOSED_DEAL:
                amount = _whole(deal.get("amount_cny"))
                desks[holder].update(open_work(deal.get("stage", ""), amount, weights))
        ended = all(deal.get("stage") in CLOSED_DEAL for deal in mine)
        is_closed = ended and (bool(mine) or status in CLOSED_LEAD)
        found[ref] = Fate(is_closed, desks)
    return found


def _month(text: str | None, zone: str) -> str:
    try:
        return f"{datetime.fromisoformat(text).astimezone(ZoneInfo(zone)):%Y-%m}" if text else ""
    except ValueError:
        return ""


def _whole(text: str | None) -> int | None:
    try:
        return int(Decimal(text)) if text else None
    except InvalidOperation:
        return None
