"""Checkpoints (c2sp.org/tlog-checkpoint): what a log of one size hashes to, signed as a note.

Text: origin, size, base64 root, and possibly more lines, each ended by a newline.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.merkle import HASH_BYTES
from ledger.notes import (
    COSIGNATURE_V1,
    NoteError,
    Signature,
    VerifierKey,
    open_note,
    strict_base64,
)

MAX_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointError(ValueError):
    """A checkpoint that is malformed, unsigned, or of another log."""


@dataclass(frozen=True)
class Checkpoint:
    """One state of a log."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        encoded = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, encoded, *self.extensions))


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint that a witness saw at a Unix second."""

    checkpoint: Checkpoint
    witness: VerifierKey
    time: int


def parse_checkpoint(text: str) -> Checkpoint:
    """Reads the text of a checkpoint (without signatures); any length of root is accepted."""
    if not text.endswith("\n"):
        raise CheckpointError("checkpoint text does not end with a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointError("checkpoint is not origin, size and root in non-empty lines")
    origin, size, encoded, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise CheckpointError("checkpoint size is not a decimal number below 2^63")
    try:
        root = strict_base64(encoded)
    except NoteError as error:
        raise CheckpointError(f"checkpoint root is {error}") from None
    return Checkpoint(origin, int(size), root, tuple(extensions))


def open_checkpoint(data: bytes | str, key: VerifierKey, origin: str | None = None) -> Checkpoint:
    """The checkpoint of a note that `key` signed, of the log `origin` if one is given."""
    try:
        note, _ = open_note(data, [key])
    except NoteError as error:
        raise CheckpointError(str(error)) from None
    checkpoint = parse_checkpoint(note.text)
    if len(checkpoint.root) != HASH_BYTES:
        raise CheckpointError("checkpoint root has not 32 bytes")
    if origin is not None and checkpoint.origin != origin:
        raise CheckpointError(f"checkpoint is of the log {checkpoint.origin!r}, not {origin!r}")
    return checkpoint


def split_notes(text: str) -> list[str]:
    """The notes of a `log/cosignatures` file: checkpoint notes joined by one empty line.

    A checkpoint's text has no empty line, so every second paragraph is a block of signatures.
    """
    if not text:
        return []
    if not text.endswith("\n"):
        raise CheckpointError("cosignatures do not end with a newline")
    paragraphs = text[:-1].split("\n\n")
    if len(paragraphs) % 2:
        raise CheckpointError("cosignatures are not pairs of checkpoint and signatures")
    pairs = zip(paragraphs[::2], paragraphs[1::2], strict=True)
    return [f"{body}\n\n{signatures}\n" for body, signatures in pairs]


def join_notes(notes: Iterable[str]) -> str:
    """The inverse of `split_notes`."""
    return "\n".join(notes)


def cosigned(
    data: bytes | str,
    log_key: VerifierKey,
    witnesses: Iterable[VerifierKey],
    origin: str,
) -> list[Cosigned]:
    """Who among `witnesses` cosigned this checkpoint of our log, and when they say they did."""
    checkpoint = open_checkpoint(data, log_key, origin)
    keys = [key for key in witnesses if key.kind == COSIGNATURE_V1]
    try:
        _, verified = open_note(data, [log_key, *keys])
    except NoteError as error:
        raise CheckpointError(str(error)) from None
    return [Cosigned(checkpoint, one.key, one.time) for one in verified if one.time is not None]


def with_signatures(note: str, signatures: Iterable[Signature]) -> str:
    """The note with further signature lines under it."""
    return note + "".join(signature.line() for signature in signatures)
