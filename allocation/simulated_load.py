"""What reps would have on their desks after simulated weeks: the stored counts, moved.

A stored week knows the work that its reps really had. For a lead that an earlier simulated week
decided:

- closed by then, in the source: it counts for nobody (nor did it in the stored week);
- open with the very rep who has it in the simulation: as stored, at its real stage;
- else it leaves the desk of whoever really has it, and counts for its simulated owner as the run
  that gave it counted it: one open lead and opportunity, with the policy's discovery weight.

How fast another owner would have moved it is not guessed. High-value leads count for the month in
which they were given, whether closed or not.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from allocation.load import COUNTS, Weights
from allocation.policy import Policy
from allocation.snapshot import Lead, Rep

Counts = Counter[str]  # by the names of a Rep's fields
EARLY = ("discovery", "demo")


@dataclass(frozen=True, slots=True)
class Fate:
    """A lead as the source told of it when a stored week was frozen.

    desks: rep -> what of it the stored counts hold. The default: nothing is known of it.
    """

    is_closed: bool = False
    desks: Mapping[str, Counts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """A lead that an earlier simulated week decided; rep: None while it waits for an owner."""

    lead: Lead
    rep: str | None
    month: str  # "2026-11"


def moved_desks(
    reps: tuple[Rep, ...],
    given: Mapping[str, Given],
    fates: Mapping[str, Fate],
    month: str,
    policy: Policy,
) -> tuple[Rep, ...]:
    """The reps with their counts after the simulated weeks before this one; never below zero."""
    change: dict[str, Counts] = {}
    weights = Weights(policy)
    for ref, one in given.items():
        fate = fates.get(ref, Fate())
        for rep, counts in fate.desks.items():
            if rep != one.rep:
                change.setdefault(rep, Counter()).subtract(counts)
        if one.rep is None:
            continue
        mine = change.setdefault(one.rep, Counter())
        stored = fate.desks.get(one.rep, Counter())
        if one.month == month and not stored["high_value_this_month"]:
            mine["high_value_this_month"] += weights.is_high_value(one.lead.expected_value)
        if not fate.is_closed and not any(
            stored[name] for name in COUNTS if name != "high_value_this_month"
        ):
            mine.update(new_work(one.lead, weights))
    return tuple(_with(rep, change[rep.ref]) if rep.ref in change else rep for rep in reps)


def new_work(lead: Lead, weights: Weights) -> Counts:
    """What a lead adds to its owner's desk on the day that it is given."""
    return Counter(
        load_x100=weights.load_x100("discovery", lead.expected_value),
        open_opportunities=1,
        open_discovery_demo=1,
        open_leads=1,
    )


def open_work(stage: str, amount: int | None, weights: Weights) -> Counts:
    """What an open opportunity counts for."""
    late = stage not in EARLY
    return Counter(
        load_x100=weights.load_x100(stage, amount),
        open_opportunities=1,
        open_discovery_demo=int(not late),
        open_proposal_negotiation=int(late),
    )


def _with(rep: Rep, change: Counts) -> Rep:
    return replace(rep, **{name: max(0, getattr(rep, name) + change[name]) for name in COUNTS})
