"""Bands of a stored snapshot under another policy, as far as the snapshot knows what it takes.

A snapshot keeps each lead's points, not all the fields they came from. A factor is known under
another policy when its levels are the same, or when the snapshot has every field they ask for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocation.policy import Policy
from allocation.policy_scoring import Factor, Level
from allocation.snapshot import Lead, Snapshot

# Fields of a policy's levels that a snapshot keeps, by the names it keeps them under.
KEPT = {
    "employees": "employees",
    "existing_arr_cny": "existing_arr",
    "expected_acv_cny": "expected_value",
    "industry": "industry",
    "product": "product",
    "region": "region",
    "lead_type": "lead_type",
    "referrer": "referrer",
}


@dataclass(frozen=True, slots=True)
class Rescored:
    """unknown: factors that the snapshot cannot tell, so that bands are as stored; moved: leads
    whose band changed."""

    snapshot: Snapshot
    unknown: tuple[str, ...] = ()
    moved: int = 0


def rescored(snapshot: Snapshot, policy: Policy, stored: Policy | None) -> Rescored:
    """The snapshot with scores and bands by `policy`.

    `stored` is the policy it was scored by, None if that is not at hand: then only fields count.
    """
    if stored is not None and (policy.scoring.factors, policy.scoring.tiers) == (
        stored.scoring.factors,
        stored.scoring.tiers,
    ):
        return Rescored(snapshot)
    before = {factor.id: factor for factor in (stored.scoring.factors if stored else ())}
    unknown = tuple(f.id for f in policy.scoring.factors if not _is_known(f, before))
    if unknown:
        return Rescored(snapshot, unknown)
    leads = tuple(_lead(lead, policy, before) for lead in snapshot.leads)
    moved = sum(old.band != new.band for old, new in zip(snapshot.leads, leads, strict=True))
    return Rescored(replace(snapshot, leads=leads), (), moved)


def _is_known(factor: Factor, before: Mapping[str, Factor]) -> bool:
    return _same_levels(factor, before) or all(
        field in KEPT for level in factor.levels for field in (*level.where, *level.at_least)
    )


def _same_levels(factor: Factor, before: Mapping[str, Factor]) -> bool:
    # Sentences may change; what counts is which leads earn what.
    old = before.get(factor.id)
    return old is not None and [_test(level) for level in old.levels] == [
        _test(level) for level in factor.levels
    ]


def _test(level: Level) -> tuple[object, ...]:
    return (level.points, level.unknown, level.where, level.at_least)


def _lead(lead: Lead, policy: Policy, before: Mapping[str, Factor]) -> Lead:
    points, unknown = {}, []
    for factor in policy.scoring.factors:
        if _same_levels(factor, before) and factor.id in lead.points:
            points[factor.id] = lead.points[factor.id]
            unknown += [factor.id] * (factor.id in lead.unknown)
            continue
        level = next(level for level in factor.levels if _holds(level, lead))
        points[factor.id] = level.points
        unknown += [factor.id] * level.unknown
    score = sum(points.values())
    tiers = [tier.band for tier in policy.scoring.tiers if tier.min_points <= score]
    return replace(
        lead,
        points=points,
        unknown=tuple(sorted(unknown)),
        score=score,
        weighted_x100=sum(points[f.id] * f.weight_pct for f in policy.scoring.factors),
        band=tiers[0] if tiers else lead.band,
    )


def _holds(level: Level, lead: Lead) -> bool:
    for field, wanted in level.where.items():
        if getattr(lead, KEPT[field]) != wanted:
            return False
    for number, least in level.at_least.items():
        value = getattr(lead, KEPT[number])
        if value is None or value < least:
            return False
    return True
