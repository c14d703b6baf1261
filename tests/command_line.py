"""Runs of the real command in a process of its own, as a user's shell would start it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Home:
    """A FAIRLEAD_HOME of a test and the command that works in it."""

    path: Path

    def fairlead(
        self, *arguments: str | Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("FAIRLEAD_", "PREFECT_"))}
        return subprocess.run(
            [sys.executable, "-m", "flows.cli", *map(str, arguments)],
            cwd=CHECKOUT,
            env={**clean, "FAIRLEAD_HOME": str(self.path), **(env or {})},
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )

    def run(
        self, source: Path, *more: str | Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A repeatable rehearsal of the Monday of 2026-W48, all in one go."""
        return self.fairlead(
            "run",
            "--source",
            source,
            "--as-of",
            "2026-11-23T08:40:00+08:00",
            "--window",
            "0",
            "--entropy",
            "operator",
            "--trial-seed",
            "test",
            *more,
            env=env,
        )

    @property
    def site(self) -> Path:
        return self.path / "site"


def decisions(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
