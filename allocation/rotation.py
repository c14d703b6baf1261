"""Whose turn it is: equal turns, and Tijdeman's rule for unequal ones.

An order gives each rep of a group a key that changes only when the rep receives a lead; what the
whole group is owed meanwhile is one number, the group's offset (1/UNIT lead per unit of weight).
`short` is received minus owed before the offset, in 1/UNIT lead.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

from allocation.balances import UNIT
from allocation.eligibility import Figures
from allocation.snapshot import ratio_text

Key = tuple[Any, ...]


class Order(Protocol):
    """How the reps of a pool are ranked; the smallest key is served first."""

    def key(self, ref: str, short: int) -> Key:
        """The rep's place within a group whose offset is the same for all."""

    def now(self, key: Key, offset: int) -> Key:
        """The key made comparable with those of groups that have another offset."""

    def weight(self, ref: str) -> int:
        """The rep's weight, a whole number of at least 1, constant during the run."""

    def release(self, ref: str, short: int) -> int | None:
        """The offset before which the rep waits; None if they never wait."""

    def figures(self, ref: str, short: int, offset: int, step: int) -> Figures:
        """What else ranked the rep, for people; `step` is what one lead adds to the offset."""


class EqualTurns:
    """Largest owed - received first, then the least value received in this run, then tie key."""

    def __init__(self, value: dict[str, int], tie: Callable[[str], bytes]) -> None:
        self._value, self._tie = value, tie

    def key(self, ref: str, short: int) -> Key:
        return (short, self._value.get(ref, 0), self._tie(ref))

    def now(self, key: Key, offset: int) -> Key:
        return (key[0] - offset, *key[1:])

    def weight(self, ref: str) -> int:
        return 1

    def release(self, ref: str, short: int) -> int | None:
        return None

    def figures(self, ref: str, short: int, offset: int, step: int) -> Figures:
        return {"value": self._value.get(ref, 0)}


class WeightedTurns:
    """Tijdeman's rule for the chairman assignment problem (1980).

    Among those owed at least 1/(2n-2), it serves who would soonest fall a full lead behind. For
    constant weights that keeps everybody within 1 - 1/(2n-2) leads of what they are owed, on both
    sides, at every moment; serving the largest owed - received leaves somebody up to 1.29 behind.
    """

    def __init__(self, weights: dict[str, int], reps: int, tie: Callable[[str], bytes]) -> None:
        self._weights, self._tie = weights, tie
        self._least = UNIT // max(2, 2 * reps - 2)

    def key(self, ref: str, short: int) -> Key:
        return ((UNIT - self._least + short) // self._weights[ref], self._tie(ref))

    def now(self, key: Key, offset: int) -> Key:
        return (key[0] - offset, key[1])

    def weight(self, ref: str) -> int:
        return self._weights[ref]

    def release(self, ref: str, short: int) -> int | None:
        return -(-(self._least + short) // self._weights[ref])

    def figures(self, ref: str, short: int, offset: int, step: int) -> Figures:
        """The weight, and how many more leads until the rep may be served or is a lead behind."""
        release = self.release(ref, short) or 0
        if release > offset:
            figure, ahead = "waits_leads", release - offset
        else:
            figure, ahead = "behind_after_leads", self.key(ref, short)[0] - offset
        # Hundredths are exact enough to read; the rank itself comes from the integers.
        return {
            "weight_bp": self._weights[ref],
            figure: ratio_text(Fraction(ahead * 100 // max(1, step), 100)),
        }
