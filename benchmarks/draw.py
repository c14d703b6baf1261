"""Deriving and checking a draw, beside hashing the bytes of its records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.measure import Figure, Work, compared
from ledger.canonical import canonical
from lottery import beacon
from lottery.derive import check_outcome, derive
from lottery.ladder import base_rungs
from lottery.records import closing, ladder_opening, select_opening
from lottery.shapes import Record
from lottery.sources import operator_commitment, operator_reveal, operator_source
from tests.builders import ref

# 60 account executives of document 0, the 299 that its service allows, and a large company.
SIZES = (60, 299, 10_000)
SECRET = "5e" * 32
LARGE = 1_000
BEACON_ROUNDS = (
    Path(__file__).parent.parent / "tests" / "vectors" / "beacon" / "quicknet-rounds.json"
)


def figures(rounds: int) -> Iterator[Figure]:
    """A ladder with half as many prizes as entrants, a select of as many candidates, a beacon."""
    for size in SIZES:
        # A ladder of n has n²/4 rungs, and the draw's result holds the hash of their list.
        turns = rounds if size < LARGE else 1
        for kind, opening in (("ladder", _ladder(size)), ("select", _select(size))):
            closed = closing(opening)
            reveals = [operator_reveal(SECRET)]
            derived = derive(opening, closed, reveals)
            key = "winners" if kind == "ladder" else "selected"
            result = {
                "opening": derived["opening_hash"],
                "closing": derived["closing_hash"],
                "reveals": reveals,
                key: derived[key],
            }
            body = b"".join(canonical(record) for record in (opening, closed, result))
            if kind == "ladder":
                body += canonical([base_rungs(bytes.fromhex(derived["seed"]), 0, size)])
            yield from compared(
                [
                    Work(
                        f"draw: derive a {kind} of {size:,}",
                        partial(derive, opening, closed, reveals),
                    ),
                    Work(
                        f"draw: verify the outcome of a {kind} of {size:,}",
                        partial(check_outcome, result, opening, closed),
                    ),
                ],
                Work(
                    f"hash the same {len(body):,} bytes",
                    partial(hashlib.sha256, body),
                ),
                turns,
            )
    yield from compared(
        [Work("draw: verify a drand signature", _verified_round)],
        Work("derive a ladder of 60", partial(_derived_ladder, 60)),
        rounds,
    )


def _verified_round() -> None:
    found = json.loads(BEACON_ROUNDS.read_text(encoding="utf-8"))["rounds"][0]
    if not beacon.verify_signature(found["round"], bytes.fromhex(found["signature"])):
        raise RuntimeError("a published signature of the beacon does not verify")


def _derived_ladder(size: int) -> None:
    opening = _ladder(size)
    derive(opening, closing(opening), [operator_reveal(SECRET)])


def _common(draw: str) -> Record:
    return {
        "draw": draw,
        "policy_sha256": ref("policy"),
        "opens_at": "2026-11-23T01:00:00Z",
        "closes_at": "2026-11-23T03:00:00Z",
        "sources": [operator_source(operator_commitment(SECRET))],
    }


def _ladder(size: int) -> Record:
    return ladder_opening(
        **_common("2026-W48/enterprise/lottery"),
        entrants=(ref(f"rep {i}") for i in range(size)),
        prizes=(ref(f"lead {i}") for i in range(size // 2)),
    )


def _select(size: int) -> Record:
    return select_opening(
        **_common("2026-W48/enterprise"),
        candidates=(ref(f"lead {i}") for i in range(size)),
        shares=[("lottery", size * 3 // 10)],
    )
