"""How a draw ends: the shape of an outcome, and a void with the attempt that replaces it.

Every opening ends in one of the two. Source: draw.md, *Records*.
"""

from lottery.records import LADDER, opening_hash
from lottery.shapes import DrawError, Record, canonical_bytes, constant, hexed, keyed, listed, shown
from lottery.sources import DRAND, OPERATOR, PUBLIC, source_kind

VOID_REASONS = {"beacon-gap": DRAND, "event-cancelled": PUBLIC, "secret-lost": OPERATOR}
# A void's next attempt repeats all of these; only times, attempt and the source's values change.
_UNCHANGED = (
    "draw", "kind", "policy_sha256", "entrants", "prizes", "pool", "extra", "candidates", "shares",
)  # fmt: skip


def void(opening: Record, reason: str, next_opening: Record) -> Record:
    """The end of a draw whose chance never came, naming the attempt that replaces it."""
    made = {"opening": opening_hash(opening), "reason": reason}
    return check_void(made | {"next_attempt": opening_hash(next_opening)}, opening, next_opening)


def check_void(value: object, opening: Record, next_opening: Record) -> Record:
    """Needs checked openings. Whether the round's signature exists after all is for the caller."""
    record = keyed(value, "void", ("opening", "reason", "next_attempt"))
    if hexed(record["opening"], "void.opening", 64) != opening_hash(opening):
        raise DrawError("void.opening is the hash of another opening")
    if hexed(record["next_attempt"], "void.next_attempt", 64) != opening_hash(next_opening):
        raise DrawError("void.next_attempt is the hash of another opening")
    kind = source_kind(opening)
    if VOID_REASONS[constant(record["reason"], "void.reason", *VOID_REASONS)] != kind:
        raise DrawError(f"void.reason {record['reason']!r} does not fit a source of kind {kind!r}")
    for key in _UNCHANGED:
        if opening.get(key) != next_opening.get(key):
            raise DrawError(f"the attempt after a void must keep {key!r} unchanged")
    if source_kind(next_opening) != kind:
        raise DrawError("the attempt after a void must keep the kind of source")
    if next_opening["attempt"] != opening["attempt"] + 1:
        raise DrawError("the attempt after a void must count one more")
    return record


def check_outcome_shape(value: object, opening: Record) -> Record:
    """Keys and types of an outcome; needs a checked opening. `derive.check_outcome` does all."""
    result = "winners" if opening["kind"] == LADDER else "selected"
    record = keyed(value, "outcome", ("opening", "closing", "reveals", result))
    hexed(record["opening"], "outcome.opening", 64)
    hexed(record["closing"], "outcome.closing", 64)
    listed(record["reveals"], "outcome.reveals")
    if type(record[result]) is not dict:
        raise DrawError(f"outcome.{result} must be an object, not {shown(record[result])}")
    canonical_bytes(record, "outcome")
    return record
