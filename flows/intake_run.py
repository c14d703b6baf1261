"""The run sheet between the Mondays: what came in is drawn and given out; the lottery waits."""

from __future__ import annotations

from prefect import flow

from adapters.warehouse import runs
from flows.close_and_allocate import close_and_allocate
from flows.freeze_and_split import freeze_and_split
from flows.open_window import finish_selects
from flows.progress import step
from flows.request import RunRequest
from flows.workspace import open_workspace, resolved


@flow(name="intake-run")
def intake_run(request: RunRequest) -> None:
    """Freeze and split what came in, finish the split, allocate; each stage resumes.

    Nothing happens when nothing came in, or while another run must be decided first.
    """
    request = resolved(request.model_copy(update={"intake": True}))
    freeze_and_split(request)
    work = open_workspace(request)
    with work.connect() as conn:
        done = runs.reached(conn, work.run)
    if "split" not in done:
        return
    if "decided" not in done:
        with work.sole_run(), step("finish the draws that split the bands"):
            finish_selects(request)
    close_and_allocate(request)
