"""The rows of a landed source as the people of a baseline: who was there, who received what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import psycopg

from adapters.warehouse.past_rows import Row, visible_rows
from allocation.baseline import Person
from allocation.policy import Policy
from allocation.scoring.points import scored

REPS = ("rep_id", "role", "hired_on", "left_on", "region", "office", "quota_cny", "attained_cny")
SCORED = (
    "employees", "budget_status", "budget_cny", "authority", "need", "timing", "engagement",
    "lead_type", "existing_arr_cny", "product", "expected_acv_cny", "industry", "region",
    "channel", "referrer", "manual_stars",
)  # fmt: skip
LEADS = ("lead_id", "owner_id", "created_at", "assigned_at", "lead_source", *SCORED)
DEALS = ("owner_id", "stage", "amount_cny", "created_on", "closed_on")
PROTECTED = ("gender", "ethnicity")


@dataclass(slots=True)
class Past:
    """People of the window, and what the source could not say. counted: leads or deals."""

    people: list[Person]
    counted: str = "leads"
    unknown: Counter[str] = field(default_factory=Counter)


def past_of(
    conn: psycopg.Connection,
    source: str,
    policy: Policy,
    window: tuple[date, date],
    *,
    protected: bool,
) -> Past:
    """Everybody but managers, with what they received after the first day up to the last.

    Where no lead has an owner, the deals opened stand for the leads received.
    """
    first, last = window
    reps = [row for row in visible_rows(conn, source, "reps", REPS) if row["role"] != "MANAGER"]
    kept = _protected(conn, source) if protected else {}
    found = Past([])
    people: dict[str, Person] = {}
    for row in reps:
        person = _person(row, kept.get(row["rep_id"]), policy, window, found.unknown)
        people[row["rep_id"]] = person
        found.people.append(person)
    leads = [row for row in visible_rows(conn, source, "leads", LEADS) if row.get("owner_id")]
    deals = visible_rows(conn, source, "opportunities", DEALS)
    tier = policy.scoring.tiers[0].band
    for lead in leads:
        day = _day(lead.get("assigned_at") or lead.get("created_at"))
        owner = people.get(lead["owner_id"])
        if day is None or owner is None:
            found.unknown["lead_day" if day is None else "lead_owner"] += 1
        elif first < day <= last:
            owner.leads += 1
            fields = {**lead, "source": lead.get("lead_source")}
            owner.top_leads += scored(policy.scoring, fields).band == tier
    if not leads:
        found.counted = "deals"
    for deal in deals:
        if deal_owner := people.get(deal.get("owner_id", "")):
            _add_deal(deal_owner, deal, window, found, counts=not leads)
    return found


def _add_deal(
    owner: Person, deal: Row, window: tuple[date, date], found: Past, *, counts: bool
) -> None:
    first, last = window
    opened, closed = _day(deal.get("created_on")), _day(deal.get("closed_on"))
    if counts:
        owner.leads += opened is not None and first < opened <= last
        found.unknown["deal_day"] += opened is None
    if deal.get("stage") not in ("won", "lost") or closed is None or not first < closed <= last:
        return
    owner.closed += 1
    if deal["stage"] != "won":
        return
    owner.won += 1
    amount = _whole(deal.get("amount_cny"))
    found.unknown["amount"] += amount is None
    owner.valued += amount is not None
    owner.won_amount += amount or 0


def _person(
    row: Row,
    protected: Row | None,
    policy: Policy,
    window: tuple[date, date],
    unknown: Counter[str],
) -> Person:
    first, last = window
    hired, left = _day(row.get("hired_on")), _day(row.get("left_on"))
    quota, attained = _whole(row.get("quota_cny")), _whole(row.get("attained_cny"))
    unknown["hired_on"] += hired is None
    unknown["quota"] += not quota or attained is None
    here = min(left or last, last) - max(hired or first, first)
    tenure = "unknown"
    if hired is not None:
        # A month is complete when its day has come.
        months = (last.year - hired.year) * 12 + last.month - hired.month - (last.day < hired.day)
        classes = policy.seniority.classes
        tenure = [c.name for c in classes if c.from_month <= max(0, months)][-1]
    groups = {
        "role": row["role"],
        "tenure": tenure,
        "region": row.get("region", "unknown"),
        "office": row.get("office", "unknown"),
    }
    groups |= {name: (protected or {}).get(name, "unknown") for name in PROTECTED}
    return Person(
        row["role"], max(0, here.days), quota=quota or None, attained=attained, groups=groups
    )


def _protected(conn: psycopg.Connection, source: str) -> dict[str, Row]:
    rows = visible_rows(conn, source, "reps_protected", ("rep_id", *PROTECTED))
    return {row["rep_id"]: row for row in rows}


def _day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    try:
        return int(Decimal(text)) if text else None
    except InvalidOperation:
        return None
