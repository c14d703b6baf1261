"""`python -m benchmarks.run [names]`: measure, print a table, keep the figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.measure import Figure

FORMAT = "fairlead/benchmark/1"
RESULTS = Path(__file__).parent / "results"
NAMES = ("engine", "draw", "incremental_models", "demo")


def main() -> None:
    """Exit code 1 when a figure misses the bar of its specification."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}: all")
    parser.add_argument("--rounds", type=int, default=5, help="turns a median is taken over (5)")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(NAMES))
    if unknown or given.rounds < 1:
        parser.error(f"no benchmark named {', '.join(unknown)}" if unknown else "--rounds ≥ 1")

    found: list[Figure] = []
    print(f"{'':58} {'median':>9} {'fastest':>9} {'slowest':>9} {'ratio':>9}  baseline")
    for name in given.names or NAMES:
        figures: Callable[[int], Iterator[Figure]] = import_module(f"benchmarks.{name}").figures
        for figure in figures(given.rounds):
            found.append(figure)
            print(_line(figure), flush=True)
    print(f"\nkept in {_kept(found)}")
    missed = [figure for figure in found if figure.to_dict()["is_within_bar"] is False]
    for figure in missed:
        print(f"MISSED: {figure.name} may take {figure.bar_s:g} s", file=sys.stderr)
    raise SystemExit(1 if missed else 0)


def _line(figure: Figure) -> str:
    times = (figure.median_s, figure.fastest_s, figure.slowest_s)
    bar = f"  (may take {figure.bar_s:g} s)" if figure.bar_s is not None else ""
    return (
        f"{figure.name:58} {' '.join(_time(t) for t in times)} {figure.ratio:>9,.1f}"
        f"  {figure.baseline}: {_time(figure.baseline_s).strip()}{bar}"
    )


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:>7.2f} s"
    if seconds >= 0.001:
        return f"{seconds * 1e3:>6.1f} ms"
    return f"{seconds * 1e6:>6.1f} µs"


def _kept(figures: list[Figure]) -> Path:
    """Write the figures with the machine they were taken on; the file."""
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    body = {
        "format": FORMAT,
        "at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "commit": commit or "unknown",
        "machine": {
            "cores": os.cpu_count(),
            "load": [round(load, 2) for load in os.getloadavg()],
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "figures": [figure.to_dict() for figure in figures],
    }
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
