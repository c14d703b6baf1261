"""The gate in a child process, which imports Great Expectations while the run does other things.

Measured on 2 cores: imports of Prefect, dbt and Great Expectations take 6.6 s in turn, 6.9 s with
a thread (one interpreter lock) and 4.5 s with this process; and a run's own process stays 230 MB
smaller. Protocol: one JSON object a line on standard input, one verdict a line on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any, Self, cast

from expectations.verdict import Door, Verdict, from_dict


class GateError(Exception):
    """The gate could not be asked; the message is the child's. Nothing has been checked."""


class Worker:
    """A gate that is warming up from the moment it is made; a context manager that stops it.

    The child ends by itself when its standard input closes, so it cannot outlive a killed run.
    """

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "expectations.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        # Both are pipes, see above.
        self._requests = cast("IO[str]", self._child.stdin)
        self._answers = cast("IO[str]", self._child.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the child; harmless when it has ended."""
        self._child.terminate()
        self._child.communicate()

    def check(
        self,
        door: Door,
        *,
        host: str,
        port: int | None,
        user: str,
        password: str | None,
        dbname: str,
        run: str,
        checked_at: datetime,
        context: Mapping[str, Any] | None = None,
    ) -> Verdict:
        """As `gate.check`, in the child. Errors: GateError. One call at a time."""
        request = {
            "door": door,
            "host": host,
            "port": port,
            "user": user,
            "password": password,
            "dbname": dbname,
            "run": run,
            "checked_at": checked_at.astimezone(UTC).isoformat(),
            "context": {name: _plain(value) for name, value in (context or {}).items()},
        }
        try:
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()
            line = self._answers.readline()
        except (OSError, ValueError) as error:
            raise GateError(f"the gate's process is gone: {error}") from error
        if not line:
            raise GateError(f"the gate's process ended with code {self._child.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise GateError(answer["error"])
        return from_dict(answer)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def serve() -> None:
    """Answer requests until standard input closes."""
    # Whatever a library prints must not get into the protocol.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from expectations import gate

    gate.warm()
    for line in sys.stdin:
        request = json.loads(line)
        request["checked_at"] = datetime.fromisoformat(request["checked_at"])
        try:
            answer = gate.check(request.pop("door"), **request).to_dict()
        except Exception as error:  # noqa: BLE001 - the caller decides what an error means
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
