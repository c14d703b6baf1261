"""Tagged hashes, the seed of a draw and its streams of unbiased numbers.

Source: draw.md, *Bytes* and *Seed and numbers*.
"""

import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256
from struct import Struct

PROTOCOL = "fairlead/draw/1"
_WORDS = 2**64
_FOUR_WORDS = Struct(">4Q")


def tagged(tag: str, body: bytes) -> bytes:
    """T(tag, body): 32 bytes; a hash made for one purpose never equals one made for another."""
    return sha256(f"{PROTOCOL}/{tag}\n".encode("ascii") + body).digest()


def seed_of(opening_hash: str, closing_hash: str, source_bytes: Iterable[bytes]) -> bytes:
    """The draw's seed, 32 bytes, from two hashes in hex and 32 raw bytes per source."""
    hashes = bytes.fromhex(opening_hash) + bytes.fromhex(closing_hash)
    return tagged("seed", hashes + b"".join(source_bytes))


class Stream:
    """The numbers of one label under one seed, from the first; each label has its own."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._words = _words(seed, label.encode("ascii"))

    def uniform(self, bound: int) -> int:
        """The next number in 0 ... bound-1, each equally likely; 1 <= bound <= 2^64.

        Words from the last, incomplete run of `bound` are skipped: a remainder of them would
        make small numbers likelier.
        """
        limit = _WORDS - _WORDS % bound
        return next(word for word in self._words if word < limit) % bound


def _words(seed: bytes, label: bytes) -> Iterator[int]:
    block = 0
    while True:
        digest = hmac.digest(seed, label + b"\n" + block.to_bytes(8, "big"), "sha256")
        yield from _FOUR_WORDS.unpack(digest)
        block += 1
