"""Everybody's chance is the same, whatever lines people add: shown twice, for up to 6 entrants.

*Exact*: the base ladder is one of n! equally likely ones, so all n! are walked below each set of
own lines, and each order of entrants must come out exactly once. *Simulated*: seeds as draws have
them, through the protocol's own stream of numbers, at least 12 draws for each of the n! orders,
judged by chi-square. The lines are those that people might try in order to steer; the last rows
are of an ordinary ladder, rungs anywhere, and the same test must convict it.

`python -m benchmarks.uniformity --write` puts the figures into docs/verification.md.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from itertools import permutations, product
from math import factorial

from scipy.stats import chi2

from benchmarks.page import written
from lottery import ladder

SIZES = (2, 3, 4, 5, 6)
# Chi-square is used from 5 expected draws an order on; a few orders alone would leave it no power.
PER_ORDER, LEAST_DRAWS = 12, 2_400
FALSE_ALARM = 1e-6  # one in a million sets of seeds would call a fair row of the table unfair


@dataclass(frozen=True, slots=True)
class Simulated:
    """A row: the chi-square statistic, where the alarm begins, and its p-value."""

    draws: int
    statistic: float
    alarm: float
    p_value: float

    @property
    def is_fair(self) -> bool:
        return self.statistic < self.alarm


def attempts(columns: int) -> dict[str, list[int]]:
    """Left columns in crossing order: what people might try in order to steer the ladder."""
    last = columns - 1
    return {
        "nobody adds a line": [],
        "a row of lines that carries the first to the last place": list(range(last)),
        "all in one place": [columns // 2 - 1] * columns,
        "a pair that undoes everybody else": [
            *range(columns - 2), *reversed(range(columns - 2)), 0, 0,
        ],
        "one line each, in disorder": [(5 * k + 2) % last for k in range(columns)],
    }  # fmt: skip


def is_exactly_uniform(own: list[int], columns: int) -> bool:
    """Whether every order comes out of exactly one of the n! base ladders below these lines."""
    start = ladder.crossed(range(columns), own)
    ends = Counter(
        tuple(ladder.crossed(start, ladder.rungs_of(choices)))
        for choices in product(*(range(k + 1) for k in range(1, columns)))
    )
    return ends == dict.fromkeys(permutations(range(columns)), 1)


def simulated(own: list[int], columns: int, name: str) -> Simulated:
    """Draws with seeds of this name, in the protocol's own numbers, and their chi-square."""
    start = ladder.crossed(range(columns), own)
    ends = Counter(
        tuple(ladder.carried(start, ladder.base_choices(seed_of(name, i), 0, columns)))
        for i in range(_draws(columns))
    )
    return _judged(columns, ends)


def ordinary(columns: int) -> Simulated:
    """The contrast: a ladder with twice as many rungs as entrants, anywhere."""
    ends: Counter[tuple[int, ...]] = Counter()
    for i in range(_draws(columns)):
        rungs = [byte % (columns - 1) for byte in seed_of("ordinary", i)[: 2 * columns]]
        ends[tuple(ladder.crossed(range(columns), rungs))] += 1
    return _judged(columns, ends)


def _draws(columns: int) -> int:
    """As many for each order: at least 12, at least 2,400 in all."""
    return factorial(columns) * max(PER_ORDER, LEAST_DRAWS // factorial(columns))


def seed_of(name: str, number: int) -> bytes:
    """32 bytes that nobody chose for their result."""
    return sha256(f"{name}/{number}".encode()).digest()


def _judged(columns: int, ends: Counter[tuple[int, ...]]) -> Simulated:
    freedom = factorial(columns) - 1
    expected = sum(ends.values()) / factorial(columns)
    orders = permutations(range(columns))
    statistic = sum((ends[order] - expected) ** 2 / expected for order in orders)
    return Simulated(
        draws=sum(ends.values()),
        statistic=statistic,
        alarm=float(chi2.isf(FALSE_ALARM, freedom)),
        p_value=float(chi2.sf(statistic, freedom)),
    )


def main() -> None:
    """Print the table; exit code 1 when a ladder of ours fails or the ordinary one passes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uniformity", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/verification.md")
    given = parser.parse_args()
    heads = ("entrants", "lines added", "each order from exactly one ladder", "draws", "chi-square",
             "alarm from", "p-value", "verdict")  # fmt: skip
    rows = [f"| {' | '.join(heads)} |", "| ---: | --- | --- | ---: | ---: | ---: | ---: | --- |"]
    wrong = False
    for columns in SIZES:
        for name, own in attempts(columns).items():
            exact, found = is_exactly_uniform(own, columns), simulated(own, columns, name)
            wrong |= not (exact and found.is_fair)
            rows.append(_row(columns, name, "yes" if exact else "NO", found))
            print(rows[-1], flush=True)
    for columns in SIZES[2:]:
        found = ordinary(columns)
        wrong |= found.is_fair
        rows.append(_row(columns, "*an ordinary ladder, for contrast*", "–", found))
        print(rows[-1], flush=True)
    if given.write:
        written("uniformity", "\n".join(rows), "verification.md")
    raise SystemExit(1 if wrong else 0)


def _row(columns: int, name: str, exact: str, found: Simulated) -> str:
    p_value = f"{found.p_value:.3f}" if found.p_value >= 0.001 else "< 0.001"
    verdict = "fair" if found.is_fair else "UNFAIR"
    return (
        f"| {columns} | {name} | {exact} | {found.draws:,} | {found.statistic:,.1f} "
        f"| {found.alarm:,.1f} | {p_value} | {verdict} |"
    )


if __name__ == "__main__":
    main()
