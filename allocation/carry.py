"""What one run leaves to the next: shares, turns owed and received, credits, support, pilots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Self


class SnapshotError(ValueError):
    """A snapshot record with a missing, unknown or wrongly typed part; says which."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What earlier runs left over.

    `shares`: "band/share" -> part of a lead not yet given to the share.
    `reps`: band -> rep -> (owed, received), both counted in leads.
    `credits`: band -> rep -> turns owed besides, paid little by little.
    `support`: rep -> quarter ("2026-Q4") in which support mode began.
    `control`: leads that a pilot's draw left to the earlier way of allocating, still open.
    """

    shares: Mapping[str, Fraction] = field(default_factory=dict)
    reps: Mapping[str, Mapping[str, tuple[Fraction, int]]] = field(default_factory=dict)
    credits: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    support: Mapping[str, str] = field(default_factory=dict)
    control: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """The carry as strings and integers; rationals as "p/q", what is empty left out."""
        options = {
            "credits": {
                band: {rep: ratio_text(part) for rep, part in reps.items()}
                for band, reps in self.credits.items()
                if reps
            },
            "support": dict(self.support),
            "control": sorted(self.control),
        }
        return {
            **{name: value for name, value in options.items() if value},
            "shares": {name: ratio_text(part) for name, part in self.shares.items()},
            "reps": {
                band: {
                    rep: {"owed": ratio_text(owed), "received": received}
                    for rep, (owed, received) in reps.items()
                }
                for band, reps in self.reps.items()
            },
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The carry in a record; {} is an empty one. SnapshotError if malformed."""
        try:
            return cls(
                shares={name: Fraction(text) for name, text in record.get("shares", {}).items()},
                reps={
                    band: {
                        rep: (Fraction(row["owed"]), int(row["received"]))
                        for rep, row in reps.items()
                    }
                    for band, reps in record.get("reps", {}).items()
                },
                credits={
                    band: {rep: Fraction(part) for rep, part in reps.items()}
                    for band, reps in record.get("credits", {}).items()
                },
                support=dict(record.get("support", {})),
                control=tuple(record.get("control", ())),
            )
        except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise SnapshotError(f"carry: {error!r}") from error


def ratio_text(number: Fraction) -> str:
    """A rational as "p/q" in lowest terms."""
    return f"{number.numerator}/{number.denominator}"
