"""The second secret of an operator's draw, for the day on which the first one is lost.

It is committed to beside the first, before the pool is frozen, and it follows from a key in a
file: who lost the database's secrets has it still, and nobody can choose it anew.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from flows.clock import Dice
from flows.home import Home, keep_secret

RESERVE_ATTEMPT = 2
KEY_BYTES = 32


def ensure_reserve(home: Home, dice: Dice) -> None:
    """Make the key behind all reserve secrets where there is none."""
    file = _file(home)
    if not file.exists():
        keep_secret(file, dice.bytes32("reserve key").hex())


def reserve_secret(home: Home, draw: str) -> bytes | None:
    """The reserve secret of a draw; None when its key is lost too."""
    try:
        key = bytes.fromhex(_file(home).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    if len(key) != KEY_BYTES:
        return None  # a file cut short: anybody could guess what follows from it
    message = f"fairlead/reserve/1\n{draw}\n{RESERVE_ATTEMPT}"
    return hmac.digest(key, message.encode(), hashlib.sha256)


def _file(home: Home) -> Path:
    return home.key_file.with_name("reserve.key")
