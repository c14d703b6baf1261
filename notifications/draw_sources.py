"""A draw's evidence: where its chance came from, its hashes, its published records."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ledger.canonical import CanonicalError, canonical, sha256_hex
from lottery import beacon
from lottery.shapes import time_text
from notifications.lens import Lens, is_count
from notifications.record import Row
from notifications.words import shown

EPOCH_YEAR_SECONDS = 10_000 * 31_556_952  # a round later than year 10000 is no date


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a fact list; is_hash sets it in the figure face."""

    label: str
    value: str
    is_hash: bool = False


def source_facts(lens: Lens, draw: Row, at: int, source: Row) -> tuple[str, Markup, list[Fact]]:
    """(name, what it is in words, its values) of one source of chance."""
    t, kind = lens.t, str(source.get("kind", ""))
    reveals = (draw.get("outcome") or {}).get("reveals") or ()
    reveal: Row = reveals[at] if at < len(reveals) else {}
    if kind == "drand":
        number = source.get("round")
        rows = [
            Fact(t.plain("source.round"), shown(number), True),
            Fact(t.plain("source.time"), _round_time(lens, number)),
            Fact(t.plain("source.signature"), lens.number(reveal.get("signature")), True),
        ]
    elif kind == "public":
        rows = [
            Fact(t.plain("source.what"), lens.number(source.get("what"))),
            Fact(t.plain("source.form"), lens.number(source.get("form")), True),
            Fact(t.plain("source.time"), lens.moment(source.get("at"), seconds=True)),
            Fact(t.plain("source.value"), lens.number(reveal.get("value")), True),
            *_where(lens, draw, at),
        ]
    else:
        rows = [
            Fact(t.plain("source.commitment"), lens.number(source.get("commitment")), True),
            Fact(t.plain("source.secret"), lens.number(reveal.get("secret")), True),
        ]
    known = kind if kind in ("drand", "public", "operator") else "other"
    delay = source.get("delay_s")
    minutes = lens.number(delay // 60) if is_count(delay) else t.plain("unknown")
    return t.code("source", kind), t(f"source.{known}_words", minutes=minutes), rows


def _where(lens: Lens, draw: Row, at: int) -> list[Fact]:
    """Where and how anybody looks a public value up, as its opening says; an older one does not."""
    hints = (draw.get("opening") or {}).get("look_up")
    hint = hints[at] if isinstance(hints, list) and at < len(hints) else {}
    if not isinstance(hint, dict):
        return []
    rows = {"look_up": hint.get("address"), "rule": hint.get(f"rule_{lens.language}")}
    return [
        Fact(lens.t.plain(f"source.{name}"), shown(text)) for name, text in rows.items() if text
    ]


def _round_time(lens: Lens, number: object) -> str:
    if not isinstance(number, int) or number < 1 or number * 3 > EPOCH_YEAR_SECONDS:
        return lens.t.plain("unknown")
    return lens.moment(time_text(beacon.round_time(number)), seconds=True)


def hashes(lens: Lens, draw: Row) -> list[Fact]:
    names = ("opening_hash", "closing_hash", "seed")
    return [Fact(lens.t.plain(f"draw.{name}"), lens.number(draw.get(name)), True) for name in names]


def record_links(lens: Lens, draw: Row, up: str) -> list[tuple[str, str]]:
    """(name, href) of the published records that the draw is made of."""
    rows = []
    for name in ("opening", "closing", "outcome"):
        record = draw.get(name)
        if not record:
            continue
        try:
            digest = sha256_hex(canonical(record))
        except CanonicalError:
            continue  # no such record can be in the log
        rows.append((lens.t.code("entry", name), f"{up}../../../records/{digest}.json"))
    return rows


def added_prizes(opening: Row) -> tuple[set[str], set[str]]:
    """The prizes that an exception added, and those that a run between the Mondays had drawn."""
    waited = {lead for leads in (opening.get("waited") or {}).values() for lead in leads}
    return set(opening.get("extra", ())) - waited, waited
