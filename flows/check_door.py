"""Check: a gate's verdict is kept for ever, and a critical failure stops the run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse import runs
from expectations.verdict import Verdict
from flows.clock import RealClock
from flows.errors import CheckRefused
from flows.request import RunRequest
from flows.workspace import open_workspace

SHOWN_ROWS = 10


@task(cache_policy=NO_CACHE)
def check_door(
    request: RunRequest, door: Literal["landing", "allocation_inputs"], source: str,
    landed_until: datetime,
) -> list[str]:
    """The warnings of the verdict. Errors: CheckRefused with the rows that failed."""
    from expectations.gate import check  # Great Expectations is slow to import

    work = open_workspace(request)
    checked_at = RealClock().now()
    verdict = check(
        door,
        host=work.address.host,
        port=work.address.port,
        user=work.address.user,
        password=work.address.password,
        dbname=work.address.dbname,
        run=work.run,
        checked_at=checked_at,
        context=_context(work.policy.limits.bad_row_pct, source, landed_until),
    )
    with work.connect() as conn:
        runs.store_verdict(
            conn, work.run, door, verdict.ok, verdict.to_dict(), checked_at
        )
    if not verdict.ok:
        raise CheckRefused(_refusal(verdict))
    return [rule.id for rule in verdict.rules if not rule.ok]


def _context(bad_row_pct: int, source: str, landed_until: datetime) -> dict[str, Any]:
    return {"bad_row_pct": bad_row_pct, "source": source, "landed_until": landed_until}


def _refusal(verdict: Verdict) -> str:
    lines = [f"the check at the door “{verdict.door}” failed, nothing was allocated:"]
    for rule in verdict.rules:
        if rule.ok or rule.severity != "critical":
            continue
        lines.append(f"  {rule.en} [{rule.id}]: found {rule.observed}, {rule.failed_count} row(s)")
        lines += [f"    {row}" for row in rule.failed_rows[:SHOWN_ROWS]]
    return "\n".join(lines)
