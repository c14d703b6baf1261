"""One stage of a week by hand, through the same flows that the clock starts."""

from __future__ import annotations

from flows.home import Home
from flows.request import RunRequest
from flows.settings import load_settings


def run_stage(stage: str, request: RunRequest) -> None:
    """open, close or finish a run's lottery, recorded in Prefect's history like any other run."""
    settings = load_settings()
    home = Home(settings.with_home(), settings)
    server = None
    if settings.prefect == "temporary":
        from flows import prefect_server

        server = prefect_server.start(home.path)
    from flows.close_and_allocate import close_and_allocate
    from flows.close_window import close_window
    from flows.open_window import open_window

    flow = {"open": open_window, "close": close_window, "finish": close_and_allocate}[stage]
    if server is not None:
        server.ready()
    try:
        flow(request)
    finally:
        if server is not None:
            server.drain()
            server.stop()
