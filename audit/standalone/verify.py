#!/usr/bin/env python3
"""Checks a published Fairlead site with nothing but Python 3.9 or later.

    python3 verify.py SITE [--key VKEY] [--since FILE [--seen TIME]] [--trust FILE] [--receipt FILE]
    python3 verify.py --derive DRAWFILE

SITE is a folder or an http(s) address. One line per check, then a verdict and its exit code:
FAILED 1, OPERATOR-TRUSTED 4, ORDER NOT PROVEN 3, VALUE BY EYE 5, VERIFIED 0.

--key    the log's key as you wrote it down earlier; without it the site vouches for itself
--since  a checkpoint you kept, or the mail that holds it: the log must still contain it
--seen   when you received it, e.g. 2026-01-05T03:00:00Z: evidence, to you, of what came first;
         both again for another mail: a week's order takes that of the freeze and of the closing
--trust  keys of witnesses you trust, one a line
--receipt  what you were given for your lines: each last one must be in its closing

Written to be read from top to bottom, apart from the program that published the site and sharing
no code with it. What it leaves out: it does not make rule-based decisions again (that takes the
run's replay bundle and the whole policy language), and it does not check RFC 3161 time-stamps,
which change no verdict; draws, the log, files and counts it checks in full, the beacon's BLS
signature included. Its arithmetic is not hardened against timing attacks
and need not be: it knows no secret.

Sources: RFC 6962 and 9162 (log), c2sp.org signed-note, tlog-checkpoint, tlog-tiles, tlog-proof,
tlog-cosignature; RFC 8032 (Ed25519); RFC 8785 (canonical JSON); RFC 9380 (hash to curve).
"""

from __future__ import annotations

import argparse
import base64
import calendar
import hashlib
import hmac
import json
import os
import re
import stat
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from email import message_from_bytes
from email.policy import default as mail_policy
from functools import cache, lru_cache
from html import unescape
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any, Callable, Optional

Record = dict[str, Any]


class Bad(Exception):
    """Something published is not as it must be; says what and where in one line."""


def need(holds: object, why: str) -> None:
    if not holds:
        raise Bad(why)


# == 1. canonical JSON: strings, integers 0…2^53-1, lists, objects; one spelling ==================

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 64


def parse(data: bytes) -> Any:
    """The value, in any spelling; null, booleans, signs, floats, repeated keys are refused."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("is not UTF-8") from None
    depth = 0
    for found in re.findall(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', text, re.DOTALL):
        depth += (found in "[{") - (found in "]}")
        need(depth <= MAX_DEPTH, "is nested too deeply")

    def pairs(items: list[tuple[str, Any]]) -> Record:
        need(len(dict(items)) == len(items), "repeats a key")
        return dict(items)

    def integer(digits: str) -> int:
        need(digits[0] != "-" and len(digits) <= 16, "holds a number outside 0…2^53-1")
        return int(digits)

    def refuse(number: str) -> None:
        raise Bad(f"holds the number {number[:20]}, which is no integer")

    try:
        value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_int=integer,
            parse_float=refuse,
            parse_constant=refuse,
        )
    except ValueError as error:
        raise Bad(f"is not JSON: {error}") from None
    _allowed(value)
    return value


def _allowed(value: Any) -> None:
    if type(value) is str:
        need(not re.search("[\ud800-\udfff]", value), "holds a lone surrogate")
    elif type(value) is int:
        need(0 <= value <= MAX_INTEGER, "holds a number outside 0…2^53-1")
    elif type(value) is dict:
        for key, item in value.items():
            _allowed(key)
            _allowed(item)
    elif type(value) is list:
        for item in value:
            _allowed(item)
    else:
        raise Bad(f"holds {value!r}, which no record may hold")


def canonical(value: Any) -> bytes:
    """RFC 8785: no spaces, keys sorted by UTF-16 units, as few escapes as possible."""

    def ordered(item: Any) -> Any:
        if isinstance(item, dict):
            keys = sorted(item, key=lambda key: key.encode("utf-16-be"))
            return {key: ordered(item[key]) for key in keys}
        return [ordered(one) for one in item] if isinstance(item, list) else item

    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def parse_canonical(data: bytes) -> Any:
    value = parse(data)
    need(canonical(value) == data, "is not in canonical form")
    return value


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def is_hex(value: object, digits: int = 64) -> bool:
    return type(value) is str and re.fullmatch(f"[0-9a-f]{{{digits}}}", value) is not None


def seconds(value: object, name: str) -> int:
    """Seconds since 1970 of a real instant written YYYY-MM-DDThh:mm:ssZ."""
    shape = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
    need(type(value) is str and re.fullmatch(shape, value), f"{name} is no time: {value!r:.60}")
    try:
        numbers = [int(part) for part in re.findall("[0-9]+", str(value))]
        return calendar.timegm(datetime(*numbers).timetuple())  # type: ignore[arg-type]
    except ValueError:
        raise Bad(f"{name} is no real time: {value!r:.60}") from None


def time_text(at: int) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# == 2. the Merkle tree =============================================================================


def leaf_hash(entry: bytes) -> bytes:
    return sha(b"\0" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha(b"\1" + left + right)


class Tree:
    """Complete subtrees over leaf hashes: levels[k][i] covers leaves i·2^k … (i+1)·2^k-1."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.size, self.levels = len(leaves), [leaves]
        while len(below := self.levels[-1]) > 1:
            self.levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        start, parts = 0, []
        for level in reversed(range(len(self.levels))):
            if size >> level & 1:
                parts.append(self.levels[level][start >> level])
                start += 1 << level
        result = parts.pop()
        while parts:
            result = node_hash(parts.pop(), result)
        return result


def leads_to(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether an inclusion proof holds (RFC 9162, 2.1.3.2)."""
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root and index < size


def tile_path(level: object, index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return f"log/tile/{level}/{'/'.join(groups)}" + ("" if width == 256 else f".p/{width}")


def tiles(items: Sequence[bytes]) -> Iterator[tuple[int, int, Sequence[bytes]]]:
    for index in range(0, len(items), 256):
        yield index // 256, min(256, len(items) - index), items[index : index + 256]


# == 3. Ed25519, notes and checkpoints ==============================================================

Q = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q
Point = tuple[int, int, int, int]  # x = X/Z, y = Y/Z, T = XY/Z


def _sum(a: Point, b: Point) -> Point:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % Q, (a[1] + a[0]) * (b[1] + b[0]) % Q
    three, four = 2 * a[3] * b[3] * D % Q, 2 * a[2] * b[2] % Q
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % Q, g * h % Q, f * g % Q, e * h % Q


def _times(number: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _sum(result, point)
        point, number = _sum(point, point), number >> 1
    return result


def _point(data: bytes) -> Point | None:
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if x * x % Q != square:
        x = x * pow(2, (Q - 1) // 4, Q) % Q
    if y >= Q or x * x % Q != square or (x == 0 and sign):
        return None
    x = Q - x if x & 1 != sign else x
    return x, y, 1, x * y % Q


BASE = _point((4 * pow(5, -1, Q) % Q).to_bytes(32, "little"))


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032, 5.1.7, without cofactor."""
    key = _point(public)
    if key is None or BASE is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
    minus = (Q - key[0], key[1], 1, Q - key[3])
    x, y, z, _ = _sum(_times(s, BASE), _times(h % ORDER, minus))
    inverse = pow(z, -1, Q)
    encoded = (y * inverse % Q | (x * inverse % Q & 1) << 255).to_bytes(32, "little")
    return s < ORDER and encoded == signature[:32]


def unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("is not base64") from None
    need(base64.b64encode(raw).decode() == text, "is not canonical base64")
    return raw


class Key:
    """A public key under a name: name+hex8+base64(kind ‖ 32 bytes); kind 1 log, 4 witness."""

    def __init__(self, text: str) -> None:
        parts = text.strip().split("+", 2)
        need(len(parts) == 3 and re.fullmatch(r"[^\s+]+", parts[0]), "is not name+id+key")
        raw = unbase64(parts[2])
        need(len(raw) == 33 and raw[0] in (1, 4), "is no Ed25519 or cosignature/v1 key")
        self.name, self.kind, self.public, self.text = parts[0], raw[0], raw[1:], text.strip()
        self.id = sha(self.name.encode() + b"\n" + raw)[:4]
        need(parts[1] == self.id.hex(), "states another key id than its key has")


def open_note(data: bytes, keys: Sequence[Key]) -> tuple[str, dict[str, int]]:
    """The text of a signed note, and {key: time or 0} of those of `keys` that signed it."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("is not UTF-8") from None
    need(not re.search("[\x00-\x09\x0b-\x1f]", note), "holds a control character")
    text, separator, lines = note.rpartition("\n\n")
    text += "\n"
    need(separator and lines.endswith("\n"), "has no signatures after an empty line")
    signed: dict[str, int] = {}
    need(lines.count("\n") <= 100, "has more than 100 signatures")
    for line in lines[:-1].split("\n"):
        match = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})", line)
        need(match, "has a malformed signature line")
        raw = unbase64(match[2])  # type: ignore[index]
        need(len(raw) >= 5, "has a signature without bytes")
        for key in keys:
            if (key.name, key.id) != (match[1], raw[:4]) or key.text in signed:  # type: ignore[index]
                continue
            message, signature, at = text.encode(), raw[4:], 0
            if key.kind == 4:
                need(len(signature) == 72, "has a cosignature of a wrong length")
                at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                message = f"cosignature/v1\ntime {at}\n{text}".encode()
            need(ed25519(key.public, message, signature), f"signature by {key.name} is wrong")
            signed[key.text] = at
    need(signed, "note is not signed by any key given")
    return text, signed


def stated_size(note: bytes) -> int:
    """The size that a checkpoint states; nothing about it is verified yet."""
    lines = note.split(b"\n")
    need(len(lines) > 2 and re.fullmatch(b"0|[1-9][0-9]{0,18}", lines[1]), "is no checkpoint: has no size")
    return int(lines[1])


@lru_cache(maxsize=64)
def open_checkpoint(data: bytes, key: Key, origin: str) -> tuple[int, bytes]:
    """(size, root) of a checkpoint that `key` signed for the log `origin`."""
    lines = open_note(data, [key])[0][:-1].split("\n")
    need(len(lines) >= 3 and all(lines), "is not origin, size and root in lines")
    need(re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) and int(lines[1]) < 2**63, "has no size")
    root = unbase64(lines[2])
    need(len(root) == 32, "its root has not 32 bytes")
    need(lines[0] == origin, f"is of the log {lines[0]!r}, not {origin!r}")
    return int(lines[1]), root


# == 4. the drand quicknet beacon: BLS signatures on BLS12-381 =======================================
# A signature S is right when e(S, G2) = e(H(round), KEY). Fields are plain integers modulo P;
# Fp12 is Fp[w]/(w^12 - 2w^6 + 2), in which i = w^6 - 1 is a square root of -1.

P = int("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
        "1eabfffeb153ffffb9feffffffffaaab", 16)  # fmt: skip
R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001  # order of the groups
X = 0xD201000000010000  # minus the curve's parameter
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
GENESIS, PERIOD = 1692803367, 3
BEACON_KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
G2_GENERATOR = (
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
F2 = tuple[int, int]  # a + bi
Affine = Optional[tuple[int, int]]  # None is the point at infinity


def _f2(a: F2, b: F2) -> F2:
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def _f2_inverse(a: F2) -> F2:
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * norm % P, -a[1] * norm % P


def _root(a: int) -> int | None:
    """A square root modulo P, where there is one (P = 3 modulo 4)."""
    root = pow(a, (P + 1) // 4, P)
    return root if root * root % P == a % P else None


def _is_larger(*coordinates: int) -> bool:
    """Which of y and -y the sign bit means: coordinates from the highest down."""
    for one in coordinates:
        if one:
            return one > (P - 1) // 2
    return False


def g1_point(data: bytes) -> Affine:
    """A compressed point of the right subgroup; None for everything else, infinity included."""
    if len(data) != 48 or data[0] >> 6 != 0b10:
        return None
    x = int.from_bytes(data, "big") & (2**381 - 1)
    y = _root(x**3 + 4) if x < P else None
    if y is None:
        return None
    point = (x, y if _is_larger(y) == bool(data[0] & 0x20) else P - y)
    return point if g1_times(R, point, 0) is None else None


def g2_point(text: str) -> tuple[F2, F2]:
    """One of the two compressed constants above: y² = x³ + 4(1 + i)."""
    data = bytes.fromhex(text)
    x = (int.from_bytes(data[48:], "big"), int.from_bytes(data[:48], "big") & (2**381 - 1))
    a, b = _f2(_f2(x, x), x)
    a, b = a + 4, b + 4
    norm, half = _root(a * a + b * b) or 0, pow(2, -1, P)
    y0 = _root((a + norm) * half % P) or _root((a - norm) * half % P) or 0
    y1 = b * pow(2 * y0, -1, P) % P
    if _is_larger(y1, y0) != bool(data[0] & 0x20):
        y0, y1 = P - y0, P - y1
    need(_f2((y0, y1), (y0, y1)) == (a % P, b % P), "a constant of this program is not on its curve")
    return x, (y0, y1)


def g1_add(p: Affine, q: Affine, a: int) -> Affine:
    """The sum of two points of y² = x³ + ax + …"""
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] + a) * pow(2 * p[1], -1, P) % P
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P) % P
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def g1_times(number: int, point: Affine, a: int) -> Affine:
    result: Affine = None
    while number:
        if number & 1:
            result = g1_add(result, point, a)
        point, number = g1_add(point, point, a), number >> 1
    return result


# RFC 9380, BLS12381G1_XMD:SHA-256_SSWU_RO: points are first found on y² = x³ + A11·x + B11, from
# which an isogeny of degree 11 leads to the curve. RFC 9380 prints its 53 coefficients; here it is
# by Vélu's formulas from the five abscissas of its kernel, scaled by 1/11.
A11 = int("144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac9"
          "8936f8da0e0f97f5cf428082d584c1d", 16)  # fmt: skip
B11 = int("12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef5"
          "5a23215a316ceaa5d1cc48e98e172be0", 16)  # fmt: skip
KERNEL = [int(one, 16) for one in (
    "140d41735b10ce710727cd9356905701a2b866b803baa468948b7f423ddcc560c9a8f1cd5f8ed4297c37464fb8bfe4a7",
    "010ef325dd1e98bdf0d97a4c6b7f968ed7f31f2fbff088acb39d5319cfc261ea18773405f325612742f0c5d90634bcf4",
    "1665a9c648e78314490a94f654d9b1039ab85847223bfaed9aa54f0f07736d122d1ceca1ac0e9123e753fde16e97c3d7",
    "0d7f2d0d03ae035321eed4c1479d13251abf0e9a96479623eb5380b575e319851fb5e5a8b43b9c1a46880f54bf2b2f7c",
    "105249b4cac630ce5aa18e6c1189a18c82019b4e12e491fbac012c259ca3a67f638560b8bb416af02a4724385ed0fc8e",
)]  # fmt: skip
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


def _expanded(message: bytes) -> bytes:
    """expand_message_xmd, 128 bytes."""
    tail = DST + bytes([len(DST)])
    first = sha(bytes(64) + message + b"\x00\x80\x00" + tail)
    blocks = [sha(first + b"\1" + tail)]
    for i in (2, 3, 4):
        mixed = bytes(x ^ y for x, y in zip(first, blocks[-1]))
        blocks.append(sha(mixed + bytes([i]) + tail))
    return b"".join(blocks)


def _mapped(u: int) -> Affine:
    """The simplified SWU map with Z = 11."""
    tv = 11 * u * u % P
    both = (tv * tv + tv) % P
    over = pow(both, -1, P) if both else 0
    x = -B11 * pow(A11, -1, P) * (1 + over) % P if both else B11 * pow(11 * A11, -1, P) % P
    y = _root(x**3 + A11 * x + B11)
    if y is None:
        x = tv * x % P
        y = _root(x**3 + A11 * x + B11)
    assert y is not None
    return x, y if y & 1 == u & 1 else P - y


def hash_to_g1(message: bytes) -> Affine:
    data = _expanded(message)
    u0, u1 = int.from_bytes(data[:64], "big") % P, int.from_bytes(data[64:], "big") % P
    point = g1_add(_mapped(u0), _mapped(u1), A11)
    if point is None:
        return None
    x, y = point
    new_x, slope = x, 1
    for x_q in KERNEL:
        if x == x_q:
            return None
        t, u = 6 * x_q * x_q + 2 * A11, 4 * (x_q**3 + A11 * x_q + B11)
        d = pow(x - x_q, -1, P)
        new_x += t * d + u * d * d
        slope -= (t + 2 * u * d) * d * d % P
    eleventh = pow(11, -1, P)
    on_curve = new_x * eleventh**2 % P, y * slope * eleventh**3 % P
    return g1_times(X + 1, on_curve, 0)  # into the subgroup


def _f12(a: Sequence[int], b: Sequence[int]) -> list[int]:
    c = [0] * 23
    for i, x in enumerate(a):
        if x:
            for j, y in enumerate(b):
                c[i + j] += x * y
    for k in range(22, 11, -1):
        c[k - 6] += 2 * c[k]
        c[k - 12] -= 2 * c[k]
    return [one % P for one in c[:12]]


F12_ONE = [1] + [0] * 11


def _f12_power(base: Sequence[int], exponent: int) -> list[int]:
    result = F12_ONE
    for bit in bin(exponent)[2:]:
        result = _f12(result, result)
        if bit == "1":
            result = _f12(base, result)
    return result


def _conjugate(a: Sequence[int]) -> list[int]:
    """The P^6-th power."""
    return [-one % P if i % 2 else one for i, one in enumerate(a)]


@cache
def _powers_of_w_to_the_p() -> list[list[int]]:
    w = _f12_power([0, 1] + [0] * 10, P)
    powers = [F12_ONE]
    for _ in range(11):
        powers.append(_f12(w, powers[-1]))
    return powers


def _frobenius(a: Sequence[int]) -> list[int]:
    """The P-th power: coefficients stay, w becomes w^P."""
    result = [0] * 12
    for one, power in zip(a, _powers_of_w_to_the_p()):
        if one:
            result = [x + one * y for x, y in zip(result, power)]
    return [one % P for one in result]


def _f12_inverse(a: Sequence[int]) -> list[int]:
    """By norms: a·conj(a) is in Fp6, the product of its three conjugates in Fp2."""
    over = _conjugate(a)
    norm = _f12(a, over)
    two = _frobenius(_frobenius(norm))
    rest = _f12(two, _frobenius(_frobenius(two)))
    small = _f12(norm, rest)
    x, y = _f2_inverse((small[0] + small[6], small[6]))
    last = [(x - y) % P, 0, 0, 0, 0, 0, y] + [0] * 5
    return _f12(last, _f12(over, rest))


@cache
def _lines(text: str) -> list[list[tuple[F2, F2]]]:
    """Tangents and chords of the Miller loop for a fixed G2 point: per bit [(slope, constant)]."""
    x, y = at_x, at_y = g2_point(text)
    steps = []
    for bit in bin(X)[3:]:
        step = []
        for is_chord in (False, True)[: 1 + int(bit)]:
            if is_chord:
                rise, run = (y[0] - at_y[0], y[1] - at_y[1]), (x[0] - at_x[0], x[1] - at_x[1])
                other = x
            else:
                square = _f2(at_x, at_x)
                rise, run = (3 * square[0], 3 * square[1]), (2 * at_y[0], 2 * at_y[1])
                other = at_x
            slope = _f2(rise, _f2_inverse(run))
            product = _f2(slope, at_x)
            step.append((slope, (product[0] - at_y[0], product[1] - at_y[1])))
            square = _f2(slope, slope)
            new_x = ((square[0] - at_x[0] - other[0]) % P, (square[1] - at_x[1] - other[1]) % P)
            fall = _f2(slope, (at_x[0] - new_x[0], at_x[1] - new_x[1]))
            at_x, at_y = new_x, ((fall[0] - at_y[0]) % P, (fall[1] - at_y[1]) % P)
        steps.append(step)
    return steps


def _is_paired(pairs: Sequence[tuple[tuple[int, int], str]]) -> bool:
    """Whether the product of the pairings of (G1 point, G2 constant) is 1."""
    f = [1] + [0] * 11
    loops = [(point, _lines(text)) for point, text in pairs]
    for number in range(len(loops[0][1])):
        f = _f12(f, f)
        for (x, y), steps in loops:
            for slope, constant in steps[number]:
                line = [0] * 12  # constant - slope·x·w² + y·w³, with a + bi = (a - b) + b·w^6
                line[0], line[6] = (constant[0] - constant[1]) % P, constant[1] % P
                line[2], line[8] = (slope[1] - slope[0]) * x % P, -slope[1] * x % P
                line[3] = y
                f = _f12(line, f)
    # f^((P^12-1)/R) = 1, its exponent as (P^6-1)(P^2+1) times a third of
    # (X+1)^2 (P-X) (X^2+P^2-1) + 3; after the first factor an inverse is a conjugate.
    g = _f12(_conjugate(f), _f12_inverse(f))
    g = _f12(_frobenius(_frobenius(g)), g)
    t = _f12(_f12_power(g, X), g)
    t = _f12(_f12_power(t, X), t)
    t = _f12(_frobenius(t), _conjugate(_f12_power(t, X)))
    t = _f12(_f12(_f12_power(_f12_power(t, X), X), _frobenius(_frobenius(t))), _conjugate(t))
    return _f12(t, _f12(_f12(g, g), g)) == F12_ONE


@cache
def is_beacon_signature(number: int, signature: bytes) -> bool:
    """Whether this is quicknet's signature of this round."""
    point = g1_point(signature)
    message = hash_to_g1(sha(number.to_bytes(8, "big")))
    if point is None or message is None:
        return False
    return _is_paired([((point[0], P - point[1]), G2_GENERATOR), (message, BEACON_KEY)])


# == 5. draws: opening, closing, outcome (the text of the protocol is in draw.md) ====================

PROTOCOL = "fairlead/draw/1"
BANDS = ("enterprise", "mid_market", "smb")
COMMON = "protocol draw attempt kind policy_sha256 opens_at closes_at sources"
OWN = {"ladder": "entrants prizes pool extra", "select": "candidates shares"}
SOURCE_KEYS = {"drand": "kind chain delay_s round", "public": "kind what form at",
               "operator": "kind commitment"}  # fmt: skip
REVEAL_KEYS = {"drand": "kind signature", "public": "kind what value", "operator": "kind secret"}


def tagged(tag: str, body: bytes) -> bytes:
    return sha(f"{PROTOCOL}/{tag}\n".encode() + body)


def keyed(value: Any, name: str, keys: str, more: bool = False) -> Any:
    need(type(value) is dict, f"{name} must be an object")
    for key in keys.split():
        need(key in value, f"{name} lacks {key!r}")
    need(more or len(value) == len(keys.split()), f"{name} has an unknown key")
    return value


def whole(value: Any, name: str, low: int, high: int = MAX_INTEGER) -> int:
    need(type(value) is int and low <= value <= high, f"{name} must be from {low} to {high}")
    return int(value)


def texted(value: Any, name: str, longest: int = MAX_INTEGER) -> str:
    need(type(value) is str and 1 <= len(value) <= longest, f"{name} must be a text")
    return str(value)


def ascending(value: Any, name: str, at_least: int) -> list[str]:
    need(type(value) is list and len(value) >= at_least, f"{name} must be a list")
    refs = [texted(one, name, 200) for one in value]
    for before, after in zip(refs, refs[1:]):
        need(before < after, f"{name} are not sorted, each once")
    return refs


def check_opening(value: Any) -> Record:
    opening: Record = keyed(value, "opening", COMMON, more=True)
    need(opening["protocol"] == PROTOCOL, "opening is of another protocol")
    kind = opening["kind"]
    need(type(kind) is str and kind in OWN, "opening is of an unknown kind")
    keyed(opening, "opening", OWN[kind], more=True)
    parts = texted(opening["draw"], "draw").split("/")
    lengths = (2,) if kind == "select" else (3, 4)
    need(all(parts) and len(parts) in lengths, f"draw {opening['draw']!r:.80} is no {kind}'s id")
    whole(opening["attempt"], "attempt", 1)
    need(is_hex(opening["policy_sha256"]), "policy_sha256 is no SHA-256")
    opens, closes = (seconds(opening[key], key) for key in ("opens_at", "closes_at"))
    need(opens < closes, "closes_at must be later than opens_at")
    check_sources(opening["sources"], closes)
    if kind == "ladder":
        ascending(opening["entrants"], "entrants", 1)
        prizes = ascending(opening["prizes"], "prizes", 1)
        need(opening["pool"] == "none" or is_hex(opening["pool"]), "pool is no hash")
        need(set(ascending(opening["extra"], "extra", 0)) <= set(prizes), "extra is no prize")
    else:
        names, total = set(), 0
        need(type(opening["shares"]) is list, "shares must be a list")
        for share in opening["shares"]:
            need(type(share) is list and len(share) == 2, "a share must be [name, count]")
            names.add(texted(share[0], "share"))
            total += whole(share[1], "count", 0)
        need(len(names) == len(opening["shares"]), "shares repeat a name")
        need(total <= len(ascending(opening["candidates"], "candidates", 0)), "shares count too many")
    return opening


def check_sources(sources: Any, closes: int) -> None:
    need(type(sources) is list and sources, "a draw needs a source of chance")
    kinds = {one["kind"] if type(one) is dict and type(one.get("kind")) is str else "" for one in sources}
    need(len(kinds) == 1, "sources must be of one kind")
    kind = kinds.pop()
    need(kind in SOURCE_KEYS, "a source is of an unknown kind")
    need(len(sources) <= (3 if kind == "public" else 1), f"too many {kind} sources")
    for one in sources:
        keyed(one, "source", SOURCE_KEYS[kind])
        if kind == "drand":
            need(one["chain"] == CHAIN, "source is of another chain")
            after = closes + whole(one["delay_s"], "delay_s", 60, 86400) - GENESIS
            need(after >= 0, "the round would lie before the beacon's genesis")
            due = -(-after // PERIOD) + 1
            need(type(one["round"]) is int and one["round"] == due, f"round must be {due}")
        elif kind == "public":
            texted(one["what"], "what")
            texted(one["form"], "form")
            need(seconds(one["at"], "at") >= closes + 3600, "at must be an hour after closing")
        else:
            need(is_hex(one["commitment"]), "commitment is no SHA-256")
    if kind == "public":
        need(len({one["what"] for one in sources}) == len(sources), "sources repeat a value")
        need(sum(one["form"].count("0") for one in sources) >= 7, "sources have under 7 digits")


def source_time(opening: Record) -> int:
    first = opening["sources"][0]
    if first["kind"] == "drand":
        return GENESIS + (int(first["round"]) - 1) * PERIOD
    if first["kind"] == "public":
        return max(seconds(one["at"], "at") for one in opening["sources"])
    return seconds(opening["closes_at"], "closes_at")


def asked_at(opening: Record, i: int) -> str:
    """What to look up for a public source and, where its opening says so, at which address."""
    hints, what = opening.get("look_up"), str(opening["sources"][i]["what"])
    hint = hints[i] if type(hints) is list and i < len(hints) else None
    address = hint.get("address") if type(hint) is dict else None
    return f"{what} at {address}" if type(address) is str else what


def check_closing(value: Any, opening: Record) -> Record:
    is_ladder = opening["kind"] == "ladder"
    closing: Record = keyed(value, "closing", "protocol opening" + (" lines" if is_ladder else ""))
    need(closing["protocol"] == PROTOCOL, "closing is of another protocol")
    need(closing["opening"] == opening_hash(opening), "closing is of another opening")
    if is_ladder:
        entrants = opening["entrants"]
        need(type(closing["lines"]) is list, "lines must be a list")
        need(not closing["lines"] or len(entrants) > 1, "one entrant has no lines")
        known = set(entrants)
        for line in closing["lines"]:
            keyed(line, "line", "entrant left level")
            need(texted(line["entrant"], "entrant", 200) in known, "a line is by a stranger")
            whole(line["left"], "left", 0, len(entrants) - 2)
            whole(line["level"], "level", 0, 999)
        names = [line["entrant"] for line in closing["lines"]]
        need(names == sorted(set(names)), "lines are not sorted, one an entrant")
    return closing


def opening_hash(opening: Record) -> str:
    return tagged("opening", canonical(opening)).hex()


def source_bytes(source: Record, reveal: Any, check_beacon: bool) -> bytes:
    kind = source["kind"]
    need(type(reveal) is dict and reveal.get("kind") == kind, "a reveal is of another kind")
    keyed(reveal, "reveal", REVEAL_KEYS[kind])
    if kind == "drand":
        need(is_hex(reveal["signature"], 96), "signature is not 96 hex digits")
        signature = bytes.fromhex(reveal["signature"])
        need(
            not check_beacon or is_beacon_signature(source["round"], signature),
            f"signature is not the beacon's for round {source['round']}",
        )
        return sha(signature)
    if kind == "public":
        need(reveal["what"] == source["what"], "a reveal is of another value")
        value, form = texted(reveal["value"], "value"), source["form"]
        need(
            len(value) == len(form) and all(a in "0123456789" if b == "0" else a == b for a, b in zip(value, form)),
            f"value {value!r:.60} must match {form!r:.60}",
        )
        return tagged("public", value.encode())
    need(is_hex(reveal["secret"]), "secret is not 64 hex digits")
    secret = bytes.fromhex(reveal["secret"])
    need(tagged("operator", secret).hex() == source["commitment"], "secret does not open its commitment")
    return secret


def stream(seed: bytes, label: str) -> Callable[[int], int]:
    """uniform(bound): the next number below it, each equally likely."""

    def words() -> Iterator[int]:
        block = 0
        while True:
            message = label.encode() + b"\n" + block.to_bytes(8, "big")
            digest = hmac.new(seed, message, "sha256").digest()
            for start in (0, 8, 16, 24):
                yield int.from_bytes(digest[start : start + 8], "big")
            block += 1

    numbers = words()

    def uniform(bound: int) -> int:
        limit = 2**64 - 2**64 % bound
        return next(word for word in numbers if word < limit) % bound

    return uniform


def derive(opening: Any, closing: Any, reveals: Any, check_beacon: bool = True) -> Record:
    """A whole draw from its records."""
    opening = check_opening(opening)
    closing = check_closing(closing, opening)
    sources = opening["sources"]
    need(type(reveals) is list and len(reveals) == len(sources), "reveals must be one per source")
    chance = [source_bytes(one, two, check_beacon) for one, two in zip(sources, reveals)]
    opened, closed = opening_hash(opening), tagged("closing", canonical(closing)).hex()
    seed = tagged("seed", bytes.fromhex(opened + closed) + b"".join(chance))
    result: Record = {"opening_hash": opened, "closing_hash": closed, "seed": seed.hex()}
    if opening["kind"] == "select":
        result["selected"] = select(opening["candidates"], opening["shares"], seed)
    else:
        result.update(ladder(opening["entrants"], opening["prizes"], closing["lines"], seed))
    if sources[0]["kind"] == "drand" and not check_beacon:
        result["beacon"] = "unchecked"
    return result


def select(candidates: list[str], shares: list[list[Any]], seed: bytes) -> dict[str, list[str]]:
    """Which leads of a band go to which share: the first steps of a shuffle."""
    uniform, order, given, start = stream(seed, "select"), list(range(len(candidates))), {}, 0
    for i in range(sum(count for _, count in shares)):
        j = i + uniform(len(order) - i)
        order[i], order[j] = order[j], order[i]
    for name, count in shares:
        given[name] = [candidates[k] for k in sorted(order[start : start + count])]
        start += count
    return given


def ladder(entrants: list[str], prizes: list[str], lines: list[Record], seed: bytes) -> Record:
    """Who wins which lead: own lines at the top, then one base ladder a round."""
    n, standing, choices = len(entrants), list(entrants), []
    winners: dict[str, str] = {}
    for line in sorted(lines, key=lambda one: (one["level"], one["left"], one["entrant"])):
        left = line["left"]
        standing[left], standing[left + 1] = standing[left + 1], standing[left]
    for number, start in enumerate(range(0, len(prizes), n)):
        uniform, columns = stream(seed, f"ladder/{number}"), list(standing)
        choices.append([uniform(k + 1) for k in range(1, n)])
        for k, j in enumerate(choices[-1], start=1):
            columns.insert(k - j, columns.pop(k))  # what its j rungs do, in one move
        winners.update(zip(prizes[start : start + n], columns))
    result: Record = {
        "rung_counts": [sum(chosen) for chosen in choices],
        "rungs_sha256": sha(f"[{','.join(map(rungs_text, choices))}]".encode()).hex(),
        "winners": winners,
    }
    if n <= 10:
        result["rungs"] = [json.loads(rungs_text(chosen)) for chosen in choices]
    return result


def rungs_text(choices: list[int]) -> str:
    """The rungs of a round as JSON: k-1, …, k-j of each k, cut out of one count down."""
    numbers, ends = [str(left) for left in range(len(choices))], [0]
    for number in numbers:
        ends.append(ends[-1] + len(number) + 1)
    down, total = ",".join(reversed(numbers)), ends[-1]
    runs = (down[total - ends[k] : total - ends[k - j] - 1] for k, j in enumerate(choices, 1) if j)
    return f"[{','.join(runs)}]"


# == 6. a published site, read from a folder or over HTTP ===========================================


class Folder:
    """Links inside it are not followed: they are not published bytes."""

    def __init__(self, root: str) -> None:
        need(os.path.isdir(root), f"{root}: is not a folder")
        self.root, found = root, set()
        for folder, folders, files in os.walk(root):
            links = [one for one in folders if os.path.islink(os.path.join(folder, one))]
            for name in files + links:
                path = os.path.relpath(os.path.join(folder, name), root)
                found.add(path.replace(os.sep, "/"))
        self.paths: frozenset[str] | None = frozenset(found)

    def read(self, path: str) -> bytes:
        need(self.paths is not None and path in self.paths, f"{path}: is missing")
        full = os.path.join(self.root, path)
        need(stat.S_ISREG(os.lstat(full).st_mode), f"{path}: is not a plain file")
        with open(full, "rb") as file:
            return file.read()


class Address:
    paths: frozenset[str] | None = None

    def __init__(self, base: str) -> None:
        self.base, self.known = base.rstrip("/") + "/", {}  # type: tuple[str, dict[str, bytes]]

    def read(self, path: str) -> bytes:
        if path not in self.known:
            try:
                url = self.base + urllib.parse.quote(path)
                with urllib.request.urlopen(url, timeout=30) as answer:
                    self.known[path] = answer.read()
            except urllib.error.HTTPError as error:
                why = "is missing" if error.code == 404 else f"HTTP status {error.code}"
                raise Bad(f"{path}: {why}") from None
            except (OSError, ValueError) as error:
                raise Bad(f"{path}: cannot be fetched: {error}") from None
        return self.known[path]


def open_site(address: str) -> Any:
    return Address(address) if address.startswith(("http://", "https://")) else Folder(address)


def read_object(data: bytes, path: str, is_canonical: bool = True) -> Record:
    try:
        value = parse_canonical(data) if is_canonical else parse(data)
    except Bad as error:
        raise Bad(f"{path}: {error}") from None
    need(type(value) is dict, f"{path}: is not an object")
    return dict(value)


# == 7. the checks ==================================================================================

TYPES = ("policy", "snapshot", "commitment", "opening", "closing", "outcome", "void", "allocation",
         "publication", "override", "appeal", "reassignment", "correction", "key")  # fmt: skip
SHAPES = {
    "policy": "id:text version:text sha256:hex text:text approvals:list effective_from:text",
    "snapshot": "run:text snapshot:hex policy_sha256:hex as_of:text leads:count reps:count"
    " loads:list reconstructed:text",
    "allocation": "run:text snapshot:hex policy_sha256:hex decisions:hex bundle:hex counts:counts"
    " owned:count held:count",
    "publication": "run:text audience:text",
}
INTAKE = re.compile("[0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3])-[1-7](?:T(?:[01][0-9]|2[0-3]))?")
AWAITS = "awaits_lottery"
METHODS = ("lottery", "skill_match", "rotation", "junior", "sdr", "exception", "none")
VOID_REASONS = {"beacon-gap": "drand", "event-cancelled": "public", "secret-lost": "operator"}
UNCHANGED = "draw kind policy_sha256 entrants prizes pool extra candidates shares".split()
DAY, OPERATOR_GRACE = 24 * 3600, 600
NOTE = re.compile(  # no tag before the origin, as in a page's source
    r"^(?P<text>[^\s<>][^\n<>]*\n(?:0|[1-9][0-9]*)\n[A-Za-z0-9+/]{43}=\n)\n+"
    r"(?P<signatures>(?:— \S+ [A-Za-z0-9+/=]+(?:\n|\Z))+)",
    re.MULTILINE,
)


def approved_hash(text: str) -> str | None:
    """What approvals of a policy stand for: SHA-256 of its text without its `approvals:` block."""
    kept, inside, blocks = [], False, 0
    for line in text.split("\n"):
        blocks += line.startswith("approvals:")
        inside = line.startswith("approvals:") or (inside and line.startswith((" ", "- ")))
        kept += [] if inside else [line]
    if inside:  # the block is the end of the file: the line before it has its line end
        kept.append("")
    if blocks != 1 or re.search("[\r\x85\u2028\u2029]", text):
        return None
    return sha("\n".join(kept).encode()).hex()


RECEIPT = re.compile(
    r"^(?P<text>fairlead/line/1\nopening [0-9a-f]{64}\nentry (?:0|[1-9][0-9]{0,15})\nentrant [^\n]{1,200}\n"
    r"number [1-9][0-9]{0,15}\nline (?:none|(?:0|[1-9][0-9]{0,6}) (?:0|[1-9][0-9]{0,6}))\ntime [^\n]+\n)\n+"
    r"(?P<signatures>(?:— \S+ [A-Za-z0-9+/=]+(?:\n|\Z))+)",
    re.MULTILINE,
)


class Entry:
    """One entry of the log with its record."""

    def __init__(self, index: int, fields: Record) -> None:
        self.index, self.type, self.run = index, fields["type"], fields["run"]
        self.at = seconds(fields["at"], "at")
        self.path = f"records/{fields['record']}.json"
        self.value: Record = {}


class Draw:
    """An opening and all that names it, in the log's order."""

    def __init__(self, entry: Entry, opening: Record) -> None:
        self.entry, self.opening, self.hash = entry, opening, opening_hash(opening)
        self.id: str = opening["draw"]
        self.parts = self.id.split("/")
        self.kind: str = opening["sources"][0]["kind"]
        self.source_time = source_time(opening)
        self.named: dict[str, list[Entry]] = {"closing": [], "outcome": [], "void": []}
        self.status = "pending"

    @property
    def name(self) -> str:
        attempt = self.opening["attempt"]
        return f"draw {self.id}" + ("" if attempt == 1 else f" attempt {attempt}")

    @property
    def is_select(self) -> bool:
        return bool(self.opening["kind"] == "select")

    @property
    def waited(self) -> set[str]:
        """The prizes that a run between the Mondays drew; none where `waited` is malformed."""
        waited = self.opening.get("waited")
        lists = list(waited.values()) if type(waited) is dict else []
        found = [lead for leads in lists if type(leads) is list for lead in leads]
        is_good = all(type(leads) is list for leads in lists) and all(type(one) is str for one in found)
        return set(found) if is_good else set()

    @property
    def result(self) -> dict[str, Any]:
        if self.status != "finished":
            return {}
        value = self.named["outcome"][0].value
        return dict(value["selected" if self.is_select else "winners"])


class Found:
    """What one subject shows."""

    def __init__(self, name: str) -> None:
        self.name, self.rows = name, []  # type: tuple[str, list[tuple[str, str, str]]]

    def say(self, outcome: str, detail: str) -> None:
        self.rows.append((outcome, self.name, detail))

    def failed(self, detail: str) -> None:
        self.say("failed", detail)

    def unless(self, holds: object, detail: str) -> None:
        if not holds:
            self.failed(detail)


class Verification:
    """All checks of one site, in order, even when an earlier one failed."""

    def __init__(self, now: int, key: str = "", since: bytes | None = None,
                 seen_at: int | None = None, trust: bytes | None = None,
                 receipt: bytes | None = None,
                 held: list[tuple[bytes, int | None]] | None = None) -> None:  # fmt: skip
        self.receipt = receipt
        self.now, self.key_text, self.trust = now, key, trust
        self.held = held or ([] if since is None else [(since, seen_at)])
        self.checks: list[tuple[str, str, str]] = []
        self.logged: list[Entry] = []
        self.draws: list[Draw] = []
        self.decided: dict[str, dict[str, Record]] = {}
        self.seen: list[tuple[int, int, str]] = []  # (size, Unix time, by whom)
        self.tree: Tree | None = None

    def step(self, name: str, act: Callable[[Found], str]) -> None:
        found, good = Found(name), ""
        try:
            good = act(found)
        except Bad as error:
            found.failed(str(error))
        except Exception as error:  # a verdict for any bytes, never a traceback
            found.failed(f"cannot be checked: {type(error).__name__}: {error}")
        if not any(row[0] in ("failed", "skipped") for row in found.rows):
            self.checks.append(("ok", name, good))
        self.checks += found.rows

    def run(self, site: Any) -> tuple[str, int]:
        """The verdict and its exit code. `site` is an address, a folder's path or an open site."""
        self.step("log", lambda found: self.read_log(site, found))
        if self.tree is None:
            self.checks.append(("skipped", "everything else", "the log cannot be read"))
            return self.verdict([])
        self.step("log folder", self.check_log_folder)
        self.step("records", self.read_records)
        self.step("witnesses", self.check_witnesses)
        for mail, seen_at in self.held:
            self.step("since", lambda found, one=mail, at=seen_at: self.check_since(one, at, found))  # type: ignore[misc]
        self.good: list[str] = []
        self.step("published files", self.check_manifest)
        if stamps := sum(path.endswith(".tsr") for path in self.good):
            said = f"{stamps} RFC 3161 time-stamps are not checked by this program, fairlead verify does"
            self.checks.append(("skipped", "time-stamps", said))
        self.step("draws", self.check_draws)
        if self.receipt is not None:
            self.step("receipts", self.check_receipts)
        for entry in self.firsts("allocation").values():
            name = f"decisions {entry.run}"
            self.step(name, lambda found, one=entry: self.check_decisions(one, found))  # type: ignore[misc]
        if self.has_intake():
            self.step("intake runs", self.check_intake)
        self.step("pages", self.check_pages)
        self.checks.append(("skipped", "replay", "decisions not re-executed"))
        return self.verdict(self.trusts())

    def verdict(self, trusts: list[tuple[str, bool]]) -> tuple[str, int]:
        failures = [row for row in self.checks if row[0] == "failed"]
        if failures:
            more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
            return f"FAILED: {failures[0][1]}: {failures[0][2]}{more}", 1
        if any(kind == "operator" for kind, _ in trusts):
            return "OPERATOR-TRUSTED", 4
        if any(not is_proven for _, is_proven in trusts):
            return "ORDER NOT PROVEN", 3
        if any(kind == "public" for kind, _ in trusts):
            return "VALUE BY EYE", 5
        return "VERIFIED", 0

    # -- the log --

    def read_log(self, address: Any, found: Found) -> str:
        try:
            pinned = Key(self.key_text) if self.key_text else None
        except Bad as error:
            raise Bad(f"--key: {error}") from None
        self.site = site = open_site(address) if isinstance(address, str) else address
        about = read_object(site.read("site.json"), "site.json", is_canonical=False)
        need(about.get("format") == "fairlead/site/1", "site.json: is not fairlead/site/1")
        self.audience = about.get("audience")
        need(self.audience in ("public", "team"), "site.json: is for an unknown audience")
        need(type(about.get("origin")) is str and type(about.get("vkey")) is str,
             "site.json: names no origin or no vkey")  # fmt: skip
        try:
            own = Key(about["vkey"])
        except Bad as error:
            raise Bad(f"site.json: its vkey {error}") from None
        self.origin = about["origin"]
        if pinned is None:
            found.say("warning", f"the key is the site's own, unpinned: {own.text}")
        note = site.read("log/checkpoint")
        size = stated_size(note)  # believed once the key of that size is known and has signed it
        need(size > 0, "log/checkpoint: is of an empty log, which proves nothing")
        entries = self.read_entries(size)
        tree = Tree([leaf_hash(one) for one in entries])
        self.check_tiles(tree, entries)
        self.entries = [self.parse_entry(index, data) for index, data in enumerate(entries)]
        self.keys = self.read_keys(own, pinned, tree, found)
        need(self.opened(note, "log/checkpoint") == (size, tree.root(size)),
             "log/checkpoint: its root is not that of the entries")  # fmt: skip
        self.tree = tree
        rotated = f", handed over {len(self.keys) - 1} times" if len(self.keys) > 1 else ""
        return f"{size} entries of {self.origin}, checkpoint signed by the " + (
            f"unpinned key{rotated}" if pinned is None else f"pinned key{rotated}"
        )

    def read_keys(self, own: Key, pinned: Key | None, tree: Tree, found: Found) -> list[tuple[Key, int, int]]:
        """The log's keys with the sizes each may sign: each signed the hand-over to the next."""
        chain: list[Key] = []
        ends: list[int] = []
        for entry in self.entries:
            if entry.type != "key":
                continue
            data = self.site.read(entry.path)
            need(entry.path == f"records/{sha(data).hex()}.json",
                 f"{entry.path}: is not the record that was logged: its hash differs")  # fmt: skip
            value, path, at = read_object(data, entry.path), entry.path, entry.index
            keyed(value, path, "from to note")
            need(all(type(one) is str for one in value.values()), f"{path}: is no hand-over")
            old, new = Key(value["from"]), Key(value["to"])
            need(old.kind == new.kind == 1 and at > 0, f"{path}: is no hand-over between a log's keys")
            text = (f"fairlead/key/1\norigin {self.origin}\nfrom {old.text}\nto {new.text}\nsize {at}\n"
                    f"root {base64.b64encode(tree.root(at)).decode()}\n")  # fmt: skip
            is_said = open_note(value["note"].encode(), [old])[0] == text
            need(is_said, f"{path}: its note is not about these keys at this place of this log")
            need(not chain or chain[-1].text == old.text, f"{path}: hands over a key that was not in force")
            chain = chain or [old]
            is_new = new.text not in [one.text for one in chain]
            need(is_new, f"{path}: hands over to a key that was in use before")
            chain.append(new)
            ends.append(at + 1)
        if not chain:
            key = pinned or own
            found.unless(own.text == key.text, "site.json: names another key than the one given")
            return [(key, 0, MAX_INTEGER)]
        need(chain[-1].text == own.text, "site.json: names a key that was not handed over to")
        is_ours = pinned is None or pinned.text in [one.text for one in chain]
        need(is_ours, "site.json: names a key that was not handed over to by the one given")
        return list(zip(chain, [0, *ends], [*ends, MAX_INTEGER]))

    def key_of(self, data: bytes) -> Key:
        """The key to check a checkpoint with: the one in force at its size (at a hand-over, two)."""
        size, text = stated_size(data), data.decode(errors="replace")
        known = [key for key, first, last in self.keys if first <= size <= last]
        need(known, "states a size that no log has")
        names = [f"\n— {key.name} {base64.b64encode(key.id[:3]).decode()}" for key in known]
        return next((key for key, name in zip(known, names) if name in text), known[-1])

    def opened(self, data: bytes, path: str) -> tuple[int, bytes]:
        try:
            return open_checkpoint(data, self.key_of(data), self.origin)
        except Bad as error:
            raise Bad(f"{path}: {error}") from None

    def read_entries(self, size: int) -> list[bytes]:
        entries: list[bytes] = []
        while len(entries) < size:
            index, width = len(entries) // 256, min(256, size - len(entries))
            path = tile_path("entries", index, width)
            data, at, before = self.site.read(path), 0, len(entries)
            while at < len(data):
                length = int.from_bytes(data[at : at + 2], "big")
                need(at + 2 + length <= len(data), f"{path}: ends in the middle of an entry")
                entries.append(data[at + 2 : at + 2 + length])
                at += 2 + length
            need(len(entries) == before + width, f"{path}: holds not {width} entries")
        return entries

    def check_tiles(self, tree: Tree, entries: list[bytes]) -> None:
        """Every tile is there and is what the entries hash to; there is no other."""
        expected = {tile_path("entries", index, width) for index, width, _ in tiles(entries)}
        for level in range(0, len(tree.levels), 8):
            for index, width, hashes in tiles(tree.levels[level]):
                path = tile_path(level // 8, index, width)
                expected.add(path)
                need(self.site.read(path) == b"".join(hashes), f"{path}: is not what the entries hash to")
        for path in sorted(self.site.paths or ()):
            is_tile = path.startswith("log/tile/")
            need(not is_tile or path in expected, f"{path}: does not belong to this log")

    def parse_entry(self, index: int, data: bytes) -> Entry:
        try:
            value = parse_canonical(data)
            keyed(value, "it", "type at run record")
            run = value["run"]
            need(value["type"] in TYPES and is_hex(value["record"]), "has no type or record")
            is_run = type(run) is str and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}|-", run)
            need(is_run, "names no run")
            return Entry(index, value)
        except Bad as error:
            raise Bad(f"log/tile/entries, entry {index}: {error}") from None

    def check_log_folder(self, found: Found) -> str:
        for before, after in zip(self.entries, self.entries[1:]):
            found.unless(
                before.at <= after.at,
                f"entry {after.index} says it was logged before entry {before.index}",
            )
        ahead = [one for one in self.entries if one.at > self.now]
        if ahead:
            found.say("warning", f"{len(ahead)} entries carry a later time than now")
        for path in sorted(self.site.paths or ()):
            if not path.startswith("log/") or path.startswith("log/tile/"):
                continue  # the tiles were compared with the tree, file by file
            match = re.fullmatch(r"log/proof/(0|[1-9][0-9]{0,17})\.tlog-proof", path)
            if match:
                try:
                    self.check_proof(path, int(match[1]))
                except Bad as error:
                    found.failed(str(error))
            else:
                is_known = path in ("log/checkpoint", "log/cosignatures")
                found.unless(is_known, f"{path}: is no file of a log")
        if self.site.paths is None:
            found.say("warning", "over HTTP, files that nothing refers to cannot be seen")
        return "entries in the order of their times, nothing unknown under log/"

    def check_proof(self, path: str, index: int) -> None:
        head, separator, note = self.site.read(path).partition(b"\n\n")
        try:
            lines = head.decode().split("\n")
            extra = lines[1:2] if lines[1:] and lines[1].startswith("extra ") else []
            for one in extra:
                unbase64(one[6:])
            hashes = [unbase64(one) for one in lines[2 + len(extra) :]]
        except (UnicodeDecodeError, Bad):
            raise Bad(f"{path}: is no proof file") from None
        wanted = ["c2sp.org/tlog-proof@v1", *extra, f"index {index}"]
        need(separator and lines[: len(wanted)] == wanted, f"{path}: is not a proof of entry {index}")
        need(all(len(one) == 32 for one in hashes) and len(hashes) < 64, f"{path}: has odd hashes")
        size, root = self.opened(note, path)
        assert self.tree is not None
        need(index < self.tree.size, f"{path}: is not named after the entry it proves")
        leaf = self.tree.levels[0][index]
        need(leads_to(leaf, index, size, hashes, root), f"{path}: does not lead to its checkpoint")
        self.check_prefix(size, root, path)

    def check_prefix(self, size: int, root: bytes, path: str) -> None:
        """The log must extend this checkpoint, which it signed."""
        assert self.tree is not None
        need(size > 0, f"{path}: is a checkpoint of size 0, which proves nothing")
        need(size <= self.tree.size, f"{path}: is a checkpoint of {size} entries, the site shows only "
             f"{self.tree.size}: entries were taken back or the site is stale")  # fmt: skip
        need(self.tree.root(size) == root, f"{path}: is a checkpoint of {size} other entries: "
             "the log was forked or rewritten")  # fmt: skip

    # -- records, witnesses, files --

    def read_records(self, found: Found) -> str:
        for entry in self.entries:
            try:
                data = self.site.read(entry.path)
                hashed = sha(data).hex()
                need(entry.path == f"records/{hashed}.json",
                     f"{entry.path}: is not the record that was logged: its hash differs")  # fmt: skip
                entry.value = read_object(data, entry.path)
                self.check_shape(entry)
                self.logged.append(entry)
            except Bad as error:
                found.failed(str(error))
        known = {entry.path for entry in self.entries}
        for path in sorted(self.site.paths or ()):
            is_stray = path.startswith("records/") and path not in known
            found.unless(not is_stray, f"{path}: no entry of the log refers to it")
        return f"{len(self.logged)} entries have their record, canonical and with its hash"

    def check_shape(self, entry: Entry) -> None:
        value, path = entry.value, entry.path
        is_right: dict[str, Callable[[Any], bool]] = {
            "text": lambda one: type(one) is str,
            "list": lambda one: type(one) is list,
            "count": lambda one: type(one) is int,
            "hex": is_hex,
            "counts": lambda one: type(one) is dict and all(
                type(two) is dict and all(type(n) is int for n in two.values())
                for two in one.values()
            ),
        }  # fmt: skip
        for field in SHAPES.get(entry.type, "").split():
            key, _, shape = field.partition(":")
            need(key in value and is_right[shape](value[key]), f"{path}: has no right {key!r}")
        if entry.type in ("snapshot", "allocation", "publication"):
            need(value["run"] == entry.run, f"{path}: is of another run than its entry")
        if entry.type == "policy":
            hashed = sha(value["text"].encode()).hex()
            need(hashed == value["sha256"], f"{path}: its text does not hash to its sha256")
            approved = approved_hash(value["text"])
            for one in value["approvals"]:
                if type(one) is dict and "approves" in one:
                    fits = approved is not None and one["approves"] == approved
                    need(fits, f"{path}: holds an approval of another text")
        if entry.type == "publication":
            need(value["audience"] in ("public", "team"), f"{path}: is for an unknown audience")
            if value["audience"] == "team":
                need(is_hex(value.get("manifest")), f"{path}: names no manifest")
            else:
                self.check_file_list(value.get("files"), path)

    def check_file_list(self, files: Any, where: str) -> dict[str, str]:
        need(type(files) is dict, f"{where}: lists no files")
        for path, digest in files.items():
            is_safe = (path and "\\" not in path and path.isprintable()
                       and not path.startswith("log/")
                       and all(part not in ("", ".", "..") for part in path.split("/")))  # fmt: skip
            need(is_safe, f"{where}: lists a path that is not allowed: {path[:80]!r}")
            need(is_hex(digest), f"{where}: has no SHA-256 for {path}")
        return dict(files)

    def check_witnesses(self, found: Found) -> str:
        keys, in_certificate = [], False
        for number, line in enumerate((self.trust or b"").decode(errors="replace").splitlines(), 1):
            text = line.partition("#")[0].strip()
            in_certificate |= text.startswith("-----BEGIN ")  # of a time-stamping authority
            if in_certificate:
                in_certificate = not text.startswith("-----END ")
                continue
            try:
                keys += [Key(text)] if text else []
                need(not text or keys[-1].kind == 4, "is no witness's key")
            except Bad as error:
                raise Bad(f"--trust: line {number}: {error}") from None
        for path in ("log/checkpoint", "log/cosignatures"):
            paths = self.site.paths
            if paths is not None and path not in paths:
                continue
            try:
                text = self.site.read(path).decode(errors="replace")
            except Bad as error:
                if paths is not None:  # over HTTP it only says that there are none
                    found.failed(str(error))
                continue
            parts = text[:-1].split("\n\n")
            if text and (not text.endswith("\n") or len(parts) % 2):
                found.failed(f"{path}: is not pairs of checkpoint and signatures")
                continue
            for body, signatures in zip(parts[::2], parts[1::2]) if text else ():
                try:
                    note = f"{body}\n\n{signatures}\n".encode()
                    size, root = self.opened(note, path)
                    self.check_prefix(size, root, path)
                    signed = open_note(note, [self.key_of(note), *keys])[1]
                    by_text = {key.text: key for key in keys}
                    self.seen += [(size, at, by_text[one].name) for one, at in signed.items() if one in by_text]
                except Bad as error:
                    found.failed(f"{path}: {error}")
        if self.trust is None:
            found.say("skipped", "no witness keys given (--trust)")
        names = ", ".join(sorted({by for _, _, by in self.seen})) or "nobody"
        return f"{len(self.seen)} cosignatures by {names}"

    def held_by(self, sizes: list[int], at: int, found: Found) -> list[tuple[int, int, str]]:
        """Checkpoints that a holder received; none before its newest entry was logged."""
        kept = []
        for size in sizes:
            newest = self.entries[size - 1].at if size else 0
            if at + 60 < newest:  # people note times to the minute
                found.say("warning", f"not counted: seen at {time_text(at)}, but entry {size - 1}, which "
                          f"the checkpoint covers, was logged at {time_text(newest)}")  # fmt: skip
            else:
                kept.append((size, at, "the holder"))
        return kept

    def check_since(self, mail: bytes, seen_at: int | None, found: Found) -> str:
        notes: dict[str, None] = {}
        sizes = []
        for text in mail_texts(mail):
            plain = re.sub(r"(?m)^[ \t>|]+|[ \t\r]+$", "", text.replace("\r\n", "\n"))
            for match in NOTE.finditer(plain):
                notes[f"{match['text']}\n{match['signatures'].rstrip()}\n"] = None
        for note in notes:
            try:
                size, root = self.opened(note.encode(), "--since")
                self.check_prefix(size, root, "--since")
                sizes.append(size)
            except Bad as error:
                found.failed(str(error))
        found.unless(sizes or found.rows, "--since: holds no checkpoint")
        if seen_at is not None:
            self.seen += self.held_by(sizes, seen_at, found)
        return f"the log extends the checkpoint of {max(sizes, default=0)} entries"

    def check_manifest(self, found: Found) -> str:
        mine = [one for one in self.logged
                if one.type == "publication" and one.value["audience"] == self.audience]  # fmt: skip
        if not mine:
            found.failed(f"log: holds no publication for the {self.audience} site")
            return ""
        files, is_team = mine[-1].value.get("files"), self.audience == "team"
        if is_team:
            data = self.site.read("manifest.json")
            need(sha(data).hex() == mine[-1].value["manifest"],
                 "manifest.json: is not the manifest that was published: its hash differs")  # fmt: skip
            value = read_object(data, "manifest.json")
            need("salt" in value and "files" in value, "manifest.json: lacks salt or files")
            files = self.check_file_list(value["files"], "manifest.json")
        assert files is not None
        for path, digest in sorted(files.items()):
            try:
                is_same = sha(self.site.read(path)).hex() == digest
                need(is_same, f"{path}: is not the file that was published: its hash differs")
                self.good.append(path)
            except Bad as error:
                found.failed(str(error))
        for path in sorted(self.site.paths or ()):
            is_covered = path.startswith(("log/", "records/")) or (is_team and path == "manifest.json")
            found.unless(path in files or is_covered, f"{path}: was not published: not in the manifest")
        return f"{len(self.good)} files are those that were published for {self.audience}"

    def firsts(self, type: str) -> dict[str, Entry]:
        """The first entry of a type, by run; a second one is a failure of its own."""
        first: dict[str, Entry] = {}
        for one in self.logged:
            if one.type == type:
                first.setdefault(one.run, one)
        return first

    # -- draws --

    def check_draws(self, found: Found) -> str:
        by_hash: dict[str, Draw] = {}
        committed: dict[tuple[str, int], list[Entry]] = {}
        for one in self.logged:
            try:
                if one.type == "opening":
                    draw = Draw(one, check_opening(one.value))
                    need(draw.hash not in by_hash, f"opening of {draw.id} is logged twice")
                    by_hash[draw.hash] = draw
                elif one.type == "commitment":
                    value = keyed(one.value, "commitment", "draw attempt commitment")
                    key = texted(value["draw"], "draw"), whole(value["attempt"], "attempt", 1)
                    need(is_hex(value["commitment"]), "commitment is no SHA-256")
                    committed.setdefault(key, []).append(one)
                elif one.type in ("closing", "outcome", "void"):
                    named = str(one.value.get("opening"))
                    need(named in by_hash,
                         f"{one.type} names no opening that was logged before it")  # fmt: skip
                    by_hash[named].named[one.type].append(one)
            except Bad as error:
                found.failed(f"{one.path}: {error}")
        self.draws = list(by_hash.values())
        for draw in self.draws:
            self.step(draw.name, lambda one, draw=draw: self.check_draw(draw, by_hash, committed, one))  # type: ignore[misc]
        self.check_once_per_run(found)
        self.check_attempts(found)
        self.check_gaps(found)
        for run in dict.fromkeys(draw.parts[0] for draw in self.draws):
            live = [one for one in self.draws if one.parts[0] == run and one.status != "void"]
            self.check_run(live, self.firsts("allocation").get(run), found)
        pending = ", ".join(draw.id for draw in self.draws if draw.status == "pending")
        return f"{len(self.draws)} openings, one live draw each, every lead once" + (
            f", pending: {pending}" if pending else ""
        )

    def check_draw(self, draw: Draw, by_hash: dict[str, Draw],
                   committed: dict[tuple[str, int], list[Entry]], found: Found) -> str:  # fmt: skip
        opening, path = draw.opening, draw.entry.path
        snapshot = self.firsts("snapshot").get(draw.parts[0])
        is_canonical = draw.parts[0] == draw.entry.run and draw.parts[1] in BANDS
        found.unless(is_canonical, f"{path}: draw id {draw.id!r:.80} is not canonical for its run")
        opens = seconds(opening["opens_at"], "opens_at")
        found.unless(draw.entry.at <= opens, f"{path}: was logged after its window had opened")
        if snapshot is None:
            found.failed(f"{path}: no snapshot of run {draw.parts[0]} was logged before it")
        else:
            found.unless(snapshot.index < draw.entry.index, f"{path}: was opened before the snapshot was logged")
            found.unless(
                opening["policy_sha256"] == snapshot.value["policy_sha256"],
                f"{path}: names another policy than the run's snapshot",
            )
            frozen = snapshot.value["snapshot"]
            found.unless(opening.get("snapshot", frozen) == frozen, f"{path}: names another snapshot than the run's")
        if draw.kind == "operator":
            made = committed.get((draw.id, opening["attempt"]), [])
            found.unless(made, f"{path}: the operator's commitment was never logged")
            found.unless(len(made) < 2, f"{path}: a second commitment for one draw leaves a choice")
            for one in made[:1]:
                is_same = one.value["commitment"] == opening["sources"][0]["commitment"]
                found.unless(is_same, f"{path}: names another commitment than the one logged for it")
                in_time = snapshot is None or one.index <= snapshot.index
                found.unless(in_time, f"{one.path}: was committed to after the pool was frozen")
        closings, outcomes, voids = (draw.named[one] for one in ("closing", "outcome", "void"))
        for one in closings[1:2]:
            found.failed(f"{one.path}: closes the draw a second time (entry {one.index})")
        for one in sorted(outcomes + voids, key=lambda one: one.index)[1:]:
            found.failed(f"{one.path}: ends the draw a second time (entry {one.index})")
        for one in closings[:1]:
            self.check_closing_entry(draw, one, found)
        if outcomes:
            self.check_outcome_entry(draw, outcomes[0], found)
        elif voids:
            self.check_void_entry(draw, voids[0], by_hash, found)
        elif self.now > draw.source_time + DAY:
            draw.status = "overdue"
            found.failed(f"{path}: OVERDUE: no outcome or void within 24 h of its source's time")
        return f"{draw.status}, {draw.kind}" + (", re-derived" if draw.status == "finished" else "")

    def check_closing_entry(self, draw: Draw, closing: Entry, found: Found) -> None:
        try:
            lines = check_closing(closing.value, draw.opening).get("lines", [])
        except Bad as error:
            raise Bad(f"{closing.path}: {error}") from None
        has_lines = len(draw.opening.get("entrants", ())) > 1
        closes = seconds(draw.opening["closes_at"], "closes_at")
        is_early = has_lines and closing.at < closes
        found.unless(not is_early, f"{closing.path}: was closed before closes_at: lines were cut off")
        if closing.at > draw.source_time + (OPERATOR_GRACE if draw.kind == "operator" else -1):
            if lines:
                found.failed(f"{closing.path}: was closed too late to carry lines: it must have none")
            else:
                found.say("warning", f"{closing.path}: closed late, finished without lines: shown red")

    def check_outcome_entry(self, draw: Draw, outcome: Entry, found: Found) -> None:
        path, value, closings = outcome.path, outcome.value, draw.named["closing"]
        need(closings, f"{path}: is the outcome of a draw that was never closed")
        found.unless(closings[0].index < outcome.index, f"{path}: was logged before the draw's closing")
        in_time = draw.kind == "operator" or outcome.at >= draw.source_time
        found.unless(in_time, f"{path}: was logged before its source's time")
        key = "selected" if draw.is_select else "winners"
        try:
            keyed(value, "outcome", f"opening closing reveals {key}")
            made = derive(draw.opening, closings[0].value, value["reveals"])
            need(value["closing"] == made["closing_hash"], "outcome is of another closing")
            need(value[key] == made[key], f"outcome's {key} are not what the draw gives")
        except Bad as error:
            raise Bad(f"{path}: {error}") from None
        draw.status = "finished"
        if outcome.at > draw.source_time + DAY:
            found.say("warning", f"{path}: ended more than 24 h after its source's time: shown red")

    def check_void_entry(self, draw: Draw, void: Entry, by_hash: dict[str, Draw], found: Found) -> None:
        path, value = void.path, void.value
        following = by_hash.get(str(value.get("next_attempt")))
        need(following, f"{path}: the next attempt it names was never opened")
        assert following is not None
        try:
            keyed(value, "void", "opening reason next_attempt")
            need(type(value["reason"]) is str and VOID_REASONS.get(value["reason"]) == draw.kind,
                 "its reason does not fit its source")  # fmt: skip
            for key in UNCHANGED:
                same = draw.opening.get(key) == following.opening.get(key)
                need(same, f"the attempt after a void must keep {key!r} unchanged")
            need(following.kind == draw.kind, "the next attempt has another kind of source")
            number = draw.opening["attempt"] + 1
            need(following.opening["attempt"] == number, "the next attempt must count one more")
        except Bad as error:
            raise Bad(f"{path}: {error}") from None
        draw.status = "void"
        if draw.kind == "drand":
            number = draw.opening["sources"][0]["round"]
            found.say("warning", f"{path}: ask a beacon relay that round {number} really is missing")
        for i in range(len(draw.opening["sources"])) if draw.kind == "public" else ():
            found.say("warning", f"{path}: look up that {asked_at(draw.opening, i)} really never appeared")

    def check_receipts(self, found: Found) -> str:
        """The last acknowledged line of each entrant must be in the closing, and no other."""
        last: dict[tuple[str, str], dict[str, str]] = {}
        for text in mail_texts(self.receipt or b""):
            plain = re.sub(r"(?m)^[ \t>|]+|[ \t\r]+$", "", text.replace("\r\n", "\n"))
            for match in RECEIPT.finditer(plain):
                fields = dict(line.split(" ", 1) for line in match["text"].split("\n")[1:-1])
                try:
                    note = f"{match['text']}\n{match['signatures'].rstrip()}\n".encode()
                    open_note(note, [key for key, _, _ in self.keys])
                    seconds(fields["time"], "time")
                except Bad as error:
                    found.failed(f"--receipt: {error}")
                    continue
                before = last.get((fields["opening"], fields["entrant"]))
                if before is None or int(fields["number"]) > int(before["number"]):
                    last[fields["opening"], fields["entrant"]] = fields
                elif fields["number"] == before["number"] and fields != before:
                    found.failed(f"--receipt: entrant {fields['entrant'][:16]} was given two receipts "
                                 f"with the number {fields['number']}: fraud")  # fmt: skip
        found.unless(last or found.rows, "--receipt: holds no receipt of a line")
        by_hash = {draw.hash: draw for draw in self.draws}
        told = ""
        for fields in last.values():
            draw, who = by_hash.get(fields["opening"]), f"--receipt: entrant {fields['entrant'][:16]}"
            if draw is None or str(draw.entry.index) != fields["entry"]:
                found.failed(f"{who} drew a line in a draw that entry {fields['entry']} does not open")
                continue
            if not draw.named["closing"]:
                found.say("skipped", f"{who}: {draw.name} is not closed yet")
                continue
            closing = draw.named["closing"][0]
            lines = closing.value.get("lines", [])
            mine = [f"{one['left']} {one['level']}" for one in lines if one["entrant"] == fields["entrant"]]
            if mine == ([] if fields["line"] == "none" else [fields["line"]]):
                if draw.status == "finished":
                    winners = draw.named["outcome"][0].value["winners"]
                    won = [prize[:16] for prize, winner in winners.items() if winner == fields["entrant"]]
                    told += f"; entrant {fields['entrant'][:16]} won {', '.join(won) or 'nothing'} in {draw.name}"
                continue
            grace = OPERATOR_GRACE if draw.kind == "operator" else -1
            if not lines and closing.at > draw.source_time + grace:
                found.say("warning", f"{who}: {draw.name} was closed late, without anybody's line: shown red")
                continue
            found.failed(f"{who}: line {fields['line']}, acknowledged at {fields['time']} as number "
                         f"{fields['number']}, is not what the closing of {draw.name} has: "
                         "fraud, unless a later one was acknowledged")  # fmt: skip
        return f"{len(last)} acknowledged lines are in their closings as they were acknowledged{told}"

    def check_once_per_run(self, found: Found) -> None:
        policies: dict[str, int] = {}
        once = set()
        for one in self.logged:
            if one.type == "policy":
                policies.setdefault(one.value["sha256"], one.index)
            if one.type in ("snapshot", "allocation"):
                found.unless((one.type, one.run) not in once, f"{one.path}: a second {one.type} of run {one.run}")
                once.add((one.type, one.run))
                found.unless(
                    one.value["policy_sha256"] in policies, f"{one.path}: names a policy that was not logged before it"
                )

    def check_attempts(self, found: Found) -> None:
        """Attempts count up from 1, each replacing one that ended in a void that names it."""
        last: dict[str, Draw] = {}
        numbers: Counter[str] = Counter()
        for draw in self.draws:
            numbers[draw.id] += 1
            is_next = draw.opening["attempt"] == numbers[draw.id]
            found.unless(is_next, f"{draw.entry.path}: is not attempt {numbers[draw.id]} of {draw.id}")
            before = last.get(draw.id)
            is_replaced = before is None or (
                before.status == "void" and before.named["void"][0].value["next_attempt"] == draw.hash
            )
            found.unless(is_replaced, f"{draw.entry.path}: a second live draw of {draw.id}")
            last[draw.id] = draw

    def check_gaps(self, found: Found) -> None:
        """No draw is void for want of a round that another one was drawn from."""
        beacon = [draw for draw in self.draws if draw.kind == "drand"]
        drawn = {one.opening["sources"][0]["round"]: one.name for one in beacon if one.status == "finished"}
        for draw in beacon:
            number = draw.opening["sources"][0]["round"]
            if draw.status == "void" and number in drawn:
                path = draw.named["void"][0].path
                found.failed(f"{path}: round {number} exists, {drawn[number]} was drawn from it")

    def check_run(self, live: list[Draw], allocation: Entry | None, found: Found) -> None:
        """One run's live draws: selects against ladders, every lead once."""
        for key in ("candidates", "prizes"):
            first: dict[str, str] = {}
            for draw in live:
                for lead in draw.opening.get(key, []):
                    found.unless(
                        lead not in first,
                        f"{draw.entry.path}: lead {lead[:16]} is among the {key} of {first.get(lead)} too",
                    )
                    first[lead] = draw.id
        selects = {draw.parts[1]: draw for draw in live if draw.is_select}
        shares: dict[tuple[str, str], list[Draw]] = {}
        for draw in live:
            if not draw.is_select:
                shares.setdefault((draw.parts[1], draw.parts[2]), []).append(draw)
        for (band, share), ladders in shares.items():
            self.check_share(selects.get(band), share, ladders, found)
        for draw in live if allocation is not None else ():
            assert allocation is not None
            if draw.entry.index > allocation.index:
                found.failed(f"{draw.entry.path}: was opened after the run was allocated")
            elif draw.status != "finished" or draw.named["outcome"][0].index > allocation.index:
                found.failed(f"{allocation.path}: was allocated before {draw.name} had ended")

    def check_share(self, select: Draw | None, share: str, ladders: list[Draw], found: Found) -> None:
        path = ladders[0].entry.path
        if select is None:
            for draw in ladders:
                no_pool = draw.opening["pool"] == "none"
                found.unless(no_pool, f"{draw.entry.path}: names a pool that is no live select")
            return
        if select.status != "finished":
            return found.failed(f"{path}: was opened without an outcome of its pool {select.id}")
        selected, given, extras = select.result, [], set()
        for draw in ladders:
            is_after = draw.entry.index > select.named["outcome"][0].index
            found.unless(is_after, f"{draw.entry.path}: was opened before its pool was drawn")
            found.unless(draw.opening["pool"] == select.hash, f"{draw.entry.path}: names another pool")
            given += draw.opening["prizes"]
            extras |= set(draw.opening["extra"])
        found.unless(share in selected, f"{path}: the select has no share {share!r:.40}")
        found.unless(len(given) == len(set(given)), f"{path}: a prize is in two ladders")
        is_inside = not extras & set(select.opening["candidates"])
        found.unless(is_inside, f"{path}: an extra prize is a candidate of the select too")
        same = set(given) - extras == set(selected.get(share, []))
        found.unless(same, f"{path}: its prizes are not what the select gave the share")

    # -- decisions and pages --

    def check_decisions(self, allocation: Entry, found: Found) -> str:
        run, stated = allocation.run, allocation.value
        path = f"runs/{run}/decisions.json"
        data = self.site.read(path)
        need(
            sha(data).hex() == stated["decisions"],
            f"{path}: is not the decision file that was logged: its hash differs",
        )
        file = read_object(data, path)
        rows = file.get("decisions")
        need(
            file.get("format") == "fairlead/decisions/1" and type(rows) is list, f"{path}: is not fairlead/decisions/1"
        )
        for key in ("run", "snapshot", "policy_sha256"):
            need(file.get(key) == stated[key], f"{path}: has another {key!r} than its allocation record")
        for one in rows:  # type: ignore[union-attr]
            need(type(one) is dict, f"{path}: has a decision that is no object")
            for key in ("lead", "band", "method", "rule", "reason"):
                need(type(one.get(key)) is str, f"{path}: has a decision without {key!r}")
            for key in ("rep", "share", "draw"):
                need(type(one.get(key, "")) is str, f"{path}: has a decision with a wrong {key!r}")
            need(
                one["band"] in BANDS and one["method"] in METHODS,
                f"{path}: has a decision of an unknown band or method",
            )
        leads = [one["lead"] for one in rows]  # type: ignore[union-attr]
        need(leads == sorted(set(leads)), f"{path}: is not sorted by lead, each once")
        decided = dict(zip(leads, rows))  # type: ignore[arg-type]
        self.decided[run] = decided

        counts = self.counts(run)
        said = {(band, method): n for band, methods in stated["counts"].items() for method, n in methods.items()}
        for both in sorted(counts.keys() | said.keys()):
            same = counts.get(both, 0) == said.get(both, 0)
            found.unless(
                same,
                f"{allocation.path}: states {said.get(both, 0)} of {'/'.join(both)}, there are {counts.get(both, 0)}",
            )
        owned = sum("rep" in one for one in decided.values())
        same = (stated["owned"], stated["held"]) == (owned, len(decided) - owned)
        found.unless(same, f"{allocation.path}: states {stated['owned']} owned, there are {owned}")
        snapshot = self.firsts("snapshot").get(run)
        if snapshot is None or snapshot.index > allocation.index:
            found.failed(f"{allocation.path}: no snapshot of the run was logged before it")
        else:
            for key in ("snapshot", "policy_sha256"):
                same = stated[key] == snapshot.value[key]
                found.unless(same, f"{allocation.path}: was decided on another {key!r} than was frozen")
            same = snapshot.value["leads"] == len(decided)
            found.unless(same, f"{path}: decides {len(decided)} leads, {snapshot.value['leads']} were frozen")
        self.check_against_draws(run, path, decided, found)
        return f"{len(decided)} decisions are as counted, frozen and drawn"

    def counts(self, run: str) -> Counter[tuple[str, str]]:
        return Counter((one["band"], one["method"]) for one in self.decided[run].values())

    def check_against_draws(self, run: str, path: str, decided: dict[str, Record], found: Found) -> None:
        """Drawn leads went where the draws sent them, and nothing else claims to be drawn.

        A drawn lead may have moved on to its band's last share: nobody in its share could take
        it, or its winner was at a cap by then. Whether that is so only the bundle tells.
        """
        finished = [one for one in self.draws if one.parts[0] == run and one.status == "finished"]
        won = {lead: draw for draw in finished if not draw.is_select for lead in draw.result}
        moved = 0
        for lead, one in decided.items():
            claims = one["method"] == "lottery" or "draw" in one
            found.unless(lead in won or not claims, f"{path}: lead {lead[:16]} claims a lottery that was not drawn")
        for lead, draw in won.items():
            if lead not in decided:
                found.failed(f"{path}: lead {lead[:16]}, drawn in {draw.id}, is missing")
                continue
            one, rep, share = decided[lead], draw.result[lead], draw.parts[2]
            is_extra = lead in draw.opening["extra"] and lead not in draw.waited
            method = "exception" if is_extra else "lottery"
            if one["method"] != "lottery" and "draw" not in one and "share" in one:
                moved += one["share"] != share
            elif one.get("rep") != rep or one.get("draw") != draw.id:
                found.failed(
                    f"{path}: lead {lead[:16]} was won by {rep[:16]} in {draw.id}, "
                    f"the file gives it to {one.get('rep', 'nobody')[:16]}"
                )
            else:
                same = (one["method"], one.get("share")) == (method, share)
                # A lead that joined by an exception keeps the band of its score.
                in_band = one["band"] == draw.parts[1] or is_extra
                found.unless(same and in_band, f"{path}: lead {lead[:16]} is not decided as it was drawn")
        for select in finished:
            if select.is_select:
                moved += self.check_split(select, path, decided, won, found)
        if moved:
            found.say("warning", f"{path}: {moved} drawn leads moved on to their band's last share")

    def check_split(self, select: Draw, path: str, decided: dict[str, Record],
                    won: dict[str, Draw], found: Found) -> int:  # fmt: skip
        """Shares hold no lead but those the select drew for them; how many of those moved on."""
        drawn = {lead: share for share, leads in select.result.items() for lead in leads}
        moved = 0
        for lead in select.opening["candidates"]:
            one = decided.get(lead, {})
            share = one.get("share") if one.get("band") == select.parts[1] else None
            if share is None:
                found.failed(f"{path}: lead {lead[:16]}, a candidate, has no share")
            elif lead in drawn and share != drawn[lead]:
                is_last = share not in select.result
                found.unless(is_last, f"{path}: lead {lead[:16]} was drawn for {drawn[lead]}, not {share}")
                moved += is_last and lead not in won
        for lead, one in decided.items():
            if one["band"] == select.parts[1] and lead not in drawn and one.get("share") in select.result:
                is_prize = lead in won and won[lead].parts[2] == one["share"]
                found.unless(is_prize, f"{path}: lead {lead[:16]} was not drawn for {one['share']}")
        return moved

    # -- runs between the Mondays --

    def has_intake(self) -> bool:
        return any(
            one.type == "snapshot" and (INTAKE.fullmatch(one.run) or "continues" in one.value) for one in self.logged
        ) or any(INTAKE.fullmatch(draw.parts[0]) or "waited" in draw.opening for draw in self.draws)

    def check_intake(self, found: Found) -> str:
        """One chain of carried state, no lottery of their own, every lead drawn once."""
        snapshots, allocations = self.firsts("snapshot"), self.firsts("allocation")
        taken: dict[str, str] = {}
        for run, snapshot in snapshots.items():
            before = snapshot.value.get("continues")
            if before is None:
                is_late = any(
                    one.index < snapshot.index
                    and key in snapshots
                    and self.sources_of(snapshots[key]) & self.sources_of(snapshot)
                    for key, one in allocations.items()
                )
                is_first = not (INTAKE.fullmatch(run) and is_late)
                found.unless(is_first, f"{snapshot.path}: continues no run, others were allocated before")
                continue
            earlier = allocations.get(before) if type(before) is str else None
            if earlier is None or earlier.index > snapshot.index:
                found.failed(f"{snapshot.path}: continues a run that was not allocated before it")
            elif run in allocations:
                found.unless(
                    before not in taken, f"{snapshot.path}: continues {before}, and so does {taken.get(before)}"
                )
                taken.setdefault(before, run)
        by_hash = {draw.hash: draw for draw in self.draws}
        for draw in self.draws:
            if not draw.is_select:
                self.check_waited(draw, by_hash, found)
        self.check_drawn_once(snapshots, found)
        number = sum(INTAKE.fullmatch(run) is not None for run in snapshots)
        return f"{number} between the Mondays, one carried state, every lead drawn once"

    def sources_of(self, snapshot: Entry) -> set[str]:
        return {str(load.get("source")) for load in snapshot.value["loads"] if type(load) is dict}

    def check_waited(self, draw: Draw, by_hash: dict[str, Draw], found: Found) -> None:
        path, opening, leads = draw.entry.path, draw.opening, draw.waited
        has_none = not INTAKE.fullmatch(draw.parts[0])
        found.unless(has_none, f"{path}: is a ladder, and a run between the Mondays has none")
        if "waited" not in opening:
            return
        if not leads or sum(map(len, opening["waited"].values())) != len(leads):
            return found.failed(f"{path}: 'waited' is no list of leads by select, each once")
        found.unless(leads <= set(opening["extra"]), f"{path}: a lead that waited is not among its extra prizes")
        for name, waiting in opening["waited"].items():
            select = by_hash.get(name)
            is_right = (
                select is not None
                and (select.is_select, select.status, select.parts[1]) == (True, "finished", draw.parts[1])
                and INTAKE.fullmatch(select.parts[0])
                and select.named["outcome"][0].index < draw.entry.index
            )
            found.unless(is_right, f"{path}: {name[:16]} is no select that ended between the Mondays")
            drawn = set(select.result.get(draw.parts[2], ())) if select is not None and is_right else set(waiting)
            found.unless(set(waiting) <= drawn, f"{path}: a lead that waited was not drawn for it")

    def check_drawn_once(self, snapshots: dict[str, Entry], found: Found) -> None:
        placed: dict[str, str] = {}  # by an intake run, until somebody owns it or Monday decided it
        awaiting: set[str] = set()
        for run in snapshots:
            is_intake = INTAKE.fullmatch(run) is not None
            drawn = [
                (draw, lead)
                for draw in self.draws
                if draw.parts[0] == run and draw.is_select and not draw.named["void"]
                for lead in draw.opening["candidates"]
            ]
            for draw, lead in drawn:
                found.unless(
                    lead not in placed,
                    f"{draw.entry.path}: lead {lead[:16]} was drawn in {placed.get(lead)} already",
                )
            if run not in self.decided:
                continue
            rows, path = self.decided[run], f"runs/{run}/decisions.json"
            for lead, row in rows.items():
                is_right = row["reason"] != AWAITS or ("rep" not in row and is_intake)
                found.unless(is_right, f"{path}: lead {lead[:16]} does not wait for a lottery")
            kept = {
                lead
                for lead, row in rows.items()
                if is_intake and "rep" not in row and row["reason"] != "pilot_control"
            }
            placed = {lead: key for lead, key in placed.items() if lead not in rows or lead in kept}
            placed.update((lead, run) for _, lead in drawn if lead in kept)
            waits = {lead for lead, row in rows.items() if row["reason"] == AWAITS and "share" in row}
            gone = 0 if is_intake else len(awaiting - rows.keys())
            if gone:
                found.say("warning", f"{path}: lacks {gone} leads that waited for its lottery")
            awaiting = awaiting | waits if is_intake else set()

    def check_pages(self, found: Found) -> str:
        """Numbers that pages state in elements with data-count="<run>/<band>/<method>"."""
        number = 0
        for path in self.good:
            if not path.endswith((".html", ".htm")):
                continue
            data = self.site.read(path)
            if b"data-count" not in data.lower():
                continue
            for key, text in StatedCounts().stated(data.decode(errors="replace")):
                number += 1
                run, _, rest = key.partition("/")
                band, _, method = rest.partition("/")
                if run not in self.decided:
                    found.failed(f"{path}: states a count of {key!r}, a run that has no decisions")
                    continue
                digits = re.sub(r"[\s\u00a0\u202f',]", "", text)
                real = self.counts(run).get((band, method), 0)
                same = re.fullmatch("[0-9]{1,15}", digits) and int(digits) == real
                found.unless(same, f"{path}: states {text.strip()[:40]!r} for {key}, recomputed {real}")
        return f"{number} numbers on pages equal what was recomputed"

    def trusts(self) -> list[tuple[str, bool]]:
        """(kind of source, is order proven) of every finished draw."""
        result = []
        for draw in self.draws:
            if draw.status != "finished":
                continue
            covered = max(draw.entry.index, draw.named["closing"][0].index) + 1
            in_time = [(at, by) for size, at, by in self.seen if size >= covered and at < draw.source_time]
            result.append((draw.kind, bool(in_time)))
            if in_time:
                at, by = min(in_time)
                self.checks.append(
                    ("ok", f"order {draw.id}", f"seen by {by} at {time_text(at)}, before its source's time")
                )
            else:
                self.checks.append(
                    ("warning", f"order {draw.id}", "nobody you trust saw opening and closing before the source's time")
                )
            for i, one in enumerate(draw.named["outcome"][0].value["reveals"] if draw.kind == "public" else ()):
                said = f"look up {asked_at(draw.opening, i)}: it must be {one['value']}"
                self.checks.append(("warning", f"value {draw.id}", said))
        return result


class StatedCounts(HTMLParser):
    """Collects (key, text) of every element that carries data-count."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[str]]] = []
        self.open: list[list[Any]] = []  # [tag, depth inside, texts]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for one in self.open:
            one[1] += one[0] == tag
        for name, value in attrs:
            if name == "data-count":
                self.found.append((value or "", []))
                self.open.append([tag, 1, self.found[-1][1]])
                break

    def handle_endtag(self, tag: str) -> None:
        for one in self.open:
            one[1] -= one[0] == tag
        self.open = [one for one in self.open if one[1]]

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one[2].append(data)

    def stated(self, page: str) -> list[tuple[str, str]]:
        try:
            self.feed(page)
            self.close()
        except (AssertionError, ValueError) as error:  # how html.parser answers broken declarations
            raise Bad(f"a page cannot be read: {error}") from None
        return [(key, "".join(texts)) for key, texts in self.found]


def mail_texts(data: bytes) -> Iterator[str]:
    """The text itself, what it shows if it is a page's source and, of a mail, its decoded parts."""

    def shown(page: str) -> str:
        broken = re.sub(r"(?i)<br\s*/?>(?!\r?\n)|(?<=[^\n])<(?:p|pre|div|td|li)\b[^<>]*>", "\n", page)
        return unescape(re.sub(r"<[^<>]*>", "", broken))

    yield data.decode(errors="replace")
    yield shown(data.decode(errors="replace"))
    try:
        for part in message_from_bytes(data, policy=mail_policy).walk():
            if part.get_content_maintype() == "text":
                payload = part.get_payload(decode=True)
                text = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
                yield shown(text) if part.get_content_subtype() == "html" else text
    except (LookupError, ValueError, TypeError, AttributeError):
        return  # not a mail after all: the text itself was looked at


# == 8. the command =================================================================================


def one_line(text: str) -> str:
    """Published bytes are quoted, and they may be hostile: nothing may repaint the terminal."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def derive_file(path: str, check_beacon: bool) -> int:
    try:
        with open(path, "rb") as file:
            value = parse(file.read())
        value = value.get("input", value) if type(value) is dict else value
        draw = keyed(value, "draw file", "opening closing reveals")
        result = derive(draw["opening"], draw["closing"], draw["reveals"], check_beacon)
    except (Bad, OSError) as error:
        print(one_line(f"{path}: {error}"), file=sys.stderr)
        return 1
    print(json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True))
    return 0


def main(arguments: list[str] | None = None) -> int:
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("site", nargs="?", help="a folder or an http(s) address")
    about.add_argument("--key", default="", help="the log's key, known from elsewhere")
    about.add_argument("--since", action="append", default=[],
                       help="a file with an older checkpoint, or a mail that holds one; again for another")  # fmt: skip
    about.add_argument("--seen", action="append", default=[],
                       help="when you received it, with its offset; one for each --since")  # fmt: skip
    about.add_argument("--trust", help="a file with the keys of witnesses you trust")
    about.add_argument("--receipt", help="a file with the receipts of your lines")
    about.add_argument("--derive", metavar="DRAWFILE", help="recompute one draw and print it")
    about.add_argument("--no-beacon-check", action="store_true", help="with --derive: skip BLS")
    given = about.parse_args(arguments)
    if given.derive:
        return derive_file(given.derive, not given.no_beacon_check)
    if not given.site:
        about.error("SITE is missing")

    def content(path: str) -> bytes:
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            about.error(f"{path}: cannot be read: {error.strerror}")

    def moment(text: str) -> int:
        try:
            seen = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            about.error(f"--seen {text!r} is not a time such as 2026-01-05T03:00:00Z")
        if seen.tzinfo is None:
            about.error("--seen needs an offset, e.g. Z or +08:00")
        return int(seen.timestamp())

    if len(given.seen) > len(given.since):
        about.error("--seen says when a checkpoint was received: give its --since, too")
    held = [(content(one), moment(at) if at else None) for one, at in zip_longest(given.since, given.seen)]
    with open(os.path.abspath(__file__), "rb") as file:
        print(f"this verify.py has SHA-256 {sha(file.read()).hex()}")
    run = Verification(int(time.time()), given.key, trust=content(given.trust) if given.trust else None,
                       receipt=content(given.receipt) if given.receipt else None, held=held)  # fmt: skip
    verdict, code = run.run(given.site)
    for outcome, name, detail in run.checks:
        mark = outcome.upper() if outcome in ("failed", "warning") else outcome
        print(f"{mark:<8} {one_line(name)}: {one_line(detail)}")
    print(one_line(verdict))
    return code


if __name__ == "__main__":
    sys.exit(main())
