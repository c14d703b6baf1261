"""Runs between the Mondays: what a lead keeps that was drawn, and what the source cannot show yet.

Source: docs/decisions/0010. A lead is drawn once: what an intake run placed keeps its band and
share until somebody owns it. `Lead.drawn` is "<run>/<band>/<share>".
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from allocation.decisions import Decision
from allocation.eligibility import Roster
from allocation.policy import Policy, Rule, Share
from allocation.snapshot import Lead, Snapshot

AWAITS = "awaits_lottery"  # the reason of a lead that Monday's ladder will give out
UNTIL_MONDAY = (AWAITS, "claimable")  # reasons that an intake run leaves alone
ENDS_A_LEAD = ("do_not_contact", "duplicate")  # exceptions that reach a drawn lead, too


def awaiting(lead: Lead, rule: Rule, share: str | None = None) -> Decision:
    """The decision to leave a lead to Monday's ladder: its share's, or as an exception says."""
    return Decision(
        lead=lead.ref, band=lead.band, method="none", rule=rule.id, reason=AWAITS, share=share
    )


def drawn_for(lead: Lead) -> str:
    """The share that an earlier run drew the lead for; "" if none did."""
    return lead.drawn.split("/")[2] if lead.drawn else ""


def waits_for(lead: Lead, share: Share, band: str) -> bool:
    """Whether an earlier run drew the lead for this lottery of this band."""
    return share.method == "lottery" and lead.band == band and drawn_for(lead) == share.share


def with_drawn(snapshot: Snapshot, drawn: Mapping[str, str]) -> Snapshot:
    """The snapshot in which leads keep what they were drawn for.

    drawn: {lead ref: "<run>/<band>/<share>"}; the lead's band is that of its draw, whatever its
    score has become since.
    """
    leads = tuple(
        replace(lead, drawn=drawn[lead.ref], band=drawn[lead.ref].split("/")[1])
        if lead.ref in drawn
        else lead
        for lead in snapshot.leads
    )
    return replace(snapshot, leads=leads)


def with_given(snapshot: Snapshot, policy: Policy, given: Iterable[tuple[str, Lead]]) -> Snapshot:
    """The snapshot in which reps carry what runs gave them and the source does not show yet.

    given: (rep ref, lead); whoever has left the roster is passed over.
    """
    roster = Roster(snapshot, policy)
    for rep, lead in given:
        if rep in roster.desks:
            roster.give(rep, lead)
    reps = tuple(
        replace(
            rep,
            load_x100=desk.load_x100,
            open_opportunities=desk.count("open_opportunities"),
            open_discovery_demo=desk.count("open_discovery_demo"),
            open_leads=desk.count("open_leads"),
            high_value_this_month=desk.count("high_value_this_month"),
        )
        for rep, desk in ((desk.rep, desk) for desk in roster.desks.values())
    )
    return replace(snapshot, reps=reps)
