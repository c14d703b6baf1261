"""Stored weeks decided again under another policy: who would have got what.

Every week starts from its stored snapshot, with what the simulated weeks before it left over:
carried shares and turns, leads that nobody could take, and the open work of the leads they gave
(allocation.simulated_load). A lead is given once. Stars, absences and quotas are those of the
stored week. Source: mission.md 4 (simulation and its gate), allocation.md (carried state).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from allocation.decisions import Allocation, Decision
from allocation.engine import allocate
from allocation.policy import Policy
from allocation.rescoring import rescored
from allocation.simulated_load import Fate, Given, moved_desks
from allocation.snapshot import Carry, Lead, Rep, Snapshot

GATE_PCT = 91  # mission.md 4: this share of owners meets every rule before a policy goes live
SET_ASIDE = ("do_not_contact", "duplicate")
LEFT_ALONE = (*SET_ASIDE, "pilot_control")  # whoever really has them keeps them
Draws = Callable[[Snapshot, Policy], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Week:
    """A stored run: its snapshot, the policy it was scored by, who really got which lead.

    The policy is None where it is not at hand. fates: what the source told of leads by then.
    """

    snapshot: Snapshot
    policy: Policy | None
    owners: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, Fate] = field(default_factory=dict)


@dataclass(slots=True)
class Received:
    """One rep's simulated leads; `value` sums the expected values that are known."""

    leads: Counter[str] = field(default_factory=Counter)  # by band
    value: int = 0

    @property
    def count(self) -> int:
        return sum(self.leads.values())


@dataclass(slots=True)
class Outcome:
    """Some weeks under one policy. Every lead counts once, as it stood at the end.

    `met` + `overflow` + `broken` + `held` = `leads`; `set_aside` leads are to have no owner.
    broken: owners who break a rule outright, which the engine should never let happen.
    """

    received: dict[str, Received] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    methods: dict[str, Counter[str]] = field(default_factory=dict)  # by band
    held: dict[str, str] = field(default_factory=dict)  # lead -> reason, at the end
    overflow: Counter[str] = field(default_factory=Counter)  # by what was set aside
    caps: Counter[str] = field(default_factory=Counter)  # cap -> reps at it, summed over weeks
    met: int = 0
    broken: int = 0
    set_aside: int = 0
    band_moves: int = 0
    unknown_factors: tuple[str, ...] = ()
    leads_without_value: int = 0

    @property
    def leads(self) -> int:
        return len(self.owners) + len(self.held)

    @property
    def judged(self) -> int:
        """The leads that the gate asks about: all but those still open for claiming, as planned."""
        return self.leads - sum(reason == "claimable" for reason in self.held.values())

    @property
    def may_go_live(self) -> bool:
        """Whether enough owners meet every rule; never for a simulation of nothing."""
        return self.judged > 0 and self.met * 100 >= GATE_PCT * self.judged

    def agreement(self, past: Mapping[str, str]) -> tuple[int, int]:
        """(leads with the owner they really got, leads whose real owner is known)."""
        known = [lead for lead in self.owners | self.held if lead in past]
        return sum(self.owners.get(lead) == past[lead] for lead in known), len(known)


def simulated(weeks: Sequence[Week], policies: Sequence[Policy], draws: Draws) -> Outcome:
    """The weeks in order, each under its policy of `policies`.

    `draws` gives the outcome of the draws that a snapshot and policy ask for.
    """
    found = Outcome()
    carry, waiting = None, dict[str, Lead]()
    aside: set[str] = set()
    given: dict[str, Given] = {}
    for week, policy in zip(weeks, policies, strict=True):
        again = rescored(week.snapshot, policy, week.policy)
        found.band_moves += again.moved
        found.unknown_factors = tuple(dict.fromkeys((*found.unknown_factors, *again.unknown)))
        month = week.snapshot.as_of[:7]
        reps = moved_desks(week.snapshot.reps, given, week.fates, month, policy)
        snapshot = _continued(replace(again.snapshot, reps=reps), carry, waiting, found.owners)
        drawn = draws(snapshot, policy)
        allocation = allocate(snapshot, policy, drawn, lambda _: True)
        _count(found, snapshot, policy, allocation, drawn)
        carry = allocation.carry
        leads = {lead.ref: lead for lead in snapshot.leads}
        for one in allocation.decisions:
            if one.reason not in LEFT_ALONE:
                given[one.lead] = Given(leads[one.lead], one.rep, month)
        waiting = {
            ref: replace(leads[ref], waiting_since=since)
            for ref, since in allocation.waiting.items()
        }
        aside |= {d.lead for d in allocation.decisions if d.reason in SET_ASIDE}
        found.held = {d.lead: d.reason for d in allocation.decisions if d.lead in waiting}
    found.set_aside = len(aside - set(found.owners))
    return found


def past_owners(weeks: Iterable[Week]) -> dict[str, str]:
    """Who really got each lead first."""
    found: dict[str, str] = {}
    for week in weeks:
        for lead, rep in week.owners.items():
            found.setdefault(lead, rep)
    return found


def present(weeks: Sequence[Week]) -> dict[str, Rep]:
    """Reps who could work in every week, as the last week knows them: only they can be compared."""
    refs = [{r.ref for r in w.snapshot.reps if (r.active, r.away) == ("yes", "no")} for w in weeks]
    last = {rep.ref: rep for rep in weeks[-1].snapshot.reps} if weeks else {}
    return {
        ref: rep
        for ref, rep in last.items()
        if rep.role != "MANAGER" and all(ref in there for there in refs)
    }


def _continued(
    snapshot: Snapshot, carry: Carry | None, waiting: Mapping[str, Lead], given: Mapping[str, str]
) -> Snapshot:
    """The stored week as it would have stood after the simulated weeks before it."""
    if carry is None:
        return snapshot
    stored = {
        lead.ref: replace(lead, waiting_since=None)
        for lead in snapshot.leads
        if lead.ref not in given
    }
    # What the week itself knows of a lead is newer than what an earlier week knew.
    left = {
        ref: replace(stored.get(ref, old), waiting_since=old.waiting_since)
        for ref, old in waiting.items()
    }
    return replace(snapshot, leads=tuple((stored | left).values()), carry=carry)


def _count(
    found: Outcome,
    snapshot: Snapshot,
    policy: Policy,
    allocation: Allocation,
    drawn: Mapping[str, Any],
) -> None:
    leads = {lead.ref: lead for lead in snapshot.leads}
    reps = {rep.ref: rep for rep in snapshot.reps}
    trails = {row.lead: row.rule_trail for row in allocation.explanations}
    planned = {
        lead: share
        for row in drawn.get("selects", {}).values()
        for share, refs in row["selected"].items()
        for lead in refs
    }
    taken: dict[str, list[Lead]] = {}
    for decision in allocation.decisions:
        if decision.rep is None:
            continue
        lead, rep = leads[decision.lead], reps[decision.rep]
        taken.setdefault(rep.ref, []).append(lead)
        found.owners[lead.ref] = rep.ref
        row = found.received.setdefault(rep.ref, Received())
        row.leads[lead.band] += 1
        row.value += lead.expected_value or 0
        found.leads_without_value += lead.expected_value is None
        found.methods.setdefault(lead.band, Counter())[decision.method] += 1
        if not _is_allowed(lead, rep):
            found.broken += 1
        elif what := _overflow(decision, trails[lead.ref], planned):
            found.overflow[what] += 1
        else:
            found.met += 1
    for rep in snapshot.reps:
        at, beyond = _caps(rep, taken.get(rep.ref, ()), policy)
        found.caps.update(at)
        found.broken += beyond
        found.met -= beyond


def _overflow(
    decision: Decision, trail: Iterable[tuple[str, str]], planned: Mapping[str, str]
) -> str:
    """The rule, or the share, that could not be kept for this lead; "" where all were."""
    for rule, outcome in trail:
        if outcome == "overflow":
            return rule
    share = planned.get(decision.lead)
    if decision.share is not None and share is not None and share != decision.share:
        return f"{decision.band}/{share}"
    return ""


def _is_allowed(lead: Lead, rep: Rep) -> bool:
    """What holds under every policy, looked up again without the engine."""
    return (
        (rep.active, rep.away) == ("yes", "no")
        and rep.role != "MANAGER"
        and rep.ref not in lead.barred
    )


def _caps(rep: Rep, taken: Sequence[Lead], policy: Policy) -> tuple[list[str], int]:
    """The caps that a rep stands at after the week, and how many leads went beyond one."""
    least = policy.capacity.high_value_min_amount
    high = sum((lead.expected_value or 0) >= least for lead in taken)
    given = {"open_proposal_negotiation": 0, "high_value_this_month": high}
    reached, beyond = [], 0
    for cap in policy.capacity.caps:
        if rep.role not in cap.roles:
            continue
        before = sum(int(getattr(rep, name)) for name in cap.counts)
        new = sum(given.get(name, len(taken)) for name in cap.counts)
        if before + new >= cap.limit:
            reached.append(cap.id)
        beyond = max(beyond, min(new, before + new - cap.limit))
    return reached, beyond
