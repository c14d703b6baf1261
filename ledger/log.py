"""The log's own rules: what an entry is, and that no checkpoint ever takes anything back.

Source: specs/ledger.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.canonical import CanonicalError, canonical, parse_canonical, sha256_hex
from ledger.checkpoints import Checkpoint, open_checkpoint
from ledger.merkle import root
from ledger.notes import Signer, VerifierKey
from ledger.times import TimeError, parse_time

ENTRY_TYPES = (
    "policy",
    "snapshot",
    "commitment",
    "opening",
    "closing",
    "outcome",
    "void",
    "allocation",
    "publication",
    "override",
    "appeal",
    "reassignment",
    "correction",
    "key",
)
NO_RUN = "-"
_HEX64 = re.compile(r"[0-9a-f]{64}")
# Run keys name files and draws, so they hold nothing that a path or a page could misread.
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}|-")


class LogError(ValueError):
    """An entry that is malformed, or a checkpoint that must not be signed."""


@dataclass(frozen=True)
class Entry:
    """One line of the log: at `at`, for `run`, the record with this SHA-256 was published."""

    type: str
    at: str
    run: str
    record: str


def entry(type: str, at: str, run: str, record_bytes: bytes) -> bytes:
    """The bytes of the entry that commits to a record; the record must be canonical.

    `at` is YYYY-MM-DDThh:mm:ssZ, `run` the run key or "-" where there is none.
    """
    try:
        parse_canonical(record_bytes)
    except CanonicalError as error:
        raise LogError(f"record of the {type} entry: {error}") from None
    value = {"type": type, "at": at, "run": run, "record": sha256_hex(record_bytes)}
    _check(value)
    return canonical(value)


def parse_entry(data: bytes) -> Entry:
    """Reads the bytes of an entry; LogError for anything that `entry` would not have written."""
    try:
        value = parse_canonical(data)
    except CanonicalError as error:
        raise LogError(f"entry is {error}") from None
    _check(value)
    return Entry(**value)


def check_extension(last: str, leaf_hashes: Sequence[bytes], key: VerifierKey) -> Checkpoint:
    """The last checkpoint, if these leaves extend the log it was signed for; LogError if not."""
    checkpoint = open_checkpoint(last, key)
    if checkpoint.size > len(leaf_hashes):
        raise LogError(f"the log has {len(leaf_hashes)} entries, {checkpoint.size} were signed")
    if root(leaf_hashes[: checkpoint.size]) != checkpoint.root:
        raise LogError(f"the first {checkpoint.size} entries are not those that were signed")
    return checkpoint


def signed_checkpoint(
    origin: str,
    leaf_hashes: Sequence[bytes],
    signer: Signer,
    last: str | None,
    last_key: VerifierKey | None = None,
) -> str:
    """The signed checkpoint of the whole log, refused unless it extends `last`.

    `last` is the newest checkpoint note of this log, None only for a new one; `last_key` the key
    that signed it, where that was a former one. Raises LogError or CheckpointError.
    """
    if not leaf_hashes:
        raise LogError("an empty log has nothing to sign")
    key = last_key or signer.vkey
    if last is not None and check_extension(last, leaf_hashes, key).origin != origin:
        raise LogError("the last checkpoint was signed for another origin")
    return signer.sign(Checkpoint(origin, len(leaf_hashes), root(leaf_hashes)).text())


def _check(value: object) -> None:
    if not isinstance(value, dict) or set(value) != {"type", "at", "run", "record"}:
        raise LogError("entry has not exactly the keys type, at, run, record")
    if value["type"] not in ENTRY_TYPES:
        raise LogError(f"entry type {str(value['type'])[:40]!r} is unknown")
    if not isinstance(value["run"], str) or not _RUN.fullmatch(value["run"]):
        raise LogError("entry names no run")
    if not isinstance(value["record"], str) or not _HEX64.fullmatch(value["record"]):
        raise LogError("entry has no SHA-256 of a record")
    try:
        parse_time(value["at"])
    except TimeError as error:
        raise LogError(f"entry's time {error}") from None
