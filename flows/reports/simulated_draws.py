"""Draws for simulations: the lottery's own rules on a seed that anyone can name.

A real draw takes its seed from an opening, a closing and a source of chance; here it is a hash of
the simulation's seed and the draw's id, so that it can be repeated, and so that two policies meet
the same luck wherever they draw the same leads among the same reps. Nothing is logged.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from allocation.engine import ladder_plans, split
from allocation.policy import Policy
from allocation.snapshot import Snapshot
from lottery import ladder
from lottery.selection import selected


def seeded_draws(seed: int) -> Callable[[Snapshot, Policy], dict[str, Any]]:
    """A function that gives the draws value of a snapshot under a policy."""

    def draws(snapshot: Snapshot, policy: Policy) -> dict[str, Any]:
        selects: dict[str, Any] = {}
        for band, plan in split(snapshot, policy).items():
            key = _key(seed, f"{snapshot.run}/{band}")
            parts = selected(plan.candidates, plan.shares, key)
            selects[band] = {"seed": key.hex(), "selected": parts}
        given = {band: row["selected"] for band, row in selects.items()}
        ladders = {}
        for prize in ladder_plans(snapshot, policy, given):
            key, columns = _key(seed, prize.draw), len(prize.entrants)
            rounds = range(len(ladder.rounds(prize.prizes, columns)))
            choices = [ladder.base_choices(key, number, columns) for number in rounds]
            won = ladder.winners(prize.entrants, prize.prizes, [], choices)
            ladders[prize.draw] = {"winners": won}
        return {"selects": selects, "ladders": ladders}

    return draws


def _key(seed: int, draw: str) -> bytes:
    return sha256(f"fairlead/simulation/1\n{seed}\n{draw}".encode()).digest()
