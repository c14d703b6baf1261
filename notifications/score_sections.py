"""What each kind of score report shows: sections with their charts, a lede, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from notifications.charts import Chart
from notifications.evidence_parts import Section, Table, section
from notifications.lens import SENTENCE
from notifications.record import Row
from notifications.score_parts import (
    calibration_chart,
    column_name,
    drift_chart,
    drift_rows,
    interval,
    lift_chart,
    lift_rows,
    percent,
    rates_chart,
    tier_rows,
)
from notifications.words import Words, shown

MOVED = 200  # leads listed; the JSON has them all

Built = tuple[list[Section], str, str]


def _drawn(charts: list[Chart], chart: Chart | None) -> Chart | None:
    if chart is not None:
        charts.append(chart)
    return chart


def _heads(t: Words, *names: str) -> list[str]:
    return [t.plain(f"report.{name}") for name in names]


def fit_sections(t: Words, report: Row, charts: list[Chart]) -> Built:
    sections = []
    models: Sequence[Any] = report.get("models") or ()
    rows = [
        [
            shown(model.get("name") or ""),
            t.plain(f"report.judged_{name}"),
            interval(judged.get("auc")),
            interval(judged.get("pr_auc")),
            interval(judged.get("calibration_error")),
            percent(t, judged.get("top_half_wins")),
        ]
        for model in models
        for name in ("folds", "later")
        if (judged := model.get(name))
    ]
    heads = _heads(t, "model", "judged", "auc", "pr_auc", "calibration_error", "top_half")
    table = Table(t.plain("report.quality"), heads, rows, 2, "tight")
    sections.append(
        section("quality", t.plain("report.quality"), (t.plain("report.unseen"),), table=table)
    )
    judged = (models[0].get("later") or models[0].get("folds") or {}) if models else {}
    deciles = judged.get("deciles") or ()
    if deciles:
        table = Table(
            t.plain("report.lift"), _heads(t, "decile", "rows", "won", "win_rate", "lift_axis"),
            lift_rows(t, deciles), css="tight narrow",
        )  # fmt: skip
        chart = _drawn(charts, lift_chart(t, "lift", deciles))
        more = {"folded": t.plain("chart.table")}
        sections.append(section("lifts", t.plain("report.lift"), (), chart, table, **more))
        calibrated = _drawn(charts, calibration_chart(t, "calibration", deciles))
        if calibrated:
            said = (t.plain("report.calibration_desc"),)
            sections.append(section("calibrated", t.plain("report.calibration"), said, calibrated))
    if report.get("tiers"):
        heads = [t.plain("col.band"), *_heads(t, "rows", "win_rate", "lift_axis")]
        table = Table(
            t.plain("report.tiers"), heads, tier_rows(t, report["tiers"]), css="tight narrow"
        )
        sections.append(section("tiers", t.plain("report.tiers"), table=table))
    sections += _rates(t, report.get("drift") or {}, charts)
    if report.get("proposal"):
        sections.append(_cards(t, report["proposal"]))
    if report.get("suspicions"):
        rows = [
            [shown(leak["column"]), shown(leak["reason"], SENTENCE)]
            for leak in report["suspicions"]
        ]
        table = Table(t.plain("report.suspicions"), _heads(t, "column", "why"), rows, 2)
        sections.append(section("suspicions", t.plain("report.suspicions"), table=table))
    lede = t.plain(
        "report.fit_lede",
        rows=str(report.get("rows")),
        wins=str(report.get("wins")),
        seed=str(report.get("seed")),
    )
    return sections, lede, shown(report.get("verdict") or "", SENTENCE)


def _rates(t: Words, drift: Row, charts: list[Chart]) -> list[Section]:
    rates = drift.get("rates") or drift.get("win_rates") or ()
    if not rates:
        return []
    said = [t.plain("report.over_time_desc")]
    if drift.get("message"):
        said.append(shown(drift["message"], SENTENCE))
    rows = [[str(k + 1), percent(t, rate)] for k, rate in enumerate(rates)]
    table = Table(
        t.plain("report.over_time"), _heads(t, "tenth_in_time", "win_rate"), rows, 1, "tight narrow"
    )
    chart = _drawn(charts, rates_chart(t, "over-time", rates))
    more = {"folded": t.plain("chart.table")}
    return [section("rates", t.plain("report.over_time"), said, chart, table, **more)]


def _cards(t: Words, proposal: Row) -> Section:
    rows = []
    for card in proposal.get("cards") or ():
        weights = ", ".join(
            f"{t.code('factor', name)} {weight}" for name, weight in card["weights"].items()
        )
        mark = " ★" if card.get("name") == proposal.get("proposed") else ""
        rows.append(
            [
                shown(card.get("name") or "") + mark, weights, interval(card.get("auc")),
                interval(card.get("against_hand")),
            ]
        )  # fmt: skip
    table = Table(
        t.plain("report.cards"),
        _heads(t, "card", "weights", "auc", "against_hand"),
        rows,
        2,
        "tight",
    )
    said = (t.plain("report.cards_words"), shown(proposal.get("why") or "", SENTENCE))
    return section("cards", t.plain("report.cards"), said, table=table)


def drift_sections(t: Words, report: Row, charts: list[Chart]) -> Built:
    shifts = [*(report.get("shifts") or ())]
    if report.get("outcome"):
        shifts.append(report["outcome"])
    named = column_name(t)
    periods = [
        [
            t.plain(f"report.{name}"),
            f"{shown(period.get('first', ''))} – {shown(period.get('last', ''))}",
            str(period.get("rows")), str(period.get("closed")), str(period.get("wins")),
        ]
        for name in ("before", "after")
        if (period := report.get(name))
    ]  # fmt: skip
    heads = _heads(t, "period", "days", "rows", "closed", "won")
    table = Table(t.plain("report.psi"),
                  _heads(t, "column", "drifted", "thumb", "psi_value", "critical", "chance"),
                  drift_rows(t, shifts, named), 3, "tight")  # fmt: skip
    chart = _drawn(charts, drift_chart(t, "psi", shifts, named)) if shifts else None
    over = [named(row) for row in shifts if row.get("drifted")]
    verdict = (
        t.plain("report.drift_found", over=", ".join(over)) if over else t.plain("report.no_drift")
    )
    said = (t.plain("report.psi_words"),)
    when = Table(t.plain("report.periods"), heads, periods, 2, "tight narrow")
    sections = [
        section("psi-of-columns", t.plain("report.psi"), said, chart, table),
        section("periods", t.plain("report.periods"), table=when),
        *_rates(t, report, charts),
    ]
    return sections, t.plain("report.drift_lede"), verdict


def backtest_sections(t: Words, report: Row, charts: list[Chart]) -> Built:
    old, new = report.get("old") or {}, report.get("new") or {}
    names = [shown(version.get("policy") or "") for version in (old, new)]
    moves: Row = report.get("moves") or {}
    bands = [
        band for band, row in moves.items()
        if any(row.values()) or any(other.get(band) for other in moves.values())
    ]  # fmt: skip
    table = Table(
        t.plain("report.moves_caption", old=names[0], new=names[1]),
        ["", *(t.code("band", band) for band in bands)],
        [
            [t.code("band", band), *(str(moves[band].get(other, 0)) for other in bands)]
            for band in bands
        ],
        css="tight narrow",
    )
    moved = report.get("moved") or ()
    said = t.plain("report.moved", count=str(len(moved)))
    sections = [section("moves", t.plain("report.moves"), (said,), table=table)]
    labels = ("auc_sum", "auc_weighted", "auc_order")
    rows = [
        [t.plain(f"report.{label}"), *(interval(v.get(label)) for v in (old, new))]
        for label in labels
    ]
    rows += [
        [
            t.plain("report.won_in", band=t.code("band", after.get("band"))),
            *(t.plain("report.rate_of", rate=percent(t, _rate(x)), leads=str(x.get("leads")))
              for x in (before, after)),
        ]
        for before, after in zip(old.get("tiers") or (), new.get("tiers") or (), strict=False)
    ]  # fmt: skip
    table = Table(t.plain("report.compared"), ["", *names], rows, 1, "tight")
    gain = t.plain("report.gain", gain=interval(report.get("order_gain")))
    sections.append(section("compared", t.plain("report.compared"), (gain,), table=table))
    for id_, version, name in (("lift-old", old, names[0]), ("lift-new", new, names[1])):
        deciles = version.get("deciles") or ()
        if deciles:
            heads = _heads(t, "decile", "rows", "won", "win_rate", "lift_axis")
            table = Table(name, heads, lift_rows(t, deciles), css="tight narrow")
            chart = _drawn(charts, lift_chart(t, id_, deciles))
            heading = f"{t.plain('report.lift')} · {name}"
            more = {"folded": t.plain("chart.table")}
            sections.append(section(f"of-{id_}", heading, (), chart, table, **more))
    if moved:
        sections.append(_moved(t, moved))
    window = report.get("window") or ("", "")
    lede = t.plain(
        "report.backtest_lede",
        leads=str(report.get("in_window")), first=shown(window[0]), last=shown(window[1]),
        closed=str(report.get("closed")), wins=str(report.get("wins")),
    )  # fmt: skip
    return sections, lede, shown(report.get("verdict") or "", SENTENCE)


def _rate(tier: Row) -> float | None:
    leads = tier.get("leads") or 0
    return tier.get("wins", 0) / leads if leads else None


def _moved(t: Words, moved: Sequence[Row]) -> Section:
    rows = [
        [
            shown(row.get("lead_id") or ""), shown(row.get("created_on") or ""),
            t.code("band", row.get("before")), t.code("band", row.get("after")),
            ", ".join(t.code("factor", name) for name in row.get("changed") or ()) or "–",
            str(row.get("score_before")), str(row.get("score_after")),
        ]
        for row in moved[:MOVED]
    ]  # fmt: skip
    heads = [t.plain("col.lead"), *_heads(t, "created", "before_band", "after_band", "changed")]
    heads += _heads(t, "score_before", "score_after")
    table = Table(t.plain("report.moved_leads"), heads, rows, 5, "tight")
    said = t.plain("report.listed", listed=str(len(rows)), count=str(len(moved)))
    return section("moved", t.plain("report.moved_leads"), (said,), table=table)
