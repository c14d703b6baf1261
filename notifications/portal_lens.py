"""A draw seen by one person in one language: names of the team, numbers, money, times."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from notifications import formats
from notifications.record import Language
from notifications.words import shown, words


class PortalLens:
    """Names are the team's own: a personal link goes to its members and to watchers."""

    def __init__(
        self, names: Mapping[str, str], zone: str, currency: str, language: Language
    ) -> None:
        self.t = words(language)
        self._names, self._zone, self._currency = names, zone, currency
        self._language: Language = language

    def rep(self, ref: object) -> str:
        """A rep's name, or the pseudonym."""
        return shown(self._names.get(str(ref)) or str(ref)[:8])

    def number(self, value: object) -> str:
        is_count = isinstance(value, int) and not isinstance(value, bool)
        return formats.number(int(str(value)), self._language) if is_count else shown(value)

    def money(self, value: int) -> str:
        return formats.money(value, shown(self._currency), self._language)

    def moment(self, stamp: object, *, seconds: bool = False) -> str:
        text = formats.moment(str(stamp), self._zone, self._language, seconds=seconds)
        return text or shown(stamp)

    def percent(self, value: Fraction) -> str:
        return formats.percent(value, self._language)
