"""Builds a snapshot from the rows of the marts: the only place where ids become references."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from allocation.load import COUNTS
from allocation.snapshot import Carry, Credit, Lead, Rep, Snapshot

Row = Mapping[str, Any]
Refs = Mapping[str, str] | Callable[[str], str]


def build_snapshot(
    run: str,
    as_of: datetime | str,
    zone: str,
    currency: str,
    lead_rows: Iterable[Row],
    rep_rows: Iterable[Row],
    capacity_rows: Iterable[Row],
    capability_rows: Iterable[Row],
    carry: Mapping[str, Any],
    ref: Refs,
    *,
    rep_ref: Refs | None = None,
    waiting: Mapping[str, str] | None = None,
    credits: Iterable[Credit] = (),
) -> tuple[Snapshot, list[str]]:
    """A snapshot and notes about what was dropped, from the marts' rows of one run.

    `ref` gives each id its reference; pass `rep_ref` too where lead ids and rep ids may be equal.
    `carry` is the last run's carry record ({} for the first run); `waiting` maps a lead's
    reference to the run that first left it over. `credits` are turns given by hand since the
    last run. A rep id that is not in `rep_rows` (a request
    for somebody unknown) is dropped with a note that names it.
    """
    lead_of, rep_of = _lookup(ref), _lookup(rep_ref if rep_ref is not None else ref)
    rep_rows = list(rep_rows)
    reps = {str(row["rep_id"]): rep_of(str(row["rep_id"])) for row in rep_rows}
    notes: list[str] = []

    def known(rep_id: object, what: str) -> str | None:
        if rep_id is None or rep_id == "":
            return None
        if str(rep_id) not in reps:
            notes.append(f"{what}: no such rep {rep_id}")
            return None
        return reps[str(rep_id)]

    capacity = {str(row["rep_id"]): row for row in capacity_rows}
    stars: dict[str, dict[str, int]] = {}
    for row in capability_rows:
        if row.get("stars") is not None:
            stars.setdefault(str(row["rep_id"]), {})[row["skill"]] = int(row["stars"])
    snapshot = Snapshot(
        run=run,
        as_of=_instant(as_of),
        zone=zone,
        currency=currency,
        leads=tuple(_lead(row, lead_of, known, waiting or {}) for row in lead_rows),
        reps=tuple(
            _rep(
                row,
                reps,
                capacity.get(str(row["rep_id"]), {}),
                stars.get(str(row["rep_id"]), {}),
                known,
            )
            for row in rep_rows
        ),
        carry=Carry.from_record(carry),
        credits=tuple(credits),
    )
    return snapshot, notes


def _lead(
    row: Row,
    lead_of: Callable[[str], str],
    known: Callable[[object, str], str | None],
    waiting: Mapping[str, str],
) -> Lead:
    lead_id = str(row["lead_id"])
    lead_ref = lead_of(lead_id)

    def rep(name: str) -> str | None:
        return known(row.get(name), f"lead {lead_id}, {name}")

    def reps(name: str) -> tuple[str, ...]:
        found = {known(rep_id, f"lead {lead_id}, {name}") for rep_id in _json(row.get(name), [])}
        return tuple(sorted(ref for ref in found if ref is not None))

    duplicate_of = row.get("duplicate_of")
    referrer = row.get("referrer")
    return Lead(
        ref=lead_ref,
        band=row["band"],
        score=int(row["score"]),
        weighted_x100=int(row.get("weighted_x100") or 0),
        points={name: int(points) for name, points in _json(row.get("points"), {}).items()},
        unknown=tuple(sorted(_json(row.get("unknown_factors"), []))),
        created_at=_instant(row["created_at"]) if row.get("created_at") else None,
        expected_value=_whole(row.get("expected_value")),
        industry=row.get("industry") or None,
        region=row.get("region") or None,
        product=row.get("product") or None,
        lead_type=row.get("lead_type") or None,
        existing_arr=_whole(row.get("existing_arr")),
        employees=_whole(row.get("employees")),
        budget=_whole(row.get("budget")),
        requested_rep=rep("requested_rep_id"),
        account_owner=rep("account_owner_id"),
        referrer=referrer if referrer not in (None, "", "none") else None,
        referral_rep=rep("referral_rep_id"),
        duplicate_of=lead_of(str(duplicate_of)) if duplicate_of else None,
        do_not_contact="yes" if row.get("do_not_contact") else None,
        waiting_since=waiting.get(lead_ref),
        recycled_from=reps("recycled_from"),
        conflicts=reps("conflicts"),
    )


def _rep(
    row: Row,
    reps: Mapping[str, str],
    capacity: Row,
    stars: Mapping[str, int],
    known: Callable[[object, str], str | None],
) -> Rep:
    rep_id = str(row["rep_id"])
    tenure = _whole(row.get("tenure_months"))
    fte = _whole(row.get("fte_pct"))
    return Rep(
        ref=reps[rep_id],
        role=row["role"],
        tenure_months=tenure,
        region=row.get("region") or None,
        office=row.get("office") or None,
        manager=known(row.get("manager_id"), f"rep {rep_id}, manager_id"),
        active="yes" if row.get("is_active", True) else "no",
        away="yes" if row.get("is_away") else "no",
        fte_pct=100 if fte is None else fte,
        attainment_bp=_whole(capacity.get("attainment_bp")),
        quarter_left_bp=_whole(capacity.get("quarter_left_bp")),
        conversion_bp=_whole(capacity.get("conversion_bp")),
        on_time_bp=_whole(capacity.get("on_time_bp")),
        claimed_this_month=_whole(capacity.get("claimed_this_month")),
        qualifications=tuple(sorted(_json(row.get("qualifications"), []))),
        stars=dict(stars),
        **{name: _whole(capacity.get(name)) or 0 for name in COUNTS},
    )


def _lookup(refs: Refs) -> Callable[[str], str]:
    return refs if callable(refs) else refs.__getitem__


def _whole(value: object) -> int | None:
    """A number of the marts as a whole one, never below zero (a snapshot has no signs)."""
    if value is None or value == "":
        return None
    return max(0, int(Decimal(str(value))))


def _json(value: Any, empty: Any) -> Any:
    """A jsonb or array column, whether the driver has parsed it or not."""
    if value is None:
        return empty
    return json.loads(value) if isinstance(value, str) else value


def _instant(value: datetime | date | str) -> str:
    """An instant as YYYY-MM-DDThh:mm:ssZ; a date alone is its first second, in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if value.tzinfo is None:
        raise ValueError(f"a time without a zone: {value.isoformat()}")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
