"""Monday 11:00: close the lottery, wait for its chance, decide, publish, send.

Decisions, the log's entry and the outbox are written in one transaction: either the week is
decided and everything that follows from it is queued, or nothing happened.
"""

from __future__ import annotations

from typing import Any

import psycopg
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse import ledger_store, references, runs
from adapters.warehouse.ledger_store import NewEntry
from allocation.decisions import Allocation
from allocation.engine import allocate
from flows.close_window import close_and_tell
from flows.hold_run import check_preview, hold, waits
from flows.log_draws import draws_value, log_outcomes, outcomes
from flows.progress import step
from flows.publish_site import publish_site
from flows.request import RunRequest
from flows.send_digests import send_digests
from flows.stored import frozen_snapshot
from flows.turns import go_on_from
from flows.workspace import Workspace, open_workspace, resolved
from ledger.canonical import canonical, parse_canonical
from lottery.records import LADDER


@flow(name="close-and-allocate")
def close_and_allocate(request: RunRequest) -> None:
    """Close, finish, decide, publish, send; each step resumes where a crash left it.

    A run that is held stops with a preview of its decisions.
    """
    request = resolved(request)
    work = open_workspace(request)
    with work.sole_run():
        with work.connect() as conn:
            done = runs.reached(conn, work.run)
        if not work.is_intake:  # there is no window
            close_and_tell(request, work)
        if "decided" not in done:
            if not work.is_intake:
                with step("finish the lottery"):
                    finish_ladders(request)
            with work.connect() as conn:
                is_held = waits(conn, work)
            if is_held:
                hold(work)
                return
            with step("decide"):
                decide(request)
        with work.connect() as conn:
            done = runs.reached(conn, work.run)
        if "published" not in done or not work.site.path.exists():
            with step("publish the site"):
                publish_site(request)
        with step("send the digests"):
            send_digests(request)


@task(cache_policy=NO_CACHE)
def finish_ladders(request: RunRequest) -> None:
    """Wait for the source of chance and log who won which lead."""
    work = open_workspace(request)
    with work.connect() as conn:
        log_outcomes(conn, work, outcomes(conn, work, LADDER))


@task(cache_policy=NO_CACHE)
def decide(request: RunRequest) -> str:
    """Decide every lead of the snapshot; the hash of the decision file."""
    work = open_workspace(request)
    with work.connect() as conn:
        snapshot = frozen_snapshot(conn, work.run)
        value = draws_value(conn, work.run)
        allocation = allocate(snapshot, work.policy, value)
        check_preview(conn, work.run, allocation)
        snapshot_body = runs.document(conn, work.run, "snapshot") or b""
        go_on_from(conn, work, snapshot.continues)
        now = work.clock.now()
        bundle = canonical(
            {
                "format": "fairlead/bundle/1",
                "snapshot": parse_canonical(snapshot_body),
                "policy": work.policy.text,
                "draws": value,
            }
        )
        digest = runs.store_document(conn, work.run, "decisions", allocation.file(), now)
        bundle_digest = runs.store_document(conn, work.run, "bundle", bundle, now)
        runs.store_document(conn, work.run, "carry", canonical(allocation.carry.to_record()), now)
        findings = runs.store_document(conn, work.run, "findings", allocation.findings(), now)
        runs.store_document(conn, work.run, "support", allocation.support(), now)
        rows = _rows(conn, work, allocation)
        owned = sum(row["rep_id"] is not None for row in rows)
        runs.store_decisions(conn, work.run, rows)
        runs.store_effects(
            conn, work.run, _effects(work.run, rows) if not work.request.simulate else [], now
        )
        record = {
            "run": work.run,
            "snapshot": allocation.snapshot_sha256,
            "policy_sha256": work.policy.sha256,
            "decisions": digest,
            "bundle": bundle_digest,
            "findings": findings,
            "counts": allocation.counts(),
            "owned": owned,
            "held": len(rows) - owned,
        }
        ledger_store.append(conn, [NewEntry("allocation", work.run, record)], now)
        runs.mark(conn, work.run, "decided", now)
    work.home.bundles.mkdir(parents=True, exist_ok=True)
    (work.home.bundles / f"{work.run}.json").write_bytes(bundle)
    return digest


def _rows(
    conn: psycopg.Connection, work: Workspace, allocation: Allocation
) -> list[dict[str, Any]]:
    """Decisions with ids in place of references, for the database and the CRM."""
    run = runs.find_run(conn, work.run)
    assert run is not None  # frozen before
    leads = references.ids_by_reference(references.references(conn, run.source, "lead"))
    reps = references.ids_by_reference(references.references(conn, run.source, "rep"))
    return [
        {
            "lead_id": leads[decision.lead],
            "rep_id": reps[decision.rep] if decision.rep else None,
            "band": decision.band,
            "method": decision.method,
            "reason": decision.reason,
            "rule_id": decision.rule,
            "share": decision.share,
            "draw": decision.draw,
            "co_owners": [
                {"rep_id": reps[partner.rep], "role": partner.role}
                for partner in decision.co_owners
            ],
        }
        for decision in allocation.decisions
    ]


def _effects(run: str, rows: list[dict[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    """What the CRM must be told, each with the key that keeps it from happening twice.

    The plain CSV source has no CRM behind it: these stay queued for a connector.
    """
    return [
        (
            "crm_owner",
            f"{row['lead_id']}/{run}/crm_owner",
            {
                "lead_id": row["lead_id"],
                "owner_id": row["rep_id"],
                "reason": row["reason"],
                "draw": row["draw"],
            },
        )
        for row in rows
        if row["rep_id"] is not None
    ]
