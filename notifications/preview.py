"""What a run would do, before anything leaves: the same counts and words as its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.facts import METHODS
from notifications.record import Row
from notifications.why import PlainLens

REPS = 200  # lines of one table


@dataclass(frozen=True, slots=True)
class Preview:
    """bands: (band, count by method …, all); reps: (name, role, leads, of them drawn, value)."""

    title: str
    sentences: Sequence[str]
    columns: Sequence[str]
    bands: Sequence[Sequence[str]]
    rep_columns: Sequence[str]
    reps: Sequence[Sequence[str]]
    lead_columns: Sequence[str]
    leads: Sequence[Sequence[str]]


def preview(lens: PlainLens, limit: int) -> Preview:
    """Counts by band and method, leads by rep, and the first `limit` decisions of each band."""
    facts, t = lens.facts, lens.t
    used = [method for method in METHODS if any(facts.counts[b][method] for b in facts.counts)]
    drawn = sum(bool(row.get("draw")) for row in facts.decisions.values())
    values = {
        "leads": lens.number(len(facts.decisions)),
        "reps": lens.number(len(facts.by_rep)),
        "drawn": lens.number(drawn),
    }
    lede = t.plain("run.lede", owned=lens.number(facts.owned), held=lens.number(len(facts.held)),
                   **values) if facts.held else t.plain("run.lede_all", **values)  # fmt: skip
    bands = [
        [
            t.code("band", band),
            *(lens.number(facts.counts[band][method]) for method in used),
            lens.number(sum(facts.counts[band].values())),
        ]
        for band in facts.bands
        if band in facts.counts
    ]
    return Preview(
        title=t.plain("run.heading", run=facts.record.run),
        sentences=[lede],
        columns=[
            t.plain("col.band"), *(t.code("method", m) for m in used), t.plain("col.total"),
        ],
        bands=bands,
        rep_columns=[
            t.plain("col.rep"), t.plain("col.role"), t.plain("col.leads"), t.plain("col.drawn"),
            t.plain("figure.value"),
        ],
        reps=sorted(_rep(lens, ref, rows) for ref, rows in facts.by_rep.items())[:REPS],
        lead_columns=[
            t.plain("col.lead"), t.plain("col.band"), t.plain("col.score"), t.plain("col.rep"),
            t.plain("col.reason"),
        ],
        leads=[row for band in facts.bands for row in _leads(lens, band)[:limit]],
    )  # fmt: skip


def _rep(lens: PlainLens, ref: str, rows: Sequence[Row]) -> list[str]:
    leads = [lens.facts.leads.get(str(row.get("lead")), {}) for row in rows]
    return [
        lens.rep(ref),
        lens.t.code("role", lens.facts.reps.get(ref, {}).get("role")),
        lens.number(len(rows)),
        lens.number(sum(bool(row.get("draw")) for row in rows)),
        lens.money(sum(int(lead.get("expected_value", 0)) for lead in leads)),
    ]


def _leads(lens: PlainLens, band: str) -> list[list[str]]:
    """The band's decisions, highest score first."""
    rows = [row for row in lens.facts.decisions.values() if row.get("band") == band]
    score = {lead: int(one.get("score", 0)) for lead, one in lens.facts.leads.items()}
    rows.sort(key=lambda row: (-score.get(str(row["lead"]), 0), str(row["lead"])))
    return [
        [
            lens.lead(row.get("lead")),
            lens.t.code("band", band),
            lens.number(score.get(str(row["lead"]))),
            lens.rep(row["rep"]) if row.get("rep") else "–",
            lens.t.code("reason", row.get("reason")),
        ]
        for row in rows
    ]
