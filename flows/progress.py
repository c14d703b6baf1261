"""What a person at the terminal sees while a run works: one line a step, with its time."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_STARTED = time.monotonic()


def say(text: str) -> None:
    """One line on standard error, with the seconds since the command began."""
    print(f"[{time.monotonic() - _STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step and say how long it took."""
    began = time.monotonic()
    say(f"{text} …")
    yield
    say(f"{text}: done in {time.monotonic() - began:.1f} s")
