"""Cosignatures, stamps and a new key on a real database: nobody waits, nothing is lost halfway."""

from __future__ import annotations

import socket
import stat
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from adapters.warehouse import evidence_store, ledger_store
from adapters.warehouse.ledger_store import NewEntry
from flows.cli import app
from flows.clock import SystemDice
from flows.commands.ledger import _hand_over, _next_key
from flows.errors import EnvironmentRefused, FairleadError
from flows.home import keep_secret
from flows.reserve import ensure_reserve, reserve_secret
from flows.show_checkpoint import evidence_files, show_checkpoint
from flows.sign_log import current_checkpoint
from flows.workspace import Workspace, open_workspace
from ledger.checkpoints import cosigned, join_notes, split_notes
from tests.evidence_servers import StampServer, WitnessServer
from tests.portal_builder import RUN

pytestmark = pytest.mark.timeout(300)


def log(address, number: int) -> None:
    with address.connect() as conn:
        entry = NewEntry("appeal", RUN, {"n": number})
        ledger_store.append(conn, [entry], datetime.now(UTC))


def told(work: Workspace, **settings: str) -> Workspace:
    given = work.home.settings.model_copy(update=settings)
    return replace(work, home=replace(work.home, settings=given))


def test_who_hangs_or_is_gone_is_named_and_the_others_evidence_kept(work, address, tmp_path, capfd):
    witness = WitnessServer(work.signer.vkey)
    authority = StampServer(tmp_path / "tsa")
    deaf = WitnessServer(work.signer.vkey, "deaf.test")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        asking = told(
            work,
            witnesses=f"{witness.vkey} {witness.url}, {deaf.vkey} http://127.0.0.1:{port}",
            tsa_url=authority.url,
        )
        log(address, 1)
        begun = time.monotonic()
        show_checkpoint(asking)
        assert time.monotonic() - begun < 30
    assert "not cosigned by deaf.test" in capfd.readouterr().err
    with address.connect() as conn:
        (note,) = evidence_store.cosigned_notes(conn)
        files = evidence_files(conn, asking)
    key, origin = work.signer.vkey, work.home.origin
    assert [one.witness for one in cosigned(note, key, [witness.vkey], origin)] == [witness.vkey]
    assert set(files) == {"stamps/1.checkpoint", "stamps/1.tsr", "witnesses.txt"}
    assert note.startswith(files["stamps/1.checkpoint"].decode())

    gone = told(asking, tsa_url="http://127.0.0.1:9/")
    log(address, 2)
    log(address, 3)
    show_checkpoint(told(gone, witnesses=f"{witness.vkey} {witness.url}"))
    assert "not stamped by http://127.0.0.1:9/" in capfd.readouterr().err
    asked = len(witness.asked)
    show_checkpoint(told(gone, witnesses=f"{witness.vkey} {witness.url}"))  # nothing is new
    assert len(witness.asked) == asked
    with address.connect() as conn:
        notes = evidence_store.cosigned_notes(conn)
    assert [one.split("\n")[1] for one in notes] == ["1", "3"]
    assert split_notes(join_notes(notes)) == notes
    for server in (witness, authority, deaf):
        server.stop()


def test_a_wrong_setting_is_named(work):
    with pytest.raises(FairleadError, match="FAIRLEAD_WITNESSES: "):
        show_checkpoint(told(work, witnesses="somebody https://a.example"))


def test_nobody_to_ask_is_said(home, monkeypatch):
    monkeypatch.setenv("FAIRLEAD_HOME", str(home.path))
    done = CliRunner().invoke(app, ("ledger", "witness"))
    assert "FAIRLEAD_WITNESSES" in str(done.exception)


def test_a_hand_over_that_was_interrupted_is_finished_by_the_same_command(
    work, home, address, monkeypatch
):
    """The power goes after the log names the new key and before it is the key on disk."""
    log(address, 4)
    old = home.signer()
    waiting = home.key_file.with_name("log.key.next")
    _hand_over(home, old, _next_key(waiting, home.origin))
    log(address, 5)
    with address.connect() as conn, pytest.raises(EnvironmentRefused, match="rotate-key"):
        current_checkpoint(conn, work)  # the old key signs nothing any more
    monkeypatch.setenv("FAIRLEAD_HOME", str(home.path))
    done = CliRunner().invoke(app, ("ledger", "rotate-key"))  # asks nothing: it was agreed to
    assert done.exception is None, done.exception
    assert not waiting.exists()
    new = home.signer()
    assert new.vkey != old.vkey
    kept = home.key_file.with_name(f"log-{old.vkey.key_id.hex()}.key")
    assert kept.read_text().strip() == old.secret_text()
    assert kept.stat().st_mode & 0o077 == 0
    open_workspace.cache_clear()
    with address.connect() as conn:
        note, size = current_checkpoint(conn, replace(work, signer=new))
        assert ledger_store.records_of_type(conn, "key")
    assert int(note.split("\n")[1]) == size


def test_a_reserve_key_cut_short_counts_as_lost_and_a_secret_is_never_written_over(home):
    ensure_reserve(home, SystemDice())
    file = home.key_file.with_name("reserve.key")
    assert len(reserve_secret(home, f"{RUN}/smb")) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keep_secret(file, "another")
    assert len(reserve_secret(home, f"{RUN}/smb")) == 32
    file.write_text("")
    assert reserve_secret(home, f"{RUN}/smb") is None
