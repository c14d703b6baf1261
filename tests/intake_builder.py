"""A published log of two runs between the Mondays and the Monday after, decided by the engine.

Hooks change a snapshot, a record or the decisions before anything follows from them, as a
dishonest operator could who signs whatever is in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from allocation.engine import allocate, ladder_plans, split
from allocation.intake import with_drawn
from allocation.policy import Policy
from allocation.snapshot import Snapshot, snapshot_sha256
from ledger.canonical import canonical, parse_canonical, sha256_hex
from lottery.derive import derive, outcome
from lottery.records import closing, commitment, ladder_opening, opening_hash, select_opening
from lottery.sources import operator_commitment, operator_source
from tests.builders import leads, policy, reps, snapshot
from tests.site_builder import Event, Site, reveal_of, secret_of

FIRST, SECOND, MONDAY = "2026-W37-3T09", "2026-W37-3T10", "2026-W38"
NOW = datetime(2026, 9, 17, 18, 0, tzinfo=UTC)

Record = dict[str, Any]
Hook = Callable[[str, str, Any], Any]  # (kind, run, value) -> value


def honest(kind: str, run: str, value: Any) -> Any:
    return value


@dataclass
class Week:
    """What is logged and published of the three runs."""

    hook: Hook = honest
    policy: Policy = field(default_factory=policy)
    events: list[Event] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    bundles: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, list[Record]] = field(default_factory=dict)
    selects: dict[str, str] = field(default_factory=dict)  # draw id: opening hash
    clock: datetime = datetime(2026, 9, 17, 8, 0, tzinfo=UTC)

    def site(self) -> dict[str, bytes]:
        return Site(self.events).files(self.files)

    def at(self, seconds: int = 1) -> str:
        self.clock += timedelta(seconds=seconds)
        return self.clock.strftime("%Y-%m-%dT%H:%M:%SZ")

    def log(self, type: str, run: str, value: Record) -> Record:
        value = self.hook(type, run, value)
        self.events.append(Event(type, self.at(), value, run))
        return value

    def run(self, snap: Snapshot) -> None:
        """One run from its snapshot to its allocation."""
        snap = self.hook("frozen", snap.run, snap)
        digest, run = snapshot_sha256(snap), snap.run
        record = {
            "run": run, "snapshot": digest, "policy_sha256": self.policy.sha256,
            "as_of": snap.as_of, "leads": len(snap.leads), "reps": len(snap.reps),
            "loads": [{"source": "crm"}], "reconstructed": "no",
        }  # fmt: skip
        bands = [band.band for band in self.policy.bands]
        draws = [f"{run}/{band}" for band in bands] + [f"{run}/enterprise/lottery"]
        for draw in draws:
            made = commitment(draw, 1, operator_commitment(secret_of(draw)))
            self.log("commitment", run, made)
        if snap.continues:
            record["continues"] = snap.continues
        self.log("snapshot", run, record)
        value: Record = {"selects": {}, "ladders": {}}
        for band, plan in split(snap, self.policy).items():
            draw = f"{run}/{band}"
            made = select_opening(
                draw=draw, **self.common(draw), candidates=plan.candidates, shares=plan.shares
            )
            result, seed = self.drawn(run, made)
            value["selects"][band] = {"seed": seed, "selected": result["selected"]}
        given = {band: one["selected"] for band, one in value["selects"].items()}
        for plan in ladder_plans(snap, self.policy, given):
            waited = {self.selects[draw]: refs for draw, refs in plan.waited.items()}
            made = ladder_opening(
                draw=plan.draw, **self.common(plan.draw), entrants=plan.entrants,
                prizes=plan.prizes, pool=self.selects[f"{run}/{plan.band}"], extra=plan.extra,
                more={"waited": waited} if waited else {},
            )  # fmt: skip
            result, _ = self.drawn(run, made)
            value["ladders"][plan.draw] = {"winners": result["winners"]}
        self.decide(snap, digest, value)

    def common(self, draw: str) -> Record:
        return {
            "policy_sha256": self.policy.sha256,
            "opens_at": self.at(2),
            "closes_at": self.at(60),
            "sources": [operator_source(operator_commitment(secret_of(draw)))],
        }

    def drawn(self, run: str, made: Record) -> tuple[Record, str]:
        self.clock -= timedelta(seconds=61)  # the opening is logged before it opens
        opening = self.log("opening", run, made)
        self.clock += timedelta(seconds=61)
        self.selects[opening["draw"]] = opening_hash(opening)
        closed = self.log("closing", run, closing(opening))
        ended = self.log("outcome", run, outcome(opening, closed, [reveal_of(opening)]))
        return ended, derive(opening, closed, ended["reveals"])["seed"]

    def decide(self, snap: Snapshot, digest: str, value: Record) -> None:
        run = snap.run
        result = allocate(snap, self.policy, value)
        file = parse_canonical(result.file())
        file["decisions"] = self.rows[run] = self.hook("rows", run, file["decisions"])
        body = canonical(file)
        counts: dict[str, dict[str, int]] = {}
        for row in file["decisions"]:
            band = counts.setdefault(row["band"], {})
            band[row["method"]] = band.get(row["method"], 0) + 1
        owned = sum("rep" in row for row in file["decisions"])
        bundle = canonical(
            {
                "format": "fairlead/bundle/1", "snapshot": snap.to_record(),
                "policy": self.policy.text, "draws": value,
            }
        )  # fmt: skip
        self.log(
            "allocation",
            run,
            {
                "run": run, "snapshot": digest, "policy_sha256": self.policy.sha256,
                "decisions": sha256_hex(body), "bundle": sha256_hex(bundle), "counts": counts,
                "owned": owned, "held": len(file["decisions"]) - owned,
            },
        )  # fmt: skip
        self.files[f"runs/{run}/decisions.json"] = body
        self.bundles[run] = bundle
        self.carry = result.carry


def intake_week(hook: Hook = honest) -> Week:
    """Ten leads at nine, five at ten, ten by Monday; three reps."""
    week = Week(hook)
    pol, team = week.policy, reps(count=3)
    value = {
        "id": pol.id, "version": pol.version, "sha256": pol.sha256, "text": pol.text,
        "approvals": [], "effective_from": "2026-01-01",
    }  # fmt: skip
    week.log("policy", "-", value)
    drawn: dict[str, str] = {}
    pool = []
    for run, count, before in ((FIRST, 10, None), (SECOND, 5, FIRST), (MONDAY, 10, SECOND)):
        pool += leads(count=count, band="enterprise", prefix=run)
        present = [one for one in pool if run == MONDAY or one.ref not in drawn]
        snap = snapshot(leads=present, reps=team, run=run, carry=week.carry if before else None)
        snap = with_drawn(snap, {key: where for key, where in drawn.items() if run == MONDAY})
        week.run(replace(snap, continues=before))
        owned = {row["lead"] for row in week.rows[run] if "rep" in row}
        pool = [one for one in pool if one.ref not in owned]
        for row in week.rows[run]:
            if "rep" not in row:
                drawn[row["lead"]] = f"{run}/{row['band']}/{row['share']}"
    return week
