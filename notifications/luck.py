"""A rep's lottery leads this quarter beside what luck alone gives: exact, and in plain words.

It explains the draw and judges nobody: there is no rank, no colour and no threshold in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from markupsafe import Markup

from lottery.odds import Luck, luck
from notifications.facts import draw_id
from notifications.lens import Lens
from notifications.record import Row

SMALLEST = Fraction(1, 1000)  # below it a percentage with one decimal would read as never


def quarter_luck(lens: Lens, ref: str) -> Luck | None:
    """The rep's finished lotteries of the quarter, this run's included; None without any."""
    before = lens.facts.record.quarter.get(ref) or {}
    sizes = [(int(prizes), int(entrants)) for prizes, entrants in before.get("ladders", ())]
    won = int(before.get("actual", 0))
    for draw in lens.facts.ladders_by_rep.get(ref, ()):
        if draw.get("outcome"):
            sizes.append(_size(draw))
            won += len(lens.facts.won.get((draw_id(draw), ref), ()))
    return luck(sizes, won) if sizes else None


def luck_sentences(lens: Lens, ref: str) -> Sequence[Markup]:
    """Expected and won, how often luck alone does this, and the average of all entrants."""
    mine = quarter_luck(lens, ref)
    if mine is None:
        return ()
    t = lens.t
    won, count = _average(lens)
    is_likeliest = mine.either == 1
    return (
        t(
            "luck.quarter",
            draws=lens.number(mine.draws),
            expected=lens.decimal(mine.expected),
            won=lens.number(mine.actual),
        ),
        t("luck.all") if is_likeliest else t("luck.how_often", often=often(lens, mine.either)),
        t("luck.average", count=lens.number(count), won=lens.decimal(won)),
        *(() if is_likeliest else (t("luck.many"),)),
    )


def often(lens: Lens, chance: Fraction) -> str:
    """A share of quarters; the smallest are not rounded to zero."""
    if 0 < chance < SMALLEST:
        return lens.t.plain("luck.under", share=lens.percent(SMALLEST))
    return lens.percent(chance)


def _average(lens: Lens) -> tuple[Fraction, int]:
    """(leads won a head, heads) of everybody who was in a lottery this quarter."""
    quarter, facts = lens.facts.record.quarter, lens.facts
    everybody = quarter.keys() | facts.ladders_by_rep.keys()
    won = sum(int(row.get("actual", 0)) for row in quarter.values())
    won += sum(map(len, facts.won.values()))
    return Fraction(won, len(everybody)), len(everybody)


def _size(draw: Row) -> tuple[int, int]:
    opening = draw.get("opening") or {}
    return len(opening.get("prizes", ())), len(opening.get("entrants", ()))
