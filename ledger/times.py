"""The one spelling of an instant: `YYYY-MM-DDThh:mm:ssZ`, whole seconds, UTC."""

import re
from datetime import UTC, datetime

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class TimeError(ValueError):
    """A text that is not an instant in our spelling, or an instant that has none."""


def parse_time(text: object) -> datetime:
    """The instant as an aware datetime in UTC; unreal dates and second 60 are refused."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise TimeError(f"{str(text)[:40]!r} is not written YYYY-MM-DDThh:mm:ssZ")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise TimeError(f"{text} is not a real instant") from None


def format_time(instant: datetime) -> str:
    """The spelling of an aware datetime; fractions of a second are cut off."""
    if instant.tzinfo is None:
        raise TimeError("a time without zone is not an instant")
    utc = instant.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%SZ}"
