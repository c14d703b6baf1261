"""Charts and tables of score reports, from the JSON that `fairlead score … --json` writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from notifications import formats
from notifications.charts import Bars, Calibration, Caption, Rank, Ranks, Series
from notifications.record import Row
from notifications.words import Words, shown

Z = 1.96  # 95%


def percent(t: Words, value: object) -> str:
    """0.2170 as "21.7%"."""
    if not isinstance(value, int | float):
        return t.plain("unknown")
    return formats.percent(Fraction(value).limit_denominator(10**6), t.language)


def figure(value: object, places: int = 3, sign: str = "") -> str:
    """Three places; a PSI of many rows needs four. sign: "+" for a difference."""
    return f"{value:{sign}.{places}f}" if isinstance(value, int | float) else "–"


def interval(value: Row | None, sign: str = "") -> str:
    """ "0.712 [0.690, 0.733]"."""
    if not value:
        return "–"
    middle, low, high = (figure(value.get(name), sign=sign) for name in ("value", "low", "high"))
    return f"{middle} [{low}, {high}]"


def lift_chart(t: Words, id_: str, deciles: Sequence[Row]) -> Bars:
    """How much more often each tenth wins than all together, best tenth first."""
    lifts = tuple(float(row.get("lift") or 0) for row in deciles)
    top = f"{lifts[0]:.2f}" if lifts else "–"
    return Bars(
        Caption(
            id_, t.plain("report.lift"), t.plain("report.lift_desc", top=top),
            t.plain("report.decile"), t.plain("report.lift_axis"),
        ),
        tuple(str(row.get("number")) for row in deciles),
        (Series(t.plain("report.lift"), "h0", lifts),),
        ((t.plain("report.average"), 1.0),),
    )  # fmt: skip


def lift_rows(t: Words, deciles: Sequence[Row]) -> list[list[str]]:
    return [
        [
            str(row.get("number")), str(row.get("rows")), str(row.get("wins")),
            percent(t, row.get("win_rate")), f"{float(row.get('lift') or 0):.2f}",
        ]
        for row in deciles
    ]  # fmt: skip


def calibration_chart(t: Words, id_: str, deciles: Sequence[Row]) -> Calibration | None:
    """Predicted beside observed win rates; None where a report has no predicted ones."""
    points = []
    for row in deciles:
        predicted, n = row.get("predicted"), int(row.get("rows") or 0)
        if not isinstance(predicted, int | float) or not n:
            return None
        low, high = wilson(int(row.get("wins") or 0), n)
        points.append((float(predicted), float(row.get("win_rate") or 0), low, high))
    return Calibration(
        Caption(
            id_, t.plain("report.calibration"), t.plain("report.calibration_desc"),
            t.plain("report.predicted"), t.plain("report.observed"),
        ),
        tuple(points),
    )  # fmt: skip


def calibration_rows(t: Words, deciles: Sequence[Row]) -> list[list[str]]:
    rows = []
    for row in deciles:
        low, high = wilson(int(row.get("wins") or 0), int(row.get("rows") or 0))
        between = f"{percent(t, low)} – {percent(t, high)}"
        rows.append(
            [
                str(row.get("number")), percent(t, row.get("predicted")),
                percent(t, row.get("win_rate")), between,
            ]
        )  # fmt: skip
    return rows


def wilson(wins: int, rows: int) -> tuple[float, float]:
    """Wilson's 95% interval of a win rate."""
    rate, square = wins / rows, Z * Z
    centre = (rate + square / (2 * rows)) / (1 + square / rows)
    half = Z * (rate * (1 - rate) / rows + square / (4 * rows * rows)) ** 0.5 / (1 + square / rows)
    return centre - half, centre + half


def tier_rows(t: Words, tiers: Sequence[Row]) -> list[list[str]]:
    return [
        [
            t.code("band", row.get("band")), str(row.get("rows")), percent(t, row.get("win_rate")),
            f"{float(row.get('lift') or 0):.2f}",
        ]
        for row in tiers
    ]  # fmt: skip


def drift_chart(t: Words, id_: str, shifts: Sequence[Row], named: Callable[[Any], str]) -> Ranks:
    """PSI of each column with its own critical value as a red mark."""
    over = [named(row) for row in shifts if row.get("drifted")]
    return Ranks(
        Caption(
            id_, t.plain("report.psi"),
            t.plain("report.psi_desc", over=", ".join(over) or t.plain("report.none")), "PSI",
        ),
        tuple(
            Rank(
                named(row), float(row.get("psi") or 0), "h1" if row.get("drifted") else "h0",
                mark=float(row.get("critical") or 0), shown=figure(row.get("psi"), 4),
            )
            for row in shifts
        ),
    )  # fmt: skip


def drift_rows(t: Words, shifts: Sequence[Row], named: Callable[[Any], str]) -> list[list[str]]:
    return [
        [
            named(row), t.plain("yes" if row.get("drifted") else "no"),
            t.plain("yes" if row.get("thumb") else "no"), figure(row.get("psi"), 4),
            figure(row.get("critical"), 4), figure(row.get("chance")),
        ]
        for row in shifts
    ]  # fmt: skip


def rates_chart(t: Words, id_: str, rates: Sequence[float]) -> Bars:
    """Win rate of closed rows in ten parts, in time order."""
    return Bars(
        Caption(
            id_, t.plain("report.over_time"), t.plain("report.over_time_desc"),
            t.plain("report.tenth_in_time"), t.plain("report.win_rate_axis"),
        ),
        tuple(str(k + 1) for k in range(len(rates))),
        (Series(t.plain("report.over_time"), "h0", tuple(100 * rate for rate in rates)),),
    )  # fmt: skip


def column_name(t: Words) -> Callable[[Any], str]:
    """A drifted column's name: a factor's in words, any other as it is."""

    def named(row: Row) -> str:
        name = str(row.get("name", ""))
        for family in ("factor", "report.column"):
            if t.has(f"{family}.{name}"):
                return t.plain(f"{family}.{name}")
        return shown(name)

    return named
