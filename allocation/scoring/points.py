"""A lead's points, score and band by a policy, in plain Python: the same rule that dbt computes.

The warehouse scores the leads of a run (int_lead_factors_pointed, fct_lead_scores); this scores
history under a policy that has never run. tests/integration/test_score_equals_dbt.py holds them
equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from allocation.policy_scoring import Band, Level, Scoring

BELOW_TIERS = "below_tiers"  # stands for a band where a score reaches none


@dataclass(frozen=True)
class Scored:
    """Points by factor (1-3), factors whose value is unknown, their sum, weighted sum and band."""

    points: dict[str, int]
    unknown: tuple[str, ...]
    score: int
    weighted_x100: int
    band: Band | None  # None below the lowest tier


@dataclass(frozen=True)
class Disagreements:
    """Where the sum of points and the weights order two profiles differently.

    The sum is authoritative for the tier, the weights only rank inside it; these counts say how
    much that matters. A profile is one way to earn points in every factor.
    """

    profiles: int
    by_tier: dict[str, int]
    below_above: int  # profiles of the second tier that out-weigh some profile of the first
    first_beaten_pct: float  # share of first-tier profiles out-weighed by some of the second


def scored(scoring: Scoring, lead: Mapping[str, str | None]) -> Scored:
    """The lead's points: per factor those of the first level whose conditions hold.

    `lead` has the columns of leads.csv as text; an empty or missing one is unknown.
    """
    points: dict[str, int] = {}
    unknown = []
    weighted = 0
    for factor in scoring.factors:
        level = next(level for level in factor.levels if _holds(level, lead))
        points[factor.id] = level.points
        weighted += level.points * factor.weight_pct
        if level.unknown:
            unknown.append(factor.id)
    total = sum(points.values())
    return Scored(points, tuple(unknown), total, weighted, band_of(scoring, total))


def band_of(scoring: Scoring, score: int) -> Band | None:
    """The first tier from the top that the sum of points reaches."""
    return next((tier.band for tier in scoring.tiers if tier.min_points <= score), None)


def profiles(scoring: Scoring) -> list[tuple[int, ...]]:
    """Every way to earn points, in the order of the factors: 3^6 = 729 with six factors of 1-3."""
    earned = [sorted({level.points for level in factor.levels}) for factor in scoring.factors]
    return list(product(*earned))


def disagreements(scoring: Scoring) -> Disagreements:
    """How often the weighted score would have put a profile above one of a higher tier."""
    weights = [factor.weight_pct for factor in scoring.factors]
    weighted: dict[str, list[int]] = {tier.band: [] for tier in scoring.tiers}
    every = profiles(scoring)
    for profile in every:
        band = band_of(scoring, sum(profile))
        if band is not None:
            weighted[band].append(sum(p * w for p, w in zip(profile, weights, strict=True)))
    first, second = [*weighted.values(), [], []][:2]
    lowest, highest = min(first, default=0), max(second, default=0)
    above = sum(value > lowest for value in second) if first else 0
    beaten = sum(value < highest for value in first)
    return Disagreements(
        profiles=len(every),
        by_tier={band: len(values) for band, values in weighted.items()},
        below_above=above,
        first_beaten_pct=100 * beaten / len(first) if first else 0.0,
    )


def _holds(level: Level, lead: Mapping[str, str | None]) -> bool:
    for field, wanted in level.where.items():
        if _text(lead, field) != wanted:
            return False
    for number, least in level.at_least.items():
        value = _text(lead, number)
        if value is None or float(value) < least:
            return False
    return True


def _text(lead: Mapping[str, str | None], field: str) -> str | None:
    return (lead.get(field) or "").strip() or None
