"""Building the models on rows written by hand, and reading the marts back."""

import atexit
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from adapters.warehouse.address import Address
from adapters.warehouse.embedded import start
from adapters.warehouse.run_context import RunContext, write_policy_tables, write_run_context
from allocation.policy import load_policy
from allocation.policy_tables import policy_tables

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
POLICY = ROOT / "policies" / "lead-allocation-v2.yaml"
LANDED = datetime(2026, 11, 22, 12, tzinfo=UTC)
AS_OF = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)  # Monday 08:40 in Shanghai

SHANGHAI = ZoneInfo("Asia/Shanghai")

Row = dict[str, Any]


def served() -> tuple[Address, Path]:
    """An embedded PostgreSQL of its own, and the folder it is in; both are gone at exit."""
    # Not pytest's folder: another pytest that starts meanwhile closes it to the server's user.
    folder = Path(mkdtemp(prefix="fairlead-dbt-"))
    # The server stops at exit; what was registered before it is called after it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return start(folder / "pg"), folder


def insert_raw(
    conn: psycopg.Connection,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    source: str = "hand",
    load_id: int = 1,
    landed_at: datetime = LANDED,
) -> None:
    """Append versions of rows to raw.<table>; the first field of each row is its key."""
    for line, row in enumerate(rows, 2):
        values = {
            "source": source, "row_key": next(iter(row.values())), "row_hash": f"{load_id}/{line}",
            "load_id": load_id, "line": line, "landed_at": landed_at, **row,
        }  # fmt: skip
        conn.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("raw", table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            list(values.values()),
        )


def set_run(
    conn: psycopg.Connection,
    run_key: str,
    source: str,
    *,
    as_of: datetime = AS_OF,
    landed_until: datetime | None = None,
) -> None:
    """Make `run_key` over `source` under the shipped policy the run to build for."""
    policy = load_policy(POLICY.read_text(encoding="utf-8"))
    write_policy_tables(conn, policy_tables(policy))
    write_run_context(
        conn,
        RunContext(
            run_key=run_key,
            run_kind="week",
            as_of=as_of,
            as_of_date=as_of.astimezone(SHANGHAI).date(),
            landed_until=landed_until or as_of,
            zone="Asia/Shanghai",
            currency="CNY",
            policy_sha256=policy.sha256,
            source=source,
        ),
    )


def dbt(address: Address, folder: Path, *command: str) -> dict[str, str]:
    """Run dbt in this process; {node: status}. The folder keeps its parse for the next call."""
    from dbt.cli.main import dbtRunner

    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    with _environment(address):
        result = dbtRunner().invoke(["--quiet", "--no-use-colors", *command, *places])
    if result.exception is not None:
        raise result.exception
    return {node.node.name: str(node.status) for node in result.result.results}


def mart(address: Address, name: str, *key: str) -> dict[Any, Row]:
    """A mart's rows by one or more key columns."""
    with address.connect() as conn, conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(sql.SQL("select * from {}").format(sql.Identifier("marts", name)))
        return {
            row[key[0]] if len(key) == 1 else tuple(row[part] for part in key): row for row in rows
        }


@contextmanager
def _environment(address: Address) -> Iterator[None]:
    names = {
        "FAIRLEAD_PG_HOST": address.host, "FAIRLEAD_PG_PORT": str(address.port),
        "FAIRLEAD_PG_USER": address.user, "FAIRLEAD_PG_PASSWORD": address.password,
        "FAIRLEAD_PG_DBNAME": address.dbname,
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
