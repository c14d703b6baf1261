"""How to check all of this without us, and what a check does and does not prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.facts import safe_name
from notifications.lens import Lens
from notifications.views import Badge, Chrome, chrome, verdict_badge
from notifications.words import shown

VERDICTS = (
    ("VERIFIED", "0"),
    ("FAILED", "1"),
    ("ORDER NOT PROVEN", "3"),
    ("OPERATOR-TRUSTED", "4"),
    ("VALUE BY EYE", "5"),
)


@dataclass(frozen=True, slots=True)
class VerifyView:
    """verdicts: (badge, exit code, meaning, is the one expected here)."""

    chrome: Chrome
    origin: str
    vkey: str
    size: str
    checkpoint: str
    witnesses: Sequence[str]
    commands: Sequence[tuple[str, str]]
    verdicts: Sequence[tuple[Badge, str, str, bool]]
    expected: Badge | None
    proves: Sequence[str]
    does_not: Sequence[str]


def verify_view(lens: Lens) -> VerifyView:
    """The page that tells an outsider what to run."""
    record, t = lens.facts.record, lens.t
    ledger = record.ledger
    expected = record.expected_verdict
    vkey = lens.number(ledger.get("vkey"))
    bundle = f"{safe_name(record.run)}.json"
    commands = [
        (t.plain("verify.cmd_plain"), "fairlead verify SITE"),
        (t.plain("verify.cmd_key"), f"fairlead verify SITE --key '{vkey}'"),
        (
            t.plain("verify.cmd_since"),
            "fairlead verify SITE --since checkpoint.txt --seen 2026-01-05T03:00:00Z",
        ),
        (t.plain("verify.cmd_trust"), "fairlead verify SITE --trust trust.txt"),
        (t.plain("verify.cmd_receipt"), "fairlead verify SITE --receipt acknowledgement-1.txt"),
        (t.plain("verify.cmd_bundle"), f"fairlead verify SITE --bundle {bundle}"),
    ]
    return VerifyView(
        chrome=chrome(lens, "verify.html", t.plain("verify.title"), "verify"),
        origin=lens.number(ledger.get("origin")),
        vkey=vkey,
        size=lens.number(ledger.get("size")),
        checkpoint=checkpoint_lines(str(ledger.get("checkpoint") or "")),
        witnesses=[shown(key, 300) for key in ledger.get("witnesses") or ()],
        commands=commands,
        verdicts=[
            (verdict_badge(name), code, t.plain(f"verdict.{name}"), expected.startswith(name))
            for name, code in VERDICTS
        ],
        expected=verdict_badge(expected) if expected else None,
        proves=[t.plain(f"verify.proves_{i}") for i in range(1, 6)],
        does_not=[t.plain(f"verify.not_{i}") for i in range(1, 7)],
    )


def checkpoint_lines(text: str) -> str:
    """The checkpoint's lines as they are, each one inert: it must still verify when copied."""
    return "\n".join(shown(line, 1_000) for line in text.rstrip("\n").split("\n"))
