"""Canonical bytes: RFC 8785 (JCS) narrowed to what a hashed record may hold.

A record is made of strings, integers 0…2^53-1, lists and objects with string keys. Everything
that two JSON readers could understand differently (floats, signs, null, booleans, repeated keys,
lone surrogates, trailing data) is refused, so that equal bytes and equal values are the same thing.
Source: specs/draw.md, *Bytes*.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NoReturn

import rfc8785

MAX_INTEGER = 2**53 - 1
# The deepest record of ours (a draws value in a replay bundle) has 6 levels; 64 leaves room and
# stays far from the interpreter's own limit, so hostile nesting is an error and not a crash.
MAX_DEPTH = 64
_MAX_DIGITS = len(str(MAX_INTEGER))
_ROWS_AT_ONCE = 1_000
# For values that are `_plain` this writes RFC 8785's bytes (compared with rfc8785 in the tests),
# six times as fast: a million leads are hashed in a minute instead of six.
_FAST = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")
)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class CanonicalError(ValueError):
    """A value or a text that is outside the canonical subset; says what and, if known, where."""


def canonical(value: object) -> bytes:
    """The one spelling of `value` as UTF-8 bytes.

    Accepts str, int, list, tuple and dict with str keys, nested at most MAX_DEPTH deep.
    Raises CanonicalError naming the place (`$.prizes[3]`) of what is not allowed.
    """
    if _is_plain([value], 0):
        try:
            return _FAST.encode(value).encode()
        except UnicodeEncodeError:
            pass  # a lone surrogate: _check says where
    _check(value, "$", 0)
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def canonical_pieces(members: Mapping[str, object]) -> Iterator[bytes]:
    """The canonical bytes of an object, piece by piece, so that large ones are never held whole.

    A member that is an iterator becomes a list of what it yields. ASCII keys only, for their order.
    """
    for index, key in enumerate(sorted(members)):
        if not key.isascii():
            raise CanonicalError(f"$: key {key!r} is not ASCII")
        yield (b"," if index else b"{") + canonical(key) + b":"
        value = members[key]
        if not isinstance(value, Iterator):
            yield canonical(value)
            continue
        mark = b"["
        while rows := list(islice(value, _ROWS_AT_ONCE)):
            yield mark + canonical(rows)[1:-1]
            mark = b","
        yield b"]" if mark == b"," else b"[]"
    yield b"}" if members else b"{}"


def parse(data: bytes | str) -> Any:
    """The value written in `data`, in any spelling (spaces, key order, escapes).

    Raises CanonicalError for whatever is not JSON of the canonical subset.
    """
    text = _decoded(data)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except CanonicalError:
        raise
    except ValueError as error:
        raise CanonicalError(f"not JSON: {error}") from None
    _check(value, "$", 0)
    return value


def parse_canonical(data: bytes) -> Any:
    """The value whose canonical bytes are exactly `data`; any other spelling is refused."""
    value = parse(data)
    if canonical(value) != data:
        raise CanonicalError("not in canonical form: re-serialised bytes differ")
    return value


def sha256_hex(data: bytes) -> str:
    """SHA-256 of `data`, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def _is_plain(items: Any, depth: int) -> bool:
    """Whether all items are in the subset for sure; lone surrogates are left to the encoding."""
    for item in items:
        kind = type(item)
        if kind is str:
            continue
        if kind is int:
            if not 0 <= item <= MAX_INTEGER:
                return False
        elif depth >= MAX_DEPTH:
            return False
        elif kind is dict:
            for key in item:
                if type(key) is not str or not key.isascii():  # other keys sort differently
                    return False
            if not _is_plain(item.values(), depth + 1):
                return False
        elif not (kind is list or kind is tuple) or not _is_plain(item, depth + 1):
            return False
    return True


def _check(value: object, where: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        _check_string(value, where)  # type: ignore[arg-type]
    elif kind is int:
        if not 0 <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise CanonicalError(f"{where}: integer outside 0…2^53-1")
    elif depth >= MAX_DEPTH:
        raise CanonicalError(f"{where}: nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                raise CanonicalError(f"{where}: key {key!r} is not a string")
            _check_string(key, where)
            _check(item, f"{where}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]", depth + 1)
    else:
        raise CanonicalError(f"{where}: {kind.__name__} is not allowed in a record")


def _check_string(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CanonicalError(f"{where}: lone surrogate") from None


def _decoded(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise CanonicalError(f"not UTF-8: byte {error.start}") from None


def _check_depth(text: str) -> None:
    """Counts open brackets before the JSON reader recurses over them."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        found = match.group()
        if found in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise CanonicalError(f"nested deeper than {MAX_DEPTH} levels")
        elif found in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise CanonicalError(f"key {repeated!r} is repeated")
    return result


def _integer(digits: str) -> int:
    if digits.startswith("-"):
        raise CanonicalError(f"number {digits[:20]} is negative")
    if len(digits) > _MAX_DIGITS or int(digits) > MAX_INTEGER:
        raise CanonicalError(f"number {digits[:20]} is over 2^53-1")
    return int(digits)


def _refuse_number(text: str) -> NoReturn:
    raise CanonicalError(f"number {text[:20]} is not an integer")
