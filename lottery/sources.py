"""Where a draw's chance comes from: sources, their reveals, the 32 bytes each gives, their time.

A draw has one drand round, or one to three public values, or one operator's secret; never mixed.
Source: draw.md, *Sources of chance*.
"""

from collections.abc import Sequence
from typing import Any

from lottery import beacon
from lottery.chance import tagged
from lottery.shapes import (
    DrawError,
    Record,
    constant,
    hexed,
    integer,
    keyed,
    listed,
    seconds,
    shown,
    text,
)

DRAND, PUBLIC, OPERATOR = "drand", "public", "operator"
_SOURCE_KEYS = {
    DRAND: ("kind", "chain", "delay_s", "round"),
    PUBLIC: ("kind", "what", "form", "at"),
    OPERATOR: ("kind", "commitment"),
}
_REVEAL_KEYS = {
    DRAND: ("kind", "signature"),
    PUBLIC: ("kind", "what", "value"),
    OPERATOR: ("kind", "secret"),
}
_AT_MOST = {DRAND: 1, PUBLIC: 3, OPERATOR: 1}
MIN_PUBLIC_DIGITS = 7
MIN_PUBLIC_WAIT_S = 3600


# -- made for an opening ------------------------------------------------------------------------


def drand_source(closes_at: str, delay_s: int = beacon.DEFAULT_DELAY_S) -> Record:
    """The drand source of a draw that closes then: the round follows from the two."""
    integer(delay_s, "delay_s", beacon.MIN_DELAY_S, beacon.MAX_DELAY_S)
    round_number = beacon.round_for(seconds(closes_at, "closes_at"), delay_s)
    return {"kind": DRAND, "chain": beacon.CHAIN, "delay_s": delay_s, "round": round_number}


def public_source(what: str, form: str, at: str) -> Record:
    """A value a whole country will see: its name, its spelling (0 = a digit), when it is known."""
    return {"kind": PUBLIC, "what": what, "form": form, "at": at}


def operator_source(commitment: str) -> Record:
    """An operator's secret, of which only the commitment (64 hex) is told beforehand."""
    return {"kind": OPERATOR, "commitment": commitment}


def operator_commitment(secret: str) -> str:
    """The commitment, 64 hex, to an operator's secret of 64 hex."""
    return tagged("operator", bytes.fromhex(hexed(secret, "secret", 64))).hex()


def drand_reveal(signature: str) -> Record:
    return {"kind": DRAND, "signature": signature}


def public_reveal(what: str, value: str) -> Record:
    return {"kind": PUBLIC, "what": what, "value": value}


def operator_reveal(secret: str) -> Record:
    return {"kind": OPERATOR, "secret": secret}


# -- checked ------------------------------------------------------------------------------------


def check_sources(value: object, closes_at: int) -> None:
    """Refuse a list of sources that a draw closing then (seconds) may not have."""
    sources = listed(value, "sources")
    if not sources:
        raise DrawError("sources must not be empty: a draw needs a source of chance")
    kinds = [_kind(source, f"sources[{i}]") for i, source in enumerate(sources)]
    if len(set(kinds)) > 1:
        raise DrawError(f"sources must be of one kind, not {' and '.join(sorted(set(kinds)))}")
    if len(sources) > _AT_MOST[kinds[0]]:
        raise DrawError(f"sources must be at most {_AT_MOST[kinds[0]]} {kinds[0]}")
    for i, source in enumerate(sources):
        name = f"sources[{i}]"
        keyed(source, name, _SOURCE_KEYS[kinds[0]])
        if kinds[0] == DRAND:
            _check_drand(source, name, closes_at)
        elif kinds[0] == PUBLIC:
            _check_public(source, name, closes_at)
        else:
            hexed(source["commitment"], f"{name}.commitment", 64)
    if kinds[0] == PUBLIC:
        _check_public_together(sources)


def source_kind(opening: Record) -> str:
    """`drand`, `public` or `operator`; needs a checked opening."""
    kind: str = opening["sources"][0]["kind"]
    return kind


def source_time(opening: Record) -> int:
    """From when on the result can be known, in seconds; needs a checked opening.

    The round's time, the latest `at`, or closing for an operator (who knows it all along).
    """
    sources = opening["sources"]
    if sources[0]["kind"] == DRAND:
        return beacon.round_time(sources[0]["round"])
    if sources[0]["kind"] == PUBLIC:
        return max(seconds(source["at"], "at") for source in sources)
    return seconds(opening["closes_at"], "closes_at")


def revealed(sources: Sequence[Record], value: object, check_beacon: bool = True) -> list[bytes]:
    """The 32 bytes of each source, in order; needs checked sources.

    Refuses reveals that are not one per source and of its kind, do not open their commitment,
    do not match their form, or (unless `check_beacon` is off) are not the round's signature.
    """
    reveals = listed(value, "reveals")
    if len(reveals) != len(sources):
        raise DrawError(f"reveals must be one per source: {len(reveals)} for {len(sources)}")
    return [
        _source_bytes(source, reveal, f"reveals[{i}]", check_beacon)
        for i, (source, reveal) in enumerate(zip(sources, reveals, strict=True))
    ]


def _kind(source: object, name: str) -> str:
    kind = keyed(source, name, ("kind",), more=True)["kind"]
    return constant(kind, f"{name}.kind", *_SOURCE_KEYS)


def _check_drand(source: Record, name: str, closes_at: int) -> None:
    constant(source["chain"], f"{name}.chain", beacon.CHAIN)
    delay_s = integer(source["delay_s"], f"{name}.delay_s", beacon.MIN_DELAY_S, beacon.MAX_DELAY_S)
    due = beacon.round_for(closes_at, delay_s)
    if integer(source["round"], f"{name}.round", 1) != due:
        raise DrawError(f"{name}.round must be {due} by the formula, not {source['round']}")


def _check_public(source: Record, name: str, closes_at: int) -> None:
    text(source["what"], f"{name}.what")
    text(source["form"], f"{name}.form")
    if seconds(source["at"], f"{name}.at") < closes_at + MIN_PUBLIC_WAIT_S:
        raise DrawError(f"{name}.at must be at least {MIN_PUBLIC_WAIT_S} s after closes_at")


def _check_public_together(sources: Sequence[Record]) -> None:
    names = [source["what"] for source in sources]
    for i, what in enumerate(names):
        if what in names[:i]:  # the same value twice would count its digits twice
            raise DrawError(f"sources name the same public value twice: {shown(what)}")
    digits = sum(source["form"].count("0") for source in sources)
    if digits < MIN_PUBLIC_DIGITS:
        raise DrawError(
            f"sources must have at least {MIN_PUBLIC_DIGITS} digits (zeros in `form`) together, "
            f"not {digits}"
        )


def _source_bytes(source: Record, reveal: Any, name: str, check_beacon: bool) -> bytes:
    kind = source["kind"]
    if _kind(reveal, name) != kind:
        raise DrawError(f"{name} is of kind {reveal['kind']!r} for a source of kind {kind!r}")
    keyed(reveal, name, _REVEAL_KEYS[kind])
    if kind == DRAND:
        signature = bytes.fromhex(
            hexed(reveal["signature"], f"{name}.signature", 2 * beacon.SIGNATURE_BYTES)
        )
        if check_beacon and not beacon.verify_signature(source["round"], signature):
            raise DrawError(f"{name}.signature is not the beacon's for round {source['round']}")
        return beacon.randomness(signature)
    if kind == PUBLIC:
        if reveal["what"] != source["what"]:
            raise DrawError(f"{name}.what is not the source's: {shown(reveal['what'])}")
        value = reveal["value"]
        if type(value) is not str or not has_form(value, source["form"]):
            raise DrawError(f"{name}.value must match {shown(source['form'])}, not {shown(value)}")
        return tagged("public", value.encode("utf-8"))
    if operator_commitment(hexed(reveal["secret"], f"{name}.secret", 64)) != source["commitment"]:
        raise DrawError(f"{name}.secret does not open the source's commitment")
    return bytes.fromhex(reveal["secret"])


def has_form(value: str, form: str) -> bool:
    """Each 0 of the form stands for one ASCII digit, every other character for itself."""
    return len(value) == len(form) and all(
        given in "0123456789" if asked == "0" else given == asked
        for given, asked in zip(value, form, strict=True)
    )
