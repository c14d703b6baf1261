"""drand quicknet rounds: from relays over HTTP, or from a file of recorded rounds.

Whatever comes in here is only a claim: lottery.beacon verifies every signature before use.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
RELAYS = (
    "https://api.drand.sh",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
    "https://drand.cloudflare.com",
)


class BeaconError(Exception):
    """No signature for a round could be had; the message says from where and why."""


class Rounds(Protocol):
    """Where signatures come from."""

    def signature(self, round_: int) -> str | None:
        """The round's signature as 96 hex digits, or None if it is not out yet."""
        ...


class RelayRounds:
    """Rounds asked of public relays in turn; the first well-formed answer is returned."""

    def __init__(
        self, relays: Sequence[str] = RELAYS, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._relays = tuple(relays)
        self._client = httpx.Client(timeout=10, transport=transport, follow_redirects=False)

    def signature(self, round_: int) -> str | None:
        faults = []
        for relay in self._relays:
            url = f"{relay.rstrip('/')}/{CHAIN}/public/{round_}"
            try:
                answer = self._client.get(url)
                if answer.status_code in (404, 425):  # not produced yet
                    faults.append(f"{relay}: not out yet ({answer.status_code})")
                    continue
                answer.raise_for_status()
                body = answer.json()
                if body.get("round") == round_ and isinstance(body.get("signature"), str):
                    return str(body["signature"])
                faults.append(f"{relay}: answered another round")
            except (httpx.HTTPError, ValueError, AttributeError) as error:
                faults.append(f"{relay}: {type(error).__name__}")
        if all("not out yet" in fault for fault in faults):
            return None
        raise BeaconError(f"round {round_} could not be had: " + "; ".join(faults))


class RecordedRounds:
    """Rounds from a JSON file: a list, or {"rounds": […]}, of {"round", "signature"}."""

    def __init__(self, path: Path) -> None:
        try:
            body: Any = json.loads(path.read_text(encoding="utf-8"))
            rows = body["rounds"] if isinstance(body, dict) else body
            self._signatures = {int(row["round"]): str(row["signature"]) for row in rows}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BeaconError(
                f"{path}: not a file of recorded rounds ({type(error).__name__}: {error}). "
                'Expected {"rounds": [{"round": 1000, "signature": "…"}, …]}'
            ) from error
        if not self._signatures:
            raise BeaconError(f"{path}: holds no round")
        self._path = path

    @property
    def numbers(self) -> list[int]:
        """The recorded round numbers, ascending."""
        return sorted(self._signatures)

    def signature(self, round_: int) -> str | None:
        if round_ not in self._signatures:
            raise BeaconError(f"{self._path}: round {round_} is not recorded")
        return self._signatures[round_]
