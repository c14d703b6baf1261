"""Measuring: work and its baseline take turns, so that a busy machine slows both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds of one piece of work; `ratio` to the baseline's says more than seconds do.

    `bar_s`: what the specification allows, where it says so.
    """

    name: str
    rounds: int
    median_s: float
    fastest_s: float
    slowest_s: float
    baseline: str
    baseline_s: float
    bar_s: float | None = None

    @property
    def ratio(self) -> float:
        return self.median_s / self.baseline_s if self.baseline_s else 0.0

    def to_dict(self) -> dict[str, str | int | float | bool | None]:
        return {
            "name": self.name,
            "rounds": self.rounds,
            "median_s": round(self.median_s, 6),
            "fastest_s": round(self.fastest_s, 6),
            "slowest_s": round(self.slowest_s, 6),
            "baseline": self.baseline,
            "baseline_s": round(self.baseline_s, 6),
            "ratio": round(self.ratio, 2),
            "bar_s": self.bar_s,
            "is_within_bar": None if self.bar_s is None else self.median_s <= self.bar_s,
        }


@dataclass(frozen=True, slots=True)
class Work:
    """Something to time, and what the specification allows for it in seconds."""

    name: str
    run: Callable[[], object]
    bar_s: float | None = None


def compared(works: list[Work], baseline: Work, rounds: int) -> list[Figure]:
    """A figure for each piece of work: medians over `rounds` turns of baseline and works."""
    taken: dict[str, list[float]] = {work.name: [] for work in (baseline, *works)}
    for _ in range(rounds):
        for work in (baseline, *works):
            taken[work.name].append(seconds(work.run))
    return [
        Figure(
            name=work.name,
            rounds=rounds,
            median_s=median(taken[work.name]),
            fastest_s=min(taken[work.name]),
            slowest_s=max(taken[work.name]),
            baseline=baseline.name,
            baseline_s=median(taken[baseline.name]),
            bar_s=work.bar_s,
        )
        for work in works
    ]


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
