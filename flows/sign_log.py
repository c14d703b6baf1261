"""The log's checkpoints: signed by the key in force, never of a log that takes anything back."""

from __future__ import annotations

from typing import Any

import psycopg

from adapters.warehouse import ledger_store
from flows.errors import EnvironmentRefused
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
    signer, last_key = work.signer, None
    if last is not None:
        try:
            last_key = keychain(conn, signer.vkey, work.home.origin, Tree(leaves)).key_of(last)
        except HandOverError as error:
            raise EnvironmentRefused(
                f"{work.home.key_file} is not the key in force ({error}): "
                "`fairlead ledger rotate-key` finishes a hand-over that was interrupted"
            ) from error
    note = signed_checkpoint(work.home.origin, leaves, signer, last, last_key)
    ledger_store.store_checkpoint(conn, len(stored), note, work.clock.now())
    return note, len(stored)


def keychain(conn: psycopg.Connection, current: VerifierKey, origin: str, tree: Tree) -> Keychain:
    """The log's keys up to the current one, as its hand-overs say. Errors: HandOverError."""
    return read_keychain(current, origin, hand_overs(conn), tree.root)


def hand_overs(conn: psycopg.Connection) -> list[tuple[int, dict[str, Any]]]:
    """(index, record) of every hand-over in the log."""
    bodies = ledger_store.records_of_type(conn, ENTRY)
    return [(index, parse_canonical(body)) for index, body in bodies]
