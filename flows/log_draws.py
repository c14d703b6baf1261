"""Writing draws into the log and the database together: opening, closing, outcome.

Each function runs in the caller's transaction, so a draw is never stored without being logged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from adapters.warehouse import draws, ledger_store, lines
from adapters.warehouse.draws import StoredDraw
from adapters.warehouse.ledger_store import NewEntry
from audit.draws import OPERATOR_CLOSING_GRACE_S
from flows.errors import EnvironmentRefused
from flows.progress import say
from flows.workspace import Workspace
from lottery import derive, records
from lottery.sources import OPERATOR, source_kind, source_time

LEADS_S = (1, 4, 16, 64)  # making the records took longer than the lead: try again with more


def log_openings(
    conn: psycopg.Connection,
    work: Workspace,
    window: Callable[[timedelta], tuple[datetime, datetime]],
    make: Callable[[datetime, datetime], list[dict[str, Any]]],
) -> None:
    """Log openings before their window opens, however slow the machine is.

    window: (opens_at, closes_at) at least the given lead from now; make: the openings for them.
    """
    for seconds in LEADS_S:
        opens_at, closes_at = window(timedelta(seconds=seconds))
        openings = make(opens_at, closes_at)
        now = work.clock.now()
        if now <= opens_at:
            break
    else:
        raise EnvironmentRefused("this machine is too slow to log a draw before it opens")
    for opening in openings:
        draws.store_opening(conn, work.run, records.opening_hash(opening), opening)
    ledger_store.append(conn, [NewEntry("opening", work.run, opening) for opening in openings], now)


def log_closings(conn: psycopg.Connection, work: Workspace, kind: str) -> None:
    """Wait for each window to end and log its closing with the lines that stand."""
    for draw in draws.draws_of(conn, work.run, kind):
        if draw.closing is not None or draw.void is not None:
            continue
        work.clock.sleep_until(instant(draw.opening["closes_at"]))
        lines.stop_lines(conn, draw.opening_hash)
        at = work.clock.now()
        closing = records.closing(draw.opening, _lines_at(conn, draw, at))
        draws.store_event(conn, draw.opening_hash, "closing", closing, at)
        ledger_store.append(conn, [NewEntry("closing", work.run, closing)], at)


def _lines_at(
    conn: psycopg.Connection, draw: StoredDraw, at: datetime
) -> list[tuple[str, int, int]]:
    """The lines of a closing that is logged at this instant: none once chance may be known."""
    if draw.kind != records.LADDER:
        return []
    stand = draws.last_lines(conn, draw.opening_hash)
    if at >= last_instant_for_lines(draw.opening):
        say(
            f"warning: {draw.draw} is closed after its source's time: finished without its "
            f"{len(stand)} lines and shown red"
        )
        return []
    return [(line["entrant"], line["left"], line["level"]) for line in stand]


def last_instant_for_lines(opening: dict[str, Any]) -> datetime:
    """From when on a closing may carry no lines: somebody could have chosen them by the result.

    An operator knows the result all along; what counts there is the time the verifier grants.
    """
    grace = OPERATOR_CLOSING_GRACE_S if source_kind(opening) == OPERATOR else 0
    return datetime.fromtimestamp(source_time(opening) + grace, UTC)


def log_outcomes(
    conn: psycopg.Connection, work: Workspace, found: Iterable[tuple[StoredDraw, dict[str, Any]]]
) -> None:
    """Log the outcomes of draws."""
    at = work.clock.now()
    for draw, outcome in found:
        draws.store_event(conn, draw.opening_hash, "outcome", outcome, at)
        ledger_store.append(conn, [NewEntry("outcome", work.run, outcome)], at)


def outcomes(
    conn: psycopg.Connection, work: Workspace, kind: str
) -> list[tuple[StoredDraw, dict[str, Any]]]:
    """Wait for the source of every unfinished draw of this kind and derive its outcome."""
    found = []
    for draw in draws.draws_of(conn, work.run, kind):
        if draw.outcome is None and draw.void is None:
            if draw.closing is None:
                raise RuntimeError(f"draw {draw.draw} has no closing")
            reveals = work.chance.reveals(conn, draw.opening, work.clock)
            found.append((draw, derive.outcome(draw.opening, draw.closing, reveals)))
    return found


def draws_value(conn: psycopg.Connection, run: str) -> dict[str, Any]:
    """The finished draws of a run as the engine takes them; recomputed, never read back."""
    value: dict[str, Any] = {"selects": {}, "ladders": {}}
    for draw in draws.draws_of(conn, run):
        if draw.closing is None or draw.outcome is None:
            continue
        result = derive.derive(draw.opening, draw.closing, draw.outcome["reveals"])
        if draw.kind == records.SELECT:
            band = draw.draw.split("/")[1]
            value["selects"][band] = {"seed": result["seed"], "selected": result["selected"]}
        else:
            value["ladders"][draw.draw] = {"winners": result["winners"]}
    return value


def seeds(conn: psycopg.Connection, run: str) -> dict[str, str]:
    """{draw id: seed} of a run's finished draws."""
    return {
        draw.draw: derive.derive(draw.opening, draw.closing, draw.outcome["reveals"])["seed"]
        for draw in draws.draws_of(conn, run)
        if draw.closing is not None and draw.outcome is not None
    }


def instant(text: str) -> datetime:
    """A time of a record as an aware datetime."""
    return datetime.fromisoformat(text)
