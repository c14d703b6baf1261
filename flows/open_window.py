"""Monday 09:00: finish the draws that split the bands, and open the lottery with its pool."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse import draws, runs
from adapters.warehouse.ledger_store import timestamp
from allocation.engine import LadderPlan, ladder_plans
from flows.errors import UsageError
from flows.log_draws import draws_value, log_closings, log_openings, log_outcomes, outcomes
from flows.progress import step
from flows.publish_site import publish_site
from flows.request import RunRequest
from flows.send_notices import OPENING, send_notices
from flows.stored import frozen_snapshot
from flows.workspace import Workspace, open_workspace, resolved
from lottery.records import SELECT, ladder_opening


@flow(name="open-window")
def open_window(request: RunRequest) -> None:
    """Log the select outcomes, then the ladders' openings before their window opens."""
    request = resolved(request)
    work = open_workspace(request)
    with work.sole_run():
        with work.connect() as conn:
            done = runs.reached(conn, work.run)
        if "split" not in done:
            raise UsageError(f"run {work.run} is not frozen yet: run freeze-and-split first")
        if "opened" in done:
            return
        with step("finish the draws that split the bands"):
            finish_selects(request)
        with step("open the lottery"):
            open_ladders(request)
        if work.shows_each_stage:
            publish_site(request)
            send_notices(request, OPENING)


@task(cache_policy=NO_CACHE)
def finish_selects(request: RunRequest) -> None:
    """Wait for the source of chance and log which leads go to which share."""
    work = open_workspace(request)
    with work.connect() as conn:
        log_closings(conn, work, SELECT)  # of an attempt that replaces a void
        log_outcomes(conn, work, outcomes(conn, work, SELECT))


@task(cache_policy=NO_CACHE)
def open_ladders(request: RunRequest) -> None:
    """Log one opening for each lottery share that has prizes and entrants."""
    work = open_workspace(request)
    with work.connect() as conn:
        make = _ladder_openings(conn, work)
        log_openings(conn, work, work.ladder_window, make)
        runs.mark(conn, work.run, "opened", work.clock.now())


def _ladder_openings(
    conn: psycopg.Connection, work: Workspace
) -> Callable[[datetime, datetime], list[dict[str, Any]]]:
    """What to open, worked out beforehand, so that only the times are filled in at the last."""
    selected = {
        band: select["selected"] for band, select in draws_value(conn, work.run)["selects"].items()
    }
    pools = {draw.draw: draw.opening_hash for draw in draws.draws_of(conn, work.run, SELECT)}
    plans = ladder_plans(frozen_snapshot(conn, work.run), work.policy, selected)
    waited = {plan.draw: _waited(conn, plan) for plan in plans}

    def openings(opens_at: datetime, closes_at: datetime) -> list[dict[str, Any]]:
        return [
            ladder_opening(
                draw=plan.draw,
                policy_sha256=work.policy.sha256,
                opens_at=timestamp(opens_at),
                closes_at=timestamp(closes_at),
                sources=sources,
                entrants=plan.entrants,
                prizes=plan.prizes,
                pool=pools[f"{work.run}/{plan.band}"],
                extra=plan.extra,
                more=more | waited[plan.draw],
            )
            for plan in plans
            for sources, more in [work.chance.sources(conn, plan.draw, closes_at)]
        ]

    return openings


def _waited(conn: psycopg.Connection, plan: LadderPlan) -> dict[str, Any]:
    """The opening's member for prizes that an intake run drew: by its select's opening hash."""
    found = {
        select.opening_hash: leads
        for draw, leads in plan.waited.items()
        if (select := draws.last_attempt(conn, draw)) is not None
    }
    return {"waited": found} if found else {}
