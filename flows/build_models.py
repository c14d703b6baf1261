"""Transform: dbt builds the models for one run, in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from adapters.warehouse.address import Address
from adapters.warehouse.run_context import RunContext, write_policy_tables, write_run_context
from allocation.policy_tables import policy_tables
from flows.business_week import local_date
from flows.errors import CheckRefused
from flows.land_source import Landed
from flows.request import RunRequest
from flows.workspace import Workspace, open_workspace

PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"


@task(cache_policy=NO_CACHE)
def set_run_context(request: RunRequest, landed: Landed) -> None:
    """Tell the models which run, which loads and which policy they are built for."""
    work = open_workspace(request)
    with work.connect() as conn:
        write_policy_tables(conn, policy_tables(work.policy))
        write_run_context(conn, _context(work, landed))


@task(cache_policy=NO_CACHE)
def build_models(request: RunRequest) -> int:
    """Run `dbt build`; the number of nodes. Errors: CheckRefused naming what failed."""
    from dbt.cli.main import dbtRunner  # two seconds of import, only where it is needed

    work = open_workspace(request)
    with _profile(work.address):
        result = dbtRunner().invoke(
            [
                "build",
                "--quiet",
                "--no-use-colors",
                "--no-version-check",
                "--project-dir",
                str(PROJECT),
                "--profiles-dir",
                str(PROJECT),
                "--target-path",
                str(work.home.dbt / "target"),
                "--log-path",
                str(work.home.dbt / "logs"),
                "--log-level-file",
                "info",  # 7,000 lines of debug took a build 2 s to write
                "--exclude-resource-type",
                "unit_test",  # rules on made-up rows: `make test`
            ]
        )
    if result.exception is not None:
        raise CheckRefused(f"the models cannot be built: {result.exception}")
    nodes = list(getattr(result.result, "results", []))
    failed = [node for node in nodes if str(node.status) in ("error", "fail", "runtime error")]
    if failed:
        lines = [f"  {node.node.name}: {(node.message or node.status).strip()}" for node in failed]
        raise CheckRefused(
            "models or their tests failed, nothing was allocated:\n" + "\n".join(lines)
        )
    return len(nodes)


def _context(work: Workspace, landed: Landed) -> RunContext:
    return RunContext(
        run_key=work.run,
        run_kind="intake" if work.is_intake else "week",
        as_of=work.as_of,
        as_of_date=local_date(work.as_of, work.policy.zone),
        landed_until=landed.landed_until,
        zone=work.policy.zone,
        currency=landed.currency,
        policy_sha256=work.policy.sha256,
        source=landed.source,
    )


@contextmanager
def _profile(address: Address) -> Iterator[None]:
    """The variables that profiles.yml reads, for the time of one build."""
    given = {
        "FAIRLEAD_PG_HOST": address.host,
        "FAIRLEAD_PG_PORT": str(address.port),
        "FAIRLEAD_PG_USER": address.user,
        "FAIRLEAD_PG_PASSWORD": address.password,
        "FAIRLEAD_PG_DBNAME": address.dbname,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
