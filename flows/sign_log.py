"""The log's checkpoints: signed by the key in force, never of a log that takes anything back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from adapters.warehouse import ledger_store
from flows.errors import EnvironmentRefused
from flows.home import Home
from flows.workspace import Workspace
from ledger.canonical import parse_canonical
from ledger.handover import ENTRY, HandOverError, Keychain, read_keychain
from ledger.log import signed_checkpoint
from ledger.merkle import Tree, leaf_hash
from ledger.notes import VerifierKey


def current_checkpoint(conn: psycopg.Connection, work: Workspace) -> tuple[str, int]:
    """Sign (or fetch) the checkpoint of the whole log; the note and its size.

    Errors: EnvironmentRefused when the log was handed over to another key than ours.
    """
    stored = ledger_store.entries(conn)
    last = ledger_store.last_checkpoint(conn)
    if last is not None and int(last.splitlines()[1]) == len(stored):
        return last, len(stored)
    leaves = [leaf_hash(bytes(entry.entry)) for entry in stored]
    signer = work.signer
    last_key = key_of_last(conn, work.home, signer.vkey, leaves, last)
    note = signed_checkpoint(work.home.origin, leaves, signer, last, last_key)
    ledger_store.store_checkpoint(conn, len(stored), note, work.clock.now())
    return note, len(stored)


def key_of_last(
    conn: psycopg.Connection,
    home: Home,
    current: VerifierKey,
    leaves: Sequence[bytes],
    last: str | None,
) -> VerifierKey | None:
    """The key that signed the log's last checkpoint; None before the first.

    Errors: EnvironmentRefused when the log was handed over to another key than `current`.
    """
    if last is None:
        return None
    try:
        return keychain(conn, current, home.origin, Tree(leaves)).key_of(last)
    except HandOverError as error:
        raise EnvironmentRefused(
            f"{home.key_file} is not the key in force ({error}): put the log's own key back, or, "
            "if a hand-over was interrupted, `fairlead ledger rotate-key` finishes it"
        ) from error


def keychain(conn: psycopg.Connection, current: VerifierKey, origin: str, tree: Tree) -> Keychain:
    """The log's keys up to the current one, as its hand-overs say. Errors: HandOverError."""
    return read_keychain(current, origin, hand_overs(conn), tree.root)


def hand_overs(conn: psycopg.Connection) -> list[tuple[int, dict[str, Any]]]:
    """(index, record) of every hand-over in the log."""
    bodies = ledger_store.records_of_type(conn, ENTRY)
    return [(index, parse_canonical(body)) for index, body in bodies]
