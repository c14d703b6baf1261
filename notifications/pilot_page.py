"""The report of `fairlead pilot report`, rendered from its JSON (fairlead/pilot-report/1)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from notifications import formats
from notifications.charts import Caption, Rank, Ranks
from notifications.evidence_parts import Section, Table
from notifications.record import LANGUAGES, Language
from notifications.reports import Pen, ReportView, render_report
from notifications.views import Badge
from notifications.words import shown

Report = Mapping[str, Any]
ARMS = ("policy", "control")
TONES = {"supported": "good", "not_supported": "bad", "insufficient": "warn"}
COUNTS = ("leads", "owned", "won", "lost", "open", "days", "points")


def render_pilot(report: Report) -> dict[str, bytes]:
    """{file name: page} in both languages."""
    views = {language: pilot_view(report, language) for language in LANGUAGES}
    return {f"pilot-{language}.html": render_report(view) for language, view in views.items()}


def pilot_view(report: Report, language: Language) -> ReportView:
    """Everything, for the team's managers; no names in it."""
    pen = Pen(language, report["currency"])
    t = pen.t
    parts = [_questions(report, pen), _chart(report, pen), _arms(report, pen)]
    parts += [_bands(report, pen), _power(report, pen)]
    parts += [_surveys(report, pen)] if report["surveys"] else []
    close = _question(report, "close")
    return ReportView(
        language,
        "pilot",
        t.plain("pilot.title"),
        t.plain(
            "pilot.lede",
            policy=shown(report["policy"]), runs=pen.number(len(report["runs"])),
            first=shown(report["runs"][0]), last=shown(report["runs"][-1]),
            pct=" / ".join(map(str, report["percents"])), landed=shown(report["landed_on"]),
        ),
        t.plain("sheet.for_team"),
        t.plain("sheet.foot", file="pilot.json"),
        [*parts, _reading(report, pen)],
        Badge(t.plain(f"pilot.{close['verdict']}"), TONES[close["verdict"]]),
        [Badge(_headline(report, close, pen), TONES[close["verdict"]])],
        report["synthetic"] == "yes",
        rehearsal=report["rehearsal"] == "yes",
    )  # fmt: skip


def _question(report: Report, name: str) -> Mapping[str, Any]:
    return next(one for one in report["questions"] if one["name"] == name)


def _headline(report: Report, close: Mapping[str, Any], pen: Pen) -> str:
    verdict = pen.t.plain(f"pilot.{close['verdict']}").lower()
    text = pen.t.plain("pilot.headline", verdict=verdict)
    if close["interval"] is None:
        return f"{text} {pen.t.plain('pilot.headline_none')}"
    return f"{text} " + pen.t.plain(
        "pilot.headline_gain",
        difference=_signed(100 * close["difference"], pen),
        confidence=_percent(report["confidence"], pen),
        low=_signed(100 * close["interval"][0], pen),
        high=_signed(100 * close["interval"][1], pen),
    )


def _questions(report: Report, pen: Pen) -> Section:
    t = pen.t
    heads = [t.plain("pilot.question"), *(t.plain(f"pilot.arm_{arm}") for arm in ARMS)]
    heads += [t.plain(f"pilot.{name}") for name in ("difference", "p", "verdict")]
    rows = []
    for one in report["questions"]:
        of_rate = one["kind"] == "rate"
        scale = 100 if of_rate else 1
        rows.append(
            [
                t.plain(f"pilot.q_{one['name']}"),
                *(_estimate(arm, scale, pen) for arm in one["arms"]),
                _gap(one, scale, pen),
                "–" if one["p"] is None else _p(one["p"], pen),
                t.plain(f"pilot.{one['verdict']}"),
            ]
        )
    caption = t.plain("pilot.questions_caption", confidence=_percent(report["confidence"], pen))
    return Section(
        "questions", t.plain("pilot.questions"), (), None, Table(caption, heads, rows, css="tight")
    )


def _chart(report: Report, pen: Pen) -> Section:
    t = pen.t
    bars = []
    for arm, found, tone in zip(
        ARMS, _question(report, "close")["arms"], ("h3", "h0"), strict=True
    ):
        if found["value"] is None:
            continue
        low, high = found["interval"]
        bars.append(
            Rank(
                f"{t.plain('pilot.all_bands')} · {t.plain(f'pilot.arm_{arm}')}",
                100 * found["value"], tone, 100 * low, 100 * high,
                shown=f"{_percent(found['value'], pen)} ({found['events']}/{found['of']})",
            )
        )  # fmt: skip
    for band in report["bands"]:
        for arm, (won, of), tone in zip(ARMS, band["counts"], ("h3", "h0"), strict=True):
            if of:
                label = f"{t.code('band', band['band'])} · {t.plain(f'pilot.arm_{arm}')}"
                share = f"{_percent(won / of, pen)} ({won}/{of})"
                bars.append(Rank(label, 100 * won / of, tone, shown=share))
    caption = Caption(
        "pilot-chart", t.plain("pilot.chart"), t.plain("pilot.chart_desc"), t.plain("pilot.axis")
    )
    heading = t.plain("pilot.chart")
    return Section("chart-part", heading, (), Ranks(caption, tuple(bars)) if bars else None)


def _arms(report: Report, pen: Pen) -> Section:
    t = pen.t
    rows = [
        [t.plain(f"pilot.{name}"), *(pen.number(report["arms"][arm][name]) for arm in ARMS)]
        for name in COUNTS
    ]
    heads = ["", *(t.plain(f"pilot.arm_{arm}") for arm in ARMS)]
    table = Table(t.plain("pilot.arms_caption"), heads, rows)
    return Section("arms", t.plain("pilot.arms"), (), None, table)


def _bands(report: Report, pen: Pen) -> Section:
    t = pen.t
    rows = []
    for band in report["bands"]:
        arms = [
            f"{_percent(won / of, pen)} ({won}/{of})" if of else "–" for won, of in band["counts"]
        ]
        rows.append([t.code("band", band["band"]), *arms, _gap(band, 100, pen)])
    heads = [t.plain("pilot.band"), *(t.plain(f"pilot.arm_{arm}") for arm in ARMS)]
    table = Table(
        t.plain("pilot.bands_caption"), [*heads, t.plain("pilot.difference")], rows, css="tight"
    )
    return Section("bands", t.plain("pilot.bands"), (), None, table)


def _power(report: Report, pen: Pen) -> Section:
    t = pen.t
    rows = []
    for one in report["questions"]:
        scale = 100 if one["kind"] == "rate" else 1
        least = one["detectable"]
        rows.append(
            [
                t.plain(f"pilot.q_{one['name']}"),
                t.plain("pilot.nothing_found") if least is None else _decimal(scale * least, pen),
                _decimal(scale * one["worth"], pen),
                pen.number(one["needed"]),
                pen.number(min(arm["of"] for arm in one["arms"])),
            ]
        )
    heads = [t.plain("pilot.question")]
    heads += [t.plain(f"pilot.{name}") for name in ("detectable", "worth", "needed", "have")]
    caption = t.plain("pilot.power_caption", power=_percent(report["power"], pen))
    return Section(
        "power", t.plain("pilot.power"), (), None, Table(caption, heads, rows, css="tight")
    )


def _surveys(report: Report, pen: Pen) -> Section:
    t = pen.t
    rows = [
        [t.code("survey", row["question"]), *(_estimate(row[w], 1, pen) for w in _SIDES)]
        for row in report["surveys"]
    ]
    heads = ["", *(t.plain(f"pilot.{when}") for when in _SIDES)]
    table = Table(t.plain("pilot.surveys_caption"), heads, rows)
    words = [t.plain("pilot.surveys_words")]
    return Section("surveys", t.plain("pilot.surveys"), words, None, table)


_SIDES = ("before", "during")


def _reading(report: Report, pen: Pen) -> Section:
    values = {
        "until": shown(report["until"]),
        "percents": ", ".join(f"{pct}%" for pct in report["percents"]),
        "crossed": pen.number(report["crossed"]),
    }
    names = ("rule", "methods", "days", *report["notes"])
    words = [pen.t.plain(f"pilot.note_{name}", **values) for name in names]
    return Section("reading", pen.t.plain("pilot.reading"), words)


def _estimate(arm: Mapping[str, Any], scale: int, pen: Pen) -> str:
    if arm["value"] is None:
        return "–"
    value = _decimal(scale * arm["value"], pen) + ("%" if scale == 100 else "")
    if arm["interval"] is None:
        return f"{value} (n = {pen.number(arm['of'])})"
    low, high = (_decimal(scale * each, pen) for each in arm["interval"])
    return f"{value} [{low}; {high}]"


def _gap(row: Mapping[str, Any], scale: int, pen: Pen) -> str:
    if row["interval"] is None:
        return "–"
    low, high = (_signed(scale * each, pen) for each in row["interval"])
    return f"{_signed(scale * row['difference'], pen)} [{low}; {high}]"


def _p(value: float, pen: Pen) -> str:
    return "< 0.001" if value < 0.001 else formats.decimal(Fraction(value), 3, pen.language)


def _signed(value: float, pen: Pen) -> str:
    sign = "+" if value >= 0.05 else "−" if value <= -0.05 else "±"
    return f"{sign}{_decimal(abs(value), pen)}"


def _decimal(value: float, pen: Pen) -> str:
    return formats.decimal(Fraction(value), 1, pen.language, fixed=True)


def _percent(value: float, pen: Pen) -> str:
    return formats.percent(Fraction(value).limit_denominator(10_000), pen.language, 1)
