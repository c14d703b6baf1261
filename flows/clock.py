"""Time and dice, passed in: the real ones, and repeatable ones for trials.

A trial run (recorded rounds, or a trial seed) must be repeatable byte for byte, so it neither
reads the machine's clock nor its random generator.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from flows.progress import say

WORTH_SAYING = timedelta(seconds=15)


class Clock(Protocol):
    """The instants a run writes down. All are UTC with whole seconds."""

    def now(self) -> datetime: ...

    def sleep_until(self, instant: datetime) -> None: ...


class RealClock:
    """The machine's clock; whoever waits long at a terminal is told until when."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)

    def sleep_until(self, instant: datetime) -> None:
        if instant - datetime.now(UTC) > WORTH_SAYING:
            say(f"waiting until {instant:%F %T} UTC (interrupted, the same command goes on there)")
        # Short naps: a machine that was suspended wakes up at the right time.
        while (left := (instant - datetime.now(UTC)).total_seconds()) > 0:
            time.sleep(min(left, 5))


class TrialClock:
    """A clock that stands still until somebody waits, and then jumps."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        return self._now

    def sleep_until(self, instant: datetime) -> None:
        self._now = max(self._now, instant.astimezone(UTC).replace(microsecond=0))


class Dice(Protocol):
    """Where salts and secrets come from; `purpose` names what the bytes are for."""

    def bytes32(self, *purpose: str) -> bytes: ...


class SystemDice:
    """The operating system's random generator."""

    def bytes32(self, *purpose: str) -> bytes:
        return secrets.token_bytes(32)


class TrialDice:
    """Bytes that a seed and the purpose decide: anybody who knows the seed knows them all."""

    def __init__(self, seed: str) -> None:
        self._key = hashlib.sha256(b"fairlead/trial/1\n" + seed.encode()).digest()

    def bytes32(self, *purpose: str) -> bytes:
        return hmac.digest(self._key, "\n".join(purpose).encode(), "sha256")


ONE_SECOND = timedelta(seconds=1)
