"""What a field of a draw record may look like, and the one error of this package.

Every function takes the value and the name under which a message speaks of it, and raises
`DrawError` with one line. The checks are on exact types: `True` is not the integer 1.
"""

import re
from calendar import timegm
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ledger.canonical import CanonicalError, canonical, parse

Record = dict[str, Any]
"""A JSON object of strings, integers, lists and objects."""

MAX_INTEGER = 2**53 - 1
MAX_REF = 200
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")
_LOWER_HEX = frozenset("0123456789abcdef")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - plain calendar arithmetic, every time here is UTC


class DrawError(ValueError):
    """A record, reveal or signature is not what the draw protocol allows. One line."""


def shown(value: object) -> str:
    """The value for a message: escaped, on one line, shortened."""
    text = repr(value)
    return text if len(text) <= 72 else text[:69] + "..."


def one_line(message: str) -> str:
    """The message with what could break or repaint a line of a terminal escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)


def canonical_bytes(value: object, name: str) -> bytes:
    """JCS(value); `DrawError` for what *Bytes* of the protocol forbids."""
    try:
        return canonical(value)
    except CanonicalError as error:
        raise DrawError(f"{name}: {one_line(str(error))}") from error


def parsed(data: bytes | str, name: str) -> Any:
    """The value written in JSON; `DrawError` for what *Bytes* of the protocol forbids."""
    try:
        return parse(data)
    except CanonicalError as error:
        raise DrawError(f"{name}: {one_line(str(error))}") from error


def keyed(value: object, name: str, keys: tuple[str, ...], more: bool = False) -> Record:
    """An object with all these keys and, unless `more`, no other."""
    if type(value) is not dict:
        raise DrawError(f"{name} must be an object, not {shown(value)}")
    for key in keys:
        if key not in value:
            raise DrawError(f"{name} lacks {key!r}")
    if not more:
        for key in value:
            if key not in keys:
                raise DrawError(f"{name} has an unknown key {shown(key)}")
    return value


def constant(value: object, name: str, *allowed: str) -> str:
    if type(value) is not str or value not in allowed:
        raise DrawError(f"{name} must be {' or '.join(map(repr, allowed))}, not {shown(value)}")
    return value


def text(value: object, name: str, longest: int | None = None) -> str:
    """A string of at least one and at most `longest` code points."""
    if type(value) is not str:
        raise DrawError(f"{name} must be a string, not {shown(value)}")
    if not value or (longest is not None and len(value) > longest):
        bound = "1 or more" if longest is None else f"1 to {longest}"
        raise DrawError(f"{name} must have {bound} characters, not {len(value)}")
    return value


def hexed(value: object, name: str, digits: int) -> str:
    """Lower-case hexadecimal of exactly this many digits."""
    if type(value) is not str or len(value) != digits or not _LOWER_HEX.issuperset(value):
        raise DrawError(f"{name} must be {digits} lower-case hex digits, not {shown(value)}")
    return value


def integer(value: object, name: str, low: int, high: int = MAX_INTEGER) -> int:
    if type(value) is not int or not low <= value <= high:
        raise DrawError(f"{name} must be an integer from {low} to {high}, not {shown(value)}")
    return value


def listed(value: object, name: str) -> list[Any]:
    if type(value) is not list:
        raise DrawError(f"{name} must be a list, not {shown(value)}")
    return value


def ascending(value: object, name: str, at_least: int = 0) -> list[str]:
    """A list of references (strings of 1-200 code points), sorted by code point, unique."""
    refs = listed(value, name)
    if len(refs) < at_least:
        raise DrawError(f"{name} must not be empty")
    for i, ref in enumerate(refs):
        if type(ref) is not str or not 0 < len(ref) <= MAX_REF:
            text(ref, f"{name}[{i}]", MAX_REF)
    # Python compares strings by code point, as the protocol asks (JCS keys go by UTF-16 unit).
    for before, ref in pairwise(refs):
        if before == ref:
            raise DrawError(f"{name} holds {shown(ref)} twice")
        if before > ref:
            raise DrawError(f"{name} are not sorted: {shown(ref)} follows {shown(before)}")
    return refs


def seconds(value: object, name: str) -> int:
    """Seconds since 1970 of a real instant `YYYY-MM-DDThh:mm:ssZ`."""
    match = _TIME.fullmatch(value) if type(value) is str else None
    if match is None:
        raise DrawError(f"{name} must be a time YYYY-MM-DDThh:mm:ssZ, not {shown(value)}")
    try:
        year, month, day, hour, minute, second = map(int, match.groups())
        return timegm(datetime(year, month, day, hour, minute, second).timetuple())  # noqa: DTZ001
    except ValueError as error:
        raise DrawError(f"{name} is not a real instant: {shown(value)}") from error


def time_text(epoch_seconds: int) -> str:
    """`YYYY-MM-DDThh:mm:ssZ` of seconds since 1970; the inverse of `seconds`."""
    try:
        return (_EPOCH + timedelta(seconds=epoch_seconds)).isoformat() + "Z"
    except OverflowError as error:
        raise DrawError(f"no time can be written for second {epoch_seconds}") from error
