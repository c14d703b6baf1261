"""Skill rules: what a lead asks for, what is set aside when nobody can take it, and who helps."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from allocation.eligibility import Figures, Gate, Roster
from allocation.policy import Policy, Share, SkillRule
from allocation.policy_rules import When
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
        and _amount_holds(when, lead)
        and (rule.skill != "vertical:*" or lead.industry is not None)
        and (rule.qualification != "product:*" or lead.product is not None)
        and (not rule.territory or lead.region is not None)
    )


def _amount_holds(when: When, lead: Lead) -> bool:
    if when.amount_at_least is None and when.amount_below is None:
        return True
    amount = lead.expected_value if lead.budget is None else lead.budget
    return (
        amount is not None
        and (when.amount_at_least is None or amount >= when.amount_at_least)
        and (when.amount_below is None or amount < when.amount_below)
    )


class Gates:
    """What leads ask of an owner, each gate made once however many leads ask the same."""

    def __init__(self, policy: Policy, roster: Roster) -> None:
        self._policy, self._roster = policy, roster
        self._ramp_on = policy.seniority.ramp_on
        self._levels: dict[tuple[object, ...], list[Gate]] = {}

    def one(self, band: str, share: Share, rules: Sequence[SkillRule], lead: Lead | None) -> Gate:
        """What a share and all of a lead's rules ask; a rule's pool replaces the share's roles."""
        return self.levels(band, share, rules, lead)[0]

    def levels(
        self, band: str, share: Share, rules: Sequence[SkillRule], lead: Lead | None
    ) -> list[Gate]:
        """The gate with all rules, then with the last set aside, and so on to none (overflow).

        A rule whose overflow is to wait is never set aside. A band's last share sets its
        seniority aside at the very end: nothing comes after it.
        """
        high = lead is not None and self._roster.is_high_value(lead)
        asks = tuple(asked(rule, lead) for rule in rules)
        key = (band, share.id, tuple(rule.id for rule in rules), asks, high)
        if key not in self._levels:
            self._levels[key] = self._made(band, share, rules, asks, high)
        return self._levels[key]

    def _made(
        self,
        band: str,
        share: Share,
        rules: Sequence[SkillRule],
        asks: Sequence[tuple[str | None, str | None, str | None]],
        high: bool,
    ) -> list[Gate]:
        gates: list[Gate] = []
        for count in range(len(rules), -1, -1):
            if count < len(rules) and rules[count].overflow == "wait":
                return gates
            pools = [rule.pool for rule in rules[:count] if rule.pool]
            stars = [
                (skill, rule.min_stars)
                for rule, (skill, _, _) in zip(rules[:count], asks, strict=False)
                if skill and rule.min_stars
            ]
            regions = [region for _, _, region in asks[:count] if region is not None]
            gate = Gate(
                roles=tuple(pools[-1] if pools else share.roles),
                seniority=tuple(share.seniority),
                stars=tuple(sorted(stars)),
                high_value=high,
                band=band if self._ramp_on else "",
                region=regions[-1] if regions else None,
                qualifications=tuple(sorted({q for _, q, _ in asks[:count] if q is not None})),
            )
            gates.append(gate)
        if share.rest and share.seniority:
            gates.append(replace(gates[-1], seniority=()))
        return gates


def asked(rule: SkillRule, lead: Lead | None) -> tuple[str | None, str | None, str | None]:
    """Skill, qualification and region that a rule asks for, the lead's own put in for a *."""
    skill, qualification = rule.skill, rule.qualification
    if lead is not None and skill == "vertical:*":
        skill = f"vertical:{lead.industry}"
    if lead is not None and qualification == "product:*":
        qualification = f"product:{lead.product}"
    return skill, qualification, lead.region if lead is not None and rule.territory else None


class LeastLoad:
    """Lowest load, then quota priority, then the largest owed - received, then the tie key.

    `prefer` is a skill whose stars go before the load, where the policy says so.
    """

    def __init__(
        self, roster: Roster, tie: Callable[[str], bytes], prefer: str | None = None
    ) -> None:
        self._roster, self._tie, self._prefer = roster, tie, prefer

    def key(self, ref: str, short: int) -> Key:
        desk = self._roster.desks[ref]
        stars = desk.rep.stars.get(self._prefer, 0) if self._prefer else 0
        behind = self._roster.has_priority(desk.rep)
        return (-stars, desk.load_x100, not behind, short, self._tie(ref))

    def now(self, key: Key, offset: int) -> Key:
        return (*key[:3], key[3] - offset, key[4])

    def weight(self, ref: str) -> int:
        return 1

    def release(self, ref: str, short: int) -> int | None:
        return None

    def figures(self, ref: str, short: int, offset: int, step: int) -> Figures:
        rep = self._roster.desks[ref].rep
        figures: Figures = {"priority": "yes" if self._roster.has_priority(rep) else "no"}
        if self._prefer:
            figures[f"stars {self._prefer}"] = rep.stars.get(self._prefer, 0)
        return figures
