"""Leads put to the pool for claiming: who may claim which, and how often still this month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from allocation.decisions import ClaimClass, Decision, Excluded, Explanation, Ranked
from allocation.eligibility import Exclusion, Gate, Roster
from allocation.policy import Share
from allocation.policy_options import Claim
from allocation.snapshot import Lead, Rep


@dataclass(slots=True)
class Claims:
    """Claimable leads gathered by who may claim them, so that a million leads stay small."""

    roster: Roster
    _able: dict[tuple[str, Gate], tuple[tuple[str, int], ...]] = field(default_factory=dict)
    _classes: dict[tuple[str, tuple[tuple[str, int], ...]], list[str]] = field(default_factory=dict)

    def offer(self, lead: Lead, share: Share, gates: Iterable[Gate]) -> Gate | None:
        """Puts a lead to the pool; the gate that its claimants pass, None if nobody may claim."""
        for gate in gates:
            if able := self.claimants(lead, share, gate):
                self._classes.setdefault((share.id, able), []).append(lead.ref)
                return gate
        return None

    def claimants(self, lead: Lead, share: Share, gate: Gate) -> tuple[tuple[str, int], ...]:
        """Who may claim a lead, sorted by reference, with the claims left to each this month."""
        if (share.id, gate) not in self._able:
            self._able[share.id, gate] = tuple(
                (ref, left)
                for ref in sorted(self.roster.desks)
                if self.roster.exclusion(ref, gate) is None
                and (left := _left(self.roster.desks[ref].rep, share.claim)) > 0
                and _lacking(self.roster.desks[ref].rep, share.claim) is None
            )
        able, barred = self._able[share.id, gate], lead.barred
        return tuple(row for row in able if row[0] not in barred) if barred else able

    def classes(self) -> tuple[ClaimClass, ...]:
        """Leads and their claimants, in the order of the leads' references."""
        rows = (
            ClaimClass(rule, tuple(sorted(leads)), able)
            for (rule, able), leads in self._classes.items()
        )
        return tuple(sorted(rows, key=lambda row: row.leads))

    def table(
        self,
        decision: Decision,
        lead: Lead,
        share: Share,
        gate: Gate,
        trail: Sequence[tuple[str, str]],
    ) -> Explanation:
        """Every claimant (all of rank 1), and everybody else with the reason."""
        able = dict(self.claimants(lead, share, gate))
        excluded = []
        for ref, desk in self.roster.desks.items():
            if ref not in able:
                why = self.roster.exclusion(ref, gate, lead) or _lacking(desk.rep, share.claim)
                why = why or Exclusion("claim_limit", {"claims": desk.rep.claimed_this_month or 0})
                excluded.append(Excluded(ref, why.why, why.figures))
        return Explanation(
            lead=lead.ref,
            rule=decision.rule,
            reason=decision.reason,
            ranked=tuple(Ranked(ref, 1, {"claims_left": left}) for ref, left in able.items()),
            excluded=tuple(excluded),
            rule_trail=tuple(trail),
        )


def _left(rep: Rep, claim: Claim | None) -> int:
    return (claim.per_month if claim else 0) - (rep.claimed_this_month or 0)


def _lacking(rep: Rep, claim: Claim | None) -> Exclusion | None:
    """The first figure that does not qualify a rep; an unknown one does not."""
    if claim is None:
        return None
    for name, least, figure in (
        ("attainment_bp", claim.min_attainment_bp, rep.attainment_bp),
        ("conversion_bp", claim.min_conversion_bp, rep.conversion_bp),
        ("on_time_bp", claim.min_on_time_bp, rep.on_time_bp),
    ):
        if least is not None and (figure is None or figure < least):
            shown = "unknown" if figure is None else figure
            return Exclusion("claim_qualification", {name: shown, "needed": least})
    return None
