"""What reps have received, over several runs, and where a lead was decided."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg


def received(conn: psycopg.Connection, run_keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    """{rep id: (leads drawn, leads by rule)} over decided runs."""
    rows = conn.execute(
        "select rep_id, count(*) filter (where draw is not null), "
        "count(*) filter (where draw is null) from decisions.decisions "
        "where run_key = any(%s) and rep_id is not null group by rep_id",
        (list(run_keys),),
    )
    return {str(rep): (int(drawn), int(by_rule)) for rep, drawn, by_rule in rows}


def runs_of_lead(conn: psycopg.Connection, lead_id: str) -> list[str]:
    """Keys of the runs that decided this lead, oldest first."""
    rows = conn.execute(
        "select d.run_key from decisions.decisions d join decisions.runs r using (run_key) "
        "where d.lead_id = %s order by r.as_of",
        (lead_id,),
    )
    return [str(key) for (key,) in rows]
