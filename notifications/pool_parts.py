"""The claim pool, intake warnings and the mix of intake, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from notifications.lens import Lens
from notifications.record import Row
from notifications.views import RuleView, rule_view

SHOWN = 12  # leads of one group; the list of all leads has the others


@dataclass(frozen=True, slots=True)
class PoolGroup:
    """Leads that the same reps may claim. reps: (who, claims left when it was decided)."""

    rule: RuleView
    title: str
    leads: Sequence[Markup]
    more: str
    reps: Sequence[tuple[Markup, str]]


def pool_groups(lens: Lens, up: str) -> list[PoolGroup]:
    """Every class of claimable leads of the run; nothing for the public."""
    if not lens.shows("claim_pool"):
        return []
    return [_group(lens, row, row["reps"], up) for row in lens.facts.record.claims]


def pool_of(lens: Lens, ref: str, up: str) -> list[tuple[str, PoolGroup]]:
    """(sentence, group) of the leads that one rep may claim; the group names no other rep."""
    if not lens.shows("claim_pool"):
        return []
    return [
        (
            lens.t.plain(
                "pool.yours",
                rep=lens.rep(ref),
                left=lens.number(left),
                leads=lens.number(len(row["leads"])),
            ),
            _group(lens, row, (), up),
        )
        for row, left in claimable(lens, ref)
    ]


def claimable(lens: Lens, ref: str) -> Iterable[tuple[Row, int]]:
    """(class of leads, claims left) of the classes a rep may claim from."""
    for row in lens.facts.record.claims:
        for each in row["reps"]:
            if each["rep"] == ref:
                yield row, each["left"]


def warning_lines(lens: Lens, up: str) -> list[Markup]:
    """A sentence for each rep whose intake is far off; nothing for the public."""
    if not lens.shows("intake_warnings"):
        return []
    return [
        lens.t(
            f"warn.{row['side']}",
            rep=lens.rep_link(row["rep"], up),
            count=lens.number(row["received"]),
            median=lens.number(row["median"]),
            role=lens.t.code("role", row["role"]),
        )
        for row in lens.facts.record.warnings
    ]


def _group(lens: Lens, row: Row, reps: Iterable[dict[str, Any]], up: str) -> PoolGroup:
    leads = row["leads"]
    hidden = len(leads) - SHOWN
    return PoolGroup(
        rule_view(lens, row["rule"]),
        lens.t.plain(
            "pool.group", leads=lens.number(len(leads)), reps=lens.number(len(row["reps"]))
        ),
        [lens.lead_link(lead, up) for lead in leads[:SHOWN]],
        lens.t.plain("pool.more", count=lens.number(hidden)) if hidden > 0 else "",
        [(lens.rep_link(each["rep"], up), lens.number(each["left"])) for each in reps],
    )


@dataclass(frozen=True, slots=True)
class MixLine:
    """A class of seniority: its reps and, per band, leads received, their part and the target."""

    group: str
    reps: int
    cells: Sequence[tuple[str, str, str]]


def mix_lines(lens: Lens) -> list[MixLine]:
    """What each class received in the run beside the policy's soft targets; not for the public."""
    if not lens.shows("intake_mix"):
        return []
    return [_mix_line(lens, row) for row in lens.facts.record.mix if sum(row["received"].values())]


def _mix_line(lens: Lens, row: Row) -> MixLine:
    total = sum(row["received"].values())
    cells = []
    for band, count in row["received"].items():
        target = row["target_pct"].get(band)
        aim = lens.t.plain("mix.target", pct=target) if target is not None else ""
        cells.append((lens.number(count), lens.percent(Fraction(count, total), 0), aim))
    return MixLine(lens.t.code("seniority", row["group"]), row["reps"], cells)
