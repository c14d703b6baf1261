"""Skill rules: what a lead asks for, what is set aside when nobody can take it, and who helps."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from allocation.eligibility import ALLOCATABLE, Figures, Gate, Roster
from allocation.policy import Policy, Share, SkillRule
from allocation.rotation import Key
from allocation.snapshot import Lead


def rules_for(lead: Lead, method: str, policy: Policy) -> list[SkillRule]:
    """The skill rules that hold for a lead under a method, in the policy's order."""
    found = [rule for rule in policy.skill_rules if method in rule.binds and _holds(rule, lead)]
    replaced = {name for rule in found for name in rule.replaces}
    return [rule for rule in found if rule.id not in replaced]


def _holds(rule: SkillRule, lead: Lead) -> bool:
    when = rule.when
    return (
        (not when.band or lead.band in when.band)
        and (when.score_at_least is None or lead.score >= when.score_at_least)
        and (not when.industry or lead.industry in when.industry)
        and (not when.product or lead.product in when.product)
        and (not when.region or lead.region in when.region)
        and (not when.lead_type or lead.lead_type in when.lead_type)
        and (
            when.existing_arr_at_least is None
            or (lead.existing_arr is not None and lead.existing_arr >= when.existing_arr_at_least)
        )
    )


def gate_for(share: Share, rules: Sequence[SkillRule], high_value: bool) -> Gate:
    """What a share and its rules ask of an owner; a rule's pool replaces the share's roles."""
    pools = [rule.pool for rule in rules if rule.pool]
    stars = [(rule.skill, rule.min_stars) for rule in rules if rule.skill and rule.min_stars]
    return Gate(
        roles=tuple(pools[-1] if pools else share.roles),
        seniority=tuple(share.seniority),
        stars=tuple(sorted((skill, least) for skill, least in stars if skill and least)),
        high_value=high_value,
    )


def gates_for(share: Share, rules: Sequence[SkillRule], high_value: bool) -> list[Gate]:
    """The gate with all rules, then with the last set aside, and so on to none (overflow).

    A band's last share sets its seniority aside at the very end: nothing comes after it.
    """
    kept = range(len(rules), -1, -1)
    gates = [gate_for(share, rules[:count], high_value) for count in kept]
    if share.rest and share.seniority:
        gates.append(replace(gates[-1], seniority=()))
    return gates


def expert(
    roster: Roster, rules: Sequence[SkillRule], owner: str, tie: Callable[[str], bytes]
) -> str | None:
    """The subject-matter expert beside an owner who lacks a skill: least loaded, caps aside."""
    for rule in rules:
        if not (rule.skill and rule.min_stars and rule.overflow_sme):
            continue
        gate = Gate(roles=(*ALLOCATABLE, "MANAGER"), stars=((rule.skill, rule.min_stars),))
        able = [
            (desk.load_x100, tie(ref), ref)
            for ref, desk in roster.desks.items()
            if ref != owner and roster.standing_exclusion(desk.rep, gate) is None
        ]
        if able:
            return min(able)[2]
    return None


class LeastLoad:
    """Lowest load, then quota priority, then the largest owed - received, then the tie key."""

    def __init__(self, roster: Roster, tie: Callable[[str], bytes]) -> None:
        self._roster, self._tie = roster, tie

    def key(self, ref: str, short: int) -> Key:
        desk = self._roster.desks[ref]
        return (desk.load_x100, not self._roster.has_priority(desk.rep), short, self._tie(ref))

    def now(self, key: Key, offset: int) -> Key:
        return (key[0], key[1], key[2] - offset, key[3])

    def weight(self, ref: str) -> int:
        return 1

    def release(self, ref: str, short: int) -> int | None:
        return None

    def figures(self, ref: str, short: int, offset: int, step: int) -> Figures:
        return {
            "priority": "yes" if self._roster.has_priority(self._roster.desks[ref].rep) else "no"
        }
