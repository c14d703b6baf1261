"""The demo as a newcomer runs it: a fresh home, one command, its own report of its steps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import Figure, seconds

STEP = re.compile(r"^\[ *[\d.]+ s\] (?P<step>.+): done in (?P<seconds>[\d.]+) s$")
# The bar: the whole demo on 2 slow cores, once installed.
BAR_S = 90.0
IMPORTS = "import prefect, dbt.cli.main, great_expectations"
BASELINE = "start Python and import Prefect, dbt, Great Expectations"


def figures(rounds: int) -> Iterator[Figure]:
    """The whole demo and each step it announces, over at most three runs."""
    runs, baselines = [], []
    for _ in range(min(rounds, 3)):
        baselines.append(seconds(lambda: _command("-c", IMPORTS)))
        runs.append(_demo())
    baseline_s = median(baselines)
    for name in runs[0]:
        taken = [run[name] for run in runs if name in run]
        yield Figure(
            name=f"demo: {name}",
            rounds=len(taken),
            median_s=median(taken),
            fastest_s=min(taken),
            slowest_s=max(taken),
            baseline=BASELINE,
            baseline_s=baseline_s,
            bar_s=BAR_S if name == WHOLE else None,
        )


WHOLE = "the whole command"


def _demo() -> dict[str, float]:
    """Seconds by step, in the order of the run."""
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        said: list[str] = []
        whole = seconds(
            lambda: said.append(
                _command("-m", "flows.cli", "demo", FAIRLEAD_HOME=str(Path(folder) / "home"))
            )
        )
    steps: dict[str, float] = {}
    for line in said[0].splitlines():
        found = STEP.match(line)
        if found:
            # Folders change with every run; the step does not.
            step = re.sub(r" in /\S+", "", found["step"])
            steps[step] = steps.get(step, 0.0) + float(found["seconds"])
    return {**steps, WHOLE: whole}


def _command(*arguments: str, **settings: str) -> str:
    """What a Python command wrote to standard error. Errors: RuntimeError with its last lines."""
    environment = {**os.environ, **settings}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as the Makefile does
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=Path(__file__).parent.parent,
    )
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-15:])
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}:\n{last}")
    return done.stderr
