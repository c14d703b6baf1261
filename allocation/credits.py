"""Turns owed from outside a run: what an absence or a hand credited, and how it is paid.

CreditError            turns given by hand that the policy does not allow
"""

from collections.abc import Mapping

from allocation.balances import UNIT, Balances
from allocation.policy import Policy
from allocation.snapshot import Snapshot


class CreditError(ValueError):
    """A manual credit that names nobody, no band, or more leads than the policy allows."""


def check_credits(snapshot: Snapshot, policy: Policy) -> None:
    """Raises CreditError for the first credit in the snapshot that the policy does not allow."""
    most = policy.credits.manual_max_leads if policy.credits else 0
    reps, bands = {rep.ref for rep in snapshot.reps}, {band.band for band in policy.bands}
    for credit in snapshot.credits:
        if credit.ref not in reps or credit.band not in bands:
            raise CreditError(f"credit for {credit.ref} in {credit.band}: no such rep or band")
        if not 1 <= credit.leads <= most:
            raise CreditError(f"credit of {credit.leads} leads: the policy allows 1 to {most}")


def pay(
    balances: Balances, weights: Mapping[str, int], leads: int, release_pct: int
) -> dict[str, int]:
    """Moves a part of each credit into what is owed; all who take part wait that much longer.

    `weights` are those of the reps who may take the share's leads now. Returns what was paid, in
    1/UNIT lead. The sum of what is owed stays the same, so nobody's bound is widened.
    """
    total, paid = sum(weights.values()), {}
    for ref in sorted(set(balances.credit) & set(weights)):
        most = UNIT * leads * weights[ref] * release_pct // (100 * total)
        part = min(balances.credit[ref], most)
        if part > 0:
            paid[ref] = part
            balances.credit[ref] -= part
            balances.owed[ref] = balances.owed.get(ref, 0) + part
    spent = sum(paid.values())
    if spent:
        for ref, weight in weights.items():
            balances.owed[ref] = balances.owed.get(ref, 0) - spent * weight // total
    return paid
