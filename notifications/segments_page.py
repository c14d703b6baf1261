"""Close rates, days and deal sizes by segment, beside industry benchmarks; the team's."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from notifications.charts import Caption, Rank, Ranks
from notifications.evidence_parts import EvidenceView, Section, Table, evidence_view
from notifications.lens import Lens, rational
from notifications.record import Row

KINDS = ("industry", "size", "source")
FAMILIES = {"size": "band", "industry": "industry", "source": "lead_source"}
VERDICT_TONES = {"above": "good", "below": "bad"}


def segments_view(lens: Lens) -> EvidenceView:
    """The segments page of the run."""
    t = lens.t
    rows = lens.facts.record.evidence.benchmarks
    every = next((row for row in rows if row.get("segment_kind") == "all"), {})
    lede = t.plain(
        "segments.lede",
        closed=lens.number(every.get("closed_deals")),
        won=lens.number(every.get("won_deals")),
        rate=_rate(lens, every.get("close_rate")),
    )
    sections = [
        part
        for kind in KINDS
        if (part := _kind(lens, kind, [r for r in rows if r.get("segment_kind") == kind]))
    ]
    return evidence_view(lens, "segments", lede, sections)


def _kind(lens: Lens, kind: str, rows: Sequence[Row]) -> Section | None:
    t = lens.t
    if not rows:
        return None
    kept = sorted(rows, key=lambda row: -(rational(row.get("close_rate")) or Fraction(0)))
    heading = t.plain(f"segments.by_{kind}")
    chart = Ranks(
        Caption(
            f"{kind}-chart", heading, t.plain("segments.chart_desc"), t.plain("segments.rate_axis")
        ),
        tuple(_rank(lens, kind, row) for row in kept),
    )
    compares = any(row.get("benchmark_close_rate") for row in kept)
    heads = ["closed", "won", "rate", "interval", "days", "value"]
    heads += ["benchmark", "verdict"] if compares else []
    words = [t.plain("segments.interval_words")]
    words += [t.plain("segments.benchmark_words")] if compares else []
    return Section(
        kind,
        heading,
        words,
        chart,
        Table(
            heading,
            [t.plain(f"segments.{kind}"), *(t.plain(f"segments.{head}") for head in heads)],
            [_cells(lens, kind, row, compares=compares) for row in kept],
            css="tight",
        ),
    )


def _rank(lens: Lens, kind: str, row: Row) -> Rank:
    mark = _percent(row.get("benchmark_close_rate"))
    return Rank(
        lens.t.code(FAMILIES[kind], row.get("segment")),
        _percent(row.get("close_rate")) or 0.0,
        "h0" if not row.get("is_too_few") else "line",
        _percent(row.get("close_rate_low")),
        _percent(row.get("close_rate_high")),
        mark,
        _rate(lens, row.get("close_rate")),
    )


def _cells(lens: Lens, kind: str, row: Row, *, compares: bool) -> list[str]:
    t = lens.t
    cells = [
        t.code(FAMILIES[kind], row.get("segment")),
        lens.number(row.get("closed_deals")),
        lens.number(row.get("won_deals")),
        _rate(lens, row.get("close_rate")),
        f"{_rate(lens, row.get('close_rate_low'))} – {_rate(lens, row.get('close_rate_high'))}",
        _days(lens, row.get("median_days_to_close")),
        lens.money(row.get("mean_won_amount")),
    ]
    if not compares:
        return cells
    if not row.get("benchmark_close_rate"):
        return [*cells, "–", t.plain("segments.no_benchmark")]
    bench = " · ".join(
        (
            _rate(lens, row["benchmark_close_rate"]),
            t.plain("segments.days_of", days=lens.number(row.get("benchmark_days_to_close"))),
            lens.money(row.get("benchmark_won_amount")),
        )
    )
    return [*cells, bench, t.plain(f"segments.{row.get('close_rate_verdict', 'no_benchmark')}")]


def _percent(rate: object) -> float | None:
    value = rational(rate) if rate is not None else None
    return None if value is None else float(value * 100)


def _rate(lens: Lens, rate: object) -> str:
    value = rational(rate) if rate is not None else None
    return lens.t.plain("unknown") if value is None else lens.percent(value)


def _days(lens: Lens, days: object) -> str:
    value = rational(days) if days is not None else None
    return "–" if value is None else lens.decimal(value, 0)
