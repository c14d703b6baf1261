"""`python -m benchmarks.chance`: how often chance alone raises an alarm or moves a star.

The figures of docs/data.md. Not seconds, so no part of `benchmarks.run`; equal seeds give equal
tables.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from allocation.scoring.drift import THUMB, psi, shifts
from allocation.stability import stability

FACTORS = ("size", "budget", "authority", "need", "timing", "engagement")
PERIODS = ((300, 30), (600, 60), (1_000, 100), (5_000, 400))
WINS = (1, 3, 5, 10, 20, 40)
SPREAD = 0.7  # standard deviation of won amounts over their mean: the synthetic enterprise deals
PRIOR, UP, DOWN = 10, 1.25, 0.5  # evidence_prior_deals, evidence_up_pct, evidence_down_pct

Counts = dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chance", description=__doc__)
    parser.add_argument("--trials", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("reports of unchanged leads with an alarm (6 factors, score, band)")
    print(f"{'before':>7} {'after':>6} {'page':>8} {'command':>8} {'rule of thumb':>14}")
    for before, after in PERIODS:
        row = alarms(before, after, given.trials, given.seed)
        print(f"{before:>7,} {after:>6,} {row[0]:>8.1%} {row[1]:>8.1%} {row[2]:>14.1%}")
    print("\nreps whose deal size moves a star (policy 2.0 without its minimum of deals)")
    print(f"{'won':>4} {'as the team, up':>16} {'down':>7} {'unshrunk up':>12} {'at 150%, up':>12}")
    for wins in WINS:
        up, down, raw, able = star_moves(wins, given.trials * 50, given.seed)
        print(f"{wins:>4} {up:>16.1%} {down:>7.1%} {raw:>12.1%} {able:>12.1%}")


def unchanged(random: np.random.Generator, before: int, after: int) -> Counts:
    """Two periods of leads from one distribution: bins of each column."""
    found: Counts = {}
    for name in FACTORS:
        shares = random.dirichlet([2, 2, 1])
        found[name] = random.multinomial(before, shares), random.multinomial(after, shares)
    shares = np.exp(-(((np.arange(6, 19) - 11.5) / 2.3) ** 2) / 2)
    old, new = (random.multinomial(rows, shares / shares.sum()) for rows in (before, after))
    found["score"] = old, new
    edges = [0, 4, 9]
    found["band"] = np.add.reduceat(old, edges), np.add.reduceat(new, edges)
    return found


def alarms(before: int, after: int, trials: int, seed: int) -> tuple[float, float, float]:
    """Parts of reports with a false alarm: the page's way, the command's, PSI >= .1."""
    random = np.random.default_rng(seed)
    page = thumb = command = 0
    shuffled = max(1, trials // 10)  # 2,000 shuffles each
    for trial in range(trials):
        columns = unchanged(random, before, after)
        pairs = {
            name: {str(k): (int(a), int(b)) for k, (a, b) in enumerate(zip(*sides, strict=True))}
            for name, sides in columns.items()
        }
        page += any(one.drifted for one in stability(pairs))
        thumb += any(psi(*sides) >= THUMB for sides in columns.values())
        if trial < shuffled:
            sides = [
                {
                    name: {k: counts[side] for k, counts in bins.items()}
                    for name, bins in pairs.items()
                }
                for side in (0, 1)
            ]
            command += any(one.drifted for one in shifts(*sides, seed=trial))
    return page / trials, command / shuffled, thumb / trials


def star_moves(wins: int, trials: int, seed: int) -> tuple[float, float, float, float]:
    """Shrunk up, shrunk down and raw up of a rep as good as the team; shrunk up of one at 150%."""
    random = np.random.default_rng(seed)
    sigma = np.sqrt(np.log(1 + SPREAD**2))
    means = random.lognormal(-(sigma**2) / 2, sigma, (trials, wins)).mean(axis=1)
    shrunk = (wins * means + PRIOR) / (wins + PRIOR)
    able = (wins * 1.5 * means + PRIOR) / (wins + PRIOR)
    return (
        float((shrunk >= UP).mean()),
        float((shrunk <= DOWN).mean()),
        float((means >= UP).mean()),
        float((able >= UP).mean()),
    )


if __name__ == "__main__":
    main()
