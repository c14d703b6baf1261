"""The report of `fairlead simulate`, rendered from its JSON (fairlead/simulation-report/1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from notifications.charts import Caption, Rank, Ranks
from notifications.evidence_parts import Section, Table
from notifications.record import LANGUAGES, Language
from notifications.reports import Pen, ReportView, render_report
from notifications.simulation_parts import by_band, evenness, set_aside
from notifications.views import Badge
from notifications.words import shown

Report = Mapping[str, Any]
LISTED = 12  # bars in a chart; the table has everybody


def render_simulation(report: Report) -> dict[str, bytes]:
    """{file name: page} in both languages."""
    return {
        f"simulation-{language}.html": render_report(simulation_view(report, language))
        for language in LANGUAGES
    }


def simulation_view(report: Report, language: Language) -> ReportView:
    """The report for readers of one language."""
    pen = Pen(language, report["currency"])
    t, new, old = pen.t, report["new"], report["old"]
    weeks = report["weeks"]
    is_built = report["built"] == "yes"
    lede = t.plain(
        "sim.lede_built" if is_built else "sim.lede",
        new=shown(new["policy"]),
        old=shown(old["policy"]),
        **({} if is_built else {
            "weeks": pen.number(len(weeks)), "first": weeks[0]["run"], "last": weeks[-1]["run"],
        }),
    )  # fmt: skip
    may = new["may_go_live"] == "yes"
    return ReportView(
        language,
        "simulation",
        t.plain("sim.title"),
        lede,
        t.plain("sheet.for_team"),
        t.plain("sheet.foot", file="simulation.json"),
        [
            _compared(report, pen),
            _gains(report, pen),
            *_charts(report, pen),
            _everyone(report, pen),
            by_band(report, pen),
            *set_aside(report, pen),
            evenness(report, pen),
            _reading(report, pen),
        ],
        Badge(t.plain("sim.may" if may else "sim.may_not"), "good" if may else "warn"),
        _callouts(report, pen, may=may),
        report["synthetic"] == "yes",
        rehearsal=True,
    )


def _callouts(report: Report, pen: Pen, *, may: bool) -> list[Badge]:
    new, old = report["new"], report["old"]
    if not new["judged"]:
        return [Badge(pen.t.plain("sim.gate_none"), "warn")]
    gate = pen.t.plain(
        "sim.gate",
        met=pen.number(new["met"]),
        leads=pen.number(new["judged"]),
        share=_share(new, pen),
        gate=report["gate_pct"],
    )
    before = pen.t.plain(
        "sim.gate_old",
        old=shown(old["policy"]),
        met=pen.number(old["met"]),
        leads=pen.number(old["judged"]),
        share=_share(old, pen),
    )
    found = [Badge(f"{gate} {before}", "good" if may else "warn")]
    if new["broken"]:
        found.append(Badge(pen.t.plain("sim.broken", count=pen.number(new["broken"])), "bad"))
    return found


def _share(outcome: Mapping[str, Any], pen: Pen) -> str:
    leads = outcome["judged"]
    return pen.percent(Fraction(outcome["met"], leads)) if leads else "–"


def _compared(report: Report, pen: Pen) -> Section:
    t, pair = pen.t, (report["old"], report["new"])
    counts = {
        "row_leads": "leads", "row_owned": "owned", "row_met": "met", "row_held": "unassigned",
        "row_aside": "set_aside", "row_valued": "without_value", "row_bands": "band_moves",
    }  # fmt: skip
    rows = [
        [t.plain(f"sim.{key}"), *(pen.number(side[name]) for side in pair),
         pen.signed(pair[1][name] - pair[0][name])]
        for key, name in counts.items()
    ]  # fmt: skip
    for key, name in (("row_overflow", "overflow"), ("row_caps", "caps")):
        sums = [sum(side[name].values()) for side in pair]
        rows.append([t.plain(f"sim.{key}"), *map(pen.number, sums), pen.signed(sums[1] - sums[0])])
    agreed = [
        f"{pen.number(side['agreement']['same'])} / {pen.number(side['agreement']['known'])}"
        for side in pair
    ]
    rows.append([t.plain("sim.row_agreement"), *agreed, ""])
    caption = t.plain("sim.compared_caption")
    heads = [
        "",
        t.plain("sim.before", policy=shown(pair[0]["policy"])),
        t.plain("sim.after", policy=shown(pair[1]["policy"])),
        t.plain("sim.change"),
    ]
    return Section(
        "compared",
        t.plain("sim.compared"),
        [t.plain("sim.agreement_words")],
        None,
        Table(caption, heads, rows),
    )


def _gains(report: Report, pen: Pen) -> Section:
    change = report["change"]
    more = [row["count"][1] - row["count"][0] for row in change["reps"]]
    text = pen.t.plain(
        "sim.gains_words",
        gain=pen.number(sum(m > 0 for m in more)),
        lose=pen.number(sum(m < 0 for m in more)),
        same=pen.number(sum(m == 0 for m in more)),
        moved=pen.number(change["moved"]),
    )
    chance = pen.t.plain(
        "sim.chance_words",
        moved=pen.number(change["chance_moved"]),
        most=pen.number(change["chance_most"]),
    )
    return Section("gains", pen.t.plain("sim.gains"), [text, chance])


def _charts(report: Report, pen: Pen) -> list[Section]:
    rows = report["change"]["reps"]
    more = [row for row in rows if row["count"][1] > row["count"][0]][:LISTED]
    fewer = [row for row in reversed(rows) if row["count"][1] < row["count"][0]][:LISTED]
    return [_chart("more", more, "h3", pen), _chart("fewer", fewer, "h5", pen)]


def _chart(kind: str, rows: Sequence[Mapping[str, Any]], tone: str, pen: Pen) -> Section:
    heading = pen.t.plain(f"sim.{kind}_chart")
    if not rows:
        return Section(f"{kind}-part", heading, [pen.t.plain("sim.nobody")])
    bars = tuple(
        Rank(
            shown(row["name"]), float(abs(row["count"][1] - row["count"][0])), tone,
            shown=pen.signed(row["count"][1] - row["count"][0]),
        )
        for row in rows
    )  # fmt: skip
    desc = pen.t.plain("sim.chart_desc", count=pen.number(len(bars)))
    chart = Ranks(Caption(f"{kind}-chart", heading, desc, pen.t.plain("sim.axis")), bars)
    return Section(f"{kind}-part", heading, (), chart)


def _everyone(report: Report, pen: Pen) -> Section:
    t = pen.t
    bands = report["bands"]
    heads = [
        t.plain("sheet.rep"), t.plain("sheet.role"), t.plain("sheet.leads"),
        t.plain("sim.change"), *(t.code("band", band) for band in bands), t.plain("sim.value"),
        t.plain("sim.change"),
    ]  # fmt: skip
    rows = [
        [
            shown(row["name"]), shown(row["role"]), _pair(row["count"], pen),
            pen.signed(row["count"][1] - row["count"][0]),
            *(_pair(row["bands"][band], pen) for band in bands),
            pen.money(row["value"][1]), pen.signed_money(row["value"][1] - row["value"][0]),
        ]
        for row in report["change"]["reps"]
    ]  # fmt: skip
    heading = t.plain("sheet.all_reps")
    table = Table(heading, heads, rows, text=2, css="tight")
    return Section("everyone", heading, (), None, table, folded=f"{heading} ({len(rows)})")


def _pair(pair: Sequence[int], pen: Pen) -> str:
    return f"{pen.number(pair[0])} → {pen.number(pair[1])}"


def _reading(report: Report, pen: Pen) -> Section:
    t = pen.t
    words = [
        t.plain(
            f"sim.note_{note['code']}",
            **{key: shown(value) for key, value in note.items() if key != "code"},
        )
        for note in report["notes"]
    ]
    return Section("reading", t.plain("sim.assumptions"), words)
