"""At most three things a manager can do now, each computed from the run's own figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from notifications.facts import Facts
from notifications.lens import Lens, is_count
from notifications.record import Row

MOST_ACTIONS = 3  # document 2: data is turned into three instructions, not into a report
CONCENTRATION = Fraction(65, 100)  # document 2: one industry at 78%, "should be ≤ 65%"
ENOUGH_LEADS = 5  # below this, one industry's part is chance
NEAR_CAP = Fraction(90, 100)  # the next run's leads would go past this rep
STALLED = 5  # opportunities of one rep in discovery beyond the policy's days
PRIORITY = (
    "near_cap",
    "intake_above",
    "intake_below",
    "concentration",
    "stalled",
    "support",
    "held",
)


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do. size orders actions of one kind; figures are the words' arguments."""

    kind: str
    rep: str
    size: Fraction
    figures: Mapping[str, Any]


def actions(facts: Facts, team: Sequence[str]) -> list[Action]:
    """The worst case of each kind, in the order of PRIORITY, at most three."""
    found: dict[str, Action] = {}
    for action in _all(facts, team):
        best = found.get(action.kind)
        if best is None or (action.size, action.rep) > (best.size, best.rep):
            found[action.kind] = action
    return [found[kind] for kind in PRIORITY if kind in found][:MOST_ACTIONS]


def _all(facts: Facts, team: Sequence[str]) -> Iterator[Action]:
    for ref in team:
        rep = facts.reps.get(ref, {})
        given = facts.by_rep.get(ref, [])
        yield from _near_cap(facts, ref, rep, len(given))
        yield from _concentration(facts, ref, given)
        stalled = (facts.record.rep_facts.get(ref) or {}).get("stalled_opportunities")
        if is_count(stalled) and stalled >= STALLED:
            yield Action("stalled", ref, Fraction(stalled), {"count": stalled})
        yield from _support(facts, ref, rep)
    for row in facts.record.warnings:
        if row["rep"] in team:
            far = Fraction(abs(row["received"] - row["median"]))
            figures = {"count": row["received"], "median": row["median"]}
            yield Action(f"intake_{row['side']}", row["rep"], far, figures)
    full = sum(1 for row in facts.held if row.get("reason") == "all_over_cap")
    if full:
        yield Action("held", "", Fraction(full), {"count": full})


def _near_cap(facts: Facts, ref: str, rep: Row, given: int) -> Iterator[Action]:
    for cap in caps_of(facts, rep):
        limit, counts = cap.get("limit"), cap.get("counts") or ()
        if "high_value_this_month" in counts or not is_count(limit) or limit < 1:
            continue
        known = [rep.get(name) for name in counts]
        if not all(is_count(count) for count in known):
            continue
        # Leads given in a run count at once, so what was given is on top of the snapshot; they
        # begin in discovery and cannot fill the later stages.
        count = sum(int(each or 0) for each in known)
        count += given if "open_proposal_negotiation" not in counts else 0
        if Fraction(count, limit) >= NEAR_CAP:
            yield Action(
                "near_cap",
                ref,
                Fraction(count, limit),
                {"count": count, "limit": limit, "rule": str(cap.get("id", ""))},
            )


def caps_of(facts: Facts, rep: Row) -> list[Mapping[str, Any]]:
    """The policy's caps that bind a rep's role."""
    capacity = facts.policy.get("capacity") or {}
    return [
        cap for cap in capacity.get("caps") or () if rep.get("role") in (cap.get("roles") or ())
    ]


def _concentration(facts: Facts, ref: str, given: Sequence[Row]) -> Iterator[Action]:
    industries = Counter(
        str(industry)
        for row in given
        if (industry := facts.leads.get(str(row.get("lead", "")), {}).get("industry"))
    )
    total = sum(industries.values())
    if total < ENOUGH_LEADS:
        return
    industry, count = min(industries.items(), key=lambda item: (-item[1], item[0]))
    part = Fraction(count, total)
    if part > CONCENTRATION:
        yield Action("concentration", ref, part, {"industry": industry, "part": part})


def _support(facts: Facts, ref: str, rep: Row) -> Iterator[Action]:
    capacity = facts.policy.get("capacity") or {}
    attained, left = rep.get("attainment_bp"), rep.get("quarter_left_bp")
    below, least = capacity.get("priority_below_bp"), capacity.get("priority_quarter_left_bp")
    if not (is_count(attained) and is_count(left) and is_count(below) and is_count(least)):
        return
    if attained < below and left > least:
        yield Action("support", ref, Fraction(below - attained), {"attained": attained})


def action_words(lens: Lens, action: Action) -> str:
    """The action as one sentence."""
    t, figures = lens.t, action.figures
    values: dict[str, str] = {"rep": lens.rep(action.rep) if action.rep else ""}
    for name in ("count", "limit", "median"):
        if name in figures:
            values[name] = lens.number(figures[name])
    if "part" in figures:
        values |= {
            "part": lens.percent(figures["part"], 0),
            "most": lens.percent(CONCENTRATION, 0),
            "industry": t.code("industry", figures["industry"]),
        }
    if "attained" in figures:
        values["attained"] = lens.percent(Fraction(figures["attained"], 10_000), 0)
    return t.plain(f"action.{action.kind}", **values)
