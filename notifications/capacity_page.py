"""What everybody carries: weighted load by rep, caps, stalled opportunities, absences, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import sqrt
from typing import Any

from markupsafe import Markup

from notifications.charts import Bars, Caption, Rank, Ranks, Series
from notifications.evidence_parts import EvidenceView, Section, Table, evidence_view
from notifications.lens import Lens, is_count
from notifications.record import Row
from notifications.words import shown

COUNTED = ("open_opportunities", "open_discovery_demo", "open_proposal_negotiation", "open_leads")


def capacity_view(lens: Lens) -> EvidenceView:
    """The load page of the run, before it gave anything; team only."""
    t = lens.t
    reps = [
        rep
        for rep in lens.facts.reps.values()
        if rep.get("active") != "no" and is_count(rep.get("load_x100"))
    ]
    loads = [rep["load_x100"] for rep in reps if rep["load_x100"]]
    lede = t.plain(
        "capacity.lede",
        reps=lens.number(len(loads)),
        mean=lens.decimal(_mean(loads), 1),
        deviation=lens.decimal(_deviation(loads), 1),
    )
    parts = [_loads(lens, reps), _caps(lens, reps), _stalled(lens), _absences(lens), _history(lens)]
    return evidence_view(lens, "capacity", lede, [part for part in parts if part])


def _mean(loads_x100: Sequence[int]) -> Fraction:
    return Fraction(sum(loads_x100), 100 * max(1, len(loads_x100)))


def _deviation(loads_x100: Sequence[int]) -> Fraction:
    """Standard deviation over everybody who carries something: smaller is better balanced."""
    if not loads_x100:
        return Fraction(0)
    mean = Fraction(sum(loads_x100), len(loads_x100))
    spread = sum((load - mean) ** 2 for load in loads_x100) / len(loads_x100)
    return Fraction(sqrt(spread)).limit_denominator(10_000) / 100


def by_load(lens: Lens, reps: Iterable[Row]) -> list[Row]:
    """Who carries most first; who carries nothing, or nobody knows what, last."""
    return sorted(
        reps, key=lambda rep: (-(rep.get("load_x100") or 0), lens.rep(rep.get("ref")), rep["ref"])
    )


def load_chart(lens: Lens, reps: Iterable[Row], id_: str) -> Ranks | None:
    """Weighted load of those who carry something, in another colour at a cap; None if nobody."""
    t = lens.t
    carrying = [rep for rep in by_load(lens, reps) if rep.get("load_x100")]
    if not carrying:
        return None
    most, least = (lens.rep(rep.get("ref")) for rep in (carrying[0], carrying[-1]))
    desc = t.plain("capacity.chart_desc", most=most, least=least)
    return Ranks(
        Caption(id_, t.plain("capacity.loads"), desc, t.plain("figure.load_x100")),
        tuple(
            Rank(
                f"{lens.rep(rep.get('ref'))} · {shown(rep.get('role') or '')}",
                rep["load_x100"] / 100,
                "h1" if caps_reached(lens, rep) else "h0",
                shown=lens.figure("load_x100", rep["load_x100"]),
            )
            for rep in carrying
        ),
    )


def _loads(lens: Lens, reps: Sequence[Row]) -> Section:
    t = lens.t
    ordered = by_load(lens, reps)
    heads = [t.plain("col.rep"), t.plain("col.role"), t.plain("figure.load_x100")]
    heads += [t.plain(f"figure.{name}") for name in COUNTED]
    heads += [t.plain("capacity.stalled_count"), t.plain("capacity.at_cap")]
    facts = lens.facts.record.rep_facts
    rows: list[list[str | Markup]] = [
        [
            lens.rep_link(rep.get("ref"), ""),
            lens.number(rep.get("role")),
            lens.figure("load_x100", rep["load_x100"]),
            *(lens.number(rep.get(name)) for name in COUNTED),
            lens.number((facts.get(str(rep.get("ref"))) or {}).get("stalled_opportunities")),
            ", ".join(shown(cap.get("limit")) for cap in caps_reached(lens, rep)) or "–",
        ]
        for rep in ordered
    ]
    words = (t.plain("capacity.loads_words"), t.plain("capacity.colours"))
    table = Table(t.plain("capacity.table"), heads, rows, 2, "tight")
    return Section(
        "loads", t.plain("capacity.loads"), words, load_chart(lens, reps, "load-chart"), table,
        folded=t.plain("chart.table"),
    )  # fmt: skip


def _policy_caps(lens: Lens) -> Sequence[dict[str, Any]]:
    section_ = lens.facts.policy.get("capacity")
    return (section_.get("caps") or ()) if isinstance(section_, dict) else ()


def caps_reached(lens: Lens, rep: Row) -> list[dict[str, Any]]:
    """The caps at which this rep gets no new lead until the count falls."""
    return [
        cap
        for cap in _policy_caps(lens)
        if rep.get("role") in (cap.get("roles") or ())
        and is_count(cap.get("limit"))
        and sum(rep.get(name) or 0 for name in cap.get("counts") or ()) >= cap["limit"]
    ]


def _caps(lens: Lens, reps: Sequence[Row]) -> Section | None:
    t, caps = lens.t, _policy_caps(lens)
    if not caps:
        return None
    rows: list[list[str | Markup]] = []
    for cap in caps:
        rule = lens.rule(cap.get("id"))
        at = [rep for rep in reps if cap in caps_reached(lens, rep)]
        names = Markup(", ").join(lens.rep_link(rep.get("ref"), "") for rep in at) or "–"
        sentence = lens.sentence(rule) if rule else lens.number(cap.get("id"))
        rows.append([sentence, names, lens.number(cap.get("limit")), lens.number(len(at))])
    heads = [t.plain("col.rule"), t.plain("capacity.who"), t.plain("col.limit")]
    return Section(
        "caps",
        t.plain("capacity.caps"),
        (t.plain("capacity.caps_words"),),
        table=Table(t.plain("capacity.caps"), [*heads, t.plain("capacity.at_cap")], rows, 2),
    )


def _stalled(lens: Lens) -> Section:
    t, names = lens.t, lens.facts.record.names
    rows: list[list[str | Markup]] = [
        [
            shown(
                (names.accounts.get(str(row.get("opportunity_id"))) if names else None)
                or row.get("opportunity_id")
                or ""
            ),
            lens.rep_link(row.get("rep"), ""),
            lens.number(row.get("since")),
            lens.number(row.get("days")),
            lens.money(row.get("amount")),
        ]
        for row in lens.facts.record.evidence.stalled
    ]
    days = (lens.facts.policy.get("capacity") or {}).get("stalled_days")
    heading = t.plain("capacity.stalled")
    if not rows:
        return Section(
            "stalled", heading, (t.plain("capacity.stalled_none", days=lens.number(days)),)
        )
    heads = ("opportunity", "who", "since", "days", "amount")
    return Section(
        "stalled",
        heading,
        (t.plain("capacity.stalled_words", count=lens.number(len(rows)), days=lens.number(days)),),
        table=Table(heading, [t.plain(f"capacity.{head}") for head in heads], rows, 3, "tight"),
    )


def _absences(lens: Lens) -> Section | None:
    t, found = lens.t, lens.facts.record.evidence.absences
    if not found:
        return None
    rows: list[list[str | Markup]] = [
        [
            lens.rep_link(row.get("rep"), ""),
            lens.number(row.get("first_day_on")),
            lens.number(row.get("last_day_on")),
            t.plain("yes" if row.get("is_away_now") else "no"),
        ]
        for row in found
    ]
    heads = [t.plain("col.rep")]
    heads += [t.plain(f"capacity.{head}") for head in ("first_day", "last_day", "away_now")]
    heading = t.plain("capacity.absences")
    return Section(
        "absences", heading, table=Table(heading, heads, rows, 4, "tight narrow"),
        folded=t.plain("capacity.absences_count", count=lens.number(len(rows))),
    )  # fmt: skip


def _history(lens: Lens) -> Section | None:
    t, weeks = lens.t, lens.facts.record.evidence.capacity_history
    if not weeks:
        return None
    rows: list[list[str | Markup]] = []
    means, deviations = [], []
    for week in weeks:
        reps = week.get("reps") or ()
        loads = [rep["load_x100"] for rep in reps if rep.get("load_x100")]
        means.append(float(_mean(loads)))
        deviations.append(float(_deviation(loads)))
        sums = [
            lens.number(sum(rep.get(name) or 0 for rep in reps))
            for name in ("open_opportunities", "open_leads", "stalled_opportunities")
        ]
        rows.append(
            [
                lens.number(week.get("run")), lens.number(week.get("on")), lens.number(len(loads)),
                lens.decimal(_mean(loads), 1), lens.decimal(_deviation(loads), 1), *sums,
            ]
        )  # fmt: skip
    heading = t.plain("capacity.history")
    chart = Bars(
        Caption(
            "history-chart",
            heading,
            t.plain("capacity.history_desc"),
            "",
            t.plain("capacity.deviation"),
        ),
        tuple(lens.number(week.get("run")) for week in weeks),
        (Series(t.plain("capacity.deviation"), "h0", tuple(deviations)),),
    )
    names = (
        "week",
        "day",
        "carrying",
        "mean",
        "deviation",
        "opportunities",
        "leads",
        "stalled_count",
    )
    table = Table(heading, [t.plain(f"capacity.{name}") for name in names], rows[::-1], 2, "tight")
    words = (t.plain("capacity.history_words"),)
    return Section("history", heading, words, chart if len(weeks) > 1 else None, table)
