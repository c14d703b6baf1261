"""One run in the making: the desks, the balances, and every lead given out so far."""

from collections.abc import Callable, Mapping, Sequence

from allocation.balances import UNIT, Balances
from allocation.beside import Beside
from allocation.claims import Claims
from allocation.decisions import Decision, Explanation, Partner
from allocation.eligibility import Gate
from allocation.exceptions import Cases, partners
from allocation.explanation import drawn_table, held_table, named_table, pool_table
from allocation.plans import LadderPlan
from allocation.policy import ExceptionRule, Policy, Share, SkillRule
from allocation.pool import Pool
from allocation.rotation import EqualTurns
from allocation.share_pool import share_pool
from allocation.skill_match import Gates, rules_for
from allocation.snapshot import Lead, Snapshot
from allocation.ties import Ties
from allocation.weights import supported

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
        for credit in snapshot.credits:
            book = self.balances[credit.band].credit
            book[credit.ref] = book.get(credit.ref, 0) + credit.leads * UNIT
        self.supported, self.support = supported(snapshot, policy)
        self.claims = Claims(self.roster)
        self._gates = Gates(policy, self.roster)
        self._beside = Beside(policy, self.roster, ties.rep)
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
            rules = rules_for(lead, "lottery", self._policy)
            gate = self._gates.one(ladder.band, share, rules, lead)
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
                **self._beside.company(
                    lead, winner, share, partners(self.roster, winner, extra) if extra else ()
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
                **self._beside.company(lead, owner, None, partners(self.roster, owner, rule)),
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
        gates = {lead.ref: self._gates.levels(band, share, rules[lead.ref], lead) for lead in leads}
        pool = share_pool(
            band,
            share,
            list(gates.values()),
            policy=self._policy,
            roster=self.roster,
            balances=self.balances[band],
            supported=self.supported,
            tie=self._tie(band),
        )
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
        rules = rules_for(lead, share.method, self._policy)
        waits = any(rule.overflow == "wait" for rule in rules)
        gate = self._gates.levels(lead.band, share, rules if waits else (), lead)[
            -1 if waits else 0
        ]
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

    def leave_alone(self, lead: Lead, decision: Decision) -> None:
        """Leaves a lead as the decision says, for which no rep was compared with another."""
        if self._explained(lead.ref):
            trail, step = self._found.trails[lead.ref], (decision.rule, "applied")
            trail = trail if step in trail else [*trail, step]
            self.explanations.append(named_table(decision, trail))
        self._decide(lead, decision)

    def offer_share(self, share: Share, leads: Sequence[Lead]) -> list[Lead]:
        """Puts a share's leads to the pool for claiming; returns those that nobody may claim."""
        left: list[Lead] = []
        for lead in leads:
            rules = rules_for(lead, share.method, self._policy)
            gates = self._gates.levels(lead.band, share, rules, lead)
            gate = self.claims.offer(lead, share, gates)
            if gate is None:
                left.append(lead)
                continue
            decision = Decision(
                lead=lead.ref,
                band=lead.band,
                share=share.share,
                method="none",
                rule=share.id,
                reason="claimable",
            )
            if self._explained(lead.ref):
                trail = self._trail(lead, share, rules, gates.index(gate))
                self.explanations.append(self.claims.table(decision, lead, share, gate, trail))
            self._decide(lead, decision)
        return left

    def _shared(
        self, lead: Lead, owner: str, share: Share, waived: Sequence[SkillRule]
    ) -> Decision:
        helper = self._beside.expert(waived, owner, lead) if waived else None
        beside = (Partner(helper, "sme"),) if helper else ()
        return Decision(
            lead=lead.ref,
            band=lead.band,
            share=share.share,
            method=share.method,
            rep=owner,
            rule=share.id,
            reason="overflow_sme" if waived else REASONS[share.method],
            **self._beside.company(lead, owner, share, beside),
        )

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
