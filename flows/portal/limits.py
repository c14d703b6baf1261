"""How often one link may ask: a bucket of tokens for each, refilled steadily."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from flows.portal.desk import Refused

MOST_KEYS = 20_000  # forgotten oldest first: a forgotten link starts with a full bucket


class Limit:
    """At most `burst` at once and `per_minute` in the long run, for each key."""

    def __init__(self, burst: int, per_minute: int) -> None:
        self._burst = float(burst)
        self._per_second = per_minute / 60
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, key: str, now: float) -> bool:
        """Whether `key` may ask at `now` (seconds of any steady clock); counts the question."""
        with self._lock:
            left, at = self._left.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._per_second)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, now)
            if len(self._left) > MOST_KEYS:
                self._left.popitem(last=False)
            return allowed


def hold_back(is_link: Callable[[str], bool], limit: Limit, token: str) -> None:
    """Count a question asked through a link. Errors: Refused when it asks too often."""
    # What is no link of ours costs one HMAC and no memory.
    if is_link(token) and not limit.allows(token, time.monotonic()):
        raise Refused("often")
