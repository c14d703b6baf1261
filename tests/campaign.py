"""Thousands of tamperings of a published site, each put to the verifiers.

    python -m tests.campaign [--each 1000] [--seed 1] [--write]

Two attackers, and every kind of record. The *visitor* changes published bytes without the log's
key. The *operator* rewrites history and signs it again; the reader holds last week's checkpoint.
Both must fail every time. A third figure is a measurement, not a promise: what is noticed of an
operator's rewriting when the reader holds nothing. `--write` puts the figures into
docs/verification.md.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from ledger.canonical import canonical, parse, sha256_hex
from ledger.log import ENTRY_TYPES
from lottery.derive import outcome
from lottery.endings import void
from lottery.records import closing, commitment, select_opening
from lottery.sources import operator_commitment, operator_reveal, operator_source
from tests.site_builder import (
    LEADS,
    NOW,
    POLICY,
    REPS,
    RUN,
    SIGNER,
    Event,
    Site,
    monday,
    secret_of,
    tampered,
)
from tests.verifiers import by_package, by_standalone

KEY = str(SIGNER.vkey)
SOURCES = ("operator", "drand", "public")
VISITOR, OPERATOR, UNHELD = "visitor", "operator", "operator, nothing held"
DOCUMENT = Path(__file__).parent.parent / "docs" / "verification.md"


@dataclass(frozen=True)
class Mutation:
    """One tampered site; `given` is what the reader has."""

    record_type: str
    attacker: str
    name: str
    files: dict[str, bytes]
    given: dict[str, Any] = field(default_factory=dict)


@cache
def honest(source: str, record_type: str = "") -> tuple[Site, dict[str, bytes]]:
    """A run that has every type of entry, and its published files; for `key`, a handed over log.

    Elsewhere there is no hand-over: it states the root before it, and would hide what else finds
    a rewriting.
    """
    site = monday(source)
    smb = f"{RUN}/smb"
    secrets = [secret_of(f"{smb} {attempt}") for attempt in (1, 2)]
    first, second = (
        select_opening(
            draw=smb, policy_sha256=POLICY, attempt=attempt, candidates=[], shares=[],
            opens_at="2026-09-17T12:30:00Z", closes_at="2026-09-17T12:40:00Z",
            sources=[operator_source(operator_commitment(secrets[attempt - 1]))],
        )
        for attempt in (1, 2)
    )  # fmt: skip
    end = outcome(second, closing(second), [operator_reveal(secrets[1])])
    at = "2026-09-17T12:01:00Z"
    for attempt in (1, 2):
        made = commitment(smb, attempt, operator_commitment(secrets[attempt - 1]))
        site.events.insert(1, Event("commitment", at, made))
    later = site.position("outcome", 0)
    site.events[later:later] = [
        Event("opening", "2026-09-17T12:25:00Z", first),
        Event("opening", "2026-09-17T12:26:00Z", second),
        Event("void", "2026-09-17T12:41:00Z", void(first, "secret-lost", second)),
        Event("closing", "2026-09-17T12:41:00Z", closing(second)),
        Event("outcome", "2026-09-17T12:42:00Z", end),
    ]
    order = sorted(range(len(site.events)), key=lambda i: (site.events[i].at, i))
    site.events = [site.events[i] for i in order]
    for number, kind in enumerate(("override", "appeal", "reassignment", "correction")):
        value = {"run": RUN, "lead": LEADS[number], "rep": REPS[0], "reason": "asked", "n": number}
        site.events.append(Event(kind, "2026-09-17T16:35:00Z", value))
    if record_type == "key":
        site.hand_over(len(site.events) // 2)
    return site, site.files()


# -- changes of one record ------------------------------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside, the whole one too."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def changed(value: Any, dice: random.Random) -> Any:
    """The record with one thing in it other than before, still of the canonical subset."""
    while True:
        copy = deepcopy(value)
        path = dice.choice(list(places(copy)))
        if not path:
            copy[f"more{dice.randrange(99)}"] = "x"
            return copy
        holder = copy
        for key in path[:-1]:
            holder = holder[key]
        key = path[-1]
        if dice.random() < 0.15:
            del holder[key]
        else:
            holder[key] = _other(holder[key], dice)
        if canonical(copy) != canonical(value):
            return copy


def _other(value: Any, dice: random.Random) -> Any:
    if isinstance(value, str):
        if not value:
            return "x"
        at = dice.randrange(len(value))
        letters = (
            "0123456789abcdef" if re.fullmatch("[0-9a-f]+", value) else "0123456789 xyzTZ-:/界"
        )
        return value[:at] + dice.choice(letters) + value[at + 1 :]
    if isinstance(value, int):
        return abs(value + dice.choice((-1, 1, 7, 1000)))
    if isinstance(value, list):
        items = list(value)
        if len(items) > 1 and dice.random() < 0.5:
            dice.shuffle(items)
        elif items and dice.random() < 0.7:
            items.pop(dice.randrange(len(items)))
        else:
            items.append(dice.choice(items) if items else "x")
        return items
    if value and dice.random() < 0.5:  # two values of an object change places
        one, two = dice.choice(list(value)), dice.choice(list(value))
        return value | {one: value[two], two: value[one]}
    return value | {"x": "y"}


# -- changes of the log ---------------------------------------------------------------------------


def rearranged(site: Site, at: int, dice: random.Random) -> tuple[str, Site]:
    """The site with its entry at that place dropped, doubled, moved, redated or replaced."""
    events = list(site.events)
    how = dice.choice(("drop", "double", "move", "redate", "other run", "other type", "stranger"))
    event = events[at]
    if how == "drop":
        del events[at]
    elif how == "double":
        events.insert(dice.randrange(len(events)), event)
    elif how == "move":
        del events[at]
        places_left = [i for i in range(len(events) + 1) if i != at]
        events.insert(dice.choice(places_left), event)
    elif how == "redate":
        minute = f"{dice.randrange(24):02d}:{dice.randrange(60):02d}:{dice.randrange(60):02d}"
        events[at] = replace(event, at=f"2026-09-{dice.randrange(1, 29):02d}T{minute}Z")
    elif how == "other run":
        events[at] = replace(event, run=f"2026-W{dice.randrange(10, 37)}")
    elif how == "other type":
        events[at] = replace(event, type=dice.choice([t for t in ENTRY_TYPES if t != event.type]))
    else:
        events.insert(at, replace(event, value={"run": RUN, "n": dice.randrange(10**9)}))
    return how, replace(site, events=events)


def mutations(seed: int, of_each: int, types: tuple[str, ...] = ENTRY_TYPES) -> Iterator[Mutation]:
    """`of_each` tamperings of each type of record, by both attackers."""
    for record_type in types:
        dice = random.Random(f"{seed} {record_type}")
        for number in range(of_each):
            yield _mutation(record_type, number, dice)


def _mutation(record_type: str, number: int, dice: random.Random) -> Mutation:
    source = dice.choice(SOURCES)
    site, files = honest(source, record_type)
    held = {"key": KEY, "since": files["log/checkpoint"]}
    if number % 2 == 0:
        return _visitors(record_type, site, files, dice)
    if record_type == "publication":  # the last entry, which the builder adds itself
        path = dice.choice([path for path in files if not path.startswith(("log/", "records/"))])
        again = {path: files[path] + b" "}
        if path == "site.json":
            again = {"extra.html": b"<p>more"}
        return Mutation(record_type, OPERATOR, f"{path} published anew", site.files(again), held)
    at = dice.choice([i for i, event in enumerate(site.events) if event.type == record_type])
    if number % 4 == 1:
        events = list(site.events)
        events[at] = replace(events[at], value=changed(events[at].value, dice))
        name, again = "a field changed", replace(site, events=events)
    else:
        name, again = rearranged(site, at, dice)
        if again.events == site.events:
            return _mutation(record_type, number, dice)
    return Mutation(record_type, OPERATOR, f"{source}: {name}", again.files(), held)


def _visitors(
    record_type: str, site: Site, files: dict[str, bytes], dice: random.Random
) -> Mutation:
    """Bytes changed by someone who cannot sign: the record, its entry, or an old log replayed."""
    bodies = {
        f"records/{sha256_hex(canonical(event.value))}.json": event.value
        for event in site.events
        if event.type == record_type
    }
    if record_type == "publication":
        known = {sha256_hex(canonical(event.value)) for event in site.events}
        paths = [path for path in files if path.startswith("records/")]
        bodies = {path: parse(files[path]) for path in paths if path[8:-5] not in known}
    path = dice.choice(sorted(bodies))
    how = dice.choice(("field", "field", "field", "renamed", "gone", "entry", "replay", "proof"))
    again = dict(files)
    given: dict[str, Any] = {"key": KEY}
    if how in ("field", "renamed"):
        body = canonical(changed(bodies[path], dice))
        if how == "renamed":  # under the name of its own hash, as a careful forger would
            del again[path]
            path = f"records/{sha256_hex(body)}.json"
        again[path] = body
    elif how == "gone":
        del again[path]
    elif how == "entry":
        tile = dice.choice([path for path in files if path.startswith("log/tile/")])
        again = tampered(files, tile, dice.randrange(len(files[tile])))
    elif how == "proof":
        proof = next(path for path in files if path.startswith("log/proof/"))
        again = tampered(files, proof, dice.randrange(len(files[proof])))
    else:  # an old state of the log in place of the new one; last week's mail is at hand
        older = replace(site, events=site.events[: dice.randrange(3, len(site.events))], rows=[])
        again = older.files()
        given["since"] = files["log/checkpoint"]
    return Mutation(record_type, VISITOR, how, again, given)


def unheld(seed: int, of_each: int, record_type: str) -> Iterator[Mutation]:
    """An operator rewrites one field and signs again; the reader has the key and nothing else."""
    dice = random.Random(f"{seed} unheld {record_type}")
    for _ in range(of_each):
        source = dice.choice(SOURCES)
        site, _ = honest(source, record_type)
        at = dice.choice([i for i, event in enumerate(site.events) if event.type == record_type])
        events = list(site.events)
        events[at] = replace(events[at], value=changed(events[at].value, dice))
        again = replace(site, events=events).files()
        yield Mutation(record_type, UNHELD, source, again, {"key": KEY})


# -- the campaign ----------------------------------------------------------------------------------


def tried(record_type: str, seed: int, of_each: int, with_unheld: int) -> Counter[str]:
    """How many were tried, accepted and judged differently, by attacker."""
    counts: Counter[str] = Counter()
    for one in mutations(seed, of_each, (record_type,)):
        _count(one, counts)
    if record_type != "publication":
        for one in unheld(seed, with_unheld, record_type):
            _count(one, counts)
    return counts


def _count(one: Mutation, counts: Counter[str]) -> None:
    package = by_package(one.files, NOW, **one.given)
    alone = by_standalone(one.files, NOW, **one.given)
    counts[f"{one.attacker} tried"] += 1
    counts[f"{one.attacker} accepted"] += package.exit_code != 1 or alone.exit_code != 1
    counts["differ"] += package != alone
    if package != alone or (one.attacker != UNHELD and package.exit_code != 1):
        sys.stderr.write(f"{one.record_type}, {one.attacker}, {one.name}: {package} {alone}\n")


def table(results: dict[str, Counter[str]]) -> str:
    """The figures as Markdown."""
    lines = [
        (
            "| record | by a visitor | accepted | by the operator, checkpoint held | accepted |"
            " by the operator, nothing held | noticed | verifiers differ |"
        ),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    total: Counter[str] = Counter()
    for name, counts in [*results.items(), ("all", total)]:
        total.update(counts if name != "all" else {})
        noticed = counts[f"{UNHELD} tried"] - counts[f"{UNHELD} accepted"]
        lines.append(
            f"| {name} | {counts[f'{VISITOR} tried']:,} | {counts[f'{VISITOR} accepted']} "
            f"| {counts[f'{OPERATOR} tried']:,} | {counts[f'{OPERATOR} accepted']} "
            f"| {counts[f'{UNHELD} tried']:,} | {noticed:,} | {counts['differ']} |"
        )
    return "\n".join(lines)


def main() -> int:
    about = argparse.ArgumentParser(description=__doc__)
    about.add_argument("--each", type=int, default=1000, help="tamperings of each type of record")
    about.add_argument("--unheld", type=int, default=200, help="rewritings with nothing held")
    about.add_argument("--seed", type=int, default=1)
    about.add_argument("--write", action="store_true", help="put the figures into the document")
    given = about.parse_args()
    with ProcessPoolExecutor(max_workers=2) as pool:
        waiting = {
            name: pool.submit(tried, name, given.seed, given.each, given.unheld)
            for name in ENTRY_TYPES
        }
        results = {name: one.result() for name, one in waiting.items()}
    figures = table(results)
    sys.stdout.write(f"{figures}\n")
    if given.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        begin, end = "<!-- figures -->\n", "\n<!-- end of figures -->"
        before, _, rest = text.partition(begin)
        DOCUMENT.write_text(
            before + begin + figures + end + rest.partition(end)[2], encoding="utf-8"
        )
    wrong = sum(
        counts[f"{VISITOR} accepted"] + counts[f"{OPERATOR} accepted"] + counts["differ"]
        for counts in results.values()
    )
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
