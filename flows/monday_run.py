"""The run sheet of a Monday, start to end."""

from __future__ import annotations

from prefect import flow

from flows.close_and_allocate import close_and_allocate
from flows.freeze_and_split import freeze_and_split
from flows.open_window import open_window
from flows.request import RunRequest
from flows.workspace import resolved


@flow(name="monday-run")
def monday_run(request: RunRequest) -> None:
    """Freeze and split, open the lottery, close it and allocate; each stage resumes."""
    request = resolved(request)
    freeze_and_split(request)
    open_window(request)
    close_and_allocate(request)
