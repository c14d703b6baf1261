"""The drand quicknet beacon: its constants, the round of a closing time, its signatures.

A round's signature is a BLS signature in G1 under a key in G2 that no single party holds; its
SHA-256 is the round's randomness. Source: draw.md, *Sources of chance*; the chain's own info in
tests/vectors/beacon/quicknet-info.json.
"""

from functools import cache
from hashlib import sha256

from py_arkworks_bls12381 import GT, G1Point, G2Point

from lottery.shapes import DrawError

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
PUBLIC_KEY = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
    "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
    "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
SCHEME = "bls-unchained-g1-rfc9380"
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
PERIOD_S = 3
GENESIS = 1692803367
SIGNATURE_BYTES = 48
MIN_DELAY_S, MAX_DELAY_S = 60, 86400
DEFAULT_DELAY_S = 600  # time to log the closing, publish it and send it to every entrant


def round_for(closes_at: int, delay_s: int) -> int:
    """The first round at least `delay_s` seconds after closing (seconds since 1970).

    A formula, so that nobody chooses the round. `DrawError` before the beacon's first round.
    """
    after = closes_at + delay_s - GENESIS
    if after < 0:
        raise DrawError("the beacon's round would lie before its genesis (2023-08-23T15:09:27Z)")
    return -(-after // PERIOD_S) + 1


def round_time(round_number: int) -> int:
    """When a round appears, in seconds since 1970; round 1 appears at genesis."""
    return GENESIS + (round_number - 1) * PERIOD_S


def randomness(signature: bytes) -> bytes:
    """The 32 bytes that a round gives."""
    return sha256(signature).digest()


def verify_signature(round_number: int, signature: bytes) -> bool:
    """Is this the beacon's signature of this round? About 5 ms.

    False, never an error, for another length or encoding, a point off the curve or outside the
    subgroup, the identity, and any other round's signature.
    """
    if len(signature) != SIGNATURE_BYTES or not 1 <= round_number < 2**64:
        return False
    try:
        point = G1Point.from_compressed_bytes(signature)
    except ValueError:
        return False
    if point == G1Point.identity() or not point.is_in_subgroup():
        return False
    if point.to_compressed_bytes() != signature:  # one spelling per point: x + p is refused
        return False
    message = G1Point.hash_to_curve(sha256(round_number.to_bytes(8, "big")).digest(), DST)
    key, minus_generator = _verifying_points()
    return GT.pairing_check([point, message], [minus_generator, key])


@cache
def _verifying_points() -> tuple[G2Point, G2Point]:
    return G2Point.from_compressed_bytes(PUBLIC_KEY), -G2Point()
