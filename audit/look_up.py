"""Where anybody reads a public value: what an opening says of it beyond the protocol's keys."""

from lottery.shapes import Record


def asked_at(opening: Record, i: int) -> str:
    """What to look up for a public source and, where its opening says so, at which address."""
    hints, what = opening.get("look_up"), str(opening["sources"][i]["what"])
    hint = hints[i] if isinstance(hints, list) and i < len(hints) else None
    address = hint.get("address") if isinstance(hint, dict) else None
    return f"{what} at {address}" if isinstance(address, str) else what
