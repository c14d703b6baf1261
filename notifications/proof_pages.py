"""Two pages for people who doubt: how a draw works, and a check of this site in the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.lens import Lens
from notifications.locale.check_details import ZH as DETAILS_ZH
from notifications.verify_page import VERDICTS
from notifications.views import Chrome, chrome

ATTACKS = range(1, 13)
NOT_CLAIMED = range(1, 8)
OUTCOMES = ("ok", "failed", "warning", "skipped")
SUBJECTS = (
    "log", "log folder", "records", "witnesses", "since", "published files", "time-stamps", "draw",
    "draws", "decisions", "intake runs", "pages", "replay", "order", "value", "everything else",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HowView:
    """attacks: (what is tried, what stops it, what it would still need)."""

    chrome: Chrome
    attacks: Sequence[tuple[str, str, str]]
    not_claimed: Sequence[str]


@dataclass(frozen=True, slots=True)
class CheckView:
    """words: what the script says, as JSON; command: the same check without a browser."""

    chrome: Chrome
    words: str
    command: str


def how_view(lens: Lens) -> HowView:
    """The draw explained: pictures, attacks, limits."""
    t = lens.t
    return HowView(
        chrome=chrome(lens, "how-the-draw-works.html", t.plain("how.title"), "verify"),
        attacks=[
            (t.plain(f"how.attack_{i}"), t.plain(f"how.answer_{i}"), t.plain(f"how.needs_{i}"))
            for i in ATTACKS
        ],
        not_claimed=[t.plain(f"how.not_{i}") for i in NOT_CLAIMED],
    )


def check_view(lens: Lens) -> CheckView:
    """The page whose script checks the site it came from."""
    t, vkey = lens.t, lens.number(lens.facts.record.ledger.get("vkey"))
    words = {
        "unknown": t.plain("unknown"),
        "working": t.plain("check.working"),
        "took": t.plain("check.took"),
        "badTime": t.plain("check.bad_time"),
        "more": t.plain("check.more"),
        "details": DETAILS_ZH if lens.language == "zh" else None,
        "outcomes": {name: t.plain(f"check.outcome.{name}") for name in OUTCOMES},
        "subjects": {name: t.plain(f"check.subject.{name}") for name in SUBJECTS},
        "verdicts": {name: t.plain(f"verdict.{name}") for name, _ in VERDICTS},
    }
    return CheckView(
        chrome=chrome(lens, "check.html", t.plain("check.title"), "verify"),
        words=json.dumps(words, ensure_ascii=False, sort_keys=True),
        command=f"python3 verify.py SITE --key '{vkey}'",
    )
