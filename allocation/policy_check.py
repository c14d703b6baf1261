"""What types alone cannot see in a policy: sums, orders, names that must meet.

Works on the plain values, so that these mistakes are reported together with wrong types; anything
that does not have the expected shape is left to the types.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from allocation.policy_text import Document, Mistake, Path

_ZONE = re.compile(r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_+-]+){1,2}")
BANDS = ("enterprise", "mid_market", "smb")


def broken_promises(document: Document, zones: Collection[str] = ()) -> list[Mistake]:
    """Every mistake of meaning in a policy document, with its line and column.

    `zones` are the time zones there are (a caller may read the machine's); without them only
    the form Area/City is asked for.
    """
    checks = (
        _bands,
        _shares,
        _tiers,
        _factors,
        _rule_ids,
        _references,
        _seniority,
        _size_bands,
    )
    found = [problem for check in checks for problem in check(document.values)]
    zone = document.values.get("zone")
    if isinstance(zone, str) and (zone not in zones if zones else not _ZONE.fullmatch(zone)):
        found.append((("zone",), f"no such time zone: {zone}; write one such as Asia/Shanghai"))
    return [document.mistake(path, message) for path, message in found]


Found = Iterator[tuple[Path, str]]


def numbers_of(rows: list[tuple[int, dict[str, Any]]], name: str) -> list[int]:
    """A number of every row, or nothing if one of them is missing or no whole number."""
    found = [row.get(name) for _, row in rows]
    numbers = [number for number in found if isinstance(number, int)]
    return numbers if len(numbers) == len(found) else []


def items_of(value: Any) -> list[tuple[int, dict[str, Any]]]:
    """The mappings of a list with their positions; nothing for any other shape."""
    if not isinstance(value, list):
        return []
    return [(i, item) for i, item in enumerate(value) if isinstance(item, dict)]


def section_of(values: Any, name: str) -> dict[str, Any]:
    section = values.get(name)
    return section if isinstance(section, dict) else {}


def _bands(values: Any) -> Found:
    for path, rows in (
        (("bands",), items_of(values.get("bands"))),
        (("scoring", "tiers"), items_of(section_of(values, "scoring").get("tiers"))),
    ):
        names = [row.get("band") for _, row in rows]
        for band in BANDS:
            if names and band not in names:
                yield path, f"the band {band} is missing: its leads would fall through"
        for i, name in enumerate(names):
            if name in names[:i]:
                yield (*path, i, "band"), f"the band {name} stands here a second time"


def _shares(values: Any) -> Found:
    for b, band in items_of(values.get("bands")):
        shares = items_of(band.get("shares"))
        path: Path = ("bands", b, "shares")
        if not shares:
            continue
        total = 0
        for i, share in shares:
            last = i == shares[-1][0]
            pct = share.get("pct")
            total += pct if isinstance(pct, int) else 0
            if last and (share.get("rest") is not True or pct is not None):
                yield (*path, i), "the last share takes the rest: write 'rest: true' and no pct"
            if last and share.get("method") == "lottery":
                yield (*path, i, "method"), "a lottery is never a band's last share"
            if not last and (not isinstance(pct, int) or share.get("rest")):
                yield (*path, i), "only the last share takes the rest: this one needs a pct"
            if share.get("share") in [other.get("share") for j, other in shares if j < i]:
                yield (
                    (*path, i, "share"),
                    f"the share {share.get('share')} stands here a second time",
                )
        if total > 100:
            yield path, f"the shares add up to {total}%, more than 100%"
        elif total == 100 and len(shares) > 1:
            yield path, "the shares before the last add up to 100%: nothing is left for the last"


def _tiers(values: Any) -> Found:
    tiers = items_of(section_of(values, "scoring").get("tiers"))
    points = numbers_of(tiers, "min_points")
    for i in range(1, len(points)):
        if points[i] >= points[i - 1]:
            yield (
                ("scoring", "tiers", i, "min_points"),
                "tiers go from the highest points down: unreachable",
            )
    factors = items_of(section_of(values, "scoring").get("factors"))
    lowest = [
        min(numbers_of(items_of(factor.get("levels")), "points"), default=0)
        for _, factor in factors
    ]
    if factors and points and min(points) > sum(lowest):
        message = f"a lead with {sum(lowest)} points falls through: tiers begin at {min(points)}"
        yield ("scoring", "tiers"), message


def _factors(values: Any) -> Found:
    factors = items_of(section_of(values, "scoring").get("factors"))
    weights = numbers_of(factors, "weight_pct")
    if weights and sum(weights) != 100:
        yield ("scoring", "factors"), f"the weights add up to {sum(weights)}%, not 100%"
    for f, factor in factors:
        levels = items_of(factor.get("levels"))
        for i, level in levels:
            bare = not level.get("where") and not level.get("at_least")
            if i == levels[-1][0] and not (bare and level.get("unknown") is True):
                message = "the last level catches everything: no condition, and 'unknown: true'"
                yield ("scoring", "factors", f, "levels", i), message
            if i != levels[-1][0] and bare:
                yield (
                    ("scoring", "factors", f, "levels", i),
                    "without a condition nothing below is reached",
                )


def _rule_ids(values: Any) -> Found:
    seen: set[str] = set()
    for path, rule in _rules(values, ()):
        name = rule["id"]
        if name in seen:
            yield (*path, "id"), f"the rule id {name} stands here a second time"
        seen.add(name)


def _rules(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Everything with an id and a source below a value, except the policy itself."""
    if isinstance(value, dict):
        if path and isinstance(value.get("id"), str) and "source" in value:
            yield path, value
        for key, item in value.items():
            yield from _rules(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _rules(item, (*path, i))


def _references(values: Any) -> Found:
    lotteries = {
        (band.get("band"), share.get("share"))
        for _, band in items_of(values.get("bands"))
        for _, share in items_of(band.get("shares"))
        if share.get("method") == "lottery"
    }
    for i, rule in items_of(values.get("exceptions")):
        if (
            rule.get("kind") == "referral_draw"
            and (rule.get("band"), rule.get("share")) not in lotteries
        ):
            yield ("exceptions", i), "band and share must name a share whose method is lottery"
        if str(rule.get("kind")).startswith("referral_") and not rule.get("referrers"):
            yield ("exceptions", i), "a referral rule names its referrers"
        if rule.get("kind") == "referral_board" and not rule.get("roles"):
            yield ("exceptions", i), "say which roles may own the lead"
    rules = items_of(values.get("skill_rules"))
    names = {rule.get("id") for _, rule in rules}
    for i, rule in rules:
        if (rule.get("skill") is None) != (rule.get("min_stars") is None):
            yield ("skill_rules", i), "skill and min_stars go together"
        asks = ("skill", "pool", "qualification", "territory")
        if not any(rule.get(name) for name in asks):
            yield (
                ("skill_rules", i),
                (
                    "the rule asks for nothing: give skill and min_stars, a qualification, "
                    "territory: true, or a pool"
                ),
            )
        replaces = rule.get("replaces")
        for name in replaces if isinstance(replaces, list) else []:
            if name not in names:
                yield ("skill_rules", i, "replaces"), f"there is no skill rule {name}"


def _seniority(values: Any) -> Found:
    classes = items_of(section_of(values, "seniority").get("classes"))
    months = numbers_of(classes, "from_month")
    if months and (months[0] != 0 or months != sorted(set(months))):
        yield ("seniority", "classes"), "classes begin at month 0 and go upwards"


def _size_bands(values: Any) -> Found:
    amounts = numbers_of(items_of(section_of(values, "capacity").get("size_bands")), "min_amount")
    if amounts and (amounts[0] != 0 or amounts != sorted(set(amounts))):
        yield ("capacity", "size_bands"), "size bands begin at 0 and go upwards"
