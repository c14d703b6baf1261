"""decisions = allocate(snapshot, policy, draws): pure, deterministic, independent of input order.

Source: specs/allocation.md. Phase 1 `split` and phase 2 `ladder_plans` say what is drawn; phase 3
`allocate` needs what came out of the draws, as plain values.

    DrawsError             the draws handed in are not those that this snapshot and policy ask for
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from allocation.allotment import Allotment
from allocation.decisions import Allocation
from allocation.exceptions import cases, controlled
from allocation.intake import awaiting, drawn_for
from allocation.plans import (
    CONTROL,
    LadderPlan,
    SelectPlan,
    ladder_plans,
    plans_of_ladders,
    select_plans,
    split,
)
from allocation.policy import Policy
from allocation.report import warnings
from allocation.snapshot import Carry, Lead, Snapshot, snapshot_sha256
from allocation.ties import Ties, lead_order, tie_seed
from ledger.run_keys import is_intake

__all__ = ["DrawsError", "LadderPlan", "SelectPlan", "allocate", "ladder_plans", "split"]

Draws = Mapping[str, Any]


class DrawsError(ValueError):
    """The draws do not belong to this snapshot and policy; says what is missing or strange."""


def allocate(
    snapshot: Snapshot,
    policy: Policy,
    draws: Draws,
    explained: Callable[[str], bool] = lambda lead: False,
) -> Allocation:
    """Every lead's owner or reason, and what is carried to the next run.

    `draws` = {"selects": {band: {"seed": hex64, "selected": {share: [lead refs]}}},
    "ladders": {draw id: {"winners": {lead ref: rep ref}}}}. `explained` says for which leads the
    full candidate table is kept; it changes no decision.
    Raises DrawsError for draws of another snapshot or policy.
    """
    found = cases(snapshot, policy)
    plans, carried_shares = select_plans(snapshot, policy, found)
    selected = _checked_selects(plans, draws.get("selects", {}))
    ladders = plans_of_ladders(snapshot, policy, selected, found)
    winners = _checked_winners(ladders, draws.get("ladders", {}))
    sha256 = snapshot_sha256(snapshot)
    seeds = [draws["selects"][band]["seed"] for band in plans if band in draws.get("selects", {})]
    ties = Ties(tie_seed(sha256, seeds))

    leads = {lead.ref: lead for lead in snapshot.leads}
    drawn = [lead for lead in snapshot.leads if lead.drawn and lead.ref not in found.settled]
    allotment = Allotment(snapshot, policy, found, ties, explained)
    overflow = [ref for ladder in ladders for ref in allotment.award(ladder, winners[ladder.draw])]
    between = is_intake(snapshot.run)  # there is no ladder: what it would give out waits for one
    for ref, exception in found.extra.items() if between else ():
        allotment.leave_alone(leads[ref], awaiting(leads[ref], exception))
    overflow += [
        ref for ref in found.extra if ref not in allotment.decisions and ref not in overflow
    ]
    for lead, rule in sorted(found.board, key=lambda case: _turn(case[0], ties)):
        allotment.give_board(lead, rule)

    for band in policy.bands:
        parts = selected.get(band.band, {})
        left_over = {ref for ref in overflow if leads[ref].band == band.band}
        for ref in parts.get(CONTROL, ()):
            assert policy.pilot is not None  # the plan had a control arm
            # The draw that left it is of this run: its arm is a share that auditors can check.
            decision = replace(controlled(leads[ref], policy.pilot), share=CONTROL)
            allotment.leave_alone(leads[ref], decision)
        for share in band.shares[:-1]:
            part = [leads[ref] for ref in parts.get(share.share, ())]
            part += [one for one in drawn if (one.band, drawn_for(one)) == (band.band, share.share)]
            if share.method == "lottery" and between:
                for lead in part:
                    allotment.leave_alone(lead, awaiting(lead, share, share.share))
            elif share.method == "lottery":
                left_over |= {lead.ref for lead in part if lead.ref not in allotment.decisions}
            else:
                part.sort(key=lambda lead: _turn(lead, ties))
                if share.method == "claim":
                    # Whoever could have claimed a lead has had their time: it is given out now.
                    left_over |= {lead.ref for lead in part if lead.waiting_since}
                    fresh = [lead for lead in part if not lead.waiting_since]
                    left = allotment.offer_share(share, fresh)
                else:
                    left = allotment.give_share(band.band, share, part)
                left_over |= {lead.ref for lead in left}
        rest = [
            lead
            for lead in snapshot.leads
            if lead.band == band.band
            and (
                lead.ref in left_over
                or not (lead.ref in allotment.decisions or lead.ref in found.extra)
            )
        ]
        last = band.shares[-1]
        rest.sort(key=lambda lead: _turn(lead, ties))
        if last.method == "claim":
            left = allotment.offer_share(last, rest)
        else:
            left = allotment.give_share(band.band, last, rest)
        for lead in left:
            allotment.hold(lead, last)

    decisions = tuple(sorted(allotment.decisions.values(), key=lambda decision: decision.lead))
    settled = ("do_not_contact", "duplicate", "pilot_control")
    return Allocation(
        run=snapshot.run,
        snapshot_sha256=sha256,
        policy_sha256=policy.sha256,
        decisions=decisions,
        carry=Carry(
            carried_shares,
            {band: balances.carried() for band, balances in allotment.balances.items()},
            {
                band: credited
                for band, balances in allotment.balances.items()
                if (credited := balances.credited())
            },
            allotment.support,
            tuple(d.lead for d in decisions if d.reason == "pilot_control"),
        ),
        waiting={
            decision.lead: leads[decision.lead].waiting_since or snapshot.run
            for decision in decisions
            if decision.rep is None and decision.reason not in settled
        },
        explanations=tuple(sorted(allotment.explanations, key=lambda row: row.lead)),
        claims=allotment.claims.classes(),
        warnings=warnings(decisions, policy, allotment.roster),
        supported=tuple(sorted(allotment.supported)),
    )


def _turn(lead: Lead, ties: Ties) -> tuple[Any, ...]:
    return lead_order(lead, ties.lead(lead.ref))


def _checked_selects(
    plans: Mapping[str, SelectPlan], selects: Mapping[str, Any]
) -> dict[str, dict[str, list[str]]]:
    """What each band's select gave to its shares, if it is what was planned."""
    if strange := set(selects) - set(plans):
        raise DrawsError(f"selects of unknown bands: {sorted(strange)}")
    result: dict[str, dict[str, list[str]]] = {}
    for band, plan in plans.items():
        given = selects.get(band, {}).get("selected", {})
        parts = {name: list(given.get(name, ())) for name, _ in plan.shares}
        drawn = [ref for refs in parts.values() for ref in refs]
        if set(given) - set(parts) or any(len(parts[name]) != count for name, count in plan.shares):
            raise DrawsError(f"{band}: the select's shares are not those planned: {plan.shares}")
        if len(set(drawn)) != len(drawn) or set(drawn) - set(plan.candidates):
            raise DrawsError(f"{band}: the select drew a lead twice, or one that is no candidate")
        result[band] = parts
    return result


def _checked_winners(
    plans: list[LadderPlan], ladders: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """Each ladder's winners, if its prizes and entrants are those planned."""
    if set(ladders) != {plan.draw for plan in plans}:
        raise DrawsError(f"ladders {sorted(ladders)}, planned {[plan.draw for plan in plans]}")
    result: dict[str, dict[str, str]] = {}
    for plan in plans:
        winners = dict(ladders[plan.draw]["winners"])
        if sorted(winners) != plan.prizes or set(winners.values()) - set(plan.entrants):
            raise DrawsError(f"{plan.draw}: prizes or winners are not those planned")
        result[plan.draw] = winners
    return result
