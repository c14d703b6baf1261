"""`fairlead ledger rotate-key`: the old key signs that a new one takes over the log.

Steps that a crash may interrupt anywhere: the new key is on disk before the log names it, and it
becomes `log.key` only after the old one has signed the checkpoint that covers the hand-over.
"""

from __future__ import annotations

from pathlib import Path

import typer

from adapters.warehouse import evidence_store, ledger_store, runs
from adapters.warehouse.ledger_store import NewEntry
from flows.clock import RealClock, SystemDice
from flows.commands.draw import known_run, open_home
from flows.errors import UsageError
from flows.home import Home, keep_secret
from flows.request import RunRequest
from flows.sign_log import hand_overs, key_of_last
from flows.stored import as_it_was_asked
from ledger.handover import ENTRY, hand_over
from ledger.log import NO_RUN, signed_checkpoint
from ledger.merkle import Tree, leaf_hash
from ledger.notes import Signer


def rotate_key(confirm: str) -> None:
    """Hand the log over to a new key and publish. Cannot be undone. Errors: UsageError."""
    home = open_home()
    old, waiting = home.signer(), home.key_file.with_name("log.key.next")
    with home.database().connect() as conn:
        done = hand_overs(conn)
    is_logged = bool(done) and waiting.exists() and done[-1][1]["to"] == str(_read(waiting).vkey)
    if not is_logged:
        if not confirm:
            confirm = typer.prompt(
                f"A new key takes over the log {home.origin} for good. Type its name to do so",
                default="",
            )
        if confirm != home.origin:
            raise UsageError("nothing was done: that was not the log's name")
        _hand_over(home, old, _next_key(waiting, home.origin))
    kept = home.key_file.with_name(f"log-{old.vkey.key_id.hex()}.key")
    keep_secret(kept, old.secret_text())  # it signed years of mails: they may still be asked about
    waiting.replace(home.key_file)
    typer.echo(
        f"{home.origin} is signed from now on by\n  {home.signer().vkey}\n"
        f"Tell everybody who wrote the old key down; it verifies on its own from there:\n"
        f"  {old.vkey}\nWitnesses need the new key before they cosign again."
    )
    _publish(home)


def show_now() -> None:
    """Ask for evidence of the log as it stands; it is published with the next site.

    Errors: UsageError where nobody is configured to be asked.
    """
    from flows.show_checkpoint import show_checkpoint
    from flows.workspace import open_workspace

    home = open_home()
    if not (home.settings.witnesses or home.settings.tsa_url):
        raise UsageError("set FAIRLEAD_WITNESSES or FAIRLEAD_TSA_URL first")
    with home.database().connect() as conn:
        run = known_run(conn, "")
    show_checkpoint(
        open_workspace(
            as_it_was_asked(home, RunRequest(source="", as_of=run.as_of.isoformat()), run)
        )
    )
    with home.database().connect() as conn:
        size = len(ledger_store.entries(conn))
        cosigned = len(
            [
                note
                for note in evidence_store.cosigned_notes(conn)
                if note.split("\n")[1] == str(size)
            ]
        )
        stamp = "stamped" if evidence_store.has_time_stamp(conn, size) else "not stamped"
    typer.echo(f"{size} entries: {'cosigned' if cosigned else 'not cosigned'}, {stamp}")


def _next_key(waiting: Path, origin: str) -> Signer:
    """The key that takes over: made once, whatever interrupts us."""
    if not waiting.exists():
        keep_secret(waiting, Signer(origin, SystemDice().bytes32("log key")).secret_text())
    return _read(waiting)


def _read(file: Path) -> Signer:
    return Signer.parse(file.read_text(encoding="utf-8").strip())


def _hand_over(home: Home, old: Signer, new: Signer) -> None:
    """The entry, and the old key's last checkpoint over it, in one transaction."""
    now = RealClock().now()
    with home.database().connect() as conn:
        ledger_store.lock(conn)
        leaves = [leaf_hash(bytes(entry.entry)) for entry in ledger_store.entries(conn)]
        if not leaves:
            raise UsageError("the log has no entry yet: there is nothing to hand over")
        record = hand_over(home.origin, old, new.vkey, len(leaves), Tree(leaves).root())
        last = ledger_store.last_checkpoint(conn)
        last_key = key_of_last(conn, home, old.vkey, leaves, last)
        ledger_store.append(conn, [NewEntry(ENTRY, NO_RUN, record)], now)
        leaves = [leaf_hash(bytes(entry.entry)) for entry in ledger_store.entries(conn)]
        note = signed_checkpoint(home.origin, leaves, old, last, last_key)
        ledger_store.store_checkpoint(conn, len(leaves), note, now)


def _publish(home: Home) -> None:
    """Show the hand-over at once, beside the newest published week if there is one."""
    from flows.publish_site import publish_site
    from flows.workspace import open_workspace

    with home.database().connect() as conn:
        published = runs.run_keys(conn, "published")
        run = runs.find_run(conn, published[-1]) if published else None
    if run is None or not home.site.exists():
        typer.echo("The next site that is published shows it.")
        return
    open_workspace.cache_clear()  # it holds the key that was
    request = RunRequest(source="", as_of=run.as_of.isoformat())
    publish_site.fn(as_it_was_asked(home, request, run))
