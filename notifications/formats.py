"""Numbers, money and times as readers of one language write them (Babel, remembered)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import UnknownCurrencyError, format_currency, format_decimal

from notifications.record import Language

LOCALES = {"zh": "zh_CN", "en": "en_GB"}
MOMENT = {"zh": "y年M月d日 EEE HH:mm", "en": "EEE d MMM y, HH:mm"}
MOMENT_SECONDS = {"zh": "y年M月d日 EEE HH:mm:ss", "en": "EEE d MMM y, HH:mm:ss"}
DAY = {"zh": "y年M月d日", "en": "d MMM y"}


def number(value: int, language: Language) -> str:
    """1234567 as "1,234,567"."""
    return _number(value, language)


@lru_cache(maxsize=16384)
def _number(value: int, language: Language) -> str:
    return str(format_decimal(value, locale=LOCALES[language]))


@lru_cache(maxsize=16384)
def money(value: int, currency: str, language: Language) -> str:
    """Whole units of a currency, e.g. ¥1,850,000."""
    try:
        return str(
            format_currency(
                value, currency, "¤#,##0", locale=LOCALES[language], currency_digits=False
            )
        )
    except (UnknownCurrencyError, ValueError):
        return f"{_number(value, language)} {currency}"


@lru_cache(maxsize=16384)
def decimal(value: Fraction, places: int, language: Language, *, fixed: bool = False) -> str:
    """A rational with at most (or `fixed`: exactly) `places` decimals, rounded half to even."""
    pattern = "#,##0." + ("0" if fixed else "#") * places if places else "#,##0"
    whole = round(value, places)  # exact: a Fraction, never a float that hides a digit
    digits = f"{whole.numerator * 10**places // whole.denominator}"

    return str(
        format_decimal(Decimal(digits).scaleb(-places), format=pattern, locale=LOCALES[language])
    )


def hundredths(value: int, language: Language) -> str:
    """850 as "8.50": weighted loads and scores are kept times 100; they line up in columns."""
    return decimal(Fraction(value, 100), 2, language, fixed=True)


def percent(value: Fraction, language: Language, places: int = 1) -> str:
    """1/8 as "12.5%"."""
    return decimal(value * 100, places, language) + "%"


def _instant(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@lru_cache(maxsize=16384)
def _moment(stamp: str, zone: str, pattern: str, locale: str) -> str:
    try:
        return str(format_datetime(_instant(stamp), pattern, tzinfo=ZoneInfo(zone), locale=locale))
    except (ValueError, KeyError, OSError):
        return ""


def moment(stamp: str, zone: str, language: Language, *, seconds: bool = False) -> str:
    """A UTC stamp in the business zone; "" when it is not a stamp."""
    pattern = (MOMENT_SECONDS if seconds else MOMENT)[language]
    return _moment(stamp, zone, pattern, LOCALES[language])


def day(stamp: str, zone: str, language: Language) -> str:
    """The business-zone day of a UTC stamp; "" when it is not a stamp."""
    return _moment(stamp, zone, DAY[language], LOCALES[language])
