"""What people typed for the public values that draws wait for. Append-only, one row per typing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

import psycopg


@dataclass(frozen=True, slots=True)
class Typed:
    """A person's last word on a value. `person` tells people apart however they write the name."""

    person: str
    by: str
    value: str
    typed_at: datetime


def person_of(name: str) -> str:
    """One spelling for a person's name: width, case and spaces do not make two people of one."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def store(
    conn: psycopg.Connection, run_key: str, what: str, by: str, value: str, at: datetime
) -> None:
    """Keep what a person typed; a later typing of the same person is a correction."""
    conn.execute(
        "insert into decisions.public_values (run_key, what, person, typed_by, value, typed_at) "
        "values (%s, %s, %s, %s, %s, %s)",
        (run_key, what, person_of(by), by, value, at),
    )


def last_typed(conn: psycopg.Connection, run_key: str, what: str) -> list[Typed]:
    """Each person's last word on a value, in the order of the typing."""
    rows = conn.execute(
        "select person, typed_by, value, typed_at from ("
        " select distinct on (person) value_id, person, typed_by, value, typed_at"
        " from decisions.public_values where run_key = %s and what = %s"
        " order by person, value_id desc) last order by value_id",
        (run_key, what),
    )
    return [Typed(*row) for row in rows]
