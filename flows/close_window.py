"""Monday 11:00, first half: log the closings, publish them, send them to every entrant.

All of it must be done within the source's delay: afterwards a closing proves nothing.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse import draws, runs
from flows.errors import UsageError
from flows.log_draws import log_closings
from flows.progress import step
from flows.publish_site import publish_site
from flows.request import RunRequest
from flows.send_notices import CLOSING, send_notices
from flows.show_checkpoint import show_checkpoint
from flows.workspace import Workspace, open_workspace, resolved
from lottery.records import LADDER


@flow(name="close-window")
def close_window(request: RunRequest) -> None:
    """Close the lottery and nothing more: what an operator does when the clock did not."""
    request = resolved(request)
    work = open_workspace(request)
    with work.sole_run():
        close_and_tell(request, work)


def close_and_tell(request: RunRequest, work: Workspace) -> None:
    """Close what is open; publish and send the closings. Resumes after a crash."""
    with work.connect() as conn:
        done = runs.reached(conn, work.run)
    if "opened" not in done:
        raise UsageError(f"run {work.run} has no open lottery: run open-window first")
    with work.connect() as conn:
        is_open = any(
            draw.closing is None and draw.void is None
            for draw in draws.draws_of(conn, work.run, LADDER)
        )
    if is_open or "closed" not in done:
        with step("close the lottery"):
            close_ladders(request)
        if work.shows_each_stage:
            publish_site(request)
    if work.shows_each_stage and "decided" not in done:
        with step("send the closings to every entrant"):
            send_notices(request, CLOSING)


@task(cache_policy=NO_CACHE)
def close_ladders(request: RunRequest) -> None:
    """Log the closings with the lines that were acknowledged last."""
    work = open_workspace(request)
    with work.connect() as conn:
        log_closings(conn, work, LADDER)
        if "closed" not in runs.reached(conn, work.run):  # a second attempt closes once more
            runs.mark(conn, work.run, "closed", work.clock.now())
    show_checkpoint(work)
