"""A temporary Prefect server for one command.

Prefect's own wrapper needs 18–32 s on a slow machine, most of it for migrations of a new database
and for a start that nobody overlaps with work. Here the server is a child process that starts on
a copy of a ready-made database while the caller goes on; `ready()` waits for it.

Must be called before `prefect` is imported: Prefect reads its settings at import.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from flows.errors import EnvironmentRefused

START_SECONDS = 180
QUIET_SECONDS = 1.5  # task runs reported stable for this long are all recorded

# Measured on two slow cores; without them the server loses task runs ("Error flushing events")
# or spends seconds on registering blocks that no flow here uses.
SERVER_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "0",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "0",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "1000",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    # What a flow raises is shown by the command line in words; the traceback would bury it.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_CLOUD_MAX_LOG_SIZE": "25000",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class TemporaryServer:
    """A server process of ours and its address."""

    process: subprocess.Popen[bytes]
    api_url: str
    log: Path

    def ready(self) -> None:
        """Wait until the server answers. Errors: EnvironmentRefused."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if _get(f"{self.api_url}/health") is not None:
                return
            time.sleep(0.1)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        raise EnvironmentRefused(f"Prefect's temporary server does not start:\n{tail}")

    def drain(self) -> None:
        """Wait until every task run that was reported is recorded (at most 20 s)."""
        deadline = time.monotonic() + 20
        last, since = -1, time.monotonic()
        while time.monotonic() < deadline:
            count = _get(f"{self.api_url}/task_runs/count", b"{}")
            if count != last:
                last, since = int(str(count or 0)), time.monotonic()
            elif time.monotonic() - since >= QUIET_SECONDS:
                return
            time.sleep(0.2)

    def stop(self) -> None:
        """End the server process."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()


def start(home: Path) -> TemporaryServer:
    """Start a server that keeps its run history in `home`/prefect; does not wait for it."""
    if "prefect" in sys.modules:
        raise RuntimeError("start the temporary server before importing prefect")
    folder = home / "prefect"
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "prefect.db"
    if not database.exists() and template().exists():
        shutil.copyfile(template(), database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    environment = {
        **os.environ,
        **SERVER_SETTINGS,
        "PREFECT_HOME": str(folder),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "uvicorn",
                "--factory",
                "prefect.server.api.server:create_app",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--log-level",
                "error",
            ],
            env={**environment, "PREFECT_SERVER_API_HOST": "127.0.0.1"},
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us first; we stop it
        )
    server = TemporaryServer(process, f"http://127.0.0.1:{port}/api", log)
    atexit.register(server.stop)
    os.environ.update(
        {**SERVER_SETTINGS, "PREFECT_HOME": str(folder), "PREFECT_API_URL": server.api_url}
    )
    return server


def template() -> Path:
    """The ready-made database of this Prefect version, kept beside the installed packages."""
    return Path(sys.prefix) / "share" / "fairlead" / f"prefect-{version('prefect')}.db"


def make_template() -> Path:
    """Run Prefect's migrations once (11–17 s) so that no later start has to."""
    made = template()
    if made.exists():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    building = made.with_suffix(".building")
    building.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
        env={
            **os.environ,
            **SERVER_SETTINGS,
            "PREFECT_HOME": str(made.parent / "home"),
            "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{building}",
        },
        check=True,
        stdout=subprocess.DEVNULL,
    )
    building.replace(made)
    shutil.rmtree(made.parent / "home", ignore_errors=True)
    return made


def _get(url: str, body: bytes | None = None) -> object | None:
    """The JSON answer of a loopback address, or None while nobody answers."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return json.loads(answer.read() or b"true")
    except (urllib.error.URLError, OSError, ValueError):
        return None


if __name__ == "__main__":
    print(make_template())
