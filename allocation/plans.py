"""What is drawn: which leads a band's select splits, and who stands at which ladder for what."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from allocation.eligibility import Gate, Roster
from allocation.exceptions import Cases, cases, on_trial, pilot_on
from allocation.intake import waits_for
from allocation.policy import ExceptionRule, Policy, Share
from allocation.shares import share_counts
from allocation.skill_match import Gates, rules_for
from allocation.snapshot import Lead, Snapshot
from ledger.run_keys import is_intake

CONTROL = "pilot-control"  # the share of a band that a pilot leaves alone


@dataclass(frozen=True, slots=True)
class SelectPlan:
    """A band's select draw: candidates sorted, counts of all shares but the last.

    While a pilot runs, its control arm is the first share; the others split what is left.
    """

    candidates: list[str]
    shares: list[tuple[str, int]]
    last: str


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """A ladder: entrants and prizes sorted; `extra` are prizes that its band's select did not give.

    `waited` are those of them that an earlier select drew: {its draw id: [lead refs]}; the others
    were added by an exception.
    """

    draw: str
    band: str
    share: str
    entrants: list[str]
    prizes: list[str]
    extra: list[str]
    waited: dict[str, list[str]] = field(default_factory=dict)


Selected = Mapping[str, Mapping[str, Sequence[str]]]


def split(snapshot: Snapshot, policy: Policy) -> dict[str, SelectPlan]:
    """Phase 1, at the freeze: per band the leads to split and how many go to each share."""
    return select_plans(snapshot, policy, cases(snapshot, policy))[0]


def select_plans(
    snapshot: Snapshot, policy: Policy, found: Cases
) -> tuple[dict[str, SelectPlan], dict[str, Fraction]]:
    """The select plans in the policy's order of bands, and the fractions carried to the next run.

    A lead that nobody could win in its band's lottery is no candidate: it goes to the last share.
    Nor is one that an intake run drew: it keeps its share.
    """
    entrants = Entrants(policy, found.roster)
    pilot = pilot_on(snapshot, policy)
    board = {lead.ref for lead, _ in found.board}
    plans: dict[str, SelectPlan] = {}
    carried = dict(snapshot.carry.shares)
    for band in policy.bands:
        lotteries = [share for share in band.shares if share.method == "lottery"]
        candidates = [
            lead.ref
            for lead in snapshot.leads
            if lead.band == band.band
            and lead.drawn is None
            and lead.ref not in board
            and lead.ref not in found.settled
            and lead.ref not in found.extra
            and all(entrants.of(band.band, lead, share) for share in lotteries)
        ]
        arms = [(CONTROL, 100 - pilot.pct)] if pilot and on_trial(pilot, band.band) else []
        percents = [(share.share, share.pct or 0) for share in band.shares[:-1]]
        shares: list[tuple[str, int]] = []
        for parts in (arms, percents):
            before = {name: carried.get(f"{band.band}/{name}", Fraction(0)) for name, _ in parts}
            left = len(candidates) - sum(count for _, count in shares)
            counts, after = share_counts(left, parts, before)
            carried |= {f"{band.band}/{name}": part for name, part in after.items()}
            shares += [(name, counts[name]) for name, _ in parts]
        plans[band.band] = SelectPlan(sorted(candidates), shares, band.shares[-1].share)
    return plans, carried


def ladder_plans(snapshot: Snapshot, policy: Policy, selected: Selected) -> list[LadderPlan]:
    """Phase 2: the ladders that give out the lottery shares; none without a prize or an entrant.

    `selected` is {band: {share: [lead refs]}}. Prizes that the same reps may win stand at one
    ladder; a lead that somebody is barred from has a ladder of its own class,
    "<run>/<band>/<share>/<class>", so that nobody can win what they may not have.
    """
    return plans_of_ladders(snapshot, policy, selected, cases(snapshot, policy))


def plans_of_ladders(
    snapshot: Snapshot, policy: Policy, selected: Selected, found: Cases
) -> list[LadderPlan]:
    """As ladder_plans, from exceptions already tried. Between the Mondays there are none."""
    if is_intake(snapshot.run):
        return []
    leads = {lead.ref: lead for lead in snapshot.leads}
    entrants = Entrants(policy, found.roster)
    plans = []
    for band in policy.bands:
        for share in band.shares:
            if share.method != "lottery":
                continue
            drawn = list(selected.get(band.band, {}).get(share.share, ()))
            extra = {
                ref
                for ref, rule in found.extra.items()
                if (rule.band, rule.share) == (band.band, share.share)
            }
            waited = {
                lead.ref: str(lead.drawn).rpartition("/")[0]
                for lead in snapshot.leads
                if waits_for(lead, share, band.band) and lead.ref not in found.settled
            }
            for ref in drawn:
                if ref not in leads or found.leaves_band(ref) or leads[ref].band != band.band:
                    raise ValueError(f"{band.band}/{share.share}: {ref} cannot be a prize here")
            draw = f"{snapshot.run}/{band.band}/{share.share}"
            everyone = entrants.of(band.band, None, share)
            classes: dict[tuple[str, ...], list[str]] = {}
            for ref in sorted({*drawn, *extra, *waited}):
                who = entrants.of(band.band, leads[ref], share)
                if ref in extra:
                    who = entrants.best(who, found.extra[ref])
                classes.setdefault(who, []).append(ref)
            for who, prizes in classes.items():
                if who:
                    name = draw if who == everyone else f"{draw}/{_class_name(who)}"
                    plans.append(
                        LadderPlan(
                            name,
                            band.band,
                            share.share,
                            list(who),
                            prizes,
                            sorted((extra | waited.keys()) & set(prizes)),
                            _by_select(waited, prizes),
                        )
                    )
    return sorted(plans, key=lambda plan: plan.draw)


def _by_select(waited: Mapping[str, str], prizes: Sequence[str]) -> dict[str, list[str]]:
    """{draw id of the select: those of the prizes that it drew}."""
    found: dict[str, list[str]] = {}
    for ref in prizes:
        if ref in waited:
            found.setdefault(waited[ref], []).append(ref)
    return found


class Entrants:
    """Who may win a lead in a lottery, as of the freeze; everybody sorted by reference."""

    def __init__(self, policy: Policy, roster: Roster) -> None:
        self._policy, self._roster = policy, roster
        self._gates = Gates(policy, roster)
        self._able: dict[Gate, tuple[str, ...]] = {}

    def of(self, band: str, lead: Lead | None, share: Share) -> tuple[str, ...]:
        """The entrants for a lead, or for one that nothing special is asked for (None)."""
        rules = rules_for(lead, "lottery", self._policy) if lead else []
        gate = self._gates.one(band, share, rules, lead)
        if gate not in self._able:
            self._able[gate] = tuple(
                sorted(
                    ref for ref in self._roster.desks if self._roster.exclusion(ref, gate) is None
                )
            )
        able = self._able[gate]
        if lead is None or not lead.barred:
            return able
        return tuple(ref for ref in able if ref not in lead.barred)

    def best(self, able: tuple[str, ...], rule: ExceptionRule) -> tuple[str, ...]:
        """The part of the entrants with the highest known attainment that the rule asks for.

        Whoever has attained as much as the last of them is in too.
        """
        if rule.top_performers_pct is None:
            return able
        reps = [self._roster.desks[ref].rep for ref in able]
        known = sorted((r.attainment_bp for r in reps if r.attainment_bp is not None), reverse=True)
        if not known:
            return able
        least = known[min(len(known), -(-len(able) * rule.top_performers_pct // 100)) - 1]
        return tuple(
            r.ref for r in reps if r.attainment_bp is not None and r.attainment_bp >= least
        )


def _class_name(entrants: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(entrants).encode()).hexdigest()[:8]
