"""The log's key handed over: verifiers follow the chain from any key of it, and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.canonical import canonical
from ledger.handover import HandOverError, hand_over, read_keychain
from ledger.log import entry
from ledger.merkle import leaf_hash, root
from ledger.notes import Signer
from tests.site_builder import (
    NEXT_SIGNER,
    NOW,
    ORIGIN,
    SIGNER,
    WITNESS,
    Event,
    Site,
    monday,
)
from tests.verifiers import Finding, by_package, by_standalone

THIEF = Signer(ORIGIN, b"t" * 32)
FIRST, SECOND = str(SIGNER.vkey), str(NEXT_SIGNER.vkey)


def rotated(source: str = "drand") -> Site:
    site = monday(source)
    site.hand_over(site.position("opening", 1))
    return site


def judged(site: Site | dict[str, bytes], **given: Any) -> Finding:
    files = site if isinstance(site, dict) else site.files()
    package = by_package(files, NOW, **given)
    assert by_standalone(files, NOW, **given) == package
    return package


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_a_handed_over_log_verifies_from_the_old_key_and_from_the_new_one(key: str) -> None:
    assert judged(rotated(), key=key).exit_code == 3


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_a_mail_signed_by_the_old_key_still_proves_order(key: str) -> None:
    site = monday("drand")
    site.hand_over(len(site.events))
    at = site.position("closing", 1) + 1
    site.notes = [
        site.witnessed(site.position("closing", 0) + 1, "2026-09-17T12:23:00Z"),
        site.witnessed(at, "2026-09-17T15:14:00Z"),
    ]
    trust = str(WITNESS).encode()
    assert judged(site, key=key, trust=trust, since=site.checkpoint(at).encode()).exit_code == 0


def test_a_key_that_was_not_handed_over_is_refused() -> None:
    assert judged(rotated(), key=str(THIEF.vkey)) == Finding("FAILED", 1, ("log",))
    plain = monday("drand")
    plain.signer = THIEF
    assert judged(plain, key=FIRST) == Finding("FAILED", 1, ("log",))


def test_a_hand_over_signed_by_somebody_else_is_refused() -> None:
    site = monday("drand")
    site.hand_over(5)
    event = site.event("key")
    _, before = site.entries(site.events[:5])
    top = root([leaf_hash(one) for one in before])
    forged = hand_over(ORIGIN, THIEF, NEXT_SIGNER.vkey, 5, top)
    site.events[5] = replace(event, value=event.value | {"note": forged["note"]})
    assert judged(site, key=FIRST) == Finding("FAILED", 1, ("log",))


def test_a_hand_over_copied_into_a_fork_is_refused() -> None:
    """The old key vouched for one history: the same note under another one is worth nothing."""
    site = rotated()
    site.events[2] = replace(site.events[2], at="2026-09-17T12:18:59Z")
    assert judged(site, key=FIRST) == Finding("FAILED", 1, ("log",))


def test_a_second_successor_of_the_same_key_is_refused() -> None:
    site = rotated()
    at = len(site.events)
    _, entries = site.entries(site.events)
    top = root([leaf_hash(one) for one in entries])
    again = hand_over(ORIGIN, SIGNER, THIEF.vkey, at, top)
    site.events.append(Event("key", site.events[-1].at, again, "-"))
    assert judged(site, key=FIRST).failed == ("log",)


def test_a_stolen_old_key_signs_no_checkpoint_after_the_hand_over() -> None:
    """The thief of a retired key shows a longer log that it signed itself."""
    site = rotated()
    files = site.files()
    body = files["log/checkpoint"].decode().split("\n\n")[0] + "\n"
    stolen = files | {"log/checkpoint": SIGNER.sign(body).encode()}
    assert judged(stolen, key=FIRST).failed == ("log",)
    assert judged(site, key=FIRST, since=SIGNER.sign(body).encode()).failed == ("since",)


def test_the_site_must_show_the_key_in_force() -> None:
    site = rotated()
    files = site.files({"site.json": monday("drand").pages()["site.json"]})
    assert judged(files, key=FIRST).failed == ("log",)


def test_a_chain_is_read_key_by_key_and_never_goes_back() -> None:
    third = Signer(ORIGIN, b"3" * 32)
    roots: dict[int, bytes] = {}
    entries: list[bytes] = []

    def log(value: dict[str, Any], type_: str) -> int:
        entries.append(entry(type_, "2026-09-17T12:00:00Z", "-", canonical(value)))
        roots[len(entries)] = root([leaf_hash(one) for one in entries])
        return len(entries) - 1

    log({"n": 1}, "appeal")
    records = []
    for old, new in ((SIGNER, NEXT_SIGNER), (NEXT_SIGNER, third)):
        at = len(entries)
        record = hand_over(ORIGIN, old, new.vkey, at, roots[at])
        records.append((log(record, "key"), record))
    chain = read_keychain(third.vkey, ORIGIN, records, roots.__getitem__)
    assert chain.keys == (SIGNER.vkey, NEXT_SIGNER.vkey, third.vkey)
    assert chain.ends == (2, 3)
    at = len(entries)
    back = hand_over(ORIGIN, third, SIGNER.vkey, at, roots[at])
    with pytest.raises(HandOverError, match="in use before"):
        read_keychain(SIGNER.vkey, ORIGIN, [*records, (at, back)], roots.__getitem__)
    with pytest.raises(HandOverError, match="was not handed over to"):
        read_keychain(THIEF.vkey, ORIGIN, records, roots.__getitem__)


@pytest.mark.parametrize("handed_over", [False, True])
def test_the_checkpoint_of_any_older_digest_is_one_the_log_extends(handed_over: bool) -> None:
    """Of every size that ever was, each alone; and of a forked history none from the fork on."""
    site = rotated("operator") if handed_over else monday("operator")
    fork = monday("operator")
    fork.events[3] = replace(fork.events[3], at="2026-09-17T12:18:59Z")
    files = site.files()
    for size in range(1, len(site.events) + 1):
        held = site.checkpoint(size).encode()
        assert judged(files, key=FIRST, since=held).exit_code == 4, size
    for size in range(1, len(fork.events) + 1):
        told = judged(files, key=FIRST, since=fork.checkpoint(size).encode())
        assert told.failed == (() if size <= 3 else ("since",)), size
