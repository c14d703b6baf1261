"""How good the data was: files read, rows put aside, and every promise checked at the gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from notifications.lens import Lens, is_count
from notifications.record import Row
from notifications.views import Chrome, chrome, run_crumbs
from notifications.words import shown

UP = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    file: str
    rows_read: str
    rows_bad: str
    part: str
    notes: Sequence[str]
    is_bad: bool


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    file: str
    line: str
    column: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise at a gate. state: kept, broken or warned."""

    sentence: str
    id: str
    severity: str
    state: str
    state_word: str
    observed: str
    failed: Sequence[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class GateView:
    door: str
    ok: bool
    checked_at: str
    promises: Sequence[PromiseRow]


@dataclass(frozen=True, slots=True)
class QualityView:
    chrome: Chrome
    source: str
    files: Sequence[FileRow]
    quarantine: Sequence[QuarantineRow]
    quarantine_total: int
    quarantine_more: int
    gates: Sequence[GateView]
    unknown: Sequence[tuple[str, str, str]]
    limit: str


def quality_view(lens: Lens) -> QualityView:
    """The data-quality page of the run."""
    record, t = lens.facts.record, lens.t
    total = max(record.quarantine_total, len(record.quarantine))
    limits = lens.facts.policy.get("limits")
    limit = limits.get("bad_row_pct") if isinstance(limits, dict) else None
    return QualityView(
        chrome=chrome(
            lens,
            f"runs/{record.run}/quality.html",
            t.plain("quality.title", run=shown(record.run)),
            "runs",
            run_crumbs(lens, UP),
        ),
        source=shown(record.source),
        files=[_file_row(lens, row) for row in record.source_quality],
        quarantine=[_quarantine_row(lens, row) for row in record.quarantine],
        quarantine_total=total,
        quarantine_more=total - len(record.quarantine),
        gates=[_gate(lens, verdict) for verdict in record.verdicts],
        unknown=_unknown(lens),
        limit=f"{shown(limit)}%" if limit is not None else t.plain("unknown"),
    )


def _file_row(lens: Lens, row: Row) -> FileRow:
    read, bad = row.get("rows_read"), row.get("rows_bad")
    part = "–"
    if is_count(read) and is_count(bad) and read:
        part = lens.percent(Fraction(bad, read), 2)
    notes = row.get("notes") or ()
    if isinstance(notes, str):
        notes = (notes,)
    return FileRow(
        lens.number(row.get("file")),
        lens.number(read),
        lens.number(bad),
        part,
        [shown(note) for note in notes],
        bool(bad),
    )


def _quarantine_row(lens: Lens, row: Row) -> QuarantineRow:
    # A reason may quote the bad value, which can be a name or a phone: the team sees it, the
    # public reads the code in words.
    code = lens.t.code("quarantine", row.get("code"))
    reason = lens.number(row.get("reason")) if lens.is_team else code
    return QuarantineRow(
        lens.number(row.get("file")),
        lens.number(row.get("line")),
        lens.number(row.get("column")),
        code,
        reason,
    )


def _gate(lens: Lens, verdict: Row) -> GateView:
    promises = [_promise(lens, rule) for rule in verdict.get("rules", ())]
    return GateView(
        lens.t.code("door", verdict.get("door")),
        bool(verdict.get("ok")),
        lens.moment(verdict.get("checked_at")),
        promises,
    )


def _promise(lens: Lens, rule: Row) -> PromiseRow:
    kept = bool(rule.get("ok"))
    severity = str(rule.get("severity", ""))
    state = "kept" if kept else "broken" if severity == "critical" else "warned"
    failed = [
        (
            lens.number(row.get("file")),
            lens.number(row.get("line")),
            lens.number(row.get("key")) if lens.is_team else "–",
            lens.number(row.get("reason")) if lens.is_team else lens.t.plain("quality.withheld"),
        )
        for row in rule.get("failed_rows") or ()
    ]
    return PromiseRow(
        shown(rule.get(lens.language) or rule.get("id") or ""),
        lens.number(rule.get("id")),
        lens.t.code("severity", severity),
        state,
        lens.t.plain(f"promise.{state}"),
        lens.number(rule.get("observed")),
        failed,
    )


def _unknown(lens: Lens) -> list[tuple[str, str, str]]:
    """(factor, leads without it, part): what the scores could not know."""
    leads = lens.facts.leads.values()
    names: dict[str, int] = {}
    for lead in leads:
        for name in lead.get("points") or {}:
            names.setdefault(str(name), 0)
        for name in lead.get("unknown") or ():
            names[str(name)] = names.get(str(name), 0) + 1
    total = max(1, len(leads))
    return [
        (lens.factor(name), lens.number(n), lens.percent(Fraction(n, total)))
        for name, n in names.items()
    ]
