"""C2SP signed notes: a text for people with Ed25519 signature lines under it.

A note is `text ‖ "\\n" ‖ "— name base64(key id ‖ signature)\\n" …`. Two kinds of keys are known:
plain Ed25519 (0x01, a log) and cosignature/v1 (0x04, a witness, which also states its time).
Signatures by other keys say nothing to us and are ignored; malformed notes are refused.
Sources: c2sp.org/signed-note, c2sp.org/tlog-cosignature, golang.org/x/mod/sumdb/note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = 1
COSIGNATURE_V1 = 4
# The reference implementation refuses more, so that a hostile note costs bounded work.
MAX_SIGNATURES = 100
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A note or key that is malformed, or a signature by a known key that does not verify."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a name: `name+hex8+base64(kind ‖ 32 bytes)`."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name ‖ "\\n" ‖ kind ‖ key)."""
        body = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(body).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a vkey; a wrong key id, an unknown kind or a bad name is a NoteError."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not _is_name(parts[0]):
            raise NoteError("verifier key is not name+id+key")
        raw = strict_base64(parts[2])
        if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE_V1):
            raise NoteError("verifier key is neither Ed25519 nor cosignature/v1")
        key = cls(parts[0], raw[0], raw[1:])
        if parts[1] != key.key_id.hex():
            raise NoteError(
                f"verifier key id is {parts[1][:20]}, the key's own is {key.key_id.hex()}"
            )
        return key


@dataclass(frozen=True)
class Signature:
    """One signature line: whose it says it is, the key id, and the signature's raw bytes."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A parsed note; nothing in it is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True)
class Verified:
    """A signature that verifies; `time` is a witness's statement in Unix seconds."""

    key: VerifierKey
    time: int | None


class Signer:
    """An Ed25519 signing key under a name, made from its 32-byte seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not _is_name(name):
            raise NoteError(f"key name {name[:40]!r} is empty or holds a space or a plus sign")
        if len(seed) != 32:
            raise NoteError("an Ed25519 seed has 32 bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.vkey = VerifierKey(name, ED25519, self._key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `PRIVATE+KEY+name+id+base64(kind ‖ seed)`, as Go's note package writes it."""
        parts = text.strip().split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise NoteError("signing key is not PRIVATE+KEY+name+id+key")
        raw = strict_base64(parts[4])
        if len(raw) != 33 or raw[0] != ED25519:
            raise NoteError("signing key is not Ed25519")
        signer = cls(parts[2], raw[1:])
        if signer.vkey.key_id.hex() != parts[3]:
            raise NoteError("signing key id does not fit its key")
        return signer

    def secret_text(self) -> str:
        """The signing key as text, for the key file; the inverse of `parse`."""
        encoded = base64.b64encode(bytes([ED25519]) + self._seed).decode()
        return f"PRIVATE+KEY+{self.vkey.name}+{self.vkey.key_id.hex()}+{encoded}"

    def sign(self, text: str) -> str:
        """The signed note of `text`, which must end in a newline and hold no control characters."""
        _check_text(text)
        value = self._key.sign(text.encode())
        return str(Note(text, (Signature(self.vkey.name, self.vkey.key_id, value),)))


def parse_note(data: bytes | str) -> Note:
    """Splits a note into its text and its signature lines; NoteError if it is not one."""
    try:
        note = data.decode() if isinstance(data, bytes) else data
        note.encode()
    except UnicodeError:
        raise NoteError("note is not UTF-8") from None
    if _CONTROL.search(note):
        raise NoteError("note holds a control character")
    text, separator, lines = note.rpartition("\n\n")
    text += "\n"
    if not separator:
        raise NoteError("note has no empty line before its signatures")
    _check_text(text)
    if not lines.endswith("\n"):
        raise NoteError("note does not end with a signature line")
    signatures = tuple(_parse_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise NoteError(f"note has more than {MAX_SIGNATURES} signatures")
    return Note(text, signatures)


def open_note(data: bytes | str, keys: Iterable[VerifierKey]) -> tuple[Note, tuple[Verified, ...]]:
    """The note and what the given keys vouch for, each key once, in the note's order.

    A signature that names one of `keys` and does not verify is a NoteError; so is a note that
    none of them signed.
    """
    note = parse_note(data)
    known = {(key.name, key.key_id): key for key in keys}
    verified: dict[VerifierKey, Verified] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is not None and key not in verified:
            verified[key] = _verified(note.text, signature, key)
    if not verified:
        raise NoteError("note is not signed by any key given")
    return note, tuple(verified.values())


def cosignature(text: str, name: str, seed: bytes, time: int) -> Signature:
    """What a cosignature/v1 witness signs at Unix second `time` (for witnesses and tests)."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = VerifierKey(name, COSIGNATURE_V1, private.public_key().public_bytes_raw())
    value = time.to_bytes(8, "big") + private.sign(_cosigned(text, time))
    return Signature(name, key.key_id, value)


def strict_base64(text: str) -> bytes:
    """Standard base64 with padding in its one canonical spelling; NoteError otherwise."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise NoteError("not canonical base64")
    return raw


def _verified(text: str, signature: Signature, key: VerifierKey) -> Verified:
    time: int | None = None
    message, value = text.encode(), signature.value
    if key.kind == COSIGNATURE_V1:
        if len(value) != 72:
            raise NoteError(f"cosignature by {key.name} has {len(value)} bytes instead of 72")
        time, value = int.from_bytes(value[:8], "big"), value[8:]
        message = _cosigned(text, time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except InvalidSignature:
        raise NoteError(f"signature by {key.name} does not verify") from None
    return Verified(key, time)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _parse_signature(line: str) -> Signature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise NoteError("note has a malformed signature line")
    raw = strict_base64(match.group(2))
    if len(raw) < 5:
        raise NoteError("note has a signature without bytes")
    return Signature(match.group(1), raw[:4], raw[4:])


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteError("note text does not end with a newline")
    if _CONTROL.search(text):
        raise NoteError("note text holds a control character")


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[^\s+]+", name) is not None
