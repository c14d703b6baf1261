"""Charts of a mail: a PNG beside the HTML, found by its content id, and words for who sees none.

Whatever a picture shows, the lines around it say too: many readers block pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from notifications.capacity_page import load_chart
from notifications.charts import Caption, Chart, Rank, Ranks, chinese_fonts, png
from notifications.facts import METHODS
from notifications.lens import Lens
from notifications.record import Row
from notifications.scoring_page import TONES

SHOWN = 520  # pixels wide, of the mail's column of 560; a telephone shows less
DOTS = 2  # to a drawn pixel: sharp on a telephone, and 40 people stay below 40 kB


@dataclass(frozen=True, slots=True)
class Picture:
    """cid: derived from the bytes, so that equal records give equal mails. Sizes in CSS pixels."""

    cid: str
    png: bytes
    alt: str
    width: int
    height: int


@lru_cache(maxsize=64)
def picture(chart: Chart) -> Picture | None:
    """The chart for a mail; None where this machine has no font for its words."""
    # The chart's repr holds all of its texts.
    if not chinese_fonts() and any(character > "\u2e7f" for character in repr(chart)):
        return None
    body = png(chart, DOTS)
    # The inliner writes "<" in attributes as it is, which not every mail filter reads rightly.
    alt = f"{chart.caption.title}: {chart.caption.desc}".translate({60: "‹", 62: "›"})
    # A PNG says its size in its first chunk: two big-endian numbers from byte 16.
    wide, tall = (int.from_bytes(body[at : at + 4], "big") for at in (16, 20))
    return Picture(
        cid=f"{sha256(body).hexdigest()[:32]}@fairlead.invalid",
        png=body,
        alt=alt,
        width=SHOWN,
        height=round(SHOWN * tall / wide),
    )


def load_picture(lens: Lens, reps: Sequence[Row]) -> Picture | None:
    """What each of these reps carries."""
    chart = load_chart(lens, reps, "load")
    return picture(chart) if chart else None


def given_picture(lens: Lens) -> Picture | None:
    """How many leads of each band were given in which way, in the order of the lines."""
    t = lens.t
    ways = [
        (band, method, counts[method])
        for band in lens.facts.bands
        for method in METHODS
        if (counts := lens.facts.counts.get(band, Counter()))[method]
    ]
    if not ways:
        return None
    names = [f"{t.code('band', band)} · {t.code('method', method)}" for band, method, _ in ways]
    most = max(range(len(ways)), key=lambda k: ways[k][2])
    desc = t.plain("mail.given_desc", most=names[most], count=lens.number(ways[most][2]))
    return picture(
        Ranks(
            Caption("given", t.plain("run.bands"), desc, t.plain("col.leads")),
            tuple(
                Rank(name, float(count), TONES.get(band, "h5"), shown=lens.number(count))
                for name, (band, _, count) in zip(names, ways, strict=True)
            ),
        )
    )
