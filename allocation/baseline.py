"""Who got what before any policy: bands, groups and shares, with small groups withheld.

A lead counts for the rep who received it; reps are compared by leads per month of presence, so
that joiners and leavers are not taken for the neglected. Groups of fewer than K people are
withheld, and so is whatever would let a reader work them out (fairness.md 5).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from allocation.inequality import bands, gini, top_share

K = 10  # people: fewer are withheld outside HR
LEAST_DAYS = 30  # of presence: a rate over less says nothing yet
BAND_NAMES = ("top", "middle", "bottom")


@dataclass(slots=True)
class Person:
    """One rep in the window. top_leads: of the highest tier; quota, attained: None if unknown."""

    role: str
    days: int
    leads: int = 0
    top_leads: int = 0
    won: int = 0
    closed: int = 0
    won_amount: int = 0
    valued: int = 0  # won deals whose amount is known
    quota: int | None = None
    attained: int | None = None
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sums:
    """Some people taken together. months: of presence; expected: leads at their role's rate."""

    people: int
    months: Fraction
    leads: int
    top_leads: int
    won: int
    closed: int
    won_amount: int
    valued: int
    quota: int
    attained: int
    expected: Fraction

    def figures(self, of: "Sums") -> dict[str, Any]:
        """Counts and rates, "p/q" or "" where unknown; shares are of `of`."""
        return {
            "reps": self.people,
            "leads": self.leads,
            "leads_a_month": ratio(self.leads, self.months),
            "share": ratio(self.leads, of.leads),
            "share_of_people": ratio(self.months, of.months),
            "top_leads": self.top_leads,
            "top_share": ratio(self.top_leads, of.top_leads),
            "deal_size": self.won_amount // self.valued if self.valued else "",
            "win_rate": ratio(self.won, self.closed),
            "attainment": ratio(self.attained, self.quota),
            "against_role": ratio(self.leads, self.expected),
        }


PRIVATE = ("deal_size", "win_rate", "attainment")  # of a few people: about each of them


def baseline(
    people: Sequence[Person], days: int, months: int, dimensions: Iterable[str]
) -> dict[str, Any]:
    """The report's figures; a window of `days` days is `months` months long."""
    counted = [person for person in people if person.days >= LEAST_DAYS]
    rates = role_rates(counted, days, months)

    def sums(some: Iterable[Person]) -> Sums:
        return _sums(list(some), days, months, rates)

    every = sums(counted)
    return {
        "reps": len(people),
        "too_new": len(people) - len(counted),
        "total": every.figures(every),
        "bands": _bands(counted, every, sums, days, months),
        "tenths": _tenths(counted, days, months),
        "groups": {name: _groups(counted, every, sums, name) for name in dimensions},
        "inequality": _inequality(counted, days, months),
    }


def role_rates(people: Iterable[Person], days: int, months: int) -> dict[str, Fraction]:
    """Leads per rep and month of each role."""
    leads: dict[str, int] = {}
    present: dict[str, Fraction] = {}
    for person in people:
        leads[person.role] = leads.get(person.role, 0) + person.leads
        present[person.role] = present.get(person.role, Fraction(0)) + Fraction(
            person.days * months, days
        )
    return {role: leads[role] / present[role] for role in leads}


def shown_groups(sizes: Mapping[str, int]) -> list[str]:
    """Names of the groups that may be shown, largest first.

    One small group alone could be worked out from the total: then the next larger is withheld too,
    until those withheld are at least two groups and K people.
    """
    order = sorted(sizes, key=lambda name: (-sizes[name], name))
    shown = [name for name in order if sizes[name] >= K]
    hidden = [name for name in order if sizes[name] < K]
    while hidden and shown and (len(hidden) < 2 or sum(sizes[name] for name in hidden) < K):
        hidden.append(shown.pop())
    return shown


def ratio(number: int | Fraction, of: int | Fraction) -> str:
    """ "p/q" of a rate, "" where there is nothing to divide by."""
    if not of:
        return ""
    value = Fraction(number) / of
    return f"{value.numerator}/{value.denominator}"


def _rate(person: Person, days: int, months: int) -> Fraction:
    return Fraction(person.leads * days, person.days * months)


def _sums(some: Sequence[Person], days: int, months: int, rates: Mapping[str, Fraction]) -> Sums:
    known = [p for p in some if p.quota and p.attained is not None]
    present = [Fraction(p.days * months, days) for p in some]
    return Sums(
        people=len(some),
        months=sum(present, Fraction(0)),
        leads=sum(p.leads for p in some),
        top_leads=sum(p.top_leads for p in some),
        won=sum(p.won for p in some),
        closed=sum(p.closed for p in some),
        won_amount=sum(p.won_amount for p in some),
        valued=sum(p.valued for p in some),
        quota=sum(p.quota or 0 for p in known),
        attained=sum(p.attained or 0 for p in known),
        expected=sum(
            (rates[p.role] * there for p, there in zip(some, present, strict=True)), Fraction(0)
        ),
    )


def _ranked(people: Iterable[Person], days: int, months: int) -> list[Person]:
    return sorted(people, key=lambda person: -_rate(person, days, months))


def _bands(people: Sequence[Person], every: Sums, sums: Any, days: int, months: int) -> list[Any]:
    """Top 20, middle 60, bottom 20 percent of reps by leads a month; [] for fewer than five."""
    parts = bands(_ranked(people, days, months))
    if parts is None:
        return []
    may = shown_groups({name: len(part) for name, part in zip(BAND_NAMES, parts, strict=True)})
    rows = []
    for name, part in zip(BAND_NAMES, parts, strict=True):
        row = {"band": name, **sums(part).figures(every)}
        # Being in a band says nothing about a person but their rank; deals and quota do.
        rows.append(row if name in may else row | dict.fromkeys(PRIVATE, "withheld"))
    return rows


def _tenths(people: Sequence[Person], days: int, months: int) -> list[str]:
    """Mean leads a month of each tenth of the reps, from the top; [] below ten reps."""
    ranked = _ranked(people, days, months)
    count = len(ranked)
    if count < K:
        return []
    edges = [count * i // 10 for i in range(11)]
    return [
        ratio(sum((_rate(p, days, months) for p in ranked[a:b]), Fraction(0)), b - a)
        for a, b in pairwise(edges)
    ]


def _groups(people: Sequence[Person], every: Sums, sums: Any, dimension: str) -> dict[str, Any]:
    parts: dict[str, list[Person]] = {}
    for person in people:
        parts.setdefault(person.groups.get(dimension, "unknown"), []).append(person)
    shown = shown_groups({name: len(part) for name, part in parts.items()})
    return {
        "shown": [{"group": name, **sums(parts[name]).figures(every)} for name in shown],
        "withheld": sorted(set(parts) - set(shown)),
    }


def _inequality(people: Sequence[Person], days: int, months: int) -> list[dict[str, Any]]:
    """All reps, then each role of at least K: how unevenly leads, top leads and money went."""
    roles: dict[str, list[Person]] = {}
    for person in people:
        roles.setdefault(person.role, []).append(person)
    sets = {"all": list(people), **{role: roles[role] for role in sorted(roles)}}
    rows = []
    for name, some in sets.items():
        if len(some) < K:
            rows.append({"role": name, "reps": len(some), "withheld": "yes"})
            continue
        rates = [_rate(person, days, months) for person in some]
        row: dict[str, Any] = {"role": name, "reps": len(some), "withheld": "no"}
        row["gini"] = _text(gini(rates))
        row["leads"] = _text(top_share([p.leads for p in some]))
        row["top_leads"] = _text(top_share([p.top_leads for p in some]))
        row["won_amount"] = _text(top_share([p.won_amount for p in some]))
        rows.append(row)
    return rows


def _text(value: Fraction | None) -> str:
    return "" if value is None else f"{value.numerator}/{value.denominator}"
