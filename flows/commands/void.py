"""`fairlead draw void`: end a draw whose chance never came, and open the attempt that replaces it.

A void is no way to try again: it is refused while the chance exists or may still be fetched, and
everything but the times stays as it was. Source: draw.md, *Records*.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import typer

from adapters.beacon import BeaconError
from adapters.warehouse import draws, ledger_store
from adapters.warehouse.draws import StoredDraw
from adapters.warehouse.ledger_store import NewEntry, timestamp
from flows.awaited_values import agreed
from flows.commands.draw import known_run, open_database, request_of, show_status
from flows.errors import EnvironmentRefused, UsageError
from flows.log_draws import LEADS_S, instant
from flows.reserve import RESERVE_ATTEMPT, reserve_secret
from flows.workspace import Workspace, open_workspace
from lottery import beacon
from lottery.endings import VOID_REASONS, void
from lottery.records import LADDER, check_opening, commitment, opening_hash
from lottery.shapes import DrawError
from lottery.sources import (
    DRAND,
    OPERATOR,
    PUBLIC,
    operator_commitment,
    operator_source,
    source_kind,
    source_time,
)

# A beacon that halted catches up on its rounds, and a void whose round exists after all fails
# every verification: so nobody is in a hurry here.
GAP = timedelta(hours=1)


def void_and_reopen(
    draw_id: str, reason: str, policy: str, entropy: str, window: int | None, confirm: str
) -> None:
    """Log the next attempt and the void that names it. Errors: UsageError, EnvironmentRefused."""
    if reason not in VOID_REASONS:
        raise UsageError(f"--reason {reason!r} is not one of {', '.join(VOID_REASONS)}")
    with open_database().connect() as conn:
        run = known_run(conn, draw_id.partition("/")[0])
        work = open_workspace(request_of(run, policy, entropy, window))
    with work.sole_run(), work.connect() as conn:
        draw = draws.last_attempt(conn, draw_id)
        if draw is None:
            raise UsageError(f"{draw_id} was never opened: see `fairlead draw status`")
        check_may_void(conn, work, draw, reason)
        if not confirm:
            confirm = typer.prompt(
                f"{draw_id} ends in a void for good. Type its id to do so", default=""
            )
        if confirm != draw_id:
            raise UsageError("nothing was done: that was not the draw's id")
        log_void(conn, work, draw, reason)
    _publish(work)
    show_status(run.run_key)


def check_may_void(
    conn: psycopg.Connection, work: Workspace, draw: StoredDraw, reason: str
) -> None:
    """Refuse a void unless its reason is true as far as anybody can tell now."""
    if draw.outcome is not None or draw.void is not None:
        raise UsageError(f"{draw.draw} attempt {draw.attempt} has ended: nothing is left to void")
    kind = source_kind(draw.opening)
    if VOID_REASONS[reason] != kind:
        raise UsageError(f"--reason {reason} does not fit a source of kind {kind}")
    if reason == "secret-lost":
        if draws.secret_of(conn, draw.draw, draw.attempt) is not None:
            raise UsageError(f"the secret of {draw.draw} is here: run `fairlead draw finish`")
        return
    due = datetime.fromtimestamp(source_time(draw.opening), UTC)
    if work.clock.now() < due + GAP:
        raise UsageError(
            f"{draw.draw}: its source's time is {due:%F %T} UTC; a gap is only known "
            f"{GAP.total_seconds() / 60:.0f} minutes later, since a halted beacon catches up"
        )
    if kind == DRAND:
        _check_gap(work, draw)
    for source in draw.opening["sources"] if kind == PUBLIC else ():
        if agreed(conn, work.run, source["what"]) is not None:
            raise UsageError(f"two people typed {source['what']}: run `fairlead draw finish`")


def _check_gap(work: Workspace, draw: StoredDraw) -> None:
    number = draw.opening["sources"][0]["round"]
    if work.chance.rounds is None:
        raise UsageError("this policy or --entropy knows no beacon to ask")
    try:
        signature = work.chance.rounds.signature(number)
    except BeaconError as error:
        raise EnvironmentRefused(
            f"no relay answers well, so nobody can say that the round is missing: {error}"
        ) from error
    if signature is not None and beacon.verify_signature(number, bytes.fromhex(signature)):
        raise UsageError(f"round {number} exists and verifies: run `fairlead draw finish`")


def log_void(conn: psycopg.Connection, work: Workspace, draw: StoredDraw, reason: str) -> str:
    """Log the next attempt, then the void that names it; the hash of the new opening."""
    for seconds in LEADS_S:
        following = next_opening(conn, work, draw, timedelta(seconds=seconds))
        now = work.clock.now()
        if now <= instant(following["opens_at"]):
            break
    else:
        raise EnvironmentRefused("this machine is too slow to log a draw before it opens")
    record = void(draw.opening, reason, following)
    digest = opening_hash(following)
    draws.store_opening(conn, work.run, digest, following)
    draws.store_event(conn, draw.opening_hash, "void", record, now)
    ledger_store.append(
        conn, [NewEntry("opening", work.run, following), NewEntry("void", work.run, record)], now
    )
    return digest


def next_opening(
    conn: psycopg.Connection, work: Workspace, draw: StoredDraw, lead: timedelta
) -> dict[str, Any]:
    """The same draw once more: another attempt, window and value of the source, nothing else."""
    opens_at = work.clock.now() + lead
    length = instant(draw.opening["closes_at"]) - instant(draw.opening["opens_at"])
    if draw.kind == LADDER and work.request.window:
        length = timedelta(minutes=work.request.window)
    closes_at = opens_at + length
    sources, more = _next_sources(conn, work, draw, closes_at)
    changed = {
        "attempt": draw.attempt + 1,
        "opens_at": timestamp(opens_at),
        "closes_at": timestamp(closes_at),
        "sources": sources,
        **more,
    }
    try:
        return check_opening(draw.opening | changed)
    except DrawError as error:
        raise UsageError(f"the next attempt would be no valid draw: {error}") from error


def _next_sources(
    conn: psycopg.Connection, work: Workspace, draw: StoredDraw, closes_at: datetime
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Of the same kind. An operator's next secret must have been committed to beforehand."""
    if source_kind(draw.opening) != OPERATOR:
        return work.chance.sources(conn, draw.draw, closes_at)
    attempt, reserve = draw.attempt + 1, reserve_secret(work.home, draw.draw)
    if reserve is not None and attempt == RESERVE_ATTEMPT:
        record = commitment(draw.draw, attempt, operator_commitment(reserve.hex()))
        if ledger_store.has_record(conn, "commitment", record):
            draws.ensure_secret(conn, draw.draw, attempt, reserve, record["commitment"])
            return [operator_source(record["commitment"])], {}
    raise UsageError(
        f"no commitment for attempt {attempt} was logged before the pool was frozen whose secret "
        "is still here: a new one could be chosen for its result, so this draw stays OVERDUE"
    )


def _publish(work: Workspace) -> None:
    """Show both at once. As a plain call: an operator may be here because other things are down."""
    from flows.publish_site import publish_site
    from flows.send_notices import OPENING, deliver_notices

    publish_site.fn(work.request)
    deliver_notices(work, OPENING)
