"""Personal links: who may do what in which draw or run until when, under this installation's key.

A token is base64url(purpose ‖ expiry ‖ entrant ‖ draw id ‖ first 16 bytes of its HMAC-SHA256).
It is the only key to the page, so it is made for one person, one draw and one purpose, and it
ends by itself. Anybody who is given the link can use it: the pages say so.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.clock import Dice
from flows.home import keep_secret

LINE, WATCH, ASK = "line", "watch", "ask"
_CODES = {LINE: b"L", WATCH: b"W", ASK: b"A"}
_PURPOSES = {code: purpose for purpose, code in _CODES.items()}
_MAC = 16  # 128 bits
# After the result people still look at it and keep their acknowledgement.
KEPT_AFTER_CLOSING = timedelta(days=14)
# Long enough for every answer that the policy's hours allow, and for the monthly review after it.
KEPT_AFTER_RUN = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Link:
    """`entrant` is a rep's reference, or "" for a watcher.

    draw: a draw's id; of a link to ask about decisions (ASK) the run's key.
    """

    purpose: str
    draw: str
    entrant: str
    expires: datetime


class Keys:
    """Makes and reads tokens; `now` is always an argument."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def token(self, link: Link) -> str:
        body = (
            _CODES[link.purpose]
            + int(link.expires.timestamp()).to_bytes(5, "big")
            + bytes.fromhex(link.entrant or "00" * 32)
            + link.draw.encode()
        )
        return base64.urlsafe_b64encode(body + self._mac("link", body)).decode().rstrip("=")

    def read(self, token: str, now: datetime) -> Link | None:
        """The link of a token; None for one that we did not make or that has expired."""
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            return None
        body, mac = raw[:-_MAC], raw[-_MAC:]
        if len(body) < 39 or not hmac.compare_digest(mac, self._mac("link", body)):
            return None
        purpose = _PURPOSES[body[:1]]
        expires = datetime.fromtimestamp(int.from_bytes(body[1:6], "big"), UTC)
        link = Link(
            purpose, body[38:].decode(), "" if purpose == WATCH else body[6:38].hex(), expires
        )
        # Two spellings of one token would have two rate limits.
        return link if now < expires and self.token(link) == token else None

    def form(self, token: str) -> str:
        """What a form of this page carries, so that no other site can send it."""
        return self._mac("form", token.encode()).hex()

    def is_form(self, token: str, given: str) -> bool:
        return hmac.compare_digest(self.form(token).encode(), given.encode())

    def _mac(self, purpose: str, body: bytes) -> bytes:
        tagged = f"fairlead/portal/1/{purpose}\n".encode() + body
        return hmac.digest(self._secret, tagged, "sha256")[:_MAC]


def portal_keys(folder: Path, dice: Dice) -> Keys:
    """The keys in FAIRLEAD_HOME/keys/portal.key, made when there are none.

    Deleting the file ends every link at once.
    """
    path = folder / "portal.key"
    if not path.exists():
        keep_secret(path, dice.bytes32("portal key").hex())
    return Keys(bytes.fromhex(path.read_text(encoding="utf-8").strip()))


def address(base: str, token: str) -> str:
    """Where a link leads; only its path while the portal's address is not set."""
    return f"{base.rstrip('/')}/p/{token}"


def ask_address(base: str, keys: Keys, run: str, rep: str, as_of: datetime) -> str:
    """Where a rep asks about the decisions of a run."""
    token = keys.token(Link(ASK, run, rep, as_of + KEPT_AFTER_RUN))
    return f"{base.rstrip('/')}/r/{token}"


def link_ends(opening: dict[str, Any]) -> datetime:
    """When the links of a draw stop opening."""
    return datetime.fromisoformat(opening["closes_at"]) + KEPT_AFTER_CLOSING
