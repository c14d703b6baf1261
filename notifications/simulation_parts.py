"""Tables of the simulation report: bands and methods, what was set aside, how even it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.evidence_parts import Section, Table
from notifications.reports import Pen
from notifications.words import shown

Report = Mapping[str, Any]


def by_band(report: Report, pen: Pen) -> Section:
    """Owned leads of each band and method under both policies."""
    t, old, new = pen.t, report["old"]["methods"], report["new"]["methods"]
    rows = []
    for band in report["bands"]:
        names = dict.fromkeys((*old.get(band, {}), *new.get(band, {})))
        for method in sorted(names):
            pair = [side.get(band, {}).get(method, 0) for side in (old, new)]
            rows.append(
                [t.code("band", band), t.code("method", method), *map(pen.number, pair),
                 pen.signed(pair[1] - pair[0])]
            )  # fmt: skip
    heads = [t.plain("sim.band"), t.plain("sim.method"), *_sides(report, pen)]
    caption = t.plain("sim.bands_caption")
    return Section(
        "bands", t.plain("sim.bands"), (), None, Table(caption, heads, rows, text=2, css="tight")
    )


def set_aside(report: Report, pen: Pen) -> list[Section]:
    """Unassigned leads by reason, rules that overflowed, caps that bound; where there are any."""
    t = pen.t
    parts = (
        ("held", "held", "sim.held", "sim.held", "sim.rule"),
        ("overflows", "overflow", "sim.overflows", "sim.overflow_caption", "sim.rule"),
        ("caps", "caps", "sim.caps", "sim.caps_caption", "sim.cap"),
    )
    found = []
    for id_, name, heading, caption, first in parts:
        old, new = report["old"][name], report["new"][name]
        rows = [
            [
                t.code("reason", code) if name == "held" else shown(code),
                pen.number(old.get(code, 0)),
                pen.number(new.get(code, 0)),
                pen.signed(new.get(code, 0) - old.get(code, 0)),
            ]
            for code in sorted({*old, *new})
        ]
        if rows:
            heads = [t.plain(first), *_sides(report, pen)]
            table = Table(t.plain(caption), heads, rows, css="tight")
            found.append(Section(id_, t.plain(heading), (), None, table))
    return found


def evenness(report: Report, pen: Pen) -> Section:
    """Spread and standard deviation within each role, under both policies."""
    t = pen.t
    heads = [
        t.plain("sheet.role"), t.plain("sim.policy"), t.plain("sheet.reps"),
        t.plain("sheet.leads"), t.plain("sheet.least"), t.plain("sheet.most"),
        t.plain("sheet.spread"), t.plain("sheet.deviation"), t.plain("sheet.gini"),
        t.plain("sheet.jain"), t.plain("sheet.top"),
    ]  # fmt: skip
    rows = [
        [
            shown(row["role"]), shown(report[side]["policy"]), pen.number(row["reps"]),
            pen.number(row["leads"]), pen.number(row["least"]), pen.number(row["most"]),
            pen.number(row["most"] - row["least"]), pen.hundredths(row["deviation_x100"]),
            pen.ratio(row["gini"], 3), pen.ratio(row["jain"], 3), pen.percent(row["top_share"]),
        ]
        for role in [row["role"] for row in report["new"]["spreads"]]
        for side in ("old", "new")
        for row in report[side]["spreads"]
        if row["role"] == role
    ]  # fmt: skip
    reps = sum(row["reps"] for row in report["new"]["spreads"])
    words = [t.plain("sim.even_words", reps=pen.number(reps))]
    table = Table(t.plain("sheet.roles"), heads, rows, text=2, css="tight")
    return Section("even", t.plain("sim.even"), words, None, table)


def _sides(report: Report, pen: Pen) -> list[str]:
    t = pen.t
    return [
        t.plain("sim.before", policy=shown(report["old"]["policy"])),
        t.plain("sim.after", policy=shown(report["new"]["policy"])),
        t.plain("sim.change"),
    ]
