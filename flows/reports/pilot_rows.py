"""The leads of a pilot: the arm that each one's draw gave it, and what has become of it since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import fmean
from typing import Any

import psycopg

from adapters.warehouse import draws, references, runs
from adapters.warehouse.past_rows import Row, landed_sources, visible_rows
from adapters.warehouse.runs import Run
from allocation.comparison import mean_interval
from allocation.pilot import Trial
from allocation.plans import CONTROL
from allocation.policy import Policy, load_policy
from flows.business_week import local_date
from flows.errors import UsageError
from flows.log_draws import draws_value
from lottery.records import SELECT

SURVEYED = ("satisfied", "fair", "trust", "chance")


@dataclass(slots=True)
class PilotPast:
    """A pilot's leads and runs, oldest first. crossed: drawn again into the other arm later."""

    policy: Policy
    runs: list[Run]
    landed_on: date
    trials: list[Trial] = field(default_factory=list)
    percents: list[int] = field(default_factory=list)
    crossed: int = 0
    has_deals: bool = True
    surveys: list[dict[str, Any]] = field(default_factory=list)


def pilot_past(conn: psycopg.Connection, policy_id: str) -> PilotPast:
    """The pilot of this policy, or of the newest policy that has one. Errors: UsageError."""
    found = _pilot_runs(conn, policy_id)
    newest = found[-1][0]
    source, zone = newest.source, newest.zone
    landed = landed_sources(conn)[source]
    past = PilotPast(found[-1][1], [run for run, _ in found], local_date(landed, zone))
    for _, policy in found:
        if policy.pilot is not None and policy.pilot.pct not in past.percents:
            past.percents.append(policy.pilot.pct)
    drawn = _arms(conn, past)
    ids = references.ids_by_reference(references.references(conn, source, "lead"))
    fate = _Fate(conn, source)
    past.has_deals = fate.has_deals
    past.trials = [
        fate.trial(ids[ref], arm, band, day)
        for ref, (arm, band, day) in drawn.items()
        if ref in ids  # one whose salt was erased is nobody's any more
    ]
    past.surveys = _surveys(conn, source, local_date(found[0][0].as_of, zone))
    return past


def _pilot_runs(conn: psycopg.Connection, policy_id: str) -> list[tuple[Run, Policy]]:
    found = []
    for key in runs.run_keys(conn, "decided"):
        run = runs.find_run(conn, key)
        if run is None or (policy_id and run.policy_id != policy_id):
            continue
        policy = load_policy(run.policy_text)
        if policy.pilot is not None:
            found.append((run, policy))
    if not found:
        whose = f"of policy {policy_id} " if policy_id else ""
        raise UsageError(f"no decided run {whose}had a pilot: see the policy's section `pilot`")
    found.sort(key=lambda pair: pair[0].as_of)
    last = found[-1][0]
    return [
        (run, policy)
        for run, policy in found
        if (run.source, run.policy_id) == (last.source, last.policy_id)
    ]


def _arms(conn: psycopg.Connection, past: PilotPast) -> dict[str, tuple[str, str, date]]:
    """{lead ref: (arm, band, day of its draw)}: the first draw counts."""
    found: dict[str, tuple[str, str, date]] = {}
    for run in past.runs:
        day = local_date(run.as_of, run.zone)
        selected = draws_value(conn, run.run_key)["selects"]
        for draw in draws.draws_of(conn, run.run_key, SELECT):
            band = draw.draw.split("/")[1]
            if CONTROL not in {share for share, _ in draw.opening["shares"]}:
                continue  # a band outside the pilot
            control = set(selected.get(band, {}).get("selected", {}).get(CONTROL, ()))
            for lead in draw.opening["candidates"] if band in selected else ():
                arm = "control" if lead in control else "policy"
                past.crossed += lead in found and found[lead][0] != arm
                found.setdefault(lead, (arm, band, day))
    return found


class _Fate:
    """What the source says of leads, as landed last."""

    def __init__(self, conn: psycopg.Connection, source: str) -> None:
        leads = visible_rows(conn, source, "leads", ("lead_id", "status", "owner_id", "company"))
        self._leads = {row["lead_id"]: row for row in leads}
        self._deals: dict[str, list[Row]] = defaultdict(list)
        columns = ("lead_id", "stage", "closed_on")
        for deal in visible_rows(conn, source, "opportunities", columns):
            self._deals[deal.get("lead_id", "")].append(deal)
        self.has_deals = bool(self._deals)
        self._said: dict[str, list[tuple[date, float]]] = defaultdict(list)
        for row in visible_rows(conn, source, "feedback", ("account", "on", "score_0_10")):
            day, points = _day(row.get("on")), row.get("score_0_10")
            if day is not None and points and row.get("account"):
                self._said[row["account"]].append((day, float(points)))

    def trial(self, lead_id: str, arm: str, band: str, drawn_on: date) -> Trial:
        lead, deals = self._leads.get(lead_id, {}), self._deals.get(lead_id, [])
        won = [deal for deal in deals if deal.get("stage") == "won"]
        status = lead.get("status")
        is_won = bool(won) or (not self.has_deals and status == "converted")
        ended = bool(deals) and all(deal.get("stage") == "lost" for deal in deals)
        closed = [day for deal in won if (day := _day(deal.get("closed_on")))]
        said = self._said.get(lead.get("company", ""), ())
        return Trial(
            arm,
            band,
            has_owner=bool(lead.get("owner_id")),
            is_won=is_won,
            is_lost=not is_won and (ended or status == "lost"),
            days=max(0, (min(closed) - drawn_on).days) if closed else None,
            points=tuple(points for day, points in said if day >= drawn_on),
        )


def _surveys(conn: psycopg.Connection, source: str, began_on: date) -> list[dict[str, Any]]:
    """What reps answered before and during the pilot, of ten: each rep's mean counts once."""
    columns = ("rep_id", "asked_on", "question", "score", "scale")
    answers: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in visible_rows(conn, source, "surveys", columns):
        day = _day(row.get("asked_on"))
        if day is None or not row.get("score") or not row.get("scale"):
            continue
        when = "during" if day >= began_on else "before"
        points = float(row["score"]) * 10 / float(row["scale"])
        answers[row.get("question", ""), when][row.get("rep_id", "")].append(points)
    found = []
    for question in SURVEYED:
        sides = {
            when: [fmean(points) for points in answers[question, when].values()]
            for when in ("before", "during")
        }
        if any(sides.values()):
            found.append({"question": question, **{w: _mean(v) for w, v in sides.items()}})
    return found


def _mean(values: list[float]) -> dict[str, Any]:
    interval = mean_interval(values)
    return {
        "of": len(values),
        "value": fmean(values) if values else None,
        "interval": list(interval) if interval else None,
    }


def _day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None
