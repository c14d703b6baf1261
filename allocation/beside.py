"""Who stands beside an owner: the expert they lack, a mentor, the manager who comes along."""

import heapq
from collections.abc import Callable, Sequence
from typing import Any

from allocation.decisions import Partner
from allocation.eligibility import ALLOCATABLE, Gate, Roster
from allocation.policy import Policy, Share, SkillRule
from allocation.skill_match import asked
from allocation.snapshot import Lead

Tie = Callable[[str, str], bytes]  # of a rep in a band


class Beside:
    """Finds the least loaded of those who may help, without looking at all of them each time."""

    def __init__(self, policy: Policy, roster: Roster, tie: Tie) -> None:
        self._policy, self._roster, self._tie = policy, roster, tie
        self._classes = [str(row.name) for row in policy.seniority.classes]
        self._queues: dict[tuple[Gate, str], list[tuple[int, bytes, str]]] = {}

    def expert(self, rules: Sequence[SkillRule], owner: str, lead: Lead) -> str | None:
        """The subject-matter expert for the first of these rules that somebody masters.

        `rules` were set aside for the lead; least loaded, caps aside.
        """
        for rule in rules:
            skill, qualification, _ = asked(rule, lead)
            if not rule.overflow_sme or not ((skill and rule.min_stars) or qualification):
                continue
            gate = Gate(
                roles=(*ALLOCATABLE, "MANAGER"),
                stars=((skill, rule.min_stars),) if skill and rule.min_stars else (),
                qualifications=(qualification,) if qualification else (),
            )
            found = self._least_loaded(gate, lead.band, owner)
            if found is not None:
                return found
        return None

    def mentor(self, owner: str, band: str) -> str | None:
        """The least loaded rep of a higher class than the owner's."""
        own = self._roster.seniority(self._roster.desks[owner].rep)
        if own is None or own == self._classes[-1]:
            return None
        above = tuple(self._classes[self._classes.index(own) + 1 :])
        return self._least_loaded(Gate(roles=ALLOCATABLE, seniority=above), band, owner)

    def company(
        self, lead: Lead, owner: str, share: Share | None, beside: tuple[Partner, ...]
    ) -> dict[str, Any]:
        """co_owners and stretch of a decision: a junior's enterprise lead is a stretch.

        The manager comes along to a new hire's or a junior's first enterprise calls.
        """
        if share is not None and share.mentored and (mentor := self.mentor(owner, lead.band)):
            beside = (*beside, Partner(mentor, "mentor"))
        rep, rule = self._roster.desks[owner].rep, self._policy.seniority
        stretch = lead.band == "enterprise" and self._roster.seniority(rep) == "junior"
        ramping = lead.band == "enterprise" and self._roster.tenure.is_ramping(rep)
        calls = rule.ramp_accompany_calls if ramping else rule.stretch_accompany_calls
        manager = rep.manager if rep.manager in self._roster.desks else None
        taken = {owner, *(partner.rep for partner in beside)}
        if (stretch or ramping) and calls and manager and manager not in taken:
            beside = (*beside, Partner(manager, "accompanying"))
        return {"co_owners": beside, "stretch": stretch}

    def _least_loaded(self, gate: Gate, band: str, but: str) -> str | None:
        """Smallest (load, tie key): loads only grow in a run, so a stale entry sinks when seen."""
        desks = self._roster.desks
        if (gate, band) not in self._queues:
            able = [
                (desk.load_x100, self._tie(band, ref), ref)
                for ref, desk in desks.items()
                if self._roster.standing_exclusion(desk.rep, gate) is None
            ]
            heapq.heapify(able)
            self._queues[gate, band] = able
        queue, aside, found = self._queues[gate, band], [], None
        while queue and found is None:
            load, tie, ref = queue[0]
            if load != desks[ref].load_x100:
                heapq.heapreplace(queue, (desks[ref].load_x100, tie, ref))
            elif ref == but:
                aside.append(heapq.heappop(queue))
            else:
                found = ref
        for entry in aside:
            heapq.heappush(queue, entry)
        return found
