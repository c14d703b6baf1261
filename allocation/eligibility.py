"""Who may take a lead now: roles, absences, seniority, stars and caps, with a code for each no.

Leads given in this run count at once, on every count a new lead can raise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from allocation.load import Weights
from allocation.policy import Policy
from allocation.snapshot import Lead, Rep, Snapshot
from allocation.tenure import Tenure

Figures = dict[str, int | str]

ALLOCATABLE = ("SDR", "BDR", "AE", "AM")  # managers never

_CODE = {
    "open_opportunities": "cap_open_opportunities",
    "open_leads": "cap_open_leads",
    "open_discovery_demo": "cap_discovery_demo",
    "open_proposal_negotiation": "cap_proposal_negotiation",
    "high_value_this_month": "cap_high_value",
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a rep may not take a lead: one of the exclusion codes, and the figures behind it."""

    why: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Gate:
    """What a lead asks of its owner, as far as it is the same for many leads."""

    roles: tuple[str, ...]
    seniority: tuple[str, ...] = ()
    stars: tuple[tuple[str, int], ...] = ()
    high_value: bool = False
    band: str = ""  # of the share, where the ramp for new hires is in force
    region: str | None = None
    qualifications: tuple[str, ...] = ()


@dataclass(slots=True)
class Desk:
    """One rep during a run: what the snapshot says plus what was given since."""

    rep: Rep
    load_x100: int
    given: int = 0
    given_high: int = 0

    def count(self, name: str) -> int:
        """A count of the snapshot as it stands now; a new lead starts before proposal."""
        if name == "high_value_this_month":
            return self.rep.high_value_this_month + self.given_high
        if name == "open_proposal_negotiation":
            return self.rep.open_proposal_negotiation
        return int(getattr(self.rep, name)) + self.given


class Roster:
    """All reps of a run and the rules that close a desk."""

    def __init__(self, snapshot: Snapshot, policy: Policy) -> None:
        self.desks = {rep.ref: Desk(rep, rep.load_x100) for rep in snapshot.reps}
        self.tenure = Tenure(policy)
        capacity = policy.capacity
        self._caps = {
            role: [cap for cap in capacity.caps if role in cap.roles] for role in ALLOCATABLE
        }
        self._weights = Weights(policy)
        self._below, self._left = capacity.priority_below_bp, capacity.priority_quarter_left_bp

    def seniority(self, rep: Rep) -> str | None:
        """The class of a rep's tenure or promotion; None while the tenure is unknown."""
        return self.tenure.seniority(rep)

    def is_high_value(self, lead: Lead) -> bool:
        """Whether the lead counts on the cap for high-value leads."""
        return self._weights.is_high_value(lead.expected_value)

    def has_priority(self, rep: Rep) -> bool:
        """Attainment below 70% with more than half of the quarter left (the policy's numbers)."""
        if rep.attainment_bp is None or rep.quarter_left_bp is None:
            return False
        return rep.attainment_bp < self._below and rep.quarter_left_bp > self._left

    def give(self, ref: str, lead: Lead) -> None:
        """Counts a lead for its new owner, and its discovery load, at once."""
        desk = self.desks[ref]
        desk.given += 1
        desk.given_high += self.is_high_value(lead)
        desk.load_x100 += self._weights.load_x100("discovery", lead.expected_value)

    def exclusion(self, ref: str, gate: Gate, lead: Lead | None = None) -> Exclusion | None:
        """The first reason why a rep may not take a lead now, or None if there is none."""
        desk = self.desks[ref]
        found = self.standing_exclusion(desk.rep, gate) or self.cap_reached(desk, gate.high_value)
        if found is None and lead is not None and ref in lead.barred:
            return Exclusion("conflict" if ref in lead.conflicts else "recycled", {})
        return found

    def standing_exclusion(self, rep: Rep, gate: Gate) -> Exclusion | None:
        """A reason that does not change during a run."""
        if rep.role not in gate.roles:
            return Exclusion("role", {"role": rep.role})
        if rep.active != "yes":
            return Exclusion("inactive", {})
        if rep.away == "yes":
            return Exclusion("away", {})
        if gate.seniority and self.seniority(rep) not in gate.seniority:
            tenure = "unknown" if rep.tenure_months is None else rep.tenure_months
            return Exclusion("seniority", {"tenure_months": tenure})
        return self._unfit(rep, gate)

    def _unfit(self, rep: Rep, gate: Gate) -> Exclusion | None:
        """What a rep lacks of what a lead asks for."""
        if gate.band and self.tenure.ramp_pct(rep, gate.band) == 0:
            return Exclusion("ramp", {"tenure_months": rep.tenure_months or 0})
        if gate.region is not None and rep.region != gate.region:
            return Exclusion("territory", {"region": rep.region or "unknown"})
        for asked in gate.qualifications:
            if asked not in rep.qualifications:
                return Exclusion("qualification", {"qualification": asked})
        for skill, least in gate.stars:
            if rep.stars.get(skill, 0) < least:
                figures: Figures = {"skill": skill, "stars": rep.stars.get(skill, "unknown")}
                code = "vertical" if skill.startswith("vertical:") else "stars"
                return Exclusion(code, figures | {"stars_needed": least})
        return None

    def cap_reached(self, desk: Desk, high_value: bool) -> Exclusion | None:
        """The first cap that the rep has reached; the cap on high-value leads binds only those."""
        for cap in self._caps.get(desk.rep.role, ()):
            if "high_value_this_month" in cap.counts and not high_value:
                continue
            count = sum(desk.count(name) for name in cap.counts)
            if count >= cap.limit:
                return Exclusion(_CODE[cap.counts[0]], {"count": count, "cap": cap.limit})
        return None

    def headroom_bp(self, ref: str) -> int:
        """1 - open/cap in 1/10000, of the tightest cap; at least 1, and 10000 without any cap."""
        desk = self.desks[ref]
        room = [
            (cap.limit - sum(desk.count(name) for name in cap.counts)) * 10_000 // cap.limit
            for cap in self._caps.get(desk.rep.role, ())
            if "high_value_this_month" not in cap.counts
        ]
        return max(1, min(room, default=10_000))

    def held_because(self, gate: Gate, barred: frozenset[str]) -> str:
        """Why nobody took a lead: everybody who could is at a cap, or there is nobody who could."""
        for ref, desk in self.desks.items():
            if ref not in barred and self.standing_exclusion(desk.rep, gate) is None:
                return "all_over_cap"
        return "no_eligible_rep"

    def excluded(
        self, gate: Gate, lead: Lead, but: Mapping[str, object]
    ) -> list[tuple[str, Exclusion]]:
        """Every rep who may not take the lead, with the reason; those in `but` may."""
        rows = ((ref, self.exclusion(ref, gate, lead)) for ref in self.desks if ref not in but)
        return [(ref, found or Exclusion("run_ceiling", {})) for ref, found in rows]
