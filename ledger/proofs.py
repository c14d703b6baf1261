"""The `.tlog-proof` file: one entry's inclusion in one checkpoint, checkable offline.

```
c2sp.org/tlog-proof@v1
[extra base64]
index 73894
base64 hash …

the checkpoint's signed note
```
Source: c2sp.org/tlog-proof.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.checkpoints import Checkpoint, CheckpointError, open_checkpoint
from ledger.merkle import HASH_BYTES, verify_inclusion
from ledger.notes import NoteError, VerifierKey, strict_base64

HEADER = "c2sp.org/tlog-proof@v1"
# 2^63 leaves need no more than 63 hashes.
_MAX_HASHES = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class ProofFileError(ValueError):
    """A proof file that is malformed or does not prove what it says."""


@dataclass(frozen=True)
class ProofFile:
    """A parsed proof file; nothing in it is verified yet."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        hashes = [base64.b64encode(one).decode() for one in self.hashes]
        return "\n".join([HEADER, *extra, f"index {self.index}", *hashes, "", self.checkpoint])


def proof_file(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """The text of a proof file for one entry under a signed checkpoint."""
    return str(ProofFile(index, tuple(hashes), checkpoint))


def parse_proof(data: bytes | str) -> ProofFile:
    """Reads a proof file; ProofFileError if it is not one."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise ProofFileError("proof is not UTF-8") from None
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER:
        raise ProofFileError(f"proof does not begin with {HEADER}")
    try:
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = strict_base64(lines.pop(0).removeprefix("extra "))
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        hashes = tuple(strict_base64(line) for line in lines)
    except NoteError as error:
        raise ProofFileError(f"proof has a line that is {error}") from None
    if index is None:
        raise ProofFileError("proof names no index")
    if len(hashes) > _MAX_HASHES or any(len(one) != HASH_BYTES for one in hashes):
        raise ProofFileError("proof has hashes of a wrong length or number")
    return ProofFile(int(index.group(1)), hashes, checkpoint, extra)


def verify_proof(
    data: bytes | str, leaf: bytes, key: VerifierKey, origin: str | None = None
) -> Checkpoint:
    """The checkpoint, signed by `key`, in which the file proves the leaf hash to be.

    `leaf` is `merkle.leaf_hash` of the entry. Raises ProofFileError.
    """
    proof = parse_proof(data)
    try:
        checkpoint = open_checkpoint(proof.checkpoint, key, origin)
    except CheckpointError as error:
        raise ProofFileError(str(error)) from None
    if not verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root):
        raise ProofFileError(f"entry {proof.index} is not in the checkpoint's tree")
    return checkpoint
