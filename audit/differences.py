"""Where two decision files part: the first difference, named so that a person can look it up."""

from typing import Any

from ledger.canonical import CanonicalError, parse


def first_difference(again: bytes, stored: bytes) -> str:
    """What differs first between a file decided again and the stored one; "" when nothing does.

    Bytes are compared; the words come from the parsed files.
    """
    if again == stored:
        return ""
    try:
        left, right = parse(again), parse(stored)
    except CanonicalError as error:
        return f"the stored file is not canonical JSON: {error}"
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return "the stored file is no object"
    for key in sorted((left.keys() | right.keys()) - {"decisions"}):
        if left.get(key) != right.get(key):
            return f"{key}: {_short(right.get(key))} stored, {_short(left.get(key))} by replay"
    ours, theirs = _by_lead(left), _by_lead(right)
    for lead in sorted(ours.keys() | theirs.keys()):
        if ours.get(lead) != theirs.get(lead):
            return _of_lead(lead, ours.get(lead), theirs.get(lead))
    return "the same values in other bytes"


def _by_lead(file: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = file.get("decisions")
    return {
        str(row.get("lead")): row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    }


def _of_lead(lead: str, again: dict[str, Any] | None, stored: dict[str, Any] | None) -> str:
    if again is None or stored is None:
        where = "only in the stored file" if again is None else "not in the stored file"
        return f"lead {lead[:16]} is {where}"
    for key in sorted(again.keys() | stored.keys()):
        if again.get(key) != stored.get(key):
            return (
                f"lead {lead[:16]}, {key}: {_short(stored.get(key))} stored, "
                f"{_short(again.get(key))} by replay"
            )
    return f"lead {lead[:16]}"


def _short(value: object) -> str:
    return "nothing" if value is None else str(value)[:64]
