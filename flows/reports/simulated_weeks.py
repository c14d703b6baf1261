"""Which stored weeks a simulation replays, and who really got their leads."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import psycopg

from adapters.warehouse import marts, references, runs
from adapters.warehouse.ledger_store import timestamp
from adapters.warehouse.run_context import current_context
from allocation.freeze import build_snapshot
from allocation.policy import Policy, load_policy
from allocation.simulation import Week
from allocation.snapshot import Snapshot
from flows.errors import CheckRefused, UsageError
from flows.reports.lead_fates import lead_fates
from ledger.canonical import parse_canonical
from ledger.run_keys import is_intake


@dataclass(frozen=True, slots=True)
class History:
    """The weeks, oldest first, and what a report says about them.

    names: rep reference -> name and id; is_built: no stored run, but the marts as they stand.
    """

    weeks: list[Week]
    currency: str
    zone: str
    is_synthetic: bool
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    is_built: bool = False


def stored_weeks(
    conn: psycopg.Connection, keys: list[str], weeks: int | None, last: str
) -> History | None:
    """The runs of these keys, or the newest of one source; None where nothing is stored.

    `last`: "30d" counts back from the newest run. Errors: UsageError, CheckRefused.
    """
    decided = runs.run_keys(conn, "decided")
    if missing := sorted(set(keys) - set(decided)):
        listed = ", ".join(decided[-8:]) or "none"
        raise UsageError(f"no decided run {', '.join(missing)} here; decided: {listed}")
    weekly = [key for key in decided if not is_intake(key)]  # runs between them only by name
    found = [run for key in (keys or weekly) if (run := runs.find_run(conn, key))]
    if not found:
        return None
    found.sort(key=lambda run: (run.as_of, run.run_key))
    newest = found[-1]
    if keys and len({run.source for run in found}) > 1:
        raise UsageError("the runs named are of several sources: simulate one source at a time")
    found = [run for run in found if run.source == newest.source]
    if not keys and last:
        since = newest.as_of - _days(last)
        found = [run for run in found if run.as_of > since]
    elif not keys and weeks:
        found = found[-weeks:]
    decided_leads = _decided(conn, [run.run_key for run in found])
    return History(
        [_week(conn, run, decided_leads) for run in found],
        newest.currency,
        newest.zone,
        newest.is_synthetic,
        _names(conn, newest.source, newest.run_key),
    )


def built_week(conn: psycopg.Connection, policies: Sequence[Policy]) -> History:
    """One week from the marts as they stand, with references of its own; nothing is written.

    `policies`: one of these may be what they were scored by. Errors: CheckRefused where no marts
    were built.
    """
    context = current_context(conn)
    if context is None:
        raise CheckRefused(
            "there is neither a stored run nor a built source here: rehearse one first "
            "(FAIRLEAD_HOME=… fairlead run --simulate --source …)"
        )

    def ref(kind: str) -> _Refs:
        return _Refs(kind)

    rows = {name: marts.rows(conn, name, context.run_key) for name in marts.CONTRACTED}
    snapshot, _ = build_snapshot(
        run=context.run_key,
        as_of=timestamp(context.as_of),
        zone=context.zone,
        currency=context.currency,
        lead_rows=rows["fct_allocation_leads"],
        rep_rows=rows["dim_reps"],
        capacity_rows=rows["fct_rep_capacity"],
        capability_rows=rows["fct_rep_capability"],
        carry={},
        ref=ref("lead"),
        rep_ref=ref("rep"),
    )
    scored_by = next((p for p in policies if p.sha256 == context.policy_sha256), None)
    names = {
        ref("rep")(row["rep_id"]): {"id": row["rep_id"], "name": row["name"] or row["rep_id"]}
        for row in rows["dim_reps"]
    }
    return History(
        [Week(snapshot, scored_by)],
        context.currency,
        context.zone,
        context.source == "synthetic",
        names,
        is_built=True,
    )


class _Refs:
    """References for one report only: no salt, so they are never shown or stored."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __call__(self, id_: str) -> str:
        return sha256(f"fairlead/simulation/ref\n{self._kind}\n{id_}".encode()).hexdigest()


def _week(conn: psycopg.Connection, run: runs.Run, decided: frozenset[str]) -> Week:
    body = runs.document(conn, run.run_key, "snapshot") or b""
    file = runs.document(conn, run.run_key, "decisions") or b'{"decisions":[]}'
    owners = {row["lead"]: row["rep"] for row in json.loads(file)["decisions"] if row.get("rep")}
    snapshot = Snapshot.from_record(parse_canonical(body))
    policy = load_policy(run.policy_text)
    return Week(snapshot, policy, owners, lead_fates(conn, run, policy, decided))


def _decided(conn: psycopg.Connection, keys: list[str]) -> frozenset[str]:
    """Ids of the leads that these runs decided."""
    rows = conn.execute(
        "select distinct lead_id from decisions.decisions where run_key = any(%s)", (keys,)
    )
    return frozenset(str(lead) for (lead,) in rows)


def _names(conn: psycopg.Connection, source: str, run_key: str) -> dict[str, dict[str, str]]:
    """Names from today's marts; who is not there any more is known by id."""
    shown = {row["rep_id"]: row["name"] for row in marts.rows_if_current(conn, "dim_reps", run_key)}
    refs = references.references(conn, source, "rep")
    return {ref: {"id": id_, "name": shown.get(id_) or id_} for id_, ref in refs.items()}


def _days(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,3})([dw])", text.strip())
    if not found:
        raise UsageError(f"--last {text!r} is not a span such as 30d or 8w")
    return timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))
