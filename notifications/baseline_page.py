"""The baseline report and its one-page short form, from fairlead/baseline-report/1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notifications.charts import Bars, Caption, Series
from notifications.evidence_parts import Section, Table
from notifications.lens import rational
from notifications.record import LANGUAGES, Language
from notifications.reports import Pen, ReportView, render_report
from notifications.views import Badge
from notifications.words import shown

Report = Mapping[str, Any]
# Document 0's figures, before its policy and expected after (deal sizes in CNY).
EXAMPLE = {
    "leads_a_month": {"top": ("24", "16"), "middle": ("9", "14"), "bottom": ("4", "12")},
    "deal_size": {
        "top": ("6800000", "5200000"),
        "middle": ("1800000", "4100000"),
        "bottom": ("650000", "2800000"),
    },
    "attainment": {
        "top": ("145/100", "128/100"),
        "middle": ("78/100", "84/100"),
        "bottom": ("42/100", "58/100"),
    },
}


def render_baseline(report: Report) -> dict[str, bytes]:
    """{file name: page}: the report and the executive sheet in both languages."""
    views = {
        name: view
        for language in LANGUAGES
        for name, view in (
            (f"baseline-{language}.html", baseline_view(report, language)),
            (f"executive-{language}.html", executive_view(report, language)),
        )
    }
    return {name: render_report(view) for name, view in views.items()}


def baseline_view(report: Report, language: Language) -> ReportView:
    """Everything, for the team's managers, or for HR with protected attributes."""
    pen = Pen(language, report["currency"])
    parts = [_bands(report, pen), _tenths(report, pen), _inequality(report, pen)]
    parts += [_group(report, pen, name) for name in report["groups"]]
    return _view("baseline", report, pen, [*parts, _limits(report, pen)])


def executive_view(report: Report, language: Language) -> ReportView:
    """One sheet to print: the bands beside document 0's, the widest gaps, what is not known."""
    pen = Pen(language, report["currency"])
    parts = [_bands(report, pen, with_example=True), _gaps(report, pen), _limits(report, pen)]
    return _view("executive", report, pen, parts, css_class="sheet")


def _view(
    name: str, report: Report, pen: Pen, parts: Sequence[Section], css_class: str = ""
) -> ReportView:
    t = pen.t
    lede = t.plain(
        f"base.lede_{report['counted']}",
        start=report["from"], end=report["to"], source=shown(report["source"]),
        leads=pen.number(report["total"]["leads"]), reps=pen.number(report["reps"]),
    )  # fmt: skip
    callouts = []
    if everyone := next((r for r in report["inequality"] if r["withheld"] == "no"), None):
        text = t.plain("base.headline", share=pen.percent(everyone["leads"]))
        if everyone["top_leads"]:
            top = pen.percent(everyone["top_leads"])
            text += " " + t.plain("base.headline_top", share=top, tier=_tier(report, pen))
        callouts.append(Badge(text, "plain"))
    audience = t.plain("sheet.for_hr" if report["protected"] == "yes" else "sheet.for_team")
    return ReportView(
        pen.language, name, t.plain(f"base.title_{name}"), lede, audience,
        t.plain("sheet.foot", file="baseline.json"), parts, None, callouts,
        report["synthetic"] == "yes", css_class,
    )  # fmt: skip


def _tier(report: Report, pen: Pen) -> str:
    return pen.t.code("band", report["tier"])


def _figure(row: Mapping[str, Any], name: str, pen: Pen) -> str:
    """One cell: unknown and withheld are said, never shown as zero."""
    value = row.get(name, "")
    if value == "withheld":
        return pen.t.plain("base.withheld_cell")
    if value == "":
        return pen.t.plain("unknown")
    if name == "deal_size":
        return pen.money(value)
    if name in ("leads", "reps", "top_leads"):
        return pen.number(value)
    places = 2 if name == "against_role" else 1
    return (
        pen.ratio(value, places)
        if name in ("leads_a_month", "against_role")
        else pen.percent(value)
    )


def _bands(report: Report, pen: Pen, *, with_example: bool = False) -> Section:
    t = pen.t
    names = ["reps", "leads_a_month", "share", "deal_size", "win_rate", "attainment"]
    heads, rows = [t.plain("base.band")], []
    for name in names:
        heads.append(t.plain(f"base.{name}"))
        if with_example and name in EXAMPLE:
            heads.append(t.plain("base.example"))
    for row in report["bands"]:
        cells = [t.plain(f"base.{row['band']}")]
        for name in names:
            cells.append(_figure(row, name, pen))
            if with_example and name in EXAMPLE:
                cells.append(_example(name, row["band"], pen))
        rows.append(cells)
    words = [t.plain("base.bands_words")] if rows else [t.plain("base.no_bands")]
    if with_example:
        words.append(t.plain("base.example_words"))
    table = Table(t.plain("base.bands_caption"), heads, rows, css="tight") if rows else None
    return Section("bands", t.plain("base.bands"), words, None, table)


def _example(name: str, band: str, pen: Pen) -> str:
    """Document 0's figure before its policy, and what it expects after."""
    pair = EXAMPLE[name][band]
    if name == "deal_size":
        pen = Pen(pen.language, "CNY")
        return " → ".join(pen.money(int(text)) for text in pair)
    return " → ".join(pen.percent(x) if "/" in x else x for x in pair)


def _tenths(report: Report, pen: Pen) -> Section:
    t, tenths = pen.t, report["tenths"]
    heading = t.plain("base.tenths")
    if not tenths:
        return Section("tenths", heading, [t.plain("base.no_tenths", k=report["k"])])
    values = tuple(float(rational(text) or 0) for text in tenths)
    desc = t.plain("base.tenths_desc", most=pen.ratio(tenths[0], 1), least=pen.ratio(tenths[-1], 1))
    caption = Caption(
        "tenths-chart", heading, desc, t.plain("base.tenths_axis"), t.plain("base.leads_a_month")
    )
    series = (Series(t.plain("base.leads_a_month"), "h0", values),)
    chart = Bars(caption, tuple(str(i) for i in range(1, 11)), series)
    return Section("tenths", heading, [desc], chart)


def _inequality(report: Report, pen: Pen) -> Section:
    t = pen.t
    names = ("leads", "top_leads", "won_amount")
    heads = [
        t.plain("sheet.role"), t.plain("sheet.reps"), t.plain("sheet.gini"),
        t.plain("base.top_of_leads"), t.plain("base.top_of_tier", tier=_tier(report, pen)),
        t.plain("base.top_of_money"),
    ]  # fmt: skip
    rows = []
    for row in report["inequality"]:
        label = t.plain("sheet.all_reps") if row["role"] == "all" else t.code("role", row["role"])
        cells = [label, pen.number(row["reps"])]
        if row["withheld"] == "yes":
            rows.append([*cells, *[t.plain("base.withheld_cell")] * 4])
        else:
            rows.append([*cells, pen.ratio(row["gini"], 3), *(pen.percent(row[n]) for n in names)])
    table = Table(t.plain("base.inequality_caption"), heads, rows, css="tight")
    words = [t.plain("base.inequality_words")]
    return Section("inequality", t.plain("base.inequality"), words, None, table)


def _group_name(dimension: str, name: str, pen: Pen) -> str:
    if dimension == "role":
        return pen.t.code("role", name)
    known = f"base.group_{name}"
    return pen.t.plain(known) if pen.t.has(known) else shown(name)


def _group(report: Report, pen: Pen, dimension: str) -> Section:
    t, found = pen.t, report["groups"][dimension]
    names = [
        "reps", "leads_a_month", "against_role", "share", "share_of_people", "top_share",
        "deal_size", "win_rate", "attainment",
    ]  # fmt: skip
    heads = [t.plain(f"base.by_{dimension}"), *(t.plain(f"base.{name}") for name in names)]
    rows = [
        [_group_name(dimension, row["group"], pen), *(_figure(row, name, pen) for name in names)]
        for row in found["shown"]
    ]
    words = []
    if found["withheld"]:
        listed = ", ".join(_group_name(dimension, name, pen) for name in found["withheld"])
        words.append(t.plain("base.withheld", groups=listed, k=report["k"]))
    heading = t.plain(f"base.by_{dimension}")
    table = Table(heading, heads, rows, css="tight") if rows else None
    return Section(f"by-{dimension}", heading, words, None, table)


def _gaps(report: Report, pen: Pen) -> Section:
    """For each dimension the group furthest below and above what its roles get."""
    t, words = pen.t, []
    for dimension, found in report["groups"].items():
        rows = [row for row in found["shown"] if row["against_role"]]
        if dimension == "role" or len(rows) < 2:
            continue
        rows.sort(key=lambda row: rational(row["against_role"]) or 0)
        words.append(
            t.plain(
                "base.gap", dimension=t.plain(f"base.by_{dimension}"),
                low=_group_name(dimension, rows[0]["group"], pen),
                low_rate=pen.percent(rows[0]["against_role"], 0),
                high=_group_name(dimension, rows[-1]["group"], pen),
                high_rate=pen.percent(rows[-1]["against_role"], 0),
            )
        )  # fmt: skip
    words = words or [t.plain("base.no_gaps", k=report["k"])]
    return Section("gaps", t.plain("base.gaps"), [*words, t.plain("base.gaps_words")])


def _limits(report: Report, pen: Pen) -> Section:
    t = pen.t
    words = [t.plain("base.tier_words", tier=_tier(report, pen), policy=shown(report["policy"]))]
    if report["counted"] == "deals":
        words = [t.plain("base.deals_words")]
    words += [
        t.plain(f"base.unknown_{name}", count=pen.number(count))
        for name, count in report["unknown"].items()
    ]
    if report["too_new"]:
        words.append(t.plain("base.too_new", count=pen.number(report["too_new"])))
    return Section("limits", t.plain("base.limits"), words)
