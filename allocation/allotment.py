"""One run in the making: the desks, the balances, and every lead given out so far."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from allocation.balances import Balances
from allocation.decisions import Decision, Explanation, Partner
from allocation.eligibility import Gate
from allocation.exceptions import Cases, partners
from allocation.explanation import drawn_table, held_table, named_table, pool_table
from allocation.plans import LadderPlan
from allocation.policy import ExceptionRule, Policy, Share, SkillRule
from allocation.pool import Pool
from allocation.rotation import EqualTurns, Order, WeightedTurns
from allocation.skill_match import LeastLoad, expert, gate_for, gates_for, rules_for
from allocation.snapshot import Lead, Snapshot
from allocation.ties import Ties

REASONS = {
    "lottery": "lottery",
    "skill_match": "skill_match",
    "rotation": "capacity_rotation",
    "junior": "junior_development",
    "sdr": "sdr_practice",
}


class Allotment:
    """The only mutable thing in a run; made from a snapshot, thrown away when it is decided."""

    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy,
        found: Cases,
        ties: Ties,
        explained: Callable[[str], bool],
    ) -> None:
        self._leads = {lead.ref: lead for lead in snapshot.leads}
        self._policy, self._found, self._ties, self._explained = policy, found, ties, explained
        self.roster = found.roster
        self.balances: dict[str, Balances] = {
            band.band: Balances(band.band, snapshot.carry) for band in policy.bands
        }
        self.decisions: dict[str, Decision] = {}
        self.explanations: list[Explanation] = []
        for decision in found.settled.values():
            self._decide(self._leads[decision.lead], decision)
            if explained(decision.lead):
                trail = found.trails[decision.lead]
                self.explanations.append(named_table(decision, trail))

    def award(self, ladder: LadderPlan, winners: Mapping[str, str]) -> list[str]:
        """Gives a ladder's prizes to their winners; returns prizes whose winner is full by now."""
        share = self._policy.share(ladder.band, ladder.share)
        awarded: dict[str, str] = {}
        overflow: list[str] = []
        for ref in ladder.prizes:
            lead, winner = self._leads[ref], winners[ref]
            gate = gate_for(
                share, rules_for(lead, "lottery", self._policy), self.roster.is_high_value(lead)
            )
            if self.roster.exclusion(winner, gate, lead) is not None:
                overflow.append(ref)
                continue
            extra = self._found.extra.get(ref)
            decision = Decision(
                lead=ref,
                band=lead.band,
                rep=winner,
                draw=ladder.draw,
                share=ladder.share,
                method="exception" if extra else "lottery",
                rule=extra.id if extra else share.id,
                reason="referral_draw" if extra else "lottery",
                **self._company(
                    lead, winner, partners(self.roster, winner, extra) if extra else ()
                ),
            )
            if self._explained(ref):
                trail = [*self._found.trails[ref], (share.id, "applied")]
                self.explanations.append(
                    drawn_table(decision, ladder.entrants, self.roster, gate, lead, trail)
                )
            self.roster.give(winner, lead)
            self._decide(lead, decision)
            awarded[ref] = winner
        self.balances[ladder.band].drawn(ladder.entrants, awarded.values())
        return overflow

    def give_board(self, lead: Lead, rule: ExceptionRule) -> None:
        """A board or investor referral without a prior relationship: eligible AEs take turns."""
        gate = Gate(tuple(rule.roles), high_value=self.roster.is_high_value(lead))
        balances = self.balances[lead.band]
        pool = Pool(self.roster, balances, [gate], EqualTurns(balances.value, self._tie(lead.band)))
        owner = pool.first(gate, lead.barred)
        trail = self._found.trails[lead.ref]
        if owner is None:
            reason = self.roster.held_because(gate, lead.barred)
            decision = Decision(
                lead=lead.ref, band=lead.band, method="none", rule=rule.id, reason=reason
            )
        else:
            decision = Decision(
                lead=lead.ref,
                band=lead.band,
                method="exception",
                rule=rule.id,
                reason="referral_board",
                rep=owner,
                **self._company(lead, owner, partners(self.roster, owner, rule)),
            )
        if self._explained(lead.ref):
            self.explanations.append(pool_table(decision, pool, self.roster, gate, lead, trail))
        if owner is not None:
            pool.take(owner, gate, lead)
        pool.close()
        self._decide(lead, decision)

    def give_share(self, band: str, share: Share, leads: Sequence[Lead]) -> list[Lead]:
        """Gives out a share's leads in the order given; returns those that nobody may take."""
        rules = {lead.ref: rules_for(lead, share.method, self._policy) for lead in leads}
        gates = {
            lead.ref: gates_for(share, rules[lead.ref], self.roster.is_high_value(lead))
            for lead in leads
        }
        pool = self._pool(band, share, gates.values())
        left: list[Lead] = []
        for lead in leads:
            options = (
                (level, gate, pool.first(gate, lead.barred))
                for level, gate in enumerate(gates[lead.ref])
            )
            level, gate, owner = next((o for o in options if o[2] is not None), (0, None, None))
            if owner is None or gate is None:
                left.append(lead)
                continue
            asked = rules[lead.ref]
            waived = asked[max(0, len(asked) - level) :]
            decision = self._shared(lead, owner, share, waived)
            if self._explained(lead.ref):
                trail = self._trail(lead, share, asked, level)
                self.explanations.append(pool_table(decision, pool, self.roster, gate, lead, trail))
            pool.take(owner, gate, lead)
            self._decide(lead, decision)
        pool.close()
        return left

    def hold(self, lead: Lead, share: Share) -> None:
        """Leaves a lead in the pool, with the reason: it is first next time."""
        gate = gate_for(share, (), self.roster.is_high_value(lead))
        decision = Decision(
            lead=lead.ref,
            band=lead.band,
            share=share.share,
            method="none",
            rule=share.id,
            reason=self.roster.held_because(gate, lead.barred),
        )
        if self._explained(lead.ref):
            trail = [*self._found.trails[lead.ref], (share.id, "overflow")]
            self.explanations.append(held_table(decision, self.roster, gate, lead, trail))
        self._decide(lead, decision)

    def _pool(self, band: str, share: Share, gates: Iterable[Sequence[Gate]]) -> Pool:
        wanted = list(gates)
        every = list(dict.fromkeys(gate for levels in wanted for gate in levels))
        balances, tie = self.balances[band], self._tie(band)
        if share.method == "skill_match":
            strict = {levels[0] for levels in wanted}
            able = sum(
                any(self.roster.exclusion(ref, gate) is None for gate in strict)
                for ref in self.roster.desks
            )
            pct = share.ceiling_pct or 200
            ceiling = max(1, -(-len(wanted) * pct // (100 * max(1, able))))
            return Pool(self.roster, balances, every, LeastLoad(self.roster, tie), ceiling)
        order: Order = EqualTurns(balances.value, tie)
        if share.weights == "headroom":
            # The bound counts everybody whom some gate of the share admits now.
            able_refs = [
                ref
                for ref in self.roster.desks
                if any(self.roster.exclusion(ref, gate) is None for gate in every)
            ]
            weights = {ref: self.roster.headroom_bp(ref) for ref in self.roster.desks}
            order = WeightedTurns(weights, len(able_refs), tie)
        return Pool(self.roster, balances, every, order)

    def _shared(
        self, lead: Lead, owner: str, share: Share, waived: Sequence[SkillRule]
    ) -> Decision:
        helper = expert(self.roster, waived, owner, self._tie(lead.band)) if waived else None
        beside = (Partner(helper, "sme"),) if helper else ()
        return Decision(
            lead=lead.ref,
            band=lead.band,
            share=share.share,
            method=share.method,
            rep=owner,
            rule=share.id,
            reason="overflow_sme" if waived else REASONS[share.method],
            **self._company(lead, owner, beside),
        )

    def _company(self, lead: Lead, owner: str, beside: tuple[Partner, ...]) -> dict[str, Any]:
        """Who stands beside the owner; a junior's enterprise lead is a stretch with the manager."""
        rep = self.roster.desks[owner].rep
        stretch = lead.band == "enterprise" and self.roster.seniority(rep) == "junior"
        calls = self._policy.seniority.stretch_accompany_calls
        manager = rep.manager if rep.manager in self.roster.desks else None
        if stretch and calls and manager and manager not in {partner.rep for partner in beside}:
            beside = (*beside, Partner(manager, "accompanying"))
        return {"co_owners": beside, "stretch": stretch}

    def _trail(
        self, lead: Lead, share: Share, asked: Sequence[SkillRule], waived: int
    ) -> list[tuple[str, str]]:
        """The exceptions tried, the lead's skill rules (the last `waived` set aside), the share."""
        kept = len(asked) - waived
        rows = [(rule.id, "applied" if i < kept else "overflow") for i, rule in enumerate(asked)]
        ended = "applied" if kept >= 0 else "overflow"
        return [*self._found.trails[lead.ref], *rows, (share.id, ended)]

    def _tie(self, band: str) -> Callable[[str], bytes]:
        return lambda ref: self._ties.rep(band, ref)

    def _decide(self, lead: Lead, decision: Decision) -> None:
        self.decisions[lead.ref] = decision
