"""Who could have had a lead, by rank, and who could not, by reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from notifications.audience import LEAST_PEOPLE
from notifications.lens import PRIVATE_FIGURES, Lens
from notifications.record import Row

UP = "../"
HEAD = 10  # ranked candidates in the open; the others fold


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A candidate who could have had the lead. mark: owner, next or nothing."""

    rank: str
    rep: Markup
    figures: Sequence[str]
    mark: str


@dataclass(frozen=True, slots=True)
class ExcludedGroup:
    """Everybody excluded for one reason; reps is empty on public pages (absences are personal)."""

    label: str
    count: int
    reps: Sequence[Markup]


def figure_names(ranked: Sequence[Row]) -> list[str]:
    """Names of the figures that ranked them, without what only the rep and HR may read."""
    names: dict[str, None] = {}
    for row in ranked[:HEAD]:
        names.update(dict.fromkeys(row.get("figures") or {}))
    return [name for name in names if name not in PRIVATE_FIGURES]


def has_private(ranked: Sequence[Row]) -> bool:
    """Whether a figure was left out that may have had a say in the ranks."""
    return any(name in (row.get("figures") or {}) for row in ranked for name in PRIVATE_FIGURES)


def ranked_row(
    lens: Lens, row: Row, columns: Sequence[str], decision: Row, explanation: Row
) -> RankedRow:
    rep = row.get("rep")
    figures: Mapping[str, Any] = row.get("figures") or {}
    mark = ""
    if rep and rep == decision.get("rep"):
        mark = "owner"
    elif rep and rep == explanation.get("next"):
        mark = "next"
    return RankedRow(
        lens.number(row.get("rank")),
        lens.rep_link(rep, UP),
        [lens.figure(name, figures.get(name)) for name in columns],
        mark,
    )


def excluded_groups(lens: Lens, rows: Sequence[Row] | Mapping[str, int]) -> list[ExcludedGroup]:
    """Groups, largest first; a compact explanation has only {code: count}, so no names."""
    members: dict[str, list[Row]] = {}
    if isinstance(rows, Mapping):
        counts = dict(rows)
    else:
        for row in rows:
            members.setdefault(str(row.get("why", "")), []).append(row)
        counts = {why: len(group) for why, group in members.items()}
    shown = lens.shows("excluded_reps")
    if not shown:
        counts = _large_groups(counts)
    return [
        ExcludedGroup(
            lens.t.code("excluded", why),
            count,
            [_excluded_rep(lens, row) for row in members.get(why, ())] if shown else (),
        )
        for why, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _large_groups(counts: Mapping[str, int]) -> dict[str, int]:
    """No group of fewer than LEAST_PEOPLE: small ones are counted together, and where even those
    are few, with the next larger; nothing at all is told of fewer in all."""
    large, small = dict[str, int](), 0
    for why, count in sorted(counts.items(), key=lambda item: (item[1], item[0])):
        if count < LEAST_PEOPLE or 0 < small < LEAST_PEOPLE:
            small += count
        else:
            large[why] = count
    return {**large, "other": small} if small >= LEAST_PEOPLE else large


def _excluded_rep(lens: Lens, row: Row) -> Markup:
    """The rep, with count/cap or stars/needed where a number stood in the way."""
    figures: Mapping[str, Any] = row.get("figures") or {}
    link = lens.rep_link(row.get("rep"), UP)
    for name, bound in (("count", "cap"), ("stars", "stars_needed")):
        if name in figures and bound in figures:
            text = f" {lens.figure(name, figures[name])}/{lens.figure(bound, figures[bound])}"
            return link + text
    return link
