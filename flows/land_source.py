"""Extract: read the source, quarantine its bad rows, land the rest in raw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.crm.extract import Extract, SourceError
from adapters.crm.landing import land
from adapters.crm.mapping import load_source
from adapters.warehouse.run_context import first_landing
from flows.clock import RealClock
from flows.errors import SourceRefused
from flows.progress import say
from flows.request import RunRequest
from flows.workspace import open_workspace

SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Landed:
    """What a run knows of its source. Loads up to `landed_until` count."""

    source: str
    currency: str
    landed_until: datetime
    is_synthetic: bool
    is_reconstructed: bool
    notes: tuple[str, ...]


@task(cache_policy=NO_CACHE)
def land_source(request: RunRequest) -> Landed:
    """Land what the source has now. Errors: SourceRefused with everything that is wrong."""
    work = open_workspace(request)
    try:
        extract = load_source(Path(request.source), Path(request.data) if request.data else None)
    except SourceError as error:
        raise SourceRefused(f"{request.source} cannot be read:\n{error}") from error
    landed_at = RealClock().now()
    with work.connect() as conn:
        landing = land(conn, extract, landed_at)
        first = first_landing(conn, extract.source)
    bad = sum(len(file.bad) for file in extract.files.values())
    say(
        f"read {extract.rows_read} rows from {extract.source}: "
        f"{landing.rows_appended} new or changed, {bad} in quarantine"
    )
    _refuse_too_many_bad_rows(extract, work.policy.limits.bad_row_pct)
    # A week is replayed from what had landed by then. Where nothing had, later loads stand in
    # for it, and the run says so everywhere.
    is_live = request.is_live or work.as_of >= landed_at
    is_reconstructed = not is_live and (first is None or first > work.as_of)
    return Landed(
        source=extract.source,
        currency=extract.currency,
        landed_until=landed_at if is_live or is_reconstructed else work.as_of,
        is_synthetic=extract.source == "synthetic",
        is_reconstructed=is_reconstructed,
        notes=tuple(extract.notes),
    )


def _refuse_too_many_bad_rows(extract: Extract, limit_pct: int) -> None:
    """Per file, in integers: a small file's faults must not hide behind a large file's rows."""
    over = [
        file for file in extract.files.values() if len(file.bad) * 100 > limit_pct * file.rows_read
    ]
    if not over:
        return
    lines = []
    for file in over:
        lines.append(
            f"{file.file}: {len(file.bad)} of {file.rows_read} rows are bad, "
            f"the policy allows {limit_pct}%"
        )
        lines += [
            f"  line {row.line}: {row.reason} [{row.code}]" for row in file.bad[:SHOWN_FAULTS]
        ]
        if len(file.bad) > SHOWN_FAULTS:
            lines.append(f"  … and {len(file.bad) - SHOWN_FAULTS} more (raw.quarantine has all)")
    raise SourceRefused("too many bad rows, nothing was allocated:\n" + "\n".join(lines))
