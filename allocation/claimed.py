"""What becomes of claims: whether one is allowed, and how later runs count it.

Pure: the stored run and the claims made since come in. Source: specs/allocation.md (claims count
as received in their band, and in load and caps).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocation.carry import Carry
from allocation.decisions import ClaimClass
from allocation.eligibility import Exclusion, Roster
from allocation.policy import Policy, Share
from allocation.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that was made: who took a lead of which band, out of which reps (references)."""

    lead: str
    rep: str
    band: str
    able: tuple[str, ...]


def claim_class(pool: Iterable[ClaimClass], lead: str) -> ClaimClass | None:
    """The class of claimable leads that a lead stands in."""
    return next((row for row in pool if lead in row.leads), None)


def claim_share(policy: Policy, row: ClaimClass) -> Share:
    """The share whose leads these are (KeyError if the policy has none of that id)."""
    shares = {share.id: share for band in policy.bands for share in band.shares}
    return shares[row.rule]


def claim_refusal(
    snapshot: Snapshot,
    policy: Policy,
    row: ClaimClass,
    rep: str,
    lead: str,
    *,
    received: Iterable[str],
    made: int,
) -> Exclusion | None:
    """Why a rep may not claim a lead now; None if they may.

    received: leads of this snapshot that the rep was given or has claimed since; made: the rep's
    claims of the calendar month. Whoever did not qualify when the run was frozen does not now.
    """
    limit = claim_share(policy, row).claim
    if limit is not None and made >= limit.per_month:
        return Exclusion("claim_limit", {"claims": made, "cap": limit.per_month})
    if rep not in dict(row.reps):
        return Exclusion("claim_qualification", {})
    leads = {one.ref: one for one in snapshot.leads}
    roster = Roster(snapshot, policy)
    for ref in received:
        roster.give(rep, leads[ref])
    return roster.cap_reached(roster.desks[rep], roster.is_high_value(leads[lead]))


def with_claims(carry: Carry, claims: Sequence[Claimed]) -> Carry:
    """The carried state in which claims are received, and were owed to all who could have."""
    reps = {band: dict(rows) for band, rows in carry.reps.items()}
    for claim in claims:
        rows = reps.setdefault(claim.band, {})
        for ref in claim.able:
            owed, received = rows.get(ref, (Fraction(0), 0))
            rows[ref] = (owed + Fraction(1, len(claim.able)), received + (ref == claim.rep))
    return replace(carry, reps=reps)
