"""What a run inherits from the weeks before it: carried state, waiting leads, leads given out.

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
    given: ids of leads that have an owner by an earlier run.
    """

    carry: bytes | None
    waiting: dict[str, str]
    given: frozenset[str]


def inheritance(conn: psycopg.Connection, source: str, as_of: datetime) -> Inheritance:
    """What the runs of a source before `as_of` leave to the next one."""
    carry = conn.execute(
        "select d.body from decisions.documents d join decisions.runs r using (run_key) "
        "where d.name = 'carry' and r.source = %s and r.as_of < %s order by r.as_of desc limit 1",
        (source, as_of),
    ).fetchone()
    # The last word on each lead counts: given away, or held (and since which run).
    rows = conn.execute(
        "select d.lead_id, min(d.run_key) filter (where d.rep_id is null "
        "and d.reason not in ('do_not_contact', 'duplicate')), "
        "bool_or(d.rep_id is not null) "
        "from decisions.decisions d join decisions.runs r using (run_key) "
        "where r.source = %s and r.as_of < %s group by d.lead_id",
        (source, as_of),
    ).fetchall()
    return Inheritance(
        carry=bytes(carry[0]) if carry else None,
        waiting={str(lead): str(run) for lead, run, _ in rows if run is not None},
        given=frozenset(str(lead) for lead, _, is_given in rows if is_given),
    )
