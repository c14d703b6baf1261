"""What a fit and a drift report show: sections with their charts, a lede, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from notifications.evidence_parts import Section, Table
from notifications.record import Row
from notifications.score_parts import (
    calibration_chart,
    calibration_rows,
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
from notifications.score_words import sentence, sentences
from notifications.words import Words, shown

Built = tuple[list[Section], str, str]


def heads(t: Words, *names: str) -> list[str]:
    """Column heads of a report's table."""
    return [t.plain(f"report.{name}") for name in names]


def fit_sections(t: Words, report: Row) -> Built:
    """Figures of both models, lift, calibration, tiers, win rates, cards, suspicions."""
    models: Sequence[Any] = report.get("models") or ()
    judged = (models[0].get("later") or models[0].get("folds") or {}) if models else {}
    sections = [_quality(t, models)]
    if deciles := judged.get("deciles"):
        sections += [
            lift_section(t, "lift", deciles, t.plain("report.lift")),
            *_calibrated(t, deciles),
        ]
    if report.get("tiers"):
        columns = [t.plain("col.band"), *heads(t, "rows", "win_rate", "lift_axis")]
        rows = tier_rows(t, report["tiers"])
        table = Table(t.plain("report.tiers"), columns, rows, css="tight narrow")
        sections.append(Section("tiers", t.plain("report.tiers"), table=table))
    sections += _rates(t, report.get("drift") or {})
    if report.get("proposal"):
        sections.append(_cards(t, report["proposal"]))
    if report.get("suspicions"):
        rows = [
            [shown(leak["column"]), sentences(t, leak["reasons"])] for leak in report["suspicions"]
        ]
        table = Table(t.plain("report.suspicions"), heads(t, "column", "why"), rows, 2)
        sections.append(Section("suspicions", t.plain("report.suspicions"), table=table))
    names = ("rows", "wins", "still_open", "without_time", "waiting", "seed")
    lede = t.plain("report.fit_lede", **{name: str(report.get(name, 0)) for name in names})
    return sections, lede, sentences(t, report["verdict"])


def _quality(t: Words, models: Sequence[Any]) -> Section:
    rows = [
        [
            t.code("score.model", model.get("name")),
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
    columns = heads(t, "model", "judged", "auc", "pr_auc", "calibration_error", "top_half")
    table = Table(t.plain("report.quality"), columns, rows, 2, "tight")
    return Section("quality", t.plain("report.quality"), (t.plain("report.unseen"),), table=table)


def lift_section(t: Words, id_: str, deciles: Sequence[Row], heading: str) -> Section:
    """The lift of each tenth; id_ names its chart."""
    columns = heads(t, "decile", "rows", "won", "win_rate", "lift_axis")
    table = Table(heading, columns, lift_rows(t, deciles), css="tight narrow")
    chart = lift_chart(t, id_, deciles)
    return Section(f"of-{id_}", heading, (), chart, table, t.plain("chart.table"))


def _calibrated(t: Words, deciles: Sequence[Row]) -> list[Section]:
    chart = calibration_chart(t, "calibration", deciles)
    if chart is None:
        return []
    heading = t.plain("report.calibration")
    columns = heads(t, "decile", "predicted", "observed", "between")
    table = Table(heading, columns, calibration_rows(t, deciles), css="tight narrow")
    said = (t.plain("report.calibration_desc"),)
    return [Section("calibrated", heading, said, chart, table, t.plain("chart.table"))]


def _rates(t: Words, drift: Row) -> list[Section]:
    rates = drift.get("rates") or drift.get("win_rates") or ()
    if not rates:
        return []
    heading = t.plain("report.over_time")
    said = [t.plain("report.over_time_desc")]
    if drift.get("message"):
        said.append(sentence(t, drift["message"]))
    rows = [[str(k + 1), percent(t, rate)] for k, rate in enumerate(rates)]
    table = Table(heading, heads(t, "tenth_in_time", "win_rate"), rows, 1, "tight narrow")
    chart = rates_chart(t, "over-time", rates)
    return [Section("rates", heading, said, chart, table, t.plain("chart.table"))]


def _cards(t: Words, proposal: Row) -> Section:
    rows = []
    for card in proposal.get("cards") or ():
        weights = ", ".join(
            f"{t.code('factor', name)} {weight}" for name, weight in card["weights"].items()
        )
        mark = " ★" if card.get("name") == proposal.get("proposed") else ""
        rows.append(
            [
                t.code("score.card", card.get("name")) + mark, weights,
                interval(card.get("auc")), interval(card.get("against_hand"), sign="+"),
            ]
        )  # fmt: skip
    columns = heads(t, "card", "weights", "auc", "against_hand")
    table = Table(t.plain("report.cards"), columns, rows, 2, "tight")
    said = (t.plain("report.cards_words"), sentence(t, proposal["why"]))
    return Section("cards", t.plain("report.cards"), said, table=table)


def drift_sections(t: Words, report: Row) -> Built:
    """Every column's PSI against its critical value, both periods, win rates."""
    shifts = [*(report.get("shifts") or ())]
    if report.get("outcome"):
        shifts.append(report["outcome"])
    named = column_name(t)
    heading = t.plain("report.psi")
    columns = heads(t, "column", "drifted", "thumb", "psi_value", "critical", "chance")
    table = Table(heading, columns, drift_rows(t, shifts, named), 3, "tight")
    chart = drift_chart(t, "psi", shifts, named) if shifts else None
    over = [named(row) for row in shifts if row.get("drifted")]
    verdict = (
        t.plain("report.drift_found", over=", ".join(over)) if over else t.plain("report.no_drift")
    )
    said = (t.plain("report.psi_words"),)
    sections = [
        Section("psi-of-columns", heading, said, chart, table),
        _periods(t, report),
        *_rates(t, report),
    ]
    return sections, t.plain("report.drift_lede"), verdict


def _periods(t: Words, report: Row) -> Section:
    rows = [
        [
            t.plain(f"report.{name}"),
            f"{_when(t, period.get('first'))} – {_when(t, period.get('last'))}",
            str(period.get("rows")), str(period.get("closed")), str(period.get("wins")),
        ]
        for name in ("before", "after")
        if (period := report.get(name))
    ]  # fmt: skip
    heading = t.plain("report.periods")
    columns = heads(t, "period", "days", "rows", "closed", "won")
    return Section("periods", heading, table=Table(heading, columns, rows, 2, "tight narrow"))


def _when(t: Words, label: object) -> str:
    """A day, or the number of a row where rows have an order and no dates."""
    text = shown(label or "")
    return t.plain("report.row", number=text) if text.isdigit() else text
