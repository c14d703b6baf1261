"""Whether a rule's sentences say the numbers that the engine will use.

The team reads the sentence and the engine reads the number, so a share changed to 40% must not
keep a sentence that says 30%. Only digits are compared: a sentence may say "half" or "a fifth".
Works on the plain values, like policy_check.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from allocation.policy_check import Found, items_of, section_of
from allocation.policy_text import Document, Mistake, Path

LANGUAGES = ("zh", "en")
_PERCENT = re.compile(r"(\d+)\s*[%％]")
_NUMBER = re.compile(r"(?<![\d.,])(\d+)(?![\d.,]\d)")


def untrue_sentences(document: Document) -> list[Mistake]:
    """Every number of a sentence that is none of its rule's, with the sentence's line."""
    checks = (_shares, _caps, _promises)
    return [
        document.mistake(path, message)
        for check in checks
        for path, message in check(document.values)
    ]


def _shares(values: Any) -> Found:
    """The percents of bands and their shares; the last share has what the others leave.

    A share may also say what other weights in turns come to; the summary may say any of these.
    """
    weights = _numbers([values.get(name) for name in ("performance", "support", "pilot")])
    anywhere = set(weights)
    for b, band in items_of(values.get("bands")):
        shares = items_of(band.get("shares"))
        parts = [share["pct"] for _, share in shares if isinstance(share.get("pct"), int)]
        sound = len(parts) == len(shares) - 1 and all(0 < part < 100 for part in parts)
        if not sound or sum(parts) >= 100:
            continue  # that is the mistake
        parts.append(100 - sum(parts))
        yield from _compared(("bands", b), band, _PERCENT, parts, "%")
        for s, share in shares:
            own = [share["pct"]] if isinstance(share.get("pct"), int) else parts
            yield from _compared(
                ("bands", b, "shares", s), share, _PERCENT, own, "%", weights | _numbers(share)
            )
        anywhere.update(parts)
    if anywhere - weights:
        summary = section_of(values, "summary")
        yield from _compared(("summary",), summary, _PERCENT, sorted(anywhere), "%")


def _caps(values: Any) -> Found:
    for c, cap in items_of(section_of(values, "capacity").get("caps")):
        if isinstance(limit := cap.get("limit"), int) and limit > 0:
            yield from _compared(("capacity", "caps", c), cap, _NUMBER, [limit], "")


def _promises(values: Any) -> Found:
    """Hours and counts of the sections that promise something to reps and customers."""
    for name in ("sla", "reassignment", "appeal"):
        section = section_of(values, name)
        yield from _compared((name,), section, _NUMBER, sorted(_numbers(section)), "")


def _compared(
    path: Path,
    rule: dict[str, Any],
    pattern: re.Pattern[str],
    numbers: list[int],
    unit: str,
    beside: Collection[int] = (),
) -> Found:
    """The numbers that a rule's sentences say and that are neither its own nor `beside` them."""
    for language in LANGUAGES:
        sentence = rule.get(language)
        said = [int(one) for one in pattern.findall(sentence)] if isinstance(sentence, str) else []
        for number in dict.fromkeys(said):
            if number not in numbers and number not in beside:
                listed = ", ".join(f"{one}{unit}" for one in dict.fromkeys(numbers))
                message = f"the sentence says {number}{unit}, the rule {listed}: change one of them"
                yield (*path, language), message


def _numbers(value: Any) -> set[int]:
    """Every number below a value; basis points also as the percents that a sentence says."""
    return set(_each_number(value))


def _each_number(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _each_number(item)
            if str(name).endswith("_bp") and isinstance(item, int):
                yield item // 100
    elif isinstance(value, list):
        for item in value:
            yield from _each_number(item)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield abs(value)
