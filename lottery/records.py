"""Opening, closing and commitment: made, checked and hashed. Source: draw.md, *Records*.

A `check_…` function returns its record when it is exactly what the protocol allows and raises
`DrawError` otherwise. A constructor sorts what must be sorted and returns a checked record.
How a draw ends is in `endings`, whether its winners are right in `derive`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lottery.chance import PROTOCOL, tagged
from lottery.shapes import (
    DrawError,
    Record,
    ascending,
    canonical_bytes,
    constant,
    hexed,
    integer,
    keyed,
    listed,
    seconds,
    shown,
    text,
)
from lottery.sources import check_sources

LADDER, SELECT = "ladder", "select"
MAX_LEVEL = 999
NO_POOL = "none"

_COMMON = (
    "protocol", "draw", "attempt", "kind", "policy_sha256", "opens_at", "closes_at", "sources",
)  # fmt: skip
_OWN = {LADDER: ("entrants", "prizes", "pool", "extra"), SELECT: ("candidates", "shares")}


# -- openings -----------------------------------------------------------------------------------


def select_opening(
    *,
    draw: str,
    policy_sha256: str,
    opens_at: str,
    closes_at: str,
    sources: Sequence[Mapping[str, Any]],
    candidates: Iterable[str],
    shares: Iterable[tuple[str, int]],
    attempt: int = 1,
    more: Mapping[str, Any] | None = None,
) -> Record:
    """The opening that splits a band; `draw` from `draw_id(run, band)`."""
    common = _common(SELECT, draw, attempt, policy_sha256, opens_at, closes_at, sources, more)
    own = {"candidates": sorted(candidates), "shares": [[name, count] for name, count in shares]}
    return check_opening(common | own)


def ladder_opening(
    *,
    draw: str,
    policy_sha256: str,
    opens_at: str,
    closes_at: str,
    sources: Sequence[Mapping[str, Any]],
    entrants: Iterable[str],
    prizes: Iterable[str],
    pool: str = NO_POOL,
    extra: Iterable[str] = (),
    attempt: int = 1,
    more: Mapping[str, Any] | None = None,
) -> Record:
    """The opening of a lottery; `draw` from `draw_id(run, band, share)`, `pool` the select's hash.

    `extra` are the prizes that came by an exception instead of through the pool.
    """
    common = _common(LADDER, draw, attempt, policy_sha256, opens_at, closes_at, sources, more)
    own = {"entrants": sorted(entrants), "prizes": sorted(prizes)}
    return check_opening(common | own | {"pool": pool, "extra": sorted(extra)})


def draw_id(run: str, band: str, share: str = "", klass: str = "") -> str:
    """run/band for a select; run/band/share or run/band/share/class for a ladder."""
    parts = [part for part in (run, band, share, klass) if part]
    for part in parts:
        if "/" in part:
            raise DrawError(f"a part of a draw's id holds no slash: {shown(part)}")
    return "/".join(parts)


def check_opening(value: object) -> Record:
    return hashed_opening(value)[0]


def hashed_opening(value: object) -> tuple[Record, str]:
    """A checked opening and its hash; its bytes are made once, for a pool can be large."""
    opening = keyed(value, "opening", _COMMON, more=True)
    constant(opening["protocol"], "protocol", PROTOCOL)
    kind = constant(opening["kind"], "kind", LADDER, SELECT)
    keyed(opening, f"{kind} opening", _OWN[kind], more=True)
    _check_draw_id(opening["draw"], kind)
    integer(opening["attempt"], "attempt", 1)
    hexed(opening["policy_sha256"], "policy_sha256", 64)
    opens_at = seconds(opening["opens_at"], "opens_at")
    closes_at = seconds(opening["closes_at"], "closes_at")
    if closes_at <= opens_at:
        raise DrawError("closes_at must be later than opens_at")
    check_sources(opening["sources"], closes_at)
    if kind == LADDER:
        _check_ladder(opening)
    else:
        _check_select(opening)
    return opening, opening_hash(opening)


def opening_hash(opening: Record) -> str:
    """64 hex; needs a checked opening."""
    return tagged("opening", canonical_bytes(opening, "opening")).hex()


# -- closings -----------------------------------------------------------------------------------


def closing(opening: Record, lines: Iterable[tuple[str, int, int]] = ()) -> Record:
    """The closing of an opening; `lines` as (entrant, left, level), at most one an entrant.

    Without lines it is also how a draw is finished whose closing was not logged in time.
    """
    made: Record = {"protocol": PROTOCOL, "opening": opening_hash(opening)}
    rows = [{"entrant": who, "left": left, "level": level} for who, left, level in sorted(lines)]
    if opening["kind"] == LADDER or rows:
        made["lines"] = rows
    return check_closing(made, opening, made["opening"])


def check_closing(value: object, opening: Record, opened: str = "") -> Record:
    """Needs a checked opening; `opened`: its hash, where the caller has it already."""
    ladder = opening["kind"] == LADDER
    if not ladder and type(value) is dict and "lines" in value:
        raise DrawError("a select's closing has no lines")
    keys = ("protocol", "opening", "lines") if ladder else ("protocol", "opening")
    record = keyed(value, "closing", keys)
    constant(record["protocol"], "closing.protocol", PROTOCOL)
    if hexed(record["opening"], "closing.opening", 64) != (opened or opening_hash(opening)):
        raise DrawError("closing.opening is the hash of another opening")
    if ladder:
        _check_lines(record["lines"], opening["entrants"])
    canonical_bytes(record, "closing")
    return record


def closing_hash(record: Record) -> str:
    """64 hex; needs a checked closing."""
    return tagged("closing", canonical_bytes(record, "closing")).hex()


# -- commitments --------------------------------------------------------------------------------


def commitment(draw: str, attempt: int, commitment_hex: str) -> Record:
    """The record of an operator's commitment, logged before the pool is frozen."""
    return check_commitment({"draw": draw, "attempt": attempt, "commitment": commitment_hex})


def check_commitment(value: object) -> Record:
    record = keyed(value, "commitment", ("draw", "attempt", "commitment"))
    text(record["draw"], "commitment.draw")
    integer(record["attempt"], "commitment.attempt", 1)
    hexed(record["commitment"], "commitment.commitment", 64)
    canonical_bytes(record, "commitment")
    return record


# -- parts --------------------------------------------------------------------------------------


def _common(
    kind: str,
    draw: str,
    attempt: int,
    policy_sha256: str,
    opens_at: str,
    closes_at: str,
    sources: Sequence[Mapping[str, Any]],
    more: Mapping[str, Any] | None,
) -> Record:
    listed_keys = {
        "protocol": PROTOCOL,
        "draw": draw,
        "attempt": attempt,
        "kind": kind,
        "policy_sha256": policy_sha256,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "sources": [dict(source) for source in sources],
    }
    return dict(more or {}) | listed_keys  # what the protocol lists cannot be overridden


def _check_draw_id(value: object, kind: str) -> None:
    parts = text(value, "draw").split("/")
    spelling = {SELECT: "run/band", LADDER: "run/band/share or run/band/share/class"}[kind]
    if not all(parts) or len(parts) not in {SELECT: (2,), LADDER: (3, 4)}[kind]:
        raise DrawError(f"draw must be {spelling} for a {kind}, not {shown(value)}")


def _check_ladder(opening: Record) -> None:
    ascending(opening["entrants"], "entrants", at_least=1)
    prizes = set(ascending(opening["prizes"], "prizes", at_least=1))
    if opening["pool"] != NO_POOL:
        hexed(opening["pool"], "pool", 64)
    for prize in ascending(opening["extra"], "extra"):
        if prize not in prizes:
            raise DrawError(f"extra {shown(prize)} is not among the prizes")


def _check_select(opening: Record) -> None:
    candidates = ascending(opening["candidates"], "candidates")
    names: set[str] = set()
    total = 0
    for i, share in enumerate(listed(opening["shares"], "shares")):
        if len(listed(share, f"shares[{i}]")) != 2:
            raise DrawError(f"shares[{i}] must be [name, count], not {shown(share)}")
        name = text(share[0], f"shares[{i}] name")
        if name in names:
            raise DrawError(f"shares name {shown(name)} twice")
        names.add(name)
        total += integer(share[1], f"shares[{i}] count", 0)
    if total > len(candidates):
        raise DrawError(f"shares count {total} of {len(candidates)} candidates")


def _check_lines(value: object, entrants: Sequence[str]) -> None:
    lines = listed(value, "lines")
    if lines and len(entrants) == 1:
        raise DrawError("lines must be empty when there is one entrant")
    known = set(entrants)
    before = ""
    for i, line in enumerate(lines):
        keyed(line, f"lines[{i}]", ("entrant", "left", "level"))
        entrant = text(line["entrant"], f"lines[{i}].entrant", 200)
        if entrant not in known:
            raise DrawError(f"lines[{i}] is by a stranger: {shown(entrant)} is no entrant")
        integer(line["left"], f"lines[{i}].left", 0, len(entrants) - 2)
        integer(line["level"], f"lines[{i}].level", 0, MAX_LEVEL)
        if i and entrant == before:
            raise DrawError(f"lines has two lines by {shown(entrant)}")
        if i and entrant < before:
            raise DrawError("lines are not sorted by entrant")
        before = entrant
