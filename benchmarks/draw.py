"""Deriving and checking a draw, beside the same draw done as draw.md words it.

`python -m benchmarks.draw --write` puts the figures into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import Figure, Work, compared
from benchmarks.page import written
from ledger.canonical import canonical
from lottery import beacon
from lottery.chance import Stream
from lottery.derive import check_outcome, derive
from lottery.ladder import own_lines
from lottery.records import closing, ladder_opening, select_opening
from lottery.shapes import Record
from lottery.sources import operator_commitment, operator_reveal, operator_source
from tests.builders import ref

# 60 account executives of document 0, the 299 that its service allows, and a large company.
LADDERS = (60, 299, 10_000)
SELECTS = (60, 299, 10_000, 1_000_000)
SECRET = "5e" * 32
LARGE = 1_000
BEACON_ROUNDS = (
    Path(__file__).parent.parent / "tests" / "vectors" / "beacon" / "quicknet-rounds.json"
)


def figures(rounds: int) -> Iterator[Figure]:
    """Ladders with half as many prizes as entrants, selects, one signature of the beacon."""
    for size in LADDERS:
        lines = [(ref(f"rep {i}"), i % (size - 1), i % 1_000) for i in range(size)]
        yield from _draw("ladder", _ladder(size), lines, rounds if size < LARGE else 1)
    for size in SELECTS:
        yield from _draw("select", _select(size), [], rounds if size < LARGE else 1)
    yield from compared(
        [Work("draw: verify a drand signature", _verified_round)],
        Work("derive a ladder of 60", partial(_derived_ladder, 60)),
        rounds,
    )


def _draw(
    kind: str, opening: Record, lines: list[tuple[str, int, int]], rounds: int
) -> list[Figure]:
    """Deriving it and verifying its outcome, in turns with the draw as the text words it."""
    size = len(opening["entrants" if kind == "ladder" else "candidates"])
    closed, reveals = closing(opening, lines), [operator_reveal(SECRET)]
    derived = derive(opening, closed, reveals)
    key = "winners" if kind == "ladder" else "selected"
    result = {
        "opening": derived["opening_hash"],
        "closing": derived["closing_hash"],
        "reveals": reveals,
        key: derived[key],
    }
    records = b"".join(canonical(record) for record in (opening, closed, result))
    baseline = Work(f"hash its {len(records):,} bytes", partial(hashlib.sha256, records))
    if kind == "ladder":
        seed = bytes.fromhex(derived["seed"])
        if _rung_by_rung(opening, closed, seed) != (derived["rungs_sha256"], derived[key]):
            raise RuntimeError("rung by rung the ladder comes out otherwise")
        baseline = Work("rung by rung", partial(_rung_by_rung, opening, closed, seed))
    return compared(
        [
            Work(f"draw: derive a {kind} of {size:,}", partial(derive, opening, closed, reveals)),
            Work(
                f"draw: verify the outcome of a {kind} of {size:,}",
                partial(check_outcome, result, opening, closed),
            ),
        ],
        baseline,
        rounds,
    )


def _rung_by_rung(opening: Record, closed: Record, seed: bytes) -> tuple[str, dict[str, Any]]:
    """A ladder as draw.md words it: every rung made, crossed and hashed (n²/4 of each)."""
    entrants, prizes, won = opening["entrants"], opening["prizes"], {}
    after_lines = list(entrants)
    for line in own_lines(closed["lines"]):
        _cross(after_lines, line["left"])
    every = []
    for start in range(0, len(prizes), len(entrants)):
        stream, rungs = Stream(seed, f"ladder/{len(every)}"), []
        for k in range(1, len(entrants)):
            j = stream.uniform(k + 1)
            rungs += [k - step for step in range(1, j + 1)]
        columns = list(after_lines)
        for left in rungs:
            _cross(columns, left)
        won.update(zip(prizes[start : start + len(entrants)], columns, strict=False))
        every.append(rungs)
    return hashlib.sha256(canonical(every)).hexdigest(), won


def _cross(columns: list[str], left: int) -> None:
    columns[left], columns[left + 1] = columns[left + 1], columns[left]


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


def main() -> None:
    """Print the table; --write puts it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draw", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    given = parser.parse_args()
    rows = [
        "| what | time | beside it, in turns | its time | times as long |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    for each in figures(given.rounds):
        times = f"{each.median_s:.4f} s | {each.baseline} | {each.baseline_s:.4f} s"
        rows.append(f"| {each.name.removeprefix('draw: ')} | {times} | {each.ratio:,.3f} |")
        print(rows[-1], flush=True)
    taken = f"Taken on {os.cpu_count()} cores at a load of {os.getloadavg()[0]:.1f}."
    if given.write:
        written("draw", "\n".join([*rows, "", taken]))


if __name__ == "__main__":
    main()
