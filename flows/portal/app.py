"""The portal's addresses: one page behind each personal link, and what its forms do.

No cookies, no scripts, no registration: the link is the key. Tokens never reach a log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache, partial

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from adapters.warehouse.address import WarehouseError
from adapters.warehouse.lines import WindowClosed
from flows.portal.connections import Busy
from flows.portal.counter import Counter
from flows.portal.desk import Desk, Refused
from flows.portal.forms import form_fields, language_of
from flows.portal.limits import Limit, hold_back
from flows.portal.request_pages import add_request_pages
from notifications.portal_page import HERE, STYLES, render_message

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATUS = {
    "unknown": 404, "closed": 409, "form": 403, "refused": 422, "readonly": 403, "often": 429,
    "busy": 503, "ask_text": 422, "ask_refused": 409, "ask_claim": 409,
}  # fmt: skip
KINDS = {"css": "text/css", "svg": "image/svg+xml"}


def create_app(desk: Desk, counter: Counter) -> FastAPI:
    """The application; everything it knows comes from the desk and the counter."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_answers(app)
    _add_open_pages(app)
    limited = partial(hold_back, desk.is_link)
    _add_personal_pages(app, desk, limited)
    add_request_pages(app, counter, limited)
    return app


def _add_answers(app: FastAPI) -> None:
    """What every answer carries, and what is answered to what must be refused."""

    @app.middleware("http")
    async def headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return _message(request, error.key)

    @app.exception_handler(WindowClosed)
    async def closed(request: Request, error: WindowClosed) -> Response:
        return _message(request, "unknown" if error.state == "unknown" else "closed")

    @app.exception_handler(Busy)
    @app.exception_handler(psycopg.Error)
    @app.exception_handler(WarehouseError)
    async def busy(request: Request, _: Exception) -> Response:
        return _message(request, "busy")

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def missing(request: Request, _: Exception) -> Response:
        return _message(request, "unknown")


def _add_open_pages(app: FastAPI) -> None:
    @app.get("/")
    async def home(request: Request) -> Response:
        return HTMLResponse(render_message("home", language_of(request)))

    @app.get("/health")
    async def health() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/assets/{name}")
    async def asset(name: str) -> Response:
        if name not in STYLES:
            raise Refused("unknown")
        return Response(_asset(name), media_type=KINDS[name.rsplit(".", 1)[1]])


def _add_personal_pages(app: FastAPI, desk: Desk, limited: Callable[[Limit, str], None]) -> None:
    reading, drawing = Limit(burst=60, per_minute=120), Limit(burst=12, per_minute=20)

    @app.get("/p/{token}")
    async def page(request: Request, token: str) -> Response:
        limited(reading, token)
        at = request.query_params.get("at", "")
        return HTMLResponse(
            await run_in_threadpool(
                desk.page,
                token,
                language_of(request),
                int(at) if at.isascii() and at.isdigit() and len(at) < 7 else None,
                is_new="new" in request.query_params,
            )
        )

    @app.post("/p/{token}/line")
    async def line(request: Request, token: str) -> Response:
        limited(drawing, token)
        fields = await form_fields(request)
        at = await run_in_threadpool(desk.draw, token, fields)
        language = "en" if fields.get("lang") == "en" else "zh"
        where = f"&at={at}" if at is not None else ""
        return RedirectResponse(f"/p/{token}?lang={language}{where}&new=1#ladder", 303)

    @app.get("/p/{token}/acknowledgement-{number}.txt")
    async def acknowledgement(token: str, number: str) -> Response:
        limited(reading, token)
        if not number.isascii() or not number.isdigit() or len(number) > 6:
            raise Refused("unknown")
        note = await run_in_threadpool(desk.acknowledgement, token, int(number))
        return _kept(note, f"acknowledgement-{number}.txt")

    @app.get("/p/{token}/checkpoint.txt")
    async def checkpoint(token: str) -> Response:
        limited(reading, token)
        return _kept(await run_in_threadpool(desk.checkpoint, token), "checkpoint.txt")


def _message(request: Request, key: str) -> Response:
    token = request.path_params.get("token", "")
    way = request.url.path.split("/")[1]  # p: a draw's link, r: one for requests
    language = language_of(request)
    back = f"/{way}/{token}?lang={language}" if token and key != "unknown" else ""
    page = render_message(key, language, back)
    extra = {"Retry-After": "60"} if key == "often" else {}
    return HTMLResponse(page, STATUS[key], headers={**HEADERS, **extra})


def _kept(text: str, name: str) -> Response:
    return PlainTextResponse(
        text, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@cache
def _asset(name: str) -> bytes:
    return (HERE / "assets" / name).read_bytes()
