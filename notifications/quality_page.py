"""How good the data was: files read, rows put aside, and every promise checked at the gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from notifications.drift_part import drift_alarm
from notifications.evidence_parts import Section, Tab, Table, tabs
from notifications.lens import SENTENCE, Lens, is_count
from notifications.record import Row
from notifications.rule_history import history_sections, rule_state
from notifications.scoring_page import unknown_counts
from notifications.views import Chrome, chrome, run_crumbs
from notifications.words import shown

UP = ""
FINDINGS = 8  # places named per kind; the count says how many there are


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
    """One promise at a gate. state: kept, broken or warned; failed: (place, key, what)."""

    sentence: str
    id: str
    severity: str
    state: str
    state_word: str
    observed: str
    expected: str
    why: str
    failed_count: int
    failed: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class GateView:
    door: str
    ok: bool
    checked_at: str
    broken: Sequence[PromiseRow]
    kept: Sequence[PromiseRow]


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
    tabs: Sequence[Tab]
    sections: Sequence[Section]


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
        tabs=tabs(lens, "quality"),
        sections=[
            part
            for part in (drift_alarm(lens), *_findings(lens), *history_sections(lens))
            if part is not None
        ],
    )


def _findings(lens: Lens) -> list[Section]:
    """Rows that are possible and odd: nothing is repaired, and how each counts is said."""
    t = lens.t
    found = lens.facts.record.evidence.findings
    if not found or not lens.shows("findings"):
        return []
    rows = []
    for kind in sorted({str(row.get("finding") or "") for row in found}):
        these = [row for row in found if str(row.get("finding") or "") == kind]
        places = [shown(row.get("row_id") or "") for row in these[:FINDINGS]]
        rows.append(
            [
                t.code("finding", kind),
                t.code("finding_outcome", kind),
                ", ".join(places),
                lens.number(len(these)),
            ]
        )
    heads = [t.plain(f"findings.{head}") for head in ("what", "counts", "where", "rows")]
    table = Table(t.plain("findings.heading"), heads, rows, 3)
    return [
        Section("findings", t.plain("findings.heading"), (t.plain("findings.words"),), table=table)
    ]


def _file_row(lens: Lens, row: Row) -> FileRow:
    read, bad = row.get("rows_read"), row.get("rows_bad")
    part = "–"
    if is_count(read) and is_count(bad) and read:
        part = lens.percent(Fraction(bad, read), 2)
    # A note may quote what a file says: the team reads it.
    notes = (row.get("notes") or ()) if lens.shows("file_notes") else ()
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
    reason = lens.number(row.get("reason")) if lens.shows("quarantine_reasons") else code
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
        broken=[promise for promise in promises if promise.state != "kept"],
        kept=[promise for promise in promises if promise.state == "kept"],
    )


def _promise(lens: Lens, rule: Row) -> PromiseRow:
    severity = str(rule.get("severity", ""))
    state = rule_state(rule)
    rows = rule.get("failed_rows") or ()
    count = rule.get("failed_count")
    return PromiseRow(
        shown(rule.get(lens.language) or rule.get("id") or "", SENTENCE),
        lens.number(rule.get("id")),
        lens.t.code("severity", severity),
        state,
        lens.t.plain(f"promise.{state}"),
        lens.number(rule.get("observed")),
        shown(rule.get("expected") or ""),
        shown(rule.get("why_zh" if lens.language == "zh" else "why") or "", SENTENCE),
        count if is_count(count) else len(rows),
        [_failed(lens, row) for row in rows],
    )


def _failed(lens: Lens, row: Row) -> tuple[str, str, str]:
    """Where and what; keys and values are somebody's, so the public reads the place only."""
    place = [str(row[name]) for name in ("table", "file", "line", "column") if row.get(name)]
    where = lens.number(":".join(place))
    if not lens.shows("failed_rows"):
        return where, "–", lens.t.plain("quality.withheld")
    return where, lens.number(row.get("key")), lens.number(row.get("reason") or row.get("value"))


def _unknown(lens: Lens) -> list[tuple[str, str, str]]:
    """(factor, leads without it, part): what the scores could not know."""
    total = max(1, len(lens.facts.leads))
    return [
        (lens.factor(name), lens.number(n), lens.percent(Fraction(n, total)))
        for name, n in unknown_counts(lens).items()
    ]
