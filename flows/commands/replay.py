"""`fairlead replay`: decide a stored run again and compare every byte."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import typer

from allocation.engine import allocate
from allocation.policy import PolicyError, load_policy
from allocation.snapshot import Snapshot, SnapshotError
from audit.differences import first_difference
from audit.replay import BUNDLE_FORMAT
from flows.errors import FairleadError, UsageError
from ledger.canonical import CanonicalError, canonical, parse_canonical, sha256_hex


def replay_runs(run_key: str, *, every: bool) -> int:
    """Replay one stored run, or all of them; 0 when each is the same, else 1."""
    from adapters.warehouse import runs
    from flows.stored import chosen_run, initialised_home

    with initialised_home().database().connect() as conn:
        keys = (
            [*runs.run_keys(conn, "decided"), *runs.run_keys(conn, "held")]
            if every
            else [chosen_run(conn, run_key).run_key]
        )
        failed = sum(not _is_same(conn, key) for key in dict.fromkeys(keys))
    if every:
        typer.echo(f"{len(set(keys))} stored runs replayed, {failed} differ")
    return 1 if failed else 0


def replay_bundle(file: Path, decisions: Path | None) -> int:
    """Replay a bundle without any database; compared with a decision file when one is given.

    Errors: UsageError for a file that is no bundle.
    """
    try:
        bundle = parse_canonical(file.read_bytes())
        stored = decisions.read_bytes() if decisions else None
    except (OSError, CanonicalError) as error:
        raise UsageError(f"cannot be read: {error}") from error
    if not isinstance(bundle, dict) or bundle.get("format") != BUNDLE_FORMAT:
        raise UsageError(f"{file} is not {BUNDLE_FORMAT}")
    try:
        again = decided_again(bundle)
    except FairleadError as error:
        typer.echo(f"{file}: FAILED, {error}")
        return 1
    digest = sha256_hex(again)
    if stored is None:
        typer.echo(f"{file}: its decision file has sha256 {digest}")
        typer.echo("compare it with the run's allocation record in the log, or give --decisions")
        return 0
    return 0 if _said(str(file), again, stored, 0.0) else 1


def decided_again(bundle: dict[str, object]) -> bytes:
    """The decision file that a bundle's snapshot, policy and draws lead to. Errors: FairleadError.

    Whatever the engine finds wrong with stored parts is the finding, not a fault of this command.
    """
    return _documents(bundle)["decisions"]


def _documents(bundle: dict[str, object]) -> dict[str, bytes]:
    """Every document that follows from a bundle, by the name it is stored under."""
    try:
        snapshot = Snapshot.from_record(bundle["snapshot"])  # type: ignore[arg-type]
        policy = load_policy(str(bundle["policy"]))
        result = allocate(snapshot, policy, bundle["draws"])  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, SnapshotError, PolicyError) as error:
        raise FairleadError(f"cannot be replayed: {type(error).__name__}: {error}") from error
    return {
        "decisions": result.file(),
        "carry": canonical(result.carry.to_record()),
        "findings": result.findings(),
        "support": result.support(),
    }


def _is_same(conn: psycopg.Connection, key: str) -> bool:
    """Replay one run from what is stored about it; says what it found."""
    from adapters.warehouse import runs
    from flows.log_draws import draws_value

    began = time.monotonic()
    run = runs.find_run(conn, key)
    snapshot = runs.document(conn, key, "snapshot")
    stored = runs.document(conn, key, "decisions") or runs.document(conn, key, "preview")
    if run is None or snapshot is None or stored is None:
        typer.echo(f"{key}: FAILED, its snapshot or decisions are not stored")
        return False
    record = parse_canonical(snapshot)
    parts: dict[str, object] = {
        "format": BUNDLE_FORMAT,
        "snapshot": record,
        "policy": run.policy_text,
        "draws": draws_value(conn, key),
    }
    try:
        made = _documents(parts)
    except FairleadError as error:
        typer.echo(f"{key}: FAILED, {error}")
        return False
    if not _said(key, made.pop("decisions"), stored, time.monotonic() - began):
        return False
    before = record.get("continues")
    if before and runs.document(conn, before, "carry") != canonical(record["carry"]):
        typer.echo(f"{key}: FAILED, it does not go on from what run {before} carried over")
        return False
    for name, again in (made | {"bundle": canonical(parts)}).items():
        kept = runs.document(conn, key, name)
        if kept is not None and kept != again:  # runs of before this document was kept have none
            typer.echo(f"{key}: FAILED, the decisions are the same, the {name} is not")
            return False
    return True


def _said(name: str, again: bytes, stored: bytes, seconds: float) -> bool:
    found = first_difference(again, stored)
    if found:
        typer.echo(f"{name}: FAILED, first difference: {found}")
        return False
    count = len(parse_canonical(again)["decisions"])
    took = f" in {seconds:.2f} s" if seconds else ""
    typer.echo(f"{name}: {count} decisions, the same to the byte{took} ({sha256_hex(again)})")
    return True
