"""What a browser sent: the fields of a form of ours, and the reader's language."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request

from flows.portal.desk import Refused
from notifications.record import Language

MOST_BYTES = 2_000  # a form has a few short fields


async def form_fields(request: Request, most_bytes: int = MOST_BYTES) -> dict[str, str]:
    """The fields of a form of our own page, each once. Errors: Refused."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused("form")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Refused("form")
    try:
        fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=8)
    except ValueError as error:
        raise Refused("form") from error
    given = {name: values[0] for name, values in fields.items() if len(values) == 1}
    request.state.language = given.get("lang", "")  # a refusal is read by the same person
    return given


def language_of(request: Request) -> Language:
    """What the address or the form says, else what the browser prefers, else 中文."""
    said = request.query_params.get("lang") or getattr(request.state, "language", "")
    wanted = said or request.headers.get("accept-language", "")
    first = wanted.split(",")[0].strip().lower()
    return "en" if first and not first.startswith(("zh", "*")) else "zh"
