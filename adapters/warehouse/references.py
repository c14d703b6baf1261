"""Salted references: the only names that the log, the draws and the public pages know.

One salt per lead and rep for life. Destroying a salt makes a person unlinkable while every proof
still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import psycopg

Kind = Literal["lead", "rep", "person"]  # person: who acts on runs and requests


def reference(salt: bytes, id_: str) -> str:
    """SHA-256("fairlead/ref/1\\n" ‖ 32-byte salt ‖ id), 64 hex. Source: specs/draw.md, *Bytes*."""
    return hashlib.sha256(b"fairlead/ref/1\n" + salt + id_.encode()).hexdigest()


def ensure_references(
    conn: psycopg.Connection,
    source: str,
    kind: Kind,
    ids: Iterable[str],
    new_salt: Callable[[str, str], bytes],
) -> dict[str, str]:
    """{id: ref} of all `ids`; those seen for the first time get `new_salt(kind, id)`."""
    wanted = sorted(set(ids))
    known = references(conn, source, kind)
    missing = [id_ for id_ in wanted if id_ not in known]
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into decisions.salts (kind, source, id, salt, ref) "
            "values (%s, %s, %s, %s, %s) on conflict (kind, source, id) do nothing",
            [
                (kind, source, id_, salt, reference(salt, id_))
                for id_ in missing
                for salt in [new_salt(kind, id_)]
            ],
        )
    if missing:
        known = references(conn, source, kind)
    return {id_: known[id_] for id_ in wanted}


def references(conn: psycopg.Connection, source: str, kind: Kind) -> dict[str, str]:
    """{id: ref} of everything of this kind that ever had a reference."""
    rows = conn.execute(
        "select id, ref from decisions.salts where source = %s and kind = %s", (source, kind)
    )
    return {str(id_): str(ref) for id_, ref in rows}


def ids_by_reference(refs: Mapping[str, str]) -> dict[str, str]:
    """{ref: id}, the way back that only the database's owner has."""
    return {ref: id_ for id_, ref in refs.items()}
