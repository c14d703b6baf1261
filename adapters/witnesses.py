"""Asking witnesses to cosign a checkpoint (c2sp.org/tlog-witness, `add-checkpoint`).

A witness remembers the log it has seen, wants a proof that the new checkpoint extends it, and
signs no second history: two checkpoints that fork cannot both carry its cosignature.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from ledger.checkpoints import CheckpointError, cosigned
from ledger.notes import COSIGNATURE_V1, NoteError, VerifierKey

TIMEOUT_S = 5.0  # a Monday waits for nobody
MAX_ANSWER = 16_384  # bytes; a cosignature line has about 150
Proof = Callable[[int], Sequence[bytes]]


class WitnessError(Exception):
    """A witness that did not cosign; the message says who and why."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness's key and the prefix of its addresses."""

    key: VerifierKey
    url: str


def parse_witnesses(text: str) -> list[Witness]:
    """`vkey URL, vkey URL, …`. Errors: WitnessError."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        words = part.split()
        try:
            key = VerifierKey.parse(words[0])
        except NoteError as error:
            raise WitnessError(f"{part[:80]!r}: {error}") from None
        is_address = len(words) == 2 and re.fullmatch(r"https?://[!-~]+", words[1])
        if key.kind != COSIGNATURE_V1 or not is_address:
            raise WitnessError(f"{part[:80]!r} is not a witness's vkey (kind 4) and its URL")
        found.append(Witness(key, words[1].rstrip("/")))
    return found


def cosign(
    witness: Witness,
    note: str,
    log_key: VerifierKey,
    origin: str,
    size: int,
    known_size: int,
    proof: Proof,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """The witness's signature line under a checkpoint of `size` entries.

    known_size: what it cosigned last, as far as we know; proof: hashes from an older size to
    `size`. Errors: WitnessError.
    """
    with httpx.Client(timeout=TIMEOUT_S, transport=transport, follow_redirects=False) as client:
        answer = _asked(client, witness, note, min(known_size, size), proof)
        if answer.status_code == 409:  # it knows another size than we thought
            answer = _asked(client, witness, note, _stated_size(witness, answer, size), proof)
    if answer.status_code != 200:
        said = answer.text[:200].strip()
        raise WitnessError(f"{witness.key.name}: answered {answer.status_code} {said}".rstrip())
    lines = answer.text.split("\n")
    mine = [line + "\n" for line in lines if line.startswith(f"— {witness.key.name} ")]
    try:
        for line in mine:
            if cosigned(note + line, log_key, [witness.key], origin):
                return line
    except CheckpointError as error:
        raise WitnessError(f"{witness.key.name}: {error}") from None
    raise WitnessError(f"{witness.key.name}: answered without its cosignature")


def _asked(
    client: httpx.Client, witness: Witness, note: str, old: int, proof: Proof
) -> httpx.Response:
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in (proof(old) if old else ()))
    body = f"old {old}\n{hashes}\n{note}"
    try:
        with client.stream(
            "POST", f"{witness.url}/add-checkpoint", content=body.encode()
        ) as answer:
            data = b""
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > MAX_ANSWER:
                    raise WitnessError(f"{witness.key.name}: answers without end")
    except httpx.HTTPError as error:
        raise WitnessError(f"{witness.key.name}: {type(error).__name__}") from error
    return httpx.Response(answer.status_code, content=data)


def _stated_size(witness: Witness, answer: httpx.Response, size: int) -> int:
    text = answer.text.strip()
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise WitnessError(f"{witness.key.name}: refuses this checkpoint: {text[:200]}")
    if int(text) > size:
        raise WitnessError(
            f"{witness.key.name}: has seen a log of {text} entries, this one has {size}: entries "
            "were taken back, or this is a copy"
        )
    return int(text)
