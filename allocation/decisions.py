"""What a run decides: one decision per lead, the explanation beside it, what is carried on."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from allocation.eligibility import Figures
from allocation.snapshot import Carry
from ledger.canonical import canonical, canonical_pieces

FORMAT = "fairlead/decisions/1"
FINDINGS = "fairlead/findings/1"
SUPPORT = "fairlead/support/1"


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody beside the owner: manager, sme, mentor or accompanying."""

    rep: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who owns a lead and by which rule; without a rep the lead is held for the reason given."""

    lead: str
    band: str
    method: str
    rule: str
    reason: str
    share: str | None = None
    rep: str | None = None
    draw: str | None = None
    co_owners: tuple[Partner, ...] = ()
    stretch: bool = False

    def to_record(self) -> dict[str, Any]:
        """The decision as the decision file has it; what is unknown or empty is left out."""
        record: dict[str, Any] = {
            "lead": self.lead,
            "band": self.band,
            "method": self.method,
            "rule": self.rule,
            "reason": self.reason,
        }
        optional = {"share": self.share, "rep": self.rep, "draw": self.draw}
        record |= {name: value for name, value in optional.items() if value is not None}
        if self.co_owners:
            record["co_owners"] = [{"rep": p.rep, "role": p.role} for p in self.co_owners]
        if self.stretch:
            record["stretch"] = "yes"
        return record


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate who could have taken the lead: rank 1 is served first."""

    rep: str
    rank: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Excluded:
    """A rep who could not, with the code of the rule and its figures."""

    rep: str
    why: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a lead went where it did: every candidate, every exclusion, who was next."""

    lead: str
    rule: str
    reason: str
    next: str | None = None
    ranked: tuple[Ranked, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    rule_trail: tuple[tuple[str, str], ...] = ()

    def to_record(self) -> dict[str, Any]:
        """The explanation as plain values."""
        record: dict[str, Any] = {
            "lead": self.lead,
            "rule": self.rule,
            "reason": self.reason,
            "ranked": [{"rep": r.rep, "rank": r.rank, "figures": r.figures} for r in self.ranked],
            "excluded": [{"rep": e.rep, "why": e.why, "figures": e.figures} for e in self.excluded],
            "rule_trail": [{"rule": rule, "outcome": outcome} for rule, outcome in self.rule_trail],
        }
        if self.next is not None:
            record["next"] = self.next
        return record


@dataclass(frozen=True, slots=True)
class ClaimClass:
    """Leads that the same reps may claim, each rep with the claims left this month."""

    rule: str
    leads: tuple[str, ...]
    reps: tuple[tuple[str, int], ...]

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The class in a row of the findings."""
        reps = tuple((str(row["rep"]), int(row["left"])) for row in record["reps"])
        return cls(record["rule"], tuple(record["leads"]), reps)


@dataclass(frozen=True, slots=True)
class IntakeWarning:
    """A rep whose intake of the run is far above or below the median of the same role."""

    rep: str
    side: str  # above or below
    role: str
    received: int
    median: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The outcome of a run: decisions sorted by lead, the carry, leads left for the next run."""

    run: str
    snapshot_sha256: str
    policy_sha256: str
    decisions: tuple[Decision, ...]
    carry: Carry
    waiting: Mapping[str, str] = field(default_factory=dict)  # lead -> first run that left it over
    explanations: tuple[Explanation, ...] = ()  # of the leads that were asked for
    claims: tuple[ClaimClass, ...] = ()
    warnings: tuple[IntakeWarning, ...] = ()
    supported: tuple[str, ...] = ()  # reps in support mode: for them, their manager and HR only

    def file(self) -> bytes:
        """The decision file's canonical bytes (public, pseudonymous)."""
        members = {
            "format": FORMAT,
            "run": self.run,
            "snapshot": self.snapshot_sha256,
            "policy_sha256": self.policy_sha256,
            "decisions": (decision.to_record() for decision in self.decisions),
        }
        return b"".join(canonical_pieces(members))

    def sha256(self) -> str:
        """SHA-256 of the decision file, what the allocation record states."""
        return hashlib.sha256(self.file()).hexdigest()

    def findings(self) -> bytes:
        """What the run found beside its decisions, as canonical bytes whose hash is logged.

        Who may claim which leads, how often still, and whose intake is far off the others'.
        """
        return canonical(
            {
                "format": FINDINGS,
                "run": self.run,
                "claims": [
                    {
                        "rule": row.rule,
                        "leads": list(row.leads),
                        "reps": [{"rep": rep, "left": left} for rep, left in row.reps],
                    }
                    for row in self.claims
                ],
                "warnings": [asdict(row) for row in self.warnings],
            }
        )

    def support(self) -> bytes:
        """Who is in support mode, as canonical bytes; never logged, as a short list is guessed."""
        return canonical({"format": SUPPORT, "run": self.run, "reps": list(self.supported)})

    def counts(self) -> dict[str, dict[str, int]]:
        """Leads by band and method, as the allocation record states them."""
        counts: dict[str, dict[str, int]] = {}
        for decision in self.decisions:
            methods = counts.setdefault(decision.band, {})
            methods[decision.method] = methods.get(decision.method, 0) + 1
        return counts
