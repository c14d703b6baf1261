"""The leads of a run that weigh more than a lead of a higher band.

Counted over the run's own leads, from its snapshot: the source may have others waiting still that
an earlier run gave away.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from notifications.evidence_parts import Section, Table
from notifications.facts import BANDS
from notifications.lens import Lens, is_count
from notifications.record import Row

LISTED = 60  # the count says how many there are


@dataclass(frozen=True, slots=True)
class Outweighing:
    """A lead that weighs more than `leads` leads of higher bands: of `band` and below it."""

    ref: str
    band: str
    lowest: int
    leads: int


def outweighing(leads: Mapping[str, Row]) -> list[Outweighing]:
    """The leads {ref: row} that weigh more than one of a higher band, most outweighed first."""
    weights: dict[str, list[int]] = {band: [] for band in BANDS}
    for lead in leads.values():
        if lead.get("band") in weights and is_count(lead.get("weighted_x100")):
            weights[str(lead["band"])].append(lead["weighted_x100"])
    for each in weights.values():
        each.sort()
    found = []
    for ref, lead in leads.items():
        own, band = lead.get("weighted_x100"), lead.get("band")
        if band not in weights or not is_count(own):
            continue
        lighter = {
            other: bisect_left(weights[other], own) for other in BANDS[: BANDS.index(str(band))]
        }
        under = [other for other, n in lighter.items() if n]
        if under:
            lowest = min(weights[other][0] for other in under)
            found.append(Outweighing(ref, under[0], lowest, sum(lighter.values())))
    return sorted(found, key=lambda one: (-one.leads, one.ref))


def disagreements(lens: Lens) -> Section | None:
    """Where the weights would have said otherwise than the sum, which decides."""
    t, leads = lens.t, lens.facts.leads
    if not leads:
        return None
    heading = t.plain("scoring.disagreements")
    found = outweighing(leads)
    if not found:
        return Section("disagreements", heading, (t.plain("scoring.disagreements_none"),))
    listed = found[:LISTED]
    return Section(
        "disagreements",
        heading,
        (
            t.plain(
                "scoring.disagreements_words",
                count=lens.number(len(found)),
                total=lens.number(len(leads)),
                listed=lens.number(len(listed)),
            ),
        ),
        table=Table(
            t.plain("scoring.disagreements_caption"),
            [
                t.plain("col.lead"), t.plain("col.band"), t.plain("scoring.outscored_band"),
                t.plain("scoring.sum"), t.plain("scoring.weighted"),
                t.plain("scoring.lowest_outscored"), t.plain("scoring.outscored"),
            ],
            [
                [
                    lens.lead_link(one.ref, ""), t.code("band", leads[one.ref].get("band")),
                    t.code("band", one.band),
                    lens.number(leads[one.ref].get("score")),
                    lens.figure("weighted_x100", leads[one.ref].get("weighted_x100")),
                    lens.figure("weighted_x100", one.lowest),
                    lens.number(one.leads),
                ]
                for one in listed
            ],
            text=3,
            css="tight",
        ),
    )  # fmt: skip
