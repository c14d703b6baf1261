"""Monday 08:40: extract, build, check; freeze the snapshot and log the draws that split the bands.

Nothing that is decided later can be prepared by hand: the snapshot's hash and the draws over all
its leads are in the log before any chance exists.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse import ledger_store, run_context, runs
from adapters.warehouse.ledger_store import NewEntry, timestamp
from allocation.engine import ladder_plans, split
from allocation.policy import Policy
from allocation.snapshot import Snapshot
from flows.build_models import build_models, set_run_context
from flows.chance import ensure_commitments
from flows.check_door import check_door, gate
from flows.errors import EnvironmentRefused, PolicyRefused
from flows.land_source import Landed, land_source
from flows.log_draws import log_closings, log_openings
from flows.policy_in_force import REHEARSAL, admit, policy_record
from flows.progress import say, step
from flows.publish_site import publish_site
from flows.request import RunRequest
from flows.send_notices import FREEZE, send_notices
from flows.show_checkpoint import show_checkpoint
from flows.snapshot_inputs import came_in, quality_of_files, snapshot_of_marts
from flows.turns import make_way, sole_build, still_free
from flows.workspace import Workspace, open_workspace, resolved
from ledger.canonical import canonical
from ledger.run_keys import is_intake
from lottery.records import SELECT, draw_id, select_opening


@flow(name="freeze-and-split")
def freeze_and_split(request: RunRequest) -> None:
    """Land, build, check, freeze, and close the select draws before their chance exists."""
    request = resolved(request)
    work = open_workspace(request)
    with work.sole_run():
        with work.connect() as conn:
            done = runs.reached(conn, work.run)
        if "frozen" not in done and not land_and_freeze(request, work):
            return
        if "split" not in done:
            close_selects(request)
            if work.shows_each_stage:
                publish_site(request)
                if not work.is_intake:  # nobody can place a line
                    send_notices(request, FREEZE)


def land_and_freeze(request: RunRequest, work: Workspace) -> bool:
    """Land, build, check and freeze; False when a run between the Mondays has nothing to do."""
    gate()  # starts warming up now
    with step("land the source"):
        landed = land_source(request)
    with step("check what landed"):
        check_door(request, "landing", landed.source, landed.landed_until)
    if other := make_way(request, work, landed.source):
        if not work.is_intake:
            raise EnvironmentRefused(f"run {other} must be decided, released or aborted first")
        say(f"run {other} is not decided yet: run {work.run} is left to the next one")
        return False
    with sole_build(work):
        with step("build the models"):
            set_run_context(request, landed)
            build_models(request)
        if work.is_intake:
            with work.connect() as conn:
                is_new = came_in(conn, work, landed.source)
            if not is_new:
                say(f"nothing came in: there is no run {work.run}")
                return False
        with step("check the allocation's inputs"):
            check_door(request, "allocation_inputs", landed.source, landed.landed_until)
        with step("freeze the snapshot"):
            freeze(request, landed)
    return True


@task(cache_policy=NO_CACHE)
def freeze(request: RunRequest, landed: Landed) -> str:
    """Freeze and log the snapshot with its select draws in one transaction; its hash."""
    work = open_workspace(request)
    admit(work)
    with work.connect() as conn:
        still_free(conn, work, landed.source)
        snapshot, notes = snapshot_of_marts(conn, work, landed)
        for note in notes[:10]:
            say(f"note: {note}")
        now = work.clock.now()
        runs.store_run(conn, _run(work, landed))
        body = canonical(snapshot.to_record())
        digest = runs.store_document(conn, work.run, "snapshot", body, now)
        # Of the snapshot's notes, which name leads and reps, the page has the number only.
        dropped = (
            [f"leads.csv names reps who are not in the roster: {len(notes)} times"] if notes else []
        )
        noted = [*landed.notes, *dropped]
        runs.store_document(conn, work.run, "quality", quality_of_files(conn, work, noted), now)
        ledger_store.append(conn, _entries(conn, work, landed, snapshot, digest), now)
        make = _select_openings(conn, work, snapshot, digest)
        log_openings(conn, work, work.select_window, make)
        runs.mark(conn, work.run, "frozen", now)
    return digest


@task(cache_policy=NO_CACHE)
def close_selects(request: RunRequest) -> None:
    """Log the closings of the select draws at their time."""
    work = open_workspace(request)
    with work.connect() as conn:
        log_closings(conn, work, SELECT)
        runs.mark(conn, work.run, "split", work.clock.now())
    show_checkpoint(work)


def draws_of_policy(policy: Policy, run: str) -> list[str]:
    """Every draw that a week under this policy holds as a rule, in the policy's order."""
    ids = [draw_id(run, rule.band) for rule in policy.bands]
    ids += [
        draw_id(run, rule.band, share.share)
        for rule in policy.bands
        for share in rule.shares
        if share.method == "lottery"
    ]
    return ids


def _draws_of_snapshot(snapshot: Snapshot, policy: Policy) -> list[str]:
    """Every draw that this snapshot can lead to: a ladder for each class of eligible reps, too."""
    everything: dict[str, dict[str, list[str]]] = {
        rule.band: {
            share.share: plan.candidates for share in rule.shares if share.method == "lottery"
        }
        for rule, plan in zip(policy.bands, split(snapshot, policy).values(), strict=True)
    }
    if is_intake(snapshot.run):
        return [draw_id(snapshot.run, rule.band) for rule in policy.bands]
    classes = [plan.draw for plan in ladder_plans(snapshot, policy, everything)]
    return list(dict.fromkeys([*draws_of_policy(policy, snapshot.run), *classes]))


def commitment_entries(
    conn: psycopg.Connection, work: Workspace, draw_ids: list[str]
) -> list[NewEntry]:
    """What an operator must log before the pool is frozen; nothing for other sources."""
    if work.chance.kind != "operator":
        return []
    records = ensure_commitments(conn, work.home, work.dice, draw_ids)
    return [
        NewEntry("commitment", work.run, record)
        for record in records
        if not ledger_store.has_record(conn, "commitment", record)
    ]


def _entries(
    conn: psycopg.Connection, work: Workspace, landed: Landed, snapshot: Snapshot, digest: str
) -> list[NewEntry]:
    policy = work.policy
    snapshot_record = {
        "run": work.run,
        "snapshot": digest,
        "policy_sha256": policy.sha256,
        "as_of": timestamp(work.as_of),
        "leads": len(snapshot.leads),
        "reps": len(snapshot.reps),
        "loads": run_context.loads_until(conn, landed.source, landed.landed_until),
        "reconstructed": "yes" if landed.is_reconstructed else "no",
    }
    if snapshot.continues is not None:
        snapshot_record["continues"] = snapshot.continues
    entries = []
    if not ledger_store.has_record(conn, "policy", policy_record(policy)):
        entries.append(NewEntry("policy", "-", policy_record(policy)))
    return [
        *entries,
        *commitment_entries(conn, work, _draws_of_snapshot(snapshot, policy)),
        NewEntry("snapshot", work.run, snapshot_record),
    ]


def _select_openings(
    conn: psycopg.Connection, work: Workspace, snapshot: Snapshot, digest: str
) -> Callable[[datetime, datetime], list[dict[str, Any]]]:
    """What to split, worked out beforehand, so that only the times are filled in at the last."""
    plans = split(snapshot, work.policy)

    def openings(opens_at: datetime, closes_at: datetime) -> list[dict[str, Any]]:
        return [
            select_opening(
                draw=draw,
                policy_sha256=work.policy.sha256,
                opens_at=timestamp(opens_at),
                closes_at=timestamp(closes_at),
                sources=sources,
                candidates=plan.candidates,
                shares=plan.shares,
                more={"snapshot": digest, **more},
            )
            for band, plan in plans.items()
            for draw in [draw_id(work.run, band)]
            for sources, more in [work.chance.sources(conn, draw, closes_at)]
        ]

    return openings


def _run(work: Workspace, landed: Landed) -> runs.Run:
    if landed.currency != work.policy.currency:
        raise PolicyRefused(
            f"the source's money is in {landed.currency}, policy {work.policy.id} counts in "
            f"{work.policy.currency}: use a policy written for that currency"
        )
    return runs.Run(
        run_key=work.run,
        kind=REHEARSAL if work.request.simulate else "intake" if work.is_intake else "week",
        source=landed.source,
        as_of=work.as_of,
        zone=work.policy.zone,
        currency=landed.currency,
        policy_id=work.policy.id,
        policy_version=work.policy.version,
        policy_sha256=work.policy.sha256,
        policy_text=work.policy.text,
        entropy=work.request.entropy or work.policy.source.kind,
        is_synthetic=landed.is_synthetic,
        is_reconstructed=landed.is_reconstructed,
        landed_until=landed.landed_until,
        started_at=work.clock.now(),
    )
