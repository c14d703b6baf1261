"""What a run inherits from the runs before it: carried state, waiting leads, leads given out.

"Before" is by the runs' own instants, so a past week that is replayed later inherits what it would
have inherited then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg


@dataclass(frozen=True, slots=True)
class Inheritance:
    """carry: the record's bytes, if there is one; waiting: {lead id: first run that held it};
    owners: {lead id: rep id} of leads that earlier runs gave away, or that a request moved since
    (a claim is one, too);
    drawn: {lead id: "run/band/share"} of leads that were placed since and have no owner;
    last_reasons: {lead id: why the last run that decided it did so}, "" where it has an owner.
    """

    carry: bytes | None
    waiting: dict[str, str]
    owners: dict[str, str]
    drawn: dict[str, str]
    last_reasons: dict[str, str]


def inheritance(conn: psycopg.Connection, source: str, as_of: datetime) -> Inheritance:
    """What the runs of a source before `as_of` leave to the next one."""
    carry = conn.execute(
        "select d.body from decisions.documents d join decisions.runs r using (run_key) "
        "where d.name = 'carry' and r.source = %s and r.as_of < %s order by r.as_of desc limit 1",
        (source, as_of),
    ).fetchone()
    # A lead that came back from its owner begins anew: that it waited, or was drawn, before counts
    # no more.
    rows = conn.execute(
        "with past as (select d.*, r.as_of, max(r.as_of) filter (where d.rep_id is not null) "
        "over (partition by d.lead_id) as owned_at "
        "from decisions.standing d join decisions.runs r using (run_key) "
        "where r.source = %s and r.as_of < %s) "
        "select lead_id, (array_agg(run_key order by as_of) filter (where rep_id is null "
        "and reason not in ('do_not_contact', 'duplicate') "
        "and (owned_at is null or as_of > owned_at)))[1], "
        "(array_agg(rep_id order by as_of desc) filter (where rep_id is not null))[1], "
        "(array_agg(run_key || '/' || band || '/' || share order by as_of desc) "
        "filter (where share is not null and reason <> 'pilot_control' "
        "and (owned_at is null or as_of > owned_at)))[1], "
        "(array_agg(case when rep_id is null then reason else '' end order by as_of desc))[1] "
        "from past group by lead_id",
        (source, as_of),
    ).fetchall()
    return Inheritance(
        carry=bytes(carry[0]) if carry else None,
        waiting={str(lead): str(run) for lead, run, *_ in rows if run is not None},
        owners={str(lead): str(rep) for lead, _, rep, *_ in rows if rep is not None},
        drawn={str(lead): str(drawn) for lead, *_, drawn, _ in rows if drawn is not None},
        last_reasons={str(lead): str(reason) for lead, *_, reason in rows},
    )
