"""What the portal shows of a draw, read from the database; the parts that never change are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from threading import Lock
from typing import Any

import psycopg

from adapters.warehouse import draws, ledger_store, lines, marts, references, runs
from adapters.warehouse.draws import StoredDraw
from adapters.warehouse.ledger_store import timestamp
from flows.draw_odds import quarter_so_far
from ledger.canonical import parse_canonical
from lottery.records import LADDER, closing_hash
from notifications.portal_parts import PortalRecord


@dataclass(frozen=True, slots=True)
class Fixed:
    """What an opening fixed, and the names around it; entry: the opening's place in the log."""

    entry: int
    run: runs.Run
    names: Mapping[str, str]
    leads: Mapping[str, dict[str, Any]]
    quarter: Mapping[str, tuple[Fraction, int]]


class Facts:
    """Facts of draws, each opening's fixed part loaded once per process."""

    def __init__(self, site_url: str) -> None:
        self._site_url = site_url
        self._kept: dict[str, Fixed] = {}
        self._lock = Lock()

    def look_up(self, conn: psycopg.Connection, draw: str) -> tuple[Fixed, StoredDraw] | None:
        """The last attempt of a ladder; None when it was never opened."""
        found = draws.last_attempt(conn, draw)
        if found is None or found.kind != LADDER:
            return None
        with self._lock:  # 300 people at once must not load one pool 300 times
            if found.opening_hash not in self._kept:
                self._kept[found.opening_hash] = _load(conn, found)
            return self._kept[found.opening_hash], found

    def record(
        self, conn: psycopg.Connection, fixed: Fixed, draw: StoredDraw, me: str
    ) -> PortalRecord:
        """The draw as it stands now, for an entrant or ("") a watcher."""
        window = lines.window(conn, draw.opening_hash)
        stored = {one.entrant: one for one in lines.standing(conn, draw.opening_hash)}
        mine = stored.get(me)
        return PortalRecord(
            run=fixed.run.run_key,
            zone=fixed.run.zone,
            currency=fixed.run.currency,
            synthetic=fixed.run.is_synthetic,
            opening=draw.opening,
            opening_hash=draw.opening_hash,
            state=_state(window.state, draw),
            now=timestamp(window.now),
            me=me,
            lines=draw.closing["lines"]
            if draw.closing
            else [{"entrant": one.entrant, **one.line} for one in stored.values() if one.line],
            mine=_mine(mine) if mine else {},
            names=fixed.names,
            leads=fixed.leads,
            winners=(draw.outcome or {}).get("winners", {}),
            closing_hash=closing_hash(draw.closing) if draw.closing else "",
            checkpoint=_checkpoint(conn, draw),
            quarter=_quarter(fixed, me),
            site_url=self._site_url,
        )


def _mine(one: lines.StoredLine) -> dict[str, Any]:
    at = timestamp(one.acknowledged_at)
    return {"number": one.number, "line": one.line, "at": at, "note": one.note}


def _state(window: str, draw: StoredDraw) -> str:
    if draw.void is not None:
        return "void"
    return "finished" if draw.outcome is not None else window


def _checkpoint(conn: psycopg.Connection, draw: StoredDraw) -> str:
    """The newest checkpoint, once one covers the closing."""
    note = ledger_store.last_checkpoint(conn)
    if draw.closing is None or note is None:
        return ""
    index = _index(conn, "closing", draw.closing)
    return note if index is not None and int(note.splitlines()[1]) > index else ""


def _index(conn: psycopg.Connection, type_: str, record: dict[str, Any]) -> int | None:
    """Where a record stands in the log."""
    row = conn.execute(
        "select min(index) from decisions.ledger_entries where type = %s and record = %s",
        (type_, ledger_store.record_hash(record)),
    ).fetchone()
    return row[0] if row else None


def _quarter(fixed: Fixed, me: str) -> dict[str, str]:
    if me not in fixed.quarter:
        return {}
    expected, actual = fixed.quarter[me]
    return {"expected": f"{float(expected):.2f}", "actual": str(actual)}


def _load(conn: psycopg.Connection, draw: StoredDraw) -> Fixed:
    run = runs.find_run(conn, draw.draw.partition("/")[0])
    assert run is not None  # draws refer to runs
    return Fixed(
        _index(conn, "opening", draw.opening) or 0,
        run,
        _names(conn, run),
        _leads(conn, run, set(draw.opening["prizes"])),
        quarter_so_far(conn, run),
    )


def _names(conn: psycopg.Connection, run: runs.Run) -> dict[str, str]:
    """{rep ref: name} from today's marts: a person who was erased stays a reference."""
    refs = references.references(conn, run.source, "rep")
    return {
        refs[row["rep_id"]]: str(row["name"])
        for row in marts.rows_if_current(conn, "dim_reps", run.run_key)
        if row["rep_id"] in refs and row.get("name")
    }


def _leads(conn: psycopg.Connection, run: runs.Run, prizes: set[str]) -> dict[str, dict[str, Any]]:
    """{lead ref: company, expected value, industry}: never a mail or phone."""
    found: dict[str, dict[str, Any]] = {ref: {} for ref in prizes}
    body = runs.document(conn, run.run_key, "snapshot")
    for lead in parse_canonical(body)["leads"] if body else ():
        if lead["ref"] in prizes:
            found[lead["ref"]] = {
                key: lead[key] for key in ("expected_value", "industry") if key in lead
            }
    refs = references.references(conn, run.source, "lead")
    for row in marts.rows_if_current(conn, "fct_allocation_leads", run.run_key):
        ref = refs.get(row["lead_id"], "")
        if ref in prizes and row.get("company"):
            found[ref]["company"] = str(row["company"])
    return found
