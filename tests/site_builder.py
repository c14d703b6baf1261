"""A small published site, honest or not: one run with a select, a ladder and its decisions.

`monday()` gives the run's entries as a list that a test can cut, reorder or forge; `Site` signs
and lays out whatever is in it, as a dishonest operator could.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.canonical import canonical, sha256_hex
from ledger.checkpoints import Checkpoint, join_notes, with_signatures
from ledger.handover import hand_over
from ledger.log import entry, parse_entry
from ledger.merkle import Tree, leaf_hash, root
from ledger.notes import COSIGNATURE_V1, Signer, VerifierKey, cosignature
from ledger.proofs import proof_file
from ledger.tiles import tree_files
from ledger.times import parse_time
from lottery.derive import outcome
from lottery.records import closing, commitment, ladder_opening, opening_hash, select_opening
from lottery.sources import (
    drand_reveal,
    drand_source,
    operator_commitment,
    operator_reveal,
    operator_source,
    public_reveal,
    public_source,
)

RUN = "2026-W38"
SELECT_DRAW, LADDER_DRAW = f"{RUN}/enterprise", f"{RUN}/enterprise/lottery"
SIGNER = Signer("log.example/fairlead", b"k" * 32)
NEXT_SIGNER = Signer("log.example/fairlead", b"n" * 32)
ORIGIN = "log.example/fairlead"
WITNESS_SEED = b"w" * 32
WITNESS = VerifierKey("witness.example", COSIGNATURE_V1, Signer("w", WITNESS_SEED).vkey.public)
NOW = datetime(2026, 9, 17, 18, 0, tzinfo=UTC)
POLICY_TEXT = "id: trial\nversion: '1'\n"
POLICY = sha256_hex(POLICY_TEXT.encode())

# Two real rounds of the public beacon on one day: windows are set so that they are the draws' own.
_ROUNDS = json.loads(
    (Path(__file__).parent / "vectors" / "beacon" / "quicknet-rounds.json").read_text()
)["rounds"]
SIGNATURES = {one["round"]: one["signature"] for one in _ROUNDS}
SELECT_CLOSES, LADDER_CLOSES = "2026-09-17T12:22:45Z", "2026-09-17T15:13:39Z"


def ref(name: str) -> str:
    """A reference as production makes them, of a fixed salt."""
    return sha256_hex(b"fairlead/ref/1\n" + b"s" * 32 + name.encode())


LEADS = sorted(ref(f"lead {number}") for number in range(7))
REPS = sorted(ref(f"rep {number}") for number in range(3))
NAMED, BARRED = ref("named account"), ref("do not contact")


@dataclass(frozen=True)
class Event:
    """One entry to be: its type, time and record."""

    type: str
    at: str
    value: dict[str, Any]
    run: str = RUN


def secret_of(draw: str) -> str:
    return sha256_hex(f"secret of {draw}".encode())


def source_of(kind: str, draw: str, closes_at: str) -> dict[str, Any]:
    if kind == "drand":
        return drand_source(closes_at)
    if kind == "public":
        at = {SELECT_CLOSES: "2026-09-17T13:30:00Z", LADDER_CLOSES: "2026-09-17T16:20:00Z"}
        return public_source("双色球 2026108", "00 00 00 00", at[closes_at])
    return operator_source(operator_commitment(secret_of(draw)))


def reveal_of(opening: dict[str, Any]) -> dict[str, Any]:
    source = opening["sources"][0]
    if source["kind"] == "drand":
        return drand_reveal(SIGNATURES[source["round"]])
    if source["kind"] == "public":
        return public_reveal(source["what"], "03 11 17 29")
    return operator_reveal(secret_of(opening["draw"]))


def policy_event() -> Event:
    value = {
        "id": "trial", "version": "1", "sha256": POLICY, "text": POLICY_TEXT, "approvals": [],
        "effective_from": "2026-01-01",
    }  # fmt: skip
    return Event("policy", "2026-09-17T12:00:00Z", value, "-")


def snapshot_event(snapshot: str = "5" * 64, leads: int = 9) -> Event:
    value = {
        "run": RUN, "snapshot": snapshot, "policy_sha256": POLICY, "as_of": "2026-09-17T12:00:00Z",
        "leads": leads, "reps": len(REPS), "loads": [], "reconstructed": "no",
    }  # fmt: skip
    return Event("snapshot", "2026-09-17T12:10:00Z", value)


def select_value(source: str, **change: Any) -> dict[str, Any]:
    return select_opening(
        draw=SELECT_DRAW,
        policy_sha256=POLICY,
        opens_at="2026-09-17T12:20:00Z",
        closes_at=SELECT_CLOSES,
        sources=[source_of(source, SELECT_DRAW, SELECT_CLOSES)],
        candidates=LEADS,
        shares=[("lottery", 3), ("skill", 2)],
        **change,
    )


def ladder_value(
    source: str, select: dict[str, Any], prizes: list[str], entrants: list[str] = REPS
) -> dict[str, Any]:
    return ladder_opening(
        draw=LADDER_DRAW,
        policy_sha256=POLICY,
        opens_at="2026-09-17T14:00:00Z",
        closes_at=LADDER_CLOSES,
        sources=[source_of(source, LADDER_DRAW, LADDER_CLOSES)],
        entrants=entrants,
        prizes=prizes,
        pool=opening_hash(select),
    )


def decisions_of(selected: dict[str, list[str]], winners: dict[str, str]) -> list[dict[str, Any]]:
    """What follows from the draws, with rules that need no engine."""
    rows = []
    for lead in LEADS:
        one = {"lead": lead, "band": "enterprise", "rule": "r"}
        if lead in winners:
            one |= {"share": "lottery", "method": "lottery", "reason": "lottery"}
            one |= {"rep": winners[lead], "draw": LADDER_DRAW}
        elif lead in selected["skill"]:
            one |= {"share": "skill", "method": "skill_match", "reason": "skill_match"}
            one |= {"rep": REPS[0]}
        else:
            one |= {"share": "rest", "method": "rotation", "reason": "capacity_rotation"}
            one |= {"rep": REPS[1]}
        rows.append(one)
    rows.append({"lead": NAMED, "band": "enterprise", "rule": "n", "method": "exception",
                 "reason": "named_account", "rep": REPS[2]})  # fmt: skip
    rows.append({"lead": BARRED, "band": "smb", "rule": "d", "method": "none",
                 "reason": "do_not_contact"})  # fmt: skip
    return sorted(rows, key=lambda row: row["lead"])


def decision_file(rows: list[dict[str, Any]], snapshot: str = "5" * 64) -> bytes:
    return canonical(
        {
            "format": "fairlead/decisions/1",
            "run": RUN,
            "snapshot": snapshot,
            "policy_sha256": POLICY,
            "decisions": rows,
        }
    )


def allocation_event(rows: list[dict[str, Any]], **change: Any) -> Event:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row["band"], Counter())[row["method"]] += 1
    owned = sum("rep" in row for row in rows)
    value = {
        "run": RUN, "snapshot": "5" * 64, "policy_sha256": POLICY,
        "decisions": sha256_hex(decision_file(rows)), "bundle": "b" * 64,
        "counts": {band: dict(methods) for band, methods in counts.items()},
        "owned": owned, "held": len(rows) - owned,
    } | change  # fmt: skip
    return Event("allocation", "2026-09-17T16:30:00Z", value)


@dataclass
class Site:
    """Entries, pages and how they are published. `events` may be anything."""

    events: list[Event]
    rows: list[dict[str, Any]] = field(default_factory=list)
    audience: str = "public"
    notes: list[str] = field(default_factory=list)  # for log/cosignatures
    signer: Signer = SIGNER
    file: bytes | None = None  # the decision file, where it is not made of `rows`

    def position(self, type: str, number: int = 0) -> int:
        """The index of the n-th event of a type."""
        return [index for index, event in enumerate(self.events) if event.type == type][number]

    def event(self, type: str, number: int = 0) -> Event:
        return self.events[self.position(type, number)]

    def change(self, type: str, number: int = 0, **change: Any) -> None:
        """Replaces keys of a record; `at`, `type` and `run` are the entry's own."""
        index = self.position(type, number)
        own = {key: change.pop(key) for key in ("at", "run") if key in change}
        event = self.events[index]
        self.events[index] = replace(event, value=event.value | change, **own)

    def vkey(self) -> VerifierKey:
        """The key that the site shows: the one in force at its end."""
        is_handed_over = any(event.type == "key" for event in self.events)
        return NEXT_SIGNER.vkey if is_handed_over else self.signer.vkey

    def pages(self) -> dict[str, bytes]:
        """What a manifest lists."""
        files = {
            "site.json": canonical(
                {
                    "format": "fairlead/site/1",
                    "audience": self.audience,
                    "origin": ORIGIN,
                    "vkey": str(self.vkey()),
                }
            ),
            "index.html": b"<!doctype html><title>Fairlead</title>",
            "assets/site.css": b"body{}",
        }
        if self.rows:
            lottery = sum(row["method"] == "lottery" for row in self.rows)
            files[f"runs/{RUN}/decisions.json"] = self.file or decision_file(self.rows)
            files[f"zh/runs/{RUN}/index.html"] = (
                f'<p>抽签 <b data-count="{RUN}/enterprise/lottery">{lottery}</b></p>'
            ).encode()
        return files

    def files(self, change: dict[str, bytes] | None = None) -> dict[str, bytes]:
        """Every published file; `change` replaces pages before they are hashed and logged."""
        pages = self.pages() | (change or {})
        hashes = {path: sha256_hex(data) for path, data in sorted(pages.items())}
        value: dict[str, Any] = {"run": RUN, "audience": self.audience}
        if self.audience == "team":
            pages["manifest.json"] = canonical({"salt": "a" * 64, "files": hashes})
            value["manifest"] = sha256_hex(pages["manifest.json"])
        else:
            value["files"] = hashes
        published = Event("publication", "2026-09-17T16:40:00Z", value)
        records, entries = self.entries([*self.events, published])
        note = self.note(entries)
        log = {f"log/{path}": data for path, data in tree_files(entries).items()}
        log["log/checkpoint"] = note.encode()
        log["log/proof/2.tlog-proof"] = proof_file(
            2, Tree([leaf_hash(one) for one in entries]).inclusion_proof(2), note
        ).encode()
        if self.notes:
            log["log/cosignatures"] = join_notes(self.notes).encode()
        return pages | records | log

    def entries(self, events: list[Event]) -> tuple[dict[str, bytes], list[bytes]]:
        records: dict[str, bytes] = {}
        entries = []
        for event in events:
            body = canonical(event.value)
            records[f"records/{sha256_hex(body)}.json"] = body
            entries.append(entry(event.type, event.at, event.run, body))
        return records, entries

    def note(self, entries: list[bytes]) -> str:
        checkpoint = Checkpoint(ORIGIN, len(entries), root([leaf_hash(one) for one in entries]))
        handed_over = any(parse_entry(one).type == "key" for one in entries[:-1])
        signer = NEXT_SIGNER if handed_over else self.signer
        return signer.sign(checkpoint.text())

    def hand_over(self, at: int, signer: Signer = SIGNER) -> None:
        """Puts the hand-over from the first key to the next one into the log at that place."""
        _, entries = self.entries(self.events[:at])
        top = root([leaf_hash(one) for one in entries])
        value = hand_over(ORIGIN, signer, NEXT_SIGNER.vkey, at, top)
        self.events.insert(at, Event("key", self.events[at - 1].at, value, "-"))

    def checkpoint(self, size: int) -> str:
        """The checkpoint of the first `size` entries, as a digest would have carried it."""
        return self.note(self.entries(self.events[:size])[1])

    def witnessed(self, size: int, at: str) -> str:
        """That checkpoint with the witness's cosignature of that instant."""
        note = self.checkpoint(size)
        body = note.split("\n\n")[0] + "\n"
        time = int(parse_time(at).timestamp())
        return with_signatures(note, [cosignature(body, WITNESS.name, WITNESS_SEED, time)])

    def write(self, folder: Path, change: dict[str, bytes] | None = None) -> Path:
        for path, data in self.files(change).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder


def monday(
    source: str = "operator",
    *,
    lines: list[tuple[str, int, int]] | None = None,
    entrants: list[str] = REPS,
    ladder_closed_at: str = "2026-09-17T15:13:40Z",
) -> Site:
    """The honest run, from policy to allocation. `source`: operator, drand or public."""
    lines = [(REPS[1], 0, 5)] if lines is None else lines
    select = select_value(source)
    select_closing = closing(select)
    select_outcome = outcome(select, select_closing, [reveal_of(select)])
    selected = select_outcome["selected"]
    ladder = ladder_value(source, select, selected["lottery"], entrants)
    ladder_closing = closing(ladder, lines)
    ladder_outcome = outcome(ladder, ladder_closing, [reveal_of(ladder)])
    rows = decisions_of(selected, ladder_outcome["winners"])
    committed = [
        Event(
            "commitment",
            "2026-09-17T12:01:00Z",
            commitment(draw, 1, operator_commitment(secret_of(draw))),
        )
        for draw in (SELECT_DRAW, LADDER_DRAW)
    ]
    events = [
        policy_event(),
        *(committed if source == "operator" else []),
        snapshot_event(),
        Event("opening", "2026-09-17T12:19:00Z", select),
        Event("closing", SELECT_CLOSES, select_closing),
        Event("outcome", "2026-09-17T13:30:10Z", select_outcome),
        Event("opening", "2026-09-17T13:40:00Z", ladder),
        Event("closing", ladder_closed_at, ladder_closing),
        Event("outcome", "2026-09-17T16:20:10Z", ladder_outcome),
        allocation_event(rows),
    ]
    return Site(events, rows)


def tampered(files: dict[str, bytes], path: str, at: int = 0) -> dict[str, bytes]:
    """The files with one bit of one byte of one file flipped."""
    data = bytearray(files[path])
    data[at % len(data)] ^= 1
    return files | {path: bytes(data)}


def write_files(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder
