"""Whether this month's leads look like the year before: the alarm, its limits, what moved."""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup

from notifications.charts import Caption, Rank, Ranks
from notifications.evidence_parts import Section, Table
from notifications.lens import Lens
from notifications.record import Row
from notifications.score_parts import figure

PLACES = 4  # a PSI of many rows is small


def drift_section(lens: Lens) -> Section | None:
    """PSI of every factor, the score and the band beside its critical value; team only."""
    t, rows = lens.t, _in_order(lens)
    if not rows:
        return None
    heading = t.plain("drift.heading")
    compared = [row for row in rows if row.get("critical")]
    before, after = (sum(counts[k] for counts in rows[0].get("bins") or ()) for k in (1, 2))
    words = [t.plain("drift.words", before=lens.number(before), after=lens.number(after))]
    if not compared:
        return Section("drift", heading, [*words, t.plain("drift.too_few")])
    over = [_name(lens, row) for row in compared if row.get("drifted")]
    verdict = t.plain("report.drift_found", over=", ".join(over)) if over else ""
    chart = Ranks(
        Caption(
            "drift-chart",
            t.plain("report.psi"),
            t.plain("report.psi_desc", over=", ".join(over) or t.plain("report.none")),
            "PSI",
        ),
        tuple(
            Rank(
                _name(lens, row),
                float(row["psi"]),
                "h1" if row.get("drifted") else "h0",
                mark=float(row["critical"]),
                shown=figure(float(row["psi"]), PLACES),
            )
            for row in compared
        ),
    )
    heads = [t.plain("col.factor"), t.plain("report.drifted"), t.plain("drift.moved"), "PSI"]
    table = Table(
        t.plain("drift.caption"),
        [*heads, t.plain("report.critical")],
        [_cells(lens, row) for row in rows],
        3,
        "tight",
    )
    words += [verdict or t.plain("report.no_drift"), t.plain("report.psi_words")]
    return Section("drift", heading, words, chart, table)


def drift_alarm(lens: Lens) -> Section | None:
    """One line for pages that people open first; None without an alarm."""
    over = [_name(lens, row) for row in _in_order(lens) if row.get("drifted")]
    if not over:
        return None
    t = lens.t
    link = Markup('<a href="scoring.html#drift">{}</a>').format(t.plain("drift.see"))
    return Section(
        "drift",
        t.plain("drift.heading"),
        [t.plain("report.drift_found", over=", ".join(over)), link],
    )


def _in_order(lens: Lens) -> list[Row]:
    """What was compared, factors in the policy's order, then the score and the band."""
    if not lens.shows("drift"):
        return []
    order = [*(str(row.get("id")) for row in lens.facts.factors), "score", "band"]
    places = {name: place for place, name in enumerate(order)}
    rows = lens.facts.record.evidence.drift
    return sorted(rows, key=lambda row: places.get(str(row.get("name")), len(order)))


def _name(lens: Lens, row: Row) -> str:
    name = str(row.get("name", ""))
    key = f"report.column.{name}"
    return lens.t.plain(key) if lens.t.has(key) else lens.factor(name)


def _cells(lens: Lens, row: Row) -> list[str]:
    t = lens.t
    critical = row.get("critical")
    state = "drift.too_few" if not critical else "yes" if row.get("drifted") else "no"
    return [
        _name(lens, row),
        t.plain(state),
        _moved(lens, row),
        figure(float(row["psi"]), PLACES) if critical else "–",
        figure(float(critical), PLACES) if critical else "–",
    ]


def _moved(lens: Lens, row: Row) -> str:
    """The value whose part of the leads changed most: "3: 20% → 35%"."""
    bins = row.get("bins") or ()
    before = max(1, sum(old for _, old, _ in bins))
    after = max(1, sum(new for _, _, new in bins))
    parts = [(bin_, Fraction(old, before), Fraction(new, after)) for bin_, old, new in bins]
    if not parts:
        return "–"
    bin_, old, new = max(parts, key=lambda part: (abs(part[2] - part[1]), part[0]))
    is_band = row.get("name") == "band"
    value = lens.t.code("band", bin_) if is_band else lens.t.code("drift_bin", bin_)
    return f"{value}: {lens.percent(old)} → {lens.percent(new)}"
