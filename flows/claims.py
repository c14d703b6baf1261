"""Claiming from the pool: first come, first served; and how later runs count it.

The command line and the team's portal call `offers` and `claim`. A claim is a request that is
done at once; the log has it as a reassignment from the pool, step "claimed".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from adapters.warehouse import chain, claims, references, requests, runs
from adapters.warehouse.claims import Claim
from adapters.warehouse.requests import NewRequest
from adapters.warehouse.runs import Run
from allocation.claimed import Claimed, claim_class, claim_refusal, claim_share
from allocation.decisions import ClaimClass
from allocation.eligibility import Exclusion
from allocation.policy import Policy, load_policy
from flows.errors import UsageError
from flows.requests import About, log_step, queue_owner
from flows.stored import frozen_snapshot
from ledger.canonical import parse_canonical

POOL = "from the pool"  # what a claim says in place of a text


@dataclass(frozen=True, slots=True)
class Offer:
    """A lead that a rep may claim now; left: the claims they have left this month."""

    lead_id: str
    lead: str  # reference
    band: str
    rule: str
    left: int


def pool(conn: psycopg.Connection, run_key: str) -> tuple[ClaimClass, ...]:
    """The claimable leads of a run with who may claim them, as it was decided."""
    body = runs.document(conn, run_key, "findings")
    rows = parse_canonical(body)["claims"] if body else ()
    return tuple(ClaimClass.from_record(row) for row in rows)


def offers(conn: psycopg.Connection, run: Run, rep_id: str, at: datetime) -> list[Offer]:
    """What a rep may claim of a published run now, by lead id; caps are looked at on claiming."""
    rep = references.references(conn, run.source, "rep").get(rep_id)
    leads = references.ids_by_reference(references.references(conn, run.source, "lead"))
    bands = {row["lead_id"]: row["band"] for row in runs.decisions(conn, run.run_key)}
    made = claims.claimed_in_month(conn, run.source, at, run.zone).get(rep_id, 0)
    gone = {one.lead for one in _made_in(conn, run)} | _frozen_since(conn, run)
    policy = load_policy(run.policy_text)
    found = [
        Offer(leads[ref], ref, bands[leads[ref]], row.rule, left)
        for row in pool(conn, run.run_key)
        if rep in dict(row.reps) and (left := _limit(policy, row) - made) > 0
        for ref in row.leads
        if ref in leads and ref not in gone
    ]
    return sorted(found, key=lambda offer: offer.lead_id)


def claim(conn: psycopg.Connection, case: About, rep_id: str, by: str, at: datetime) -> int:
    """The lead is this rep's, if nobody was faster; the claim's number.

    `case` is of `requests.about`, which lets one request at a time decide. Errors: UsageError.
    """
    row = claim_class(pool(conn, case.run.run_key), case.lead)
    if row is None:
        raise UsageError(f"lead {case.lead_id} is not in the pool of run {case.run.run_key}")
    if case.owner is not None:
        mine = case.owner == rep_id
        raise UsageError(
            f"lead {case.lead_id} is {'yours already' if mine else 'gone: somebody was faster'}"
        )
    if case.lead in _frozen_since(conn, case.run):
        raise UsageError(
            f"lead {case.lead_id} is being given out by a later run: the pool of run "
            f"{case.run.run_key} is closed for it"
        )
    refused = _refusal(conn, case, row, rep_id, at)
    if refused is not None:
        raise UsageError(f"{rep_id} may not claim lead {case.lead_id}: {_why(case, refused)}")
    new = NewRequest(
        "claim", case.run.run_key, case.run.source, case.lead_id, rep_id, rep_id, "claim", POOL,
        by, at, None,
    )  # fmt: skip
    number = requests.store_request(conn, new)
    queue_owner(conn, case, number, rep_id, "claim", at)
    rep = references.references(conn, case.run.source, "rep")[rep_id]
    log_step(conn, case, "reassignment", number, "claimed", {"to": rep, "reason": "claim"})
    return number


def to_count(conn: psycopg.Connection, source: str, made: list[Claim]) -> list[Claimed]:
    """The claims that no run's carried state counts yet, as the engine knows them.

    One of a lead whose salt was destroyed counts for nobody any more.
    """
    leads = references.references(conn, source, "lead")
    reps = references.references(conn, source, "rep")
    found = []
    for one in made:
        if one.is_counted or one.lead_id not in leads or one.rep_id not in reps:
            continue
        row = claim_class(pool(conn, one.run_key), leads[one.lead_id])
        if row is not None:
            able = tuple(rep for rep, _ in row.reps)
            found.append(Claimed(leads[one.lead_id], reps[one.rep_id], one.band, able))
    return found


def _refusal(
    conn: psycopg.Connection, case: About, row: ClaimClass, rep_id: str, at: datetime
) -> Exclusion | None:
    """By the stored run, what it gave and what was claimed since."""
    run = case.run
    refs = references.references(conn, run.source, "lead")
    rep = references.references(conn, run.source, "rep").get(rep_id, "")
    mine = [d["lead_id"] for d in runs.decisions(conn, run.run_key) if d["rep_id"] == rep_id]
    given = [refs[lead_id] for lead_id in mine if lead_id in refs]
    since = [one.lead for one in _made_in(conn, run) if one.rep == rep]
    return claim_refusal(
        frozen_snapshot(conn, run.run_key), case.policy, row, rep, case.lead,
        received=[*given, *since],
        made=claims.claimed_in_month(conn, run.source, at, run.zone).get(rep_id, 0),
    )  # fmt: skip


def _why(case: About, refused: Exclusion) -> str:
    figures = refused.figures
    if refused.why == "claim_limit":
        return f"{figures['claims']} claims this month, {figures['cap']} are allowed"
    if refused.why == "claim_qualification":
        return f"not qualified; see `fairlead why {case.lead_id} --rep REP`"
    return f"at a cap of the policy ({figures['count']} of {figures['cap']})"


def _limit(policy: Policy, row: ClaimClass) -> int:
    rule = claim_share(policy, row).claim
    return rule.per_month if rule is not None else 0


def _made_in(conn: psycopg.Connection, run: Run) -> list[Claimed]:
    """The claims on a run's leads, references only."""
    leads = references.references(conn, run.source, "lead")
    reps = references.references(conn, run.source, "rep")
    return [
        Claimed(leads[one.lead_id], reps.get(one.rep_id, ""), one.band, ())
        for one in claims.claims_of(conn, run.run_key)
        if one.lead_id in leads
    ]


def _frozen_since(conn: psycopg.Connection, run: Run) -> set[str]:
    """Leads that a later run is deciding or has decided: their time in the pool is over."""
    refs = references.references(conn, run.source, "lead")
    decided = claims.decided_after(conn, run.source, run.as_of)
    deciding = chain.undecided(conn, run.source, run.as_of)
    return {refs[lead] for lead in decided if lead in refs} | {
        lead.ref for key in deciding for lead in frozen_snapshot(conn, key).leads
    }
