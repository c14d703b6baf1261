"""The policy as rows that the models in dbt read: one set of tables per policy text."""

import json
from typing import Any

from allocation.policy_model import Policy

Row = dict[str, Any]


def policy_tables(policy: Policy) -> dict[str, list[Row]]:
    """Rows of raw.policy_* by table name; values are text, int, bool or None.

    A lead's points for a factor are those of the first level (by level_order) whose conditions
    hold; a missing condition (None) always holds, and the last level has none.
    """
    sha = policy.sha256
    return {
        "policy_factor_levels": [{"policy_sha256": sha, **row} for row in _levels(policy)],
        "policy_tiers": [
            {
                "policy_sha256": sha,
                "tier_order": order,
                "band": tier.band,
                "min_points": tier.min_points,
            }
            for order, tier in enumerate(policy.scoring.tiers, 1)
        ],
        "policy_stage_multipliers": [
            {"policy_sha256": sha, "stage": stage, "multiplier_x100": multiplier}
            for stage, multiplier in policy.capacity.stage_multipliers_x100.items()
        ],
        "policy_size_bands": [
            {"policy_sha256": sha, "min_amount": band.min_amount, "weight_x100": band.weight_x100}
            for band in policy.capacity.size_bands
        ],
        "policy_grades": [
            {"policy_sha256": sha, "grade": grade.grade, "min_score": grade.min_score}
            for grade in policy.scoring.grades
        ],
        "policy_settings": [
            {"policy_sha256": sha, "name": name, "value": str(value)}
            for name, value in _settings(policy).items()
        ],
    }


def _levels(policy: Policy) -> list[Row]:
    rows: list[Row] = []
    for factor_order, factor in enumerate(policy.scoring.factors, 1):
        for level_order, level in enumerate(factor.levels, 1):
            enum_field, enum_value = next(iter(level.where.items()), (None, None))
            number_field, number_min = next(iter(level.at_least.items()), (None, None))
            rows.append(
                {
                    "factor": factor.id,
                    "factor_order": factor_order,
                    "weight_pct": factor.weight_pct,
                    "level_order": level_order,
                    "points": level.points,
                    "enum_field": enum_field,
                    "enum_value": enum_value,
                    "number_field": number_field,
                    "number_min": number_min,
                    "is_unknown": level.unknown,
                }
            )
    return rows


def _settings(policy: Policy) -> dict[str, object]:
    capacity, capability = policy.capacity, policy.capability
    return {
        "policy_id": policy.id,
        "policy_version": policy.version,
        "zone": policy.zone,
        "currency": policy.currency,
        "stalled_days": capacity.stalled_days,
        "high_value_min_amount": capacity.high_value_min_amount,
        "priority_below_bp": capacity.priority_below_bp,
        "priority_quarter_left_bp": capacity.priority_quarter_left_bp,
        "certified_min_stars": capability.certified_min_stars,
        "evidence_min_deals": capability.evidence_min_deals,
        "evidence_months": capability.evidence_months,
        "evidence_up_pct": capability.evidence_up_pct,
        "evidence_down_pct": capability.evidence_down_pct,
        "evidence_prior_deals": capability.evidence_prior_deals,
        "deal_size_skills": json.dumps(capability.deal_size_skills),
        "full_stars_min_months": capability.full_stars_min_months,
        "bad_row_pct": policy.limits.bad_row_pct,
        "first_touch_h": json.dumps(policy.sla.first_touch_h),
    }
