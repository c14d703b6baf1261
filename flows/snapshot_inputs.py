"""What a run freezes: the marts' rows of this run and what earlier runs left to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg

from adapters.warehouse import chain, claims, marts, references, requests
from adapters.warehouse.earlier_runs import Inheritance, inheritance
from adapters.warehouse.ledger_store import timestamp
from allocation.claimed import with_claims
from allocation.freeze import build_snapshot
from allocation.intake import UNTIL_MONDAY, with_drawn, with_given
from allocation.snapshot import Lead, Snapshot
from flows.claims import to_count
from flows.errors import UsageError
from flows.land_source import Landed
from flows.progress import say
from flows.workspace import Workspace
from ledger.canonical import canonical, parse

Row = dict[str, Any]


def snapshot_of_marts(
    conn: psycopg.Connection, work: Workspace, landed: Landed
) -> tuple[Snapshot, list[str]]:
    """The snapshot of a run from its marts and the runs before, and notes on what was dropped."""
    requests.lock(conn)  # a claim is either before this freeze and counts, or after it and refused
    left = inheritance(conn, landed.source, work.as_of)
    made = claims.claims_before(conn, landed.source, work.as_of)
    lead_rows, already = _open_leads(conn, work, left)
    rep_rows = marts.rows(conn, "dim_reps", work.run)

    def new_salt(kind: str, id_: str) -> bytes:
        return work.dice.bytes32("salt", kind, id_)

    lead_ids = {row["lead_id"] for row in lead_rows}
    lead_ids |= {row["duplicate_of"] for row in lead_rows if row["duplicate_of"]}
    lead_refs = references.ensure_references(conn, landed.source, "lead", lead_ids, new_salt)
    rep_refs = references.ensure_references(
        conn, landed.source, "rep", [row["rep_id"] for row in rep_rows], new_salt
    )
    snapshot, notes = build_snapshot(
        run=work.run,
        as_of=timestamp(work.as_of),
        zone=work.policy.zone,
        currency=landed.currency,
        lead_rows=lead_rows,
        rep_rows=rep_rows,
        capacity_rows=_with_claims_of_month(conn, work, landed.source),
        capability_rows=marts.rows(conn, "fct_rep_capability", work.run),
        carry=parse(left.carry) if left.carry else {},
        ref=lead_refs,
        rep_ref=rep_refs,
        waiting={lead_refs[id_]: run for id_, run in left.waiting.items() if id_ in lead_refs},
    )
    if already:
        say(f"{len(already)} leads have their owner by an earlier run and are left alone")
    snapshot = replace(
        snapshot, carry=with_claims(snapshot.carry, to_count(conn, landed.source, made))
    )
    claims.count_claims(conn, work.run, [one.request_id for one in made if not one.is_counted])
    own = {one.lead_id for one in made}
    given = [
        (rep_refs[owner], _lead(row))
        for row in already
        if (owner := left.owners[row["lead_id"]]) in rep_refs
        and (work.policy.intake is not None or row["lead_id"] in own)
    ]
    snapshot = with_given(snapshot, work.policy, given)
    if work.policy.intake is not None:
        drawn = {lead_refs[id_]: place for id_, place in left.drawn.items() if id_ in lead_refs}
        snapshot = with_drawn(snapshot, drawn)
        snapshot = replace(snapshot, continues=_continues(conn, work, landed.source))
    return snapshot, notes


def came_in(conn: psycopg.Connection, work: Workspace, source: str) -> bool:
    """Whether a lead is open that no run has decided, or that came back from its owner."""
    left = inheritance(conn, source, work.as_of)
    return any(
        not left.last_reasons.get(row["lead_id"]) for row in _open_leads(conn, work, left)[0]
    )


def _with_claims_of_month(conn: psycopg.Connection, work: Workspace, source: str) -> list[Row]:
    """What reps carry, and how often they claimed this month: that no CRM knows."""
    counts = claims.claimed_in_month(conn, source, work.as_of, work.policy.zone)
    return [
        row | {"claimed_this_month": counts.get(row["rep_id"], 0)}
        for row in marts.rows(conn, "fct_rep_capacity", work.run)
    ]


def _open_leads(
    conn: psycopg.Connection, work: Workspace, left: Inheritance
) -> tuple[list[Row], list[Row]]:
    """The rows of leads to decide, and of those that an earlier run gave away."""
    to_decide, already = [], []
    for row in marts.rows(conn, "fct_allocation_leads", work.run):
        # A source without write-back still shows as open what an earlier run gave away: it has its
        # owner, unless the source says that it was recycled from that very person.
        owner = left.owners.get(row["lead_id"])
        if owner is not None and owner not in (row["recycled_from"] or ()):
            already.append(row)
        elif not (work.is_intake and left.last_reasons.get(row["lead_id"]) in UNTIL_MONDAY):
            to_decide.append(row)
    return to_decide, already


def _lead(row: Row) -> Lead:
    """A lead that is given already, as far as it counts in its owner's load and caps."""
    value = row["expected_value"]
    return Lead(
        ref=row["lead_id"],
        band=row["band"],
        score=int(row["score"]),
        expected_value=None if value is None else max(0, int(value)),
    )


def _continues(conn: psycopg.Connection, work: Workspace, source: str) -> str | None:
    """The run whose carried state this one goes on from. Errors: UsageError for a look back."""
    last = chain.last_decided(conn, source)
    if last is None:
        return None
    key, as_of = last
    if as_of >= work.as_of:
        raise UsageError(
            f"run {key} was decided for {as_of:%F %T} UTC: under a policy with intake runs the "
            f"carried state only goes forward, a run for {work.as_of:%F %T} UTC cannot come after"
        )
    return key


def quality_of_files(conn: psycopg.Connection, work: Workspace, notes: list[str]) -> bytes:
    """What the data-quality page says of each file, kept with the run."""
    files = [
        {key: row[key] for key in ("file", "rows_read", "rows_bad")}
        for row in marts.rows(conn, "fct_source_quality", work.run)
    ]
    return canonical({"files": files, "notes": notes})
