"""What the pages and mails are rendered from: one stored run, as plain values.

The flows load a `RunRecord` from the database and hand it over; nothing in this package reads
anything else. Mappings have the shapes that the database, the log and the decision file use, so a
page shows what was stored and not what a renderer thought. A missing key is rendered as
"unknown 未知"; it never stops a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Audience = Literal["public", "team"]
Language = Literal["zh", "en"]
Row = Mapping[str, Any]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
REHEARSAL = "rehearsal"  # the kind of a run of which nothing is meant


@dataclass(frozen=True, slots=True)
class Directory:
    """Who the references stand for: team only, never given for the public pages.

    reps: {rep ref: {"rep_id","name","email","role","manager": rep ref, "language": "zh|en"}}
    leads: {lead ref: {"lead_id","company"}}; all keys are optional.
    notes: {(rep ref, skill): a reviewer's own words}; goals: the same of the rep's own.
    accounts: {opportunity id: the customer's name}.
    """

    reps: Mapping[str, Row] = field(default_factory=dict)
    leads: Mapping[str, Row] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    goals: Mapping[tuple[str, str], str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the models said beside the snapshot, kept with the run; empty for runs before it.

    Reps and leads are refs, days "YYYY-MM-DD", rates texts such as "0.2170".

    - scores: [{"score","score_100","grade","band"}], of the leads waiting in the source.
    - drift: [{"name","psi","critical","drifted","bins": [[value, leads before, leads after]]}]
      per factor, score and band; no critical: too few leads to compare.
    - benchmarks: the rows of fct_segment_benchmarks.
    - capability: [{"rep","skill","stars","steps": [{"step","before","after","by","by_rep","on",
      "reason","figures"}]}].
    - issues: [{"issue_id","issued_on","issued_with_run","is_current","raised_cells",
      "lowered_cells","new_cells","cells": [[rep, skill, stars]]}], newest first.
    - goals: [{"rep","skill","asked_on","stars","is_reached"}].
    - capacity_history: [{"run","on","reps": [{"rep","load_x100","open_opportunities",
      "open_leads","stalled_opportunities"}]}], oldest first.
    - stalled: [{"opportunity_id","rep","amount","since","days","is_entry_day_unknown"}].
    - absences: [{"rep","first_day_on","last_day_on","is_away_now"}].
    - findings: [{"finding","file","row_id"}].
    - models: [{"name","layer","description","materialized","depends_on": [names],
      "columns": [{"name","type","description","tests": [names]}],"tests": [names]}].
    """

    scores: Sequence[Row] = ()
    drift: Sequence[Row] = ()
    benchmarks: Sequence[Row] = ()
    capability: Sequence[Row] = ()
    issues: Sequence[Row] = ()
    goals: Sequence[Row] = ()
    capacity_history: Sequence[Row] = ()
    stalled: Sequence[Row] = ()
    absences: Sequence[Row] = ()
    findings: Sequence[Row] = ()
    models: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything stored about one run.

    Times are "YYYY-MM-DDThh:mm:ssZ"; hashes lower-case hex; money whole units of `currency`.

    - policy: an `allocation.policy.Policy` or the mapping of its YAML; policy_text: that YAML.
    - snapshot: "fairlead/snapshot/1"; decisions: the rows of the decision file.
    - explanations: {lead ref: {"lead","rule","reason","next","ranked","excluded","rule_trail"}}.
    - draws: [{"opening","opening_hash","closing","closing_hash","outcome","kind","seed",
      "status": "finished|pending|overdue|void", "entries": {"opening": {"index","at"},
      "closing": {…}, "outcome": {…}}}], the records as draw.md writes them.
    - verdicts: [{"door","ok","checked_at","rules":[{"id","zh","en","severity","ok","observed",
      "failed_rows":[{"file","line","key","reason"}]}]}].
    - source_quality: [{"file","rows_read","rows_bad","notes": text or list}].
    - quarantine: [{"file","line","column","code","reason"}], a sample without row text;
      quarantine_total: how many there are in all.
    - ledger: {"origin","vkey","size","checkpoint"}, maybe "witnesses"; the checkpoint before any
      entry for this publication.
    - expected_verdict: what `fairlead verify` should say, e.g. "OPERATOR-TRUSTED".
    - hashes: {"snapshot","policy","decisions","bundle"} as far as known.
    - rep_facts (team only): {rep ref: {"stalled_opportunities": n, …}}.
    - quarter: the lotteries of this quarter before this run, {rep ref: {"ladders": [[prizes,
      entrants], …], "actual": leads won}}.
    - claims: [{"rule","leads": [refs],"reps": [{"rep","left"}]}], who may claim which leads.
    - warnings: [{"rep","side": "above|below","role","received","median","rule"}].
    - mix: [{"group": a class of seniority, "ramp" or "unknown","reps","received": {band: n},
      "target_pct": {band: n}}], the run's leads beside the policy's soft targets.
    - supported: reps in support mode, for their own mail and their manager's only.
    - evidence: the models' facts about scores, stars, load, segments; see Evidence.
    - rule_history: [{"run","door","checked_at","rules": [{"id","ok","severity","failed_count",
      "zh","en"}]}], past runs and this one, oldest first.
    - asked: [{"kind": appeal, reassignment, override, claim or exception,"month","number","run",
      "lead","lead_id","rep","from","reason","filed","answer","code","to","by","is_late"}], the
      source's, oldest first; rep, from and to are refs.
    - ask_links (mails only): {rep ref: the personal address to ask about decisions}.
    - dbt_docs: dbt's documentation app as one file, for the team's site; b"" for none.
    - site_url: where the team's site is served, for links in mails; "" prints paths.
    """

    run: str
    kind: str
    as_of: str
    zone: str
    currency: str
    source: str
    synthetic: bool
    reconstructed: bool
    policy: Any
    policy_text: str
    snapshot: Row
    decisions: Sequence[Row]
    explanations: Mapping[str, Row]
    draws: Sequence[Row] = ()
    verdicts: Sequence[Row] = ()
    source_quality: Sequence[Row] = ()
    quarantine: Sequence[Row] = ()
    quarantine_total: int = 0
    ledger: Row = field(default_factory=dict)
    expected_verdict: str = ""
    hashes: Row = field(default_factory=dict)
    rep_facts: Mapping[str, Row] = field(default_factory=dict)
    quarter: Mapping[str, Row] = field(default_factory=dict)
    claims: Sequence[Row] = ()
    warnings: Sequence[Row] = ()
    mix: Sequence[Row] = ()
    supported: frozenset[str] = frozenset()
    names: Directory | None = None
    evidence: Evidence = field(default_factory=Evidence)
    rule_history: Sequence[Row] = ()
    asked: Sequence[Row] = ()
    ask_links: Mapping[str, str] = field(default_factory=dict)
    dbt_docs: bytes = b""
    site_url: str = ""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of the run list. counts: {band: {method: n}}."""

    run: str
    kind: str
    as_of: str
    source: str
    policy_id: str
    policy_version: str
    counts: Mapping[str, Mapping[str, int]]
    owned: int
    held: int
    verdict: str
    synthetic: bool = False
    reconstructed: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """One mail. `to_ref` is a rep reference, or "team"; `subject` is one line of inert text.

    pictures: {content id: PNG} of what the HTML shows as "cid:<content id>".
    """

    kind: Literal["rep", "manager", "team"]
    to_ref: str
    to_email: str
    subject: str
    html: str
    text: str
    language: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)
