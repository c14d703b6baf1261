"""The policy as a page: rendered from the same parsed file that the engine runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocation.approvals import approved_sha256
from notifications.facts import Rule, walk_rules
from notifications.lens import Lens, is_count, sentence_text
from notifications.policy_times import TimesView, times_view
from notifications.views import Chrome, RuleView, chrome, policy_path, rule_view
from notifications.words import shown


@dataclass(frozen=True, slots=True)
class FactorView:
    """One factor; levels: (points, meaning, is unknown)."""

    name: str
    weight: str
    levels: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class ShareView:
    name: str
    part: str
    method: str
    method_code: str
    roles: str
    rule: RuleView


@dataclass(frozen=True, slots=True)
class BandView:
    name: str
    min_points: str
    rule: RuleView
    shares: Sequence[ShareView]


@dataclass(frozen=True, slots=True)
class CapView:
    rule: RuleView
    limit: str
    roles: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The whole policy in the reader's language."""

    chrome: Chrome
    title: str
    summary: str
    version: str
    effective_from: str
    sha256: str
    approvals: Sequence[tuple[str, str, str, str]]
    approved_sha256: str
    changes: Sequence[tuple[str, str, str]]
    times: TimesView
    scoring: RuleView | None
    factors: Sequence[FactorView]
    bands: Sequence[BandView]
    exceptions: Sequence[RuleView]
    skill_rules: Sequence[RuleView]
    capacity: RuleView | None
    multipliers: Sequence[tuple[str, str]]
    caps: Sequence[CapView]
    mix: Sequence[tuple[str, str, Sequence[str]]]
    mix_bands: Sequence[str]
    others: Sequence[RuleView]
    valid: Sequence[str]
    invalid: Sequence[str]
    text: str


def policy_view(lens: Lens) -> PolicyView:
    """The page of the run's policy."""
    policy, t = lens.facts.policy, lens.t
    section = _section(policy)
    title = _words(lens, policy.get("title")) or t.plain("policy.untitled")
    record = lens.facts.record
    approved = approved_sha256(record.policy_text)
    return PolicyView(
        chrome=chrome(lens, policy_path(lens.facts), title, "policy"),
        title=title,
        summary=_words(lens, policy.get("summary")),
        version=lens.number(policy.get("version")),
        effective_from=lens.number(policy.get("effective_from")),
        sha256=lens.number(policy.get("sha256") or record.hashes.get("policy")),
        approvals=[
            (
                t.code("approval", row.get("role")),
                lens.number(row.get("by")),
                lens.number(row.get("on")),
                t.plain("policy.approves_this", hash=approved[:8])
                if approved and row.get("approves") == approved
                else t.plain("policy.approves_other"),
            )
            for row in _rows(policy, "approvals")
        ],
        approved_sha256=approved,
        changes=[
            (lens.number(row.get("version")), lens.number(row.get("on")), _words(lens, row))
            for row in reversed(_rows(policy, "changes"))
        ],
        times=times_view(lens, policy),
        scoring=_rule(lens, section("scoring")),
        factors=[_factor(lens, row) for row in _rows(section("scoring"), "factors")],
        bands=_bands(lens, policy),
        exceptions=[_always(lens, row) for row in _rows(policy, "exceptions")],
        skill_rules=[_always(lens, row) for row in _rows(policy, "skill_rules")],
        capacity=_rule(lens, section("capacity")),
        multipliers=[
            (t.code("stage", stage), lens.figure("_x100", value))
            for stage, value in (section("capacity").get("stage_multipliers_x100") or {}).items()
        ],
        caps=[
            CapView(_always(lens, row), lens.number(row.get("limit")), _roles(row))
            for row in _rows(section("capacity"), "caps")
        ],
        mix=_mix(lens, _rows(section("seniority"), "classes")),
        mix_bands=[t.code("band", band) for band in ("enterprise", "mid_market", "smb")],
        others=[
            rule
            for name, row in policy.items()
            if name not in ("scoring", "capacity") and isinstance(row, Mapping)
            if (rule := _rule(lens, row)) is not None
        ],
        valid=[_words(lens, row) for row in _rows(section("reassignment"), "valid")],
        invalid=[_words(lens, row) for row in _rows(section("reassignment"), "invalid")],
        text="\n".join(shown(line, 2_000) for line in record.policy_text.split("\n")),
    )


def _section(policy: Mapping[str, Any]) -> Any:
    def section(name: str) -> Mapping[str, Any]:
        value = policy.get(name)
        return value if isinstance(value, Mapping) else {}

    return section


def _rows(mapping: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = mapping.get(name)
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _words(lens: Lens, row: Any) -> str:
    if not isinstance(row, Mapping):
        return ""
    return sentence_text(str(row.get(lens.language) or row.get("zh") or row.get("en") or ""))


def _rule(lens: Lens, row: Mapping[str, Any]) -> RuleView | None:
    return _always(lens, row) if row.get("id") else None


def _always(lens: Lens, row: Mapping[str, Any]) -> RuleView:
    rule: Rule | None = next(iter(walk_rules(row)), None)
    return rule_view(lens, rule.id) if rule else rule_view(lens, row.get("id"))


def _roles(row: Mapping[str, Any]) -> str:
    return ", ".join(shown(role) for role in row.get("roles") or ()) or "–"


def _factor(lens: Lens, row: Mapping[str, Any]) -> FactorView:
    levels = [
        (lens.number(level.get("points")), _words(lens, level), bool(level.get("unknown")))
        for level in _rows(row, "levels")
    ]
    weight = row.get("weight_pct")
    part = lens.percent(Fraction(weight, 100)) if is_count(weight) else "–"
    return FactorView(_words(lens, row) or lens.number(row.get("id")), part, levels)


def _bands(lens: Lens, policy: Mapping[str, Any]) -> list[BandView]:
    scoring = policy.get("scoring")
    tiers = {
        str(tier.get("band")): tier
        for tier in _rows(scoring if isinstance(scoring, Mapping) else {}, "tiers")
    }
    views = []
    for row in _rows(policy, "bands"):
        band = str(row.get("band", ""))
        tier = tiers.get(band, {})
        name = _words(lens, tier) or lens.t.code("band", band)
        shares = [_share(lens, share) for share in _rows(row, "shares")]
        views.append(
            BandView(name, lens.number(tier.get("min_points")), _always(lens, row), shares)
        )
    return views


def _share(lens: Lens, row: Mapping[str, Any]) -> ShareView:
    pct, method = row.get("pct"), str(row.get("method", "none"))
    part = lens.t.plain("policy.rest") if row.get("rest") else f"{lens.number(pct)}%"
    return ShareView(
        lens.t.code("share", row.get("share")),
        part,
        lens.t.code("method", method),
        method,
        _roles(row),
        _always(lens, row),
    )


def _mix(lens: Lens, classes: list[Mapping[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """(class, from which month, percent per band): a rep's own intake as a soft target."""
    rows = []
    for row in classes:
        mix = row.get("mix_pct") or {}
        cells = [f"{lens.number(mix.get(band))}%" for band in ("enterprise", "mid_market", "smb")]
        rows.append(
            (lens.t.code("seniority", row.get("name")), lens.number(row.get("from_month")), cells)
        )
    return rows
