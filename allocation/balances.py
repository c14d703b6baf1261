"""What each rep was owed and has received in a band.

Entitlements are whole numbers of 1/UNIT lead, so that an equal turn among up to 120 reps is exact
and nothing is ever rounded by floating point; in larger or weighted pools the remainder of each
division is handed to the next lead of the same pool.
"""

import math
from collections.abc import Iterable
from fractions import Fraction

from allocation.snapshot import Carry

UNIT = math.lcm(*range(1, 121))


class Balances:
    """Owed (in 1/UNIT lead), received (in leads) and value received in this run, of one band."""

    def __init__(self, band: str, carry: Carry) -> None:
        rows = carry.reps.get(band, {})
        self.owed = {ref: _units(owed) for ref, (owed, _) in rows.items()}
        self.received = {ref: received for ref, (_, received) in rows.items()}
        self.value: dict[str, int] = {}
        self.credit = {ref: _units(part) for ref, part in carry.credits.get(band, {}).items()}

    def short(self, ref: str) -> int:
        """Received minus owed, in 1/UNIT lead: the smaller, the sooner it is this rep's turn."""
        return self.received.get(ref, 0) * UNIT - self.owed.get(ref, 0)

    def drawn(self, entrants: Iterable[str], winners: Iterable[str]) -> None:
        """Every entrant was owed an equal part of the leads drawn; the winners received them."""
        entrants, winners = list(entrants), list(winners)
        for ref in entrants:
            self.owed[ref] = self.owed.get(ref, 0) + UNIT * len(winners) // len(entrants)
        for ref in winners:
            self.received[ref] = self.received.get(ref, 0) + 1

    def carried(self) -> dict[str, tuple[Fraction, int]]:
        """Owed and received of every rep who ever took part, for the next run."""
        refs = sorted({*self.owed, *self.received})
        return {
            ref: (Fraction(self.owed.get(ref, 0), UNIT), self.received.get(ref, 0)) for ref in refs
        }

    def credited(self) -> dict[str, Fraction]:
        """Credits not yet paid, for the next run."""
        return {ref: Fraction(part, UNIT) for ref, part in self.credit.items() if part > 0}


def thousandths(units: int) -> str:
    """A number of 1/UNIT lead as a decimal text with three places, for people to read."""
    rounded = (abs(units) * 1000 + UNIT // 2) // UNIT
    sign = "-" if units < 0 and rounded else ""
    return f"{sign}{rounded // 1000}.{rounded % 1000:03d}"


def _units(owed: Fraction) -> int:
    return owed.numerator * UNIT // owed.denominator
