"""A whole draw from its records: what `fairlead draw derive` prints, and the outcome record.

Source: draw.md, *Command* and *Records*. The first run, the verifier and a stranger's
recomputation all call `derive`.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from lottery import ladder
from lottery.chance import seed_of
from lottery.endings import check_outcome_shape
from lottery.records import LADDER, check_closing, check_opening, closing_hash, hashed_opening
from lottery.selection import selected
from lottery.shapes import DrawError, Record, keyed, parsed
from lottery.sources import DRAND, revealed, source_kind

SHOW_RUNGS_UP_TO = 10


class DrawFile(NamedTuple):
    """What a draw file holds, unchecked: `derive(*read_draw_file(data))`."""

    opening: Any
    closing: Any
    reveals: Any


def read_draw_file(data: bytes | str) -> DrawFile:
    """The three parts of `{"opening","closing","reveals"}`, or of a vector file's `input`."""
    value = parsed(data, "draw file")
    if type(value) is dict and "input" in value:
        value = value["input"]
    return DrawFile(**keyed(value, "draw file", DrawFile._fields))


def derive(
    opening: object, closing: object, reveals: object, check_beacon: bool = True
) -> dict[str, Any]:
    """The result of a draw and the values on the way to it.

    Returns `opening_hash, closing_hash, seed` (hex) and for a ladder `rung_counts, rungs_sha256,
    winners` and with up to 10 entrants `rungs`, for a select `selected`. `check_beacon=False`
    skips the check of a drand signature (its length still counts) and adds
    `"beacon": "unchecked"` to a draw that rests on one. `DrawError` for whatever is refused.
    """
    checked, opened = hashed_opening(opening)
    closed = check_closing(closing, checked, opened)
    source_bytes = revealed(checked["sources"], reveals, check_beacon)
    hashes = opened, closing_hash(closed)
    seed = seed_of(*hashes, source_bytes)

    result: dict[str, Any] = {
        "opening_hash": hashes[0],
        "closing_hash": hashes[1],
        "seed": seed.hex(),
    }
    if checked["kind"] == LADDER:
        result |= _ladder_result(checked, closed, seed)
    else:
        shares = [(name, count) for name, count in checked["shares"]]
        result["selected"] = selected(checked["candidates"], shares, seed)
    if source_kind(checked) == DRAND and not check_beacon:
        result["beacon"] = "unchecked"
    return result


def outcome(
    opening: Record, closing: Record, reveals: list[Record], check_beacon: bool = True
) -> Record:
    """The outcome record of a draw."""
    result = derive(opening, closing, reveals, check_beacon)
    key = "winners" if "winners" in result else "selected"
    return {
        "opening": result["opening_hash"],
        "closing": result["closing_hash"],
        "reveals": reveals,
        key: result[key],
    }


def check_outcome(
    value: object, opening: object, closing: object, check_beacon: bool = True
) -> Record:
    """The outcome, when the draw really comes out so; `DrawError` names the first difference."""
    record = check_outcome_shape(value, check_opening(opening))
    result = derive(opening, closing, record["reveals"], check_beacon)
    if record["opening"] != result["opening_hash"]:
        raise DrawError("outcome.opening is the hash of another opening")
    if record["closing"] != result["closing_hash"]:
        raise DrawError("outcome.closing is the hash of another closing")
    key = "winners" if "winners" in result else "selected"
    for name in sorted(record[key].keys() | result[key].keys()):
        if record[key].get(name) != result[key].get(name):
            raise DrawError(f"outcome.{key} of {name!r} is not what the draw gives")
    return record


def _ladder_result(opening: Record, closing: Record, seed: bytes) -> dict[str, Any]:
    entrants, prizes = opening["entrants"], opening["prizes"]
    rounds = range(len(ladder.rounds(prizes, len(entrants))))
    choices = [ladder.base_choices(seed, index, len(entrants)) for index in rounds]
    rungs = sha256()
    for piece in ladder.canonical_rungs(choices):
        rungs.update(piece)
    result: dict[str, Any] = {
        "rung_counts": [sum(chosen) for chosen in choices],
        "rungs_sha256": rungs.hexdigest(),
    }
    if len(entrants) <= SHOW_RUNGS_UP_TO:
        result["rungs"] = [ladder.rungs_of(chosen) for chosen in choices]
    return result | {"winners": ladder.winners(entrants, prizes, closing["lines"], choices)}
