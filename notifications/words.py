"""Words in two languages, and text of others made inert."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from notifications.locale import en, zh
from notifications.record import Language

MESSAGES: dict[str, dict[str, str]] = {"zh": zh.MESSAGES, "en": en.MESSAGES}

# Long enough for any company's name; a 10 MB field must not become a 10 MB page.
MAX_SHOWN = 160


# "{count} leads" with a count of 1 is one lead. What Chinese counts does not change.
_COUNTED = re.compile(r"\{(\w+)\} (deal|draw|entrant|hour|lead|rep|request|rule|run|star|time)s\b")


class Words:
    """One language's catalogue. Calling it gives HTML (arguments escaped), `plain` gives text.

    Raises KeyError for a key that the catalogue lacks: a page without its sentence is a bug.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._plain = MESSAGES[language]
        self._html = {key: Markup(text) for key, text in self._plain.items()}  # noqa: S704 own text
        self._counting = {key for key, text in self._plain.items() if _COUNTED.search(text)}

    def __call__(self, key: str, **values: Any) -> Markup:
        if key in self._counting:
            return Markup(_counted(self._plain[key], values)).format(**values)  # noqa: S704 own text
        message = self._html[key]
        return message.format(**values) if values else message

    def plain(self, key: str, **values: Any) -> str:
        message = self._plain[key]
        if key in self._counting:
            message = _counted(message, values)
        return message.format(**values) if values else message

    def has(self, key: str) -> bool:
        return key in self._plain

    def code(self, family: str, code: object) -> str:
        """The words for a code such as a reason; an unheard-of code is shown as it is."""
        if code is None or code == "":
            return self._plain["unknown"]
        return self._plain.get(f"{family}.{code}") or shown(code)


def _counted(message: str, values: Mapping[str, Any]) -> str:
    """The message with the singular wherever the value before it is 1; `values` stay untouched."""
    return _COUNTED.sub(
        lambda found: found[0].removesuffix("s") if str(values.get(found[1])) == "1" else found[0],
        message,
    )


@cache
def words(language: Language) -> Words:
    """The catalogue of one language, made once."""
    return Words(language)


@lru_cache(maxsize=65536)
def _shown(text: str, limit: int) -> str:
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():  # C speed for nearly everything; format characters are not printable
        return text
    return "".join(
        character if character.isprintable() else _escape(character) for character in text
    )


def _escape(character: str) -> str:
    # Wide spaces are harmless; controls, bidi marks, zero-width characters, lone surrogates and
    # line separators are shown as what they are.
    if unicodedata.category(character) == "Zs":
        return " "
    return f"\\u{ord(character):04x}"


def shown(value: object, limit: int = MAX_SHOWN) -> str:
    """Foreign text as one inert line: no controls, no bidi marks, no line breaks, bounded.

    HTML is escaped by the templates; this makes the text safe for subjects and plain text too.
    """
    return _shown(value if isinstance(value, str) else str(value), limit)
