"""Cases that leave their band before shares are counted, in the policy's order.

Decided from the snapshot alone, before any draw exists, so leads queue here by age, score, time
and reference (references are salted hashes: nobody has an early one by design).
"""

from dataclasses import dataclass, field

from allocation.credits import check_credits
from allocation.decisions import Decision, Partner
from allocation.eligibility import ALLOCATABLE, Gate, Roster
from allocation.intake import ENDS_A_LEAD
from allocation.policy import ExceptionRule, Policy
from allocation.policy_options import Pilot
from allocation.snapshot import Lead, Snapshot
from allocation.ties import lead_order

Trail = list[tuple[str, str]]


@dataclass(slots=True)
class Cases:
    """What the exceptions made of the leads, and the roster after those they gave away."""

    roster: Roster
    settled: dict[str, Decision] = field(default_factory=dict)
    board: list[tuple[Lead, ExceptionRule]] = field(default_factory=list)
    extra: dict[str, ExceptionRule] = field(default_factory=dict)  # joins a ladder as a prize
    trails: dict[str, Trail] = field(default_factory=dict)

    def leaves_band(self, ref: str) -> bool:
        """Whether an exception took the lead out of its band's shares."""
        return (
            ref in self.settled
            or ref in self.extra
            or any(ref == lead.ref for lead, _ in self.board)
        )


def cases(snapshot: Snapshot, policy: Policy) -> Cases:
    """Every lead tried against the exceptions; leads given here count in load and caps at once."""
    check_credits(snapshot, policy)
    found = Cases(Roster(snapshot, policy))
    pilot, control = pilot_on(snapshot, policy), frozenset(snapshot.carry.control)
    untouched = [(rule.id, "not_applicable") for rule in policy.exceptions]
    special = []
    for lead in snapshot.leads:
        if _is_special(lead):
            special.append(lead)
        else:
            found.trails[lead.ref] = untouched
    for lead in sorted(special, key=lambda lead: lead_order(lead, lead.ref)):
        trail = found.trails[lead.ref] = []
        for rule in policy.exceptions:
            beyond = lead.drawn is not None and rule.kind not in ENDS_A_LEAD
            outcome = "not_applicable" if beyond else _try(rule, lead, found)
            trail.append((rule.id, outcome))
            if outcome == "applied":
                break
    if pilot is not None and control:
        for lead in snapshot.leads:
            if (
                lead.ref in control
                and on_trial(pilot, lead.band)
                and not found.leaves_band(lead.ref)
            ):
                found.settled[lead.ref] = controlled(lead, pilot)
    return found


def pilot_on(snapshot: Snapshot, policy: Policy) -> Pilot | None:
    """The pilot, while it runs."""
    pilot = policy.pilot
    over = pilot is not None and pilot.until is not None and snapshot.as_of[:10] > str(pilot.until)
    return None if over else pilot


def on_trial(pilot: Pilot, band: str) -> bool:
    """Whether a band's leads are split by the pilot."""
    return not pilot.bands or band in pilot.bands


def controlled(lead: Lead, pilot: Pilot) -> Decision:
    """The decision to leave a lead to whoever allocated it before the pilot."""
    return Decision(
        lead=lead.ref, band=lead.band, method="none", rule=pilot.id, reason="pilot_control"
    )


def _is_special(lead: Lead) -> bool:
    """Whether any exception can apply; for most leads none can."""
    return (
        lead.do_not_contact is not None
        or lead.duplicate_of is not None
        or lead.account_owner is not None
        or lead.requested_rep is not None
        or lead.referrer is not None
    )


def partners(roster: Roster, owner: str, rule: ExceptionRule) -> tuple[Partner, ...]:
    """The owner's manager, where the rule makes them co-owner and they are on the roster."""
    manager = roster.desks[owner].rep.manager
    if rule.manager_co_owns and manager in roster.desks and manager != owner:
        return (Partner(manager, "manager"),)
    return ()


def _try(rule: ExceptionRule, lead: Lead, found: Cases) -> str:
    """applied, not_applicable, or overflow: the rep it names cannot take the lead now."""
    kind = rule.kind
    if kind in ("do_not_contact", "duplicate"):
        if (
            (lead.do_not_contact != "yes")
            if kind == "do_not_contact"
            else (lead.duplicate_of is None)
        ):
            return "not_applicable"
        found.settled[lead.ref] = Decision(
            lead=lead.ref, band=lead.band, method="none", rule=rule.id, reason=kind
        )
        return "applied"
    if kind.startswith("referral_") and lead.referrer not in rule.referrers:
        return "not_applicable"
    if kind == "referral_draw":
        found.extra[lead.ref] = rule
        return "applied"
    owner, named = _owner(rule, lead, found.roster)
    if owner is not None:
        found.roster.give(owner, lead)
        found.settled[lead.ref] = Decision(
            lead=lead.ref,
            band=lead.band,
            method="exception",
            rule=rule.id,
            reason=kind,
            rep=owner,
            co_owners=partners(found.roster, owner, rule),
        )
        return "applied"
    if kind == "referral_board":
        found.board.append((lead, rule))
        return "applied"
    return "overflow" if named else "not_applicable"


def _owner(rule: ExceptionRule, lead: Lead, roster: Roster) -> tuple[str | None, bool]:
    """The rep whom the rule names, if they may take the lead, and whether it names anybody."""
    named = {
        "named_account": [lead.account_owner],
        "requested_rep": [lead.requested_rep],
    }.get(rule.kind, [lead.referral_rep, lead.account_owner])
    refs = [ref for ref in named if ref is not None and ref in roster.desks]
    gate = Gate(tuple(rule.roles) or ALLOCATABLE, high_value=roster.is_high_value(lead))
    able = [ref for ref in refs if roster.exclusion(ref, gate, lead) is None]
    return (able[0] if able else None), bool(refs)
