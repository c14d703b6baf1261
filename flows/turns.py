"""One run after the other, where runs go on from each other's carried state (decision 0010)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from adapters.warehouse import chain, holds, runs
from flows.errors import EnvironmentRefused
from flows.progress import say
from flows.request import RunRequest
from flows.stored import as_it_was_asked
from ledger.run_keys import is_intake

if TYPE_CHECKING:
    from flows.workspace import Workspace

PATIENCE_S = 20 * 60  # an intake run that somebody works on waits for its beacon, 50 min at most
LOOK_AGAIN_S = 5


@contextmanager
def sole_build(work: Workspace) -> Iterator[None]:
    """Hold the models from their build to the freeze: two runs never build at once.

    Errors: EnvironmentRefused when another run does not finish.
    """
    with work.connect() as guard:
        guard.autocommit = True
        try:
            guard.execute(f"set lock_timeout = '{PATIENCE_S}s'")
            guard.execute("select pg_advisory_lock(hashtext('fairlead models'), 0)")
        except psycopg.errors.LockNotAvailable as error:
            raise EnvironmentRefused(
                "another run has been building the models for 20 minutes: wait until it is done"
            ) from error
        yield


def make_way(request: RunRequest, work: Workspace, source: str) -> str:
    """Finish intake runs of this source that a crash left behind; wait for those in progress.

    The key of a run that must be decided by a person or by the clock first; "" if there is none.
    Errors: FairleadError of every kind while finishing.
    """
    if work.policy.intake is None:
        return ""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with work.connect() as conn:
            found = [key for key in chain.undecided(conn, source) if key != work.run]
            held = found and holds.last_action(conn, found[0])
        if not found:
            return ""
        if held or not is_intake(found[0]):
            return found[0]
        try:
            with work.connect() as conn:
                earlier = _as_it_began(conn, request, work, found[0])
            say(f"run {found[0]} is not decided yet: it comes first")
            from flows.intake_run import intake_run  # it calls this step, too

            intake_run(earlier)
        except EnvironmentRefused:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_AGAIN_S)  # another process works on it, or its chance is not there


def still_free(conn: psycopg.Connection, work: Workspace, source: str) -> None:
    """Keep the source's turn until the transaction ends. Errors: EnvironmentRefused if it is
    taken.
    """
    if work.policy.intake is None:
        return
    chain.take_turn(conn, source)
    found = [key for key in chain.undecided(conn, source) if key != work.run]
    if found:
        raise EnvironmentRefused(f"run {found[0]} was frozen in the meantime: run this again")


def go_on_from(conn: psycopg.Connection, work: Workspace, continues: str | None) -> None:
    """Record whose carried state the run went on from. Errors: EnvironmentRefused for a second."""
    run = runs.find_run(conn, work.run)
    if work.policy.intake is None or run is None:
        return
    chain.take_turn(conn, run.source)
    if not chain.link(conn, run.source, continues or "", work.run):
        raise EnvironmentRefused(
            f"another run went on from {continues or 'the beginning'}: run {work.run} cannot"
        )


def _as_it_began(
    conn: psycopg.Connection, request: RunRequest, work: Workspace, key: str
) -> RunRequest:
    """The request that goes on with an earlier intake run, under the policy it was frozen by."""
    run = runs.find_run(conn, key)
    assert run is not None  # listed by its stage
    again = request.model_copy(
        update={"intake": True, "as_of": run.as_of.isoformat(), "is_live": False}
    )
    return as_it_was_asked(work.home, again, run)
