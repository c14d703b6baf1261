"""The pool that serves one share: who takes part, in which order, with what ceiling or credit."""

from collections.abc import Callable, Iterable, Sequence

from allocation.balances import Balances
from allocation.credits import pay
from allocation.eligibility import Gate, Roster
from allocation.policy import Policy, Share
from allocation.pool import Pool
from allocation.rotation import EqualTurns, Order, WeightedTurns
from allocation.skill_match import LeastLoad
from allocation.weights import turn_weights


def share_pool(
    band: str,
    share: Share,
    wanted: Sequence[Sequence[Gate]],
    *,
    policy: Policy,
    roster: Roster,
    balances: Balances,
    supported: frozenset[str],
    tie: Callable[[str], bytes],
) -> Pool:
    """The pool of a share whose leads ask for `wanted` (per lead, the strictest gate first)."""
    every = list(dict.fromkeys(gate for levels in wanted for gate in levels))
    if share.method == "skill_match":
        # Twice the even part, unless the policy says otherwise: no idle rep takes everything.
        strict = dict.fromkeys(levels[0] for levels in wanted)
        takers, pct = max(1, len(_able(roster, strict))), share.ceiling_pct or 200
        ceiling = max(1, -(-len(wanted) * pct // (100 * takers)))
        order = LeastLoad(roster, tie, share.prefer_skill)
        return Pool(roster, balances, every, order, ceiling)
    weights = turn_weights(band, share, policy, roster, supported)
    # The bound counts everybody whom some gate of the share admits now.
    able = _able(roster, every) if weights is not None or balances.credit else []
    if policy.credits is not None and balances.credit:
        parts = {ref: weights[ref] if weights else 1 for ref in able}
        pay(balances, parts, len(wanted), policy.credits.release_pct)
    turns: Order = EqualTurns(balances.value, tie)
    if weights is not None:
        turns = WeightedTurns(weights, len(able), tie)
    return Pool(roster, balances, every, turns, credit_absent=policy.on_return == "catch_up")


def _able(roster: Roster, gates: Iterable[Gate]) -> list[str]:
    """Everybody whom some of the gates admits now."""
    some = list(gates)
    return [
        ref for ref in roster.desks if any(roster.exclusion(ref, gate) is None for gate in some)
    ]
