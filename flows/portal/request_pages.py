"""The addresses of requests: one page behind each rep's link, and its three forms."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from flows.portal.counter import LONGEST, Counter
from flows.portal.desk import Refused
from flows.portal.forms import form_fields, language_of
from flows.portal.limits import Limit

KINDS = {"appeal": "appeal", "reassign": "reassignment", "claim": "claim"}
MOST_BYTES = 2_000 + 12 * LONGEST  # a character is up to four bytes, each written as %XX


def add_request_pages(
    app: FastAPI, counter: Counter, limited: Callable[[Limit, str], None]
) -> None:
    """Hang the pages into the portal."""
    reading, asking = Limit(burst=30, per_minute=60), Limit(burst=5, per_minute=6)

    @app.get("/r/{token}")
    async def requests(request: Request, token: str) -> Response:
        limited(reading, token)
        done = request.query_params.get("done", "")
        number = int(done) if done.isascii() and done.isdigit() and len(done) < 10 else None
        return HTMLResponse(
            await run_in_threadpool(counter.page, token, language_of(request), number)
        )

    @app.post("/r/{token}/{form}")
    async def ask(request: Request, token: str, form: str) -> Response:
        limited(asking, token)
        if form not in KINDS:
            raise Refused("unknown")
        fields = await form_fields(request, MOST_BYTES)
        number = await run_in_threadpool(counter.file, token, KINDS[form], fields)
        language = "en" if fields.get("lang") == "en" else "zh"
        return RedirectResponse(f"/r/{token}?lang={language}&done={number}#requests", 303)
