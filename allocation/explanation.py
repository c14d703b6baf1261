"""Why this rep and not another: the full candidate table, and a compact form to store.

Tables are made while the run is replayed, so they show the state at the moment of each decision;
asking for them changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allocation.balances import thousandths
from allocation.decisions import Decision, Excluded, Explanation, Ranked
from allocation.eligibility import Figures, Gate, Roster
from allocation.policy import Policy
from allocation.pool import Pool
from allocation.snapshot import Lead, Snapshot

Trail = Sequence[tuple[str, str]]


def explain(
    snapshot: Snapshot, policy: Policy, draws: Mapping[str, Any], lead_ref: str
) -> Explanation:
    """The full explanation of one lead, by replay (KeyError if the lead is not in the snapshot)."""
    for explanation in explanations(snapshot, policy, draws, {lead_ref}):
        return explanation
    raise KeyError(lead_ref)


def explanations(
    snapshot: Snapshot,
    policy: Policy,
    draws: Mapping[str, Any],
    leads: frozenset[str] | set[str] | None = None,
) -> Iterator[Explanation]:
    """Full explanations of the given leads (None: of all), in one replay, sorted by lead."""
    from allocation.engine import allocate  # the engine makes these tables: one path, not two

    def wanted(ref: str) -> bool:
        return leads is None or ref in leads

    yield from allocate(snapshot, policy, draws, wanted).explanations


def compact(explanation: Explanation, top: int = 5) -> dict[str, Any]:
    """The form to store: top ranks, and how many were excluded by which code."""
    record = explanation.to_record()
    codes: dict[str, int] = {}
    for row in explanation.excluded:
        codes[row.why] = codes.get(row.why, 0) + 1
    record["ranked"] = record["ranked"][:top]
    record["candidates"] = len(explanation.ranked)
    record["excluded"] = dict(sorted(codes.items()))
    return record


def pool_table(
    decision: Decision, pool: Pool, roster: Roster, gate: Gate, lead: Lead, trail: Trail
) -> Explanation:
    """The table of a lead given out by turns or by load: every rank, every exclusion."""
    order = pool.ranked(gate, lead.barred)
    ranked = [
        Ranked(
            ref,
            rank,
            _figures(roster, ref, gate) | {"owed_minus_received": thousandths(owed)} | turn,
        )
        for rank, (ref, owed, turn) in enumerate(order, 1)
    ]
    return _table(decision, ranked, roster, gate, lead, trail)


def drawn_table(
    decision: Decision,
    entrants: Sequence[str],
    roster: Roster,
    gate: Gate,
    lead: Lead,
    trail: Trail,
) -> Explanation:
    """The table of a lead that was drawn: the winner, and all others with the same chance."""
    chance: Figures = {"chance": f"1/{len(entrants)}"}
    others = [ref for ref in entrants if ref != decision.rep]
    ranked = [Ranked(str(decision.rep), 1, chance), *(Ranked(ref, 2, chance) for ref in others)]
    return _table(decision, ranked, roster, gate, lead, trail, drawn=True)


def held_table(
    decision: Decision, roster: Roster, gate: Gate, lead: Lead, trail: Trail
) -> Explanation:
    """The table of a lead that nobody may take: everybody with what stands in the way."""
    return _table(decision, [], roster, gate, lead, trail)


def named_table(decision: Decision, trail: Trail) -> Explanation:
    """The table of a lead that a rule gives to one rep, or to nobody."""
    ranked = () if decision.rep is None else (Ranked(decision.rep, 1, {}),)
    return Explanation(
        lead=decision.lead,
        rule=decision.rule,
        reason=decision.reason,
        ranked=ranked,
        rule_trail=tuple(trail),
    )


def _table(
    decision: Decision,
    ranked: list[Ranked],
    roster: Roster,
    gate: Gate,
    lead: Lead,
    trail: Trail,
    *,
    drawn: bool = False,
) -> Explanation:
    able = {row.rep: row for row in ranked}
    excluded = tuple(
        Excluded(ref, found.why, found.figures) for ref, found in roster.excluded(gate, lead, able)
    )
    return Explanation(
        lead=decision.lead,
        rule=decision.rule,
        reason=decision.reason,
        next=ranked[1].rep if len(ranked) > 1 and not drawn else None,
        ranked=tuple(ranked),
        excluded=excluded,
        rule_trail=tuple(trail),
    )


def _figures(roster: Roster, ref: str, gate: Gate) -> Figures:
    desk = roster.desks[ref]
    figures: Figures = {"load_x100": desk.load_x100, "given_in_run": desk.given}
    if desk.rep.attainment_bp is not None:
        figures["attainment_bp"] = desk.rep.attainment_bp
    for skill, _ in gate.stars:
        figures[f"stars {skill}"] = desk.rep.stars.get(skill, 0)
    return figures
