"""Show the log's checkpoint to witnesses and to a time-stamping authority, where there are any.

What they answer is evidence for strangers of what came first. Nobody waits for them: who does not
answer within seconds is asked again with the next checkpoint.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg

from adapters.time_stamps import StampError, stamped
from adapters.warehouse import evidence_store, ledger_store
from adapters.witnesses import Witness, WitnessError, cosign, parse_witnesses
from flows.errors import UsageError
from flows.progress import say
from flows.sign_log import current_checkpoint, keychain
from flows.workspace import Workspace
from ledger.merkle import Tree, leaf_hash


def show_checkpoint(work: Workspace, *, with_stamp: bool = True) -> None:
    """Sign the log as it stands, and keep what witnesses and authority say of it.

    The checkpoint is committed before anybody sees it. Errors: UsageError for wrong settings.
    """
    witnesses, authority = configured(work), work.home.settings.tsa_url
    if work.request.simulate or not (witnesses or (authority and with_stamp)):
        return
    with work.connect() as conn:
        note, size = current_checkpoint(conn, work)
    with work.connect() as conn:
        leaves = [leaf_hash(bytes(one.entry)) for one in ledger_store.entries(conn)[:size]]
        known = {one: evidence_store.last_cosigned(conn, str(one.key)) for one in witnesses}
        has_stamp = evidence_store.has_time_stamp(conn, size)
        tree = Tree(leaves)
        key = keychain(conn, work.signer.vkey, work.home.origin, tree).key_of(note)

    def ask(witness: Witness) -> str | None:
        if known[witness] == size:
            return None
        try:
            return cosign(
                witness, note, key, work.home.origin, size, known[witness], tree.consistency_proof
            )
        except WitnessError as error:
            say(f"note: not cosigned by {error}")
            return None

    with ThreadPoolExecutor(max_workers=8) as pool:
        lines = dict(zip(witnesses, pool.map(ask, witnesses), strict=True))
    response = None
    if authority and with_stamp and not has_stamp:
        try:
            response = stamped(authority, note.encode())
        except StampError as error:
            say(f"note: not stamped by {error}")
    now = work.clock.now()
    with work.connect() as conn:
        for witness, line in lines.items():
            if line is not None:
                evidence_store.store_cosignature(conn, size, str(witness.key), line, now)
        if response is not None:
            evidence_store.store_time_stamp(conn, size, response, now)


def evidence_files(conn: psycopg.Connection, work: Workspace) -> dict[str, bytes]:
    """Time-stamps with what they are of, and the keys of the witnesses we ask.

    They lie outside `log/`, where ledger.md lets nothing but the log stand.
    """
    files = {}
    for size, note, response in evidence_store.time_stamps(conn):
        files[f"stamps/{size}.checkpoint"] = note.encode()
        files[f"stamps/{size}.tsr"] = response
    if witnesses := configured(work):
        lines = [
            "# The witnesses that this site asks. This list proves nothing: trust only the keys",
            "# that you have from the witnesses themselves.",
            *(f"{one.key}  # {one.url}" for one in witnesses),
        ]
        files["witnesses.txt"] = ("\n".join(lines) + "\n").encode()
    return files


def configured(work: Workspace) -> list[Witness]:
    """The witnesses of this installation. Errors: UsageError."""
    try:
        return parse_witnesses(work.home.settings.witnesses)
    except WitnessError as error:
        raise UsageError(f"FAIRLEAD_WITNESSES: {error}") from error
