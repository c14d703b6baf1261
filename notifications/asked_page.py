"""The monthly list: requests, overrides, claims, exceptions; names for the team, counts for all."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.policy import Policy
from allocation.requests import reasons
from notifications import formats
from notifications.evidence_parts import EvidenceView, Section, Table
from notifications.lens import Lens
from notifications.record import Row
from notifications.views import chrome
from notifications.words import shown

KINDS = ("appeal", "reassignment", "override", "claim", "exception")
ASKED = ("appeal", "reassignment")
MOVED = ("changed", "granted")


def asked_view(lens: Lens) -> EvidenceView:
    """The page at <language>/requests.html."""
    t, rows = lens.t, lens.facts.record.asked
    months = sorted({str(row["month"]) for row in rows}, reverse=True)
    sections = [_counts(lens, rows, months)] if rows else [
        Section("counts", t.plain("asked.counts"), [t.plain("asked.none")])
    ]  # fmt: skip
    if lens.shows("each_request"):
        sections += [_month(lens, month, rows) for month in months]
    heading = t.plain("asked.heading")
    return EvidenceView(
        chrome(lens, "requests.html", heading, "asked"),
        heading,
        t.plain("asked.lede_team" if lens.shows("each_request") else "asked.lede_public"),
        (),
        sections,
    )


def _counts(lens: Lens, rows: Sequence[Row], months: Sequence[str]) -> Section:
    t, cells = lens.t, []
    for month in months:
        for kind in KINDS:
            mine = [row for row in rows if (row["month"], row["kind"]) == (month, kind)]
            if not mine:
                continue
            answers = [row["answer"] for row in mine]
            asks = kind in ASKED
            cells.append(
                [
                    shown(month),
                    _kind(lens, kind),
                    lens.number(len(mine)),
                    lens.number(answers.count("")) if asks else "–",
                    lens.number(sum(a in MOVED for a in answers) if asks else len(mine)),
                    lens.number(sum(a not in (*MOVED, "") for a in answers)) if asks else "–",
                    lens.number(sum(row["is_late"] for row in mine)) if asks else "–",
                ]
            )
    heads = ("month", "kind", "count", "open", "moved", "kept", "late")
    table = Table(
        t.plain("asked.counts_caption"),
        [t.plain(f"asked.{name}") for name in heads],
        cells,
        text=2,
        css="tight",
    )
    return Section("counts", t.plain("asked.counts"), (), None, table)


def _kind(lens: Lens, kind: object) -> str:
    return lens.t.plain("asked.exception") if kind == "exception" else lens.t.code("request", kind)


def _month(lens: Lens, month: str, rows: Sequence[Row]) -> Section:
    t = lens.t
    cells = [
        [
            lens.number(row["number"]) if row["number"] else "–",
            _kind(lens, row["kind"]),
            formats.day(str(row["filed"]), lens.facts.record.zone, lens.language),
            shown(row["run"]),
            _lead(lens, row),
            lens.rep(row["rep"]) if row["rep"] else "–",
            _reason(lens, row),
            _answer(lens, row),
        ]
        for row in rows
        if row["month"] == month
    ]
    heads = ("number", "kind", "when", "run", "about", "who", "why", "what")
    names = [t.plain(f"asked.{name}") for name in heads]
    table = Table(t.plain("asked.heading"), names, cells, text=8, css="tight")
    return Section(f"month-{month}", shown(month), (), None, table)


def _lead(lens: Lens, row: Row) -> str:
    """The company where the run that is shown knows it, and the id in any case."""
    name = lens.lead(row["lead"])
    lead_id = shown(row["lead_id"])
    return name if lead_id in name else lead_id


def _reason(lens: Lens, row: Row) -> str:
    """The policy's words for a code; what somebody wrote stays in the database."""
    if row["kind"] == "exception":
        rule = lens.rule(row["reason"])
        return lens.sentence(rule) if rule is not None else shown(row["reason"])
    policy = lens.facts.record.policy
    if isinstance(policy, Policy):
        for one in reasons(policy):
            if one.code == row["reason"]:
                return one.zh if lens.language == "zh" else one.en
    return lens.t.code("asked.reason", row["reason"])


def _answer(lens: Lens, row: Row) -> str:
    t = lens.t
    to = t.plain("asked.to", rep=lens.rep(row["to"])) if row["to"] else ""
    if row["from"]:
        to = t.plain("asked.from_to", old=lens.rep(row["from"]), rep=lens.rep(row["to"]))
    by = t.plain("ask.by_policy") if row["by"] == "policy" else shown(row["by"])
    if row["kind"] in ASKED:
        words = t.code("answer", row["answer"] or "open")
        late = t.plain("asked.late") if row["is_late"] else ""
        return " · ".join(part for part in (words, to, by, late) if part)
    return " · ".join(part for part in (to, by) if part)
