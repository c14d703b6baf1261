"""Check: a gate's verdict is kept for ever, and a critical failure stops the run."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Literal

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse import runs
from expectations.verdict import Verdict
from expectations.worker import GateError, Worker
from flows.clock import RealClock
from flows.errors import CheckRefused, EnvironmentRefused
from flows.request import RunRequest
from flows.workspace import open_workspace

SHOWN_ROWS = 10


@cache
def gate() -> Worker:
    """The gate's process; the first call starts it, and it warms up while other work goes on."""
    return Worker()


@task(cache_policy=NO_CACHE)
def check_door(
    request: RunRequest,
    door: Literal["landing", "allocation_inputs"],
    source: str,
    landed_until: datetime,
) -> list[str]:
    """The warnings of the verdict. Errors: CheckRefused with the rows that failed."""
    work = open_workspace(request)
    checked_at = RealClock().now()
    try:
        verdict = gate().check(
            door,
            host=work.address.host,
            port=work.address.port,
            user=work.address.user,
            password=work.address.password,
            dbname=work.address.dbname,
            run=work.run,
            checked_at=checked_at,
            context={
                "bad_row_pct": work.policy.limits.bad_row_pct,
                "source": source,
                "landed_until": landed_until,
                "as_of": work.as_of,
            },
        )
    except GateError as error:
        raise EnvironmentRefused(
            f"the check at the door “{door}” cannot be run: {error}"
        ) from error
    with work.connect() as conn:
        runs.store_verdict(conn, work.run, door, verdict.ok, verdict.to_dict(), checked_at)
    if not verdict.ok:
        raise CheckRefused(_refusal(verdict))
    return [rule.id for rule in verdict.rules if not rule.ok]


def _refusal(verdict: Verdict) -> str:
    lines = [f"the check at the door “{verdict.door}” failed, nothing was allocated:"]
    for rule in verdict.rules:
        if rule.ok or rule.severity != "critical":
            continue
        lines.append(f"  {rule.en} [{rule.id}]: found {rule.observed}, {rule.failed_count} row(s)")
        lines += [f"    {row}" for row in rule.failed_rows[:SHOWN_ROWS]]
    return "\n".join(lines)
