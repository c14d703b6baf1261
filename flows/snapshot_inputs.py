"""What a run freezes: the marts' rows of this run and what earlier weeks left to it."""

from __future__ import annotations

import psycopg

from adapters.warehouse import marts, references
from adapters.warehouse.earlier_runs import inheritance
from adapters.warehouse.ledger_store import timestamp
from allocation.freeze import build_snapshot
from allocation.snapshot import Snapshot
from flows.land_source import Landed
from flows.progress import say
from flows.workspace import Workspace
from ledger.canonical import canonical, parse


def snapshot_of_marts(
    conn: psycopg.Connection, work: Workspace, landed: Landed
) -> tuple[Snapshot, list[str]]:
    """The snapshot of a run from its marts and the weeks before, and notes on what was dropped."""
    left = inheritance(conn, landed.source, work.as_of)
    lead_rows, already = [], 0
    for row in marts.rows(conn, "fct_allocation_leads", work.run):
        # A source without write-back still shows as new what an earlier run gave away: it has its
        # owner, unless the source says that it was recycled from somebody.
        if row["lead_id"] in left.given and not row["recycled_from"]:
            already += 1
        else:
            lead_rows.append(row)
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
        capacity_rows=marts.rows(conn, "fct_rep_capacity", work.run),
        capability_rows=marts.rows(conn, "fct_rep_capability", work.run),
        carry=parse(left.carry) if left.carry else {},
        ref=lead_refs,
        rep_ref=rep_refs,
        waiting={lead_refs[id_]: run for id_, run in left.waiting.items() if id_ in lead_refs},
    )
    if already:
        say(f"{already} leads have their owner by an earlier run and are left alone")
    return snapshot, notes


def quality_of_files(conn: psycopg.Connection, work: Workspace, notes: list[str]) -> bytes:
    """What the data-quality page says of each file, kept with the run."""
    files = [
        {key: row[key] for key in ("file", "rows_read", "rows_bad")}
        for row in marts.rows(conn, "fct_source_quality", work.run)
    ]
    return canonical({"files": files, "notes": notes})
