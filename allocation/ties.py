"""Who goes first when all else is equal: keys that nobody can have by an early id."""

import hashlib
import hmac
from collections.abc import Iterable

from allocation.snapshot import Lead


def tie_seed(snapshot_sha256: str, select_seeds: Iterable[str]) -> bytes:
    """T("ties", snapshot hash || seeds of the run's select draws in the policy's order of bands).

    T is draw.md's tagged SHA-256; the arguments are hex.
    """
    body = b"".join(bytes.fromhex(text) for text in (snapshot_sha256, *select_seeds))
    return hashlib.sha256(b"fairlead/draw/1/ties\n" + body).digest()


class Ties:
    """Tie keys of one run; the smallest goes first."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._reps: dict[tuple[str, str], bytes] = {}

    def rep(self, band: str, ref: str) -> bytes:
        """A rep's key in a band, the same for the whole run."""
        key = self._reps.get((band, ref))
        if key is None:
            key = self._reps[band, ref] = self._key(f"{band}\n{ref}")
        return key

    def lead(self, ref: str) -> bytes:
        """A lead's key."""
        return self._key(f"lead\n{ref}")

    def _key(self, text: str) -> bytes:
        return hmac.digest(self._seed, text.encode(), "sha256")


def lead_order(lead: Lead, key: bytes | str) -> tuple[bool, str, int, str, bytes | str]:
    """Sort key for leads: left over longest, then score, then creation time, then `key`.

    A lead whose creation time is unknown comes after those whose time is known.
    """
    created = lead.created_at or "unknown"  # sorts after every digit
    return (lead.waiting_since is None, lead.waiting_since or "", -lead.score, created, key)
