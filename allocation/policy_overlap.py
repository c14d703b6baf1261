"""Skill rules against each other: idle ones, impossible ones, two that name different people.

Each is shown with an example lead. Works on the plain values, like policy_check.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

from allocation.policy_check import BANDS, Found, items_of, numbers_of, section_of

_LISTS = ("band", "industry", "product", "region", "lead_type")
_LEAST = ("score_at_least", "existing_arr_at_least", "amount_at_least")
_BELOW = ("amount_below",)

Row = Mapping[str, Any]


def idle_skill_rules(values: Any) -> Found:
    """Skill rules that cannot do anything, or contradict each other, with an example lead."""
    for check in (_conditions, _shadowed, _overlapping, _skills):
        yield from check(values)


def _conditions(values: Any) -> Found:
    """Skill rules whose conditions no lead meets, or that bind in no share of such leads."""
    tops = _highest_scores(values)
    methods = {
        band.get("band"): {share.get("method") for _, share in items_of(band.get("shares"))}
        for _, band in items_of(values.get("bands"))
    }
    for i, rule in items_of(values.get("skill_rules")):
        when = section_of(rule, "when")
        bands = [band for band in texts(when.get("band")) or BANDS if band in tops]
        points = when.get("score_at_least")
        if is_number(points) and bands and all(tops[band] < points for band in bands):
            most = max(tops[band] for band in bands)
            message = f"unreachable: a lead of {one_of(bands)} has at most {most} points"
            yield ("skill_rules", i, "when", "score_at_least"), message
            continue
        binds = set(texts(rule.get("binds")))
        used = {method for band in bands for method in methods.get(band, ())}
        if binds and used and not binds & used:
            message = (
                f"unreachable: it binds in {one_of(sorted(binds))}, but leads of {one_of(bands)} "
                f"are given out by {one_of(sorted(map(str, used)))}"
            )
            yield ("skill_rules", i, "binds"), message


def _shadowed(values: Any) -> Found:
    """Skill rules that another one makes idle."""
    rules = items_of(values.get("skill_rules"))
    for i, rule in rules:
        for j, other in rules:
            if i == j or not _holds_with(other, rule):
                continue
            example = _example(section_of(rule, "when"))
            if rule.get("id") in texts(other.get("replaces")):
                yield (
                    ("skill_rules", i),
                    (
                        f"unreachable: {other.get('id')} stands for it whenever it would hold, "
                        f"e.g. for a lead with {example}"
                    ),
                )
                break
            twins = _holds_with(rule, other) and _asks(rule) == _asks(other)
            if _asks_no_more(rule, other) and (not twins or j < i):
                yield (
                    ("skill_rules", i),
                    (
                        f"shadowed: {other.get('id')} holds too and asks for as much, "
                        f"e.g. for a lead with {example}"
                    ),
                )
                break


def _overlapping(values: Any) -> Found:
    """Two rules that name different people for the same lead, with no word on which counts."""
    rules = items_of(values.get("skill_rules"))
    for i, rule in rules:
        for j, other in rules:
            pools = [set(texts(one.get("pool"))) for one in (rule, other)]
            if j <= i or not all(pools) or pools[0] & pools[1]:
                continue
            binds = set(texts(rule.get("binds"))) & set(texts(other.get("binds")))
            named = {*texts(rule.get("replaces")), *texts(other.get("replaces"))}
            both = _both(section_of(rule, "when"), section_of(other, "when"))
            if binds and both is not None and not {rule.get("id"), other.get("id")} & named:
                yield (
                    ("skill_rules", j, "pool"),
                    (
                        f"overlaps with {rule.get('id')}: for a lead with {_example(both)} "
                        f"they name {one_of(sorted(pools[0]))} and {one_of(sorted(pools[1]))}; "
                        "write in `replaces` which one counts"
                    ),
                )


def _skills(values: Any) -> Found:
    """A vertical skill for leads of another industry."""
    for i, rule in items_of(values.get("skill_rules")):
        industries = texts(section_of(rule, "when").get("industry"))
        skill = str(rule.get("skill") or "")
        name = skill.removeprefix("vertical:")
        if skill.startswith("vertical:") and name != "*" and industries and name not in industries:
            wanted = " or ".join(f"vertical:{industry}" for industry in industries)
            yield (
                ("skill_rules", i, "skill"),
                f"unknown skill: a lead with industry {industries[0]} asks for {wanted}",
            )


def _highest_scores(values: Any) -> dict[str, int]:
    """The most points a lead of each band can have; empty while tiers or points are unclear."""
    scoring = section_of(values, "scoring")
    tiers = items_of(scoring.get("tiers"))
    least = numbers_of(tiers, "min_points")
    best = [
        max(numbers_of(items_of(factor.get("levels")), "points"), default=0)
        for _, factor in items_of(scoring.get("factors"))
    ]
    if not least or not all(best) or len(least) != len(tiers):
        return {}
    tops = [sum(best), *(points - 1 for points in least[:-1])]
    return {str(row.get("band")): top for (_, row), top in zip(tiers, tops, strict=True)}


def _holds_with(wide: Row, narrow: Row) -> bool:
    """Whether `wide` holds and binds whenever `narrow` does."""
    one, other = section_of(wide, "when"), section_of(narrow, "when")
    if not set(texts(narrow.get("binds"))) <= set(texts(wide.get("binds"))):
        return False
    for name in _LISTS:
        kept, asked = set(texts(one.get(name))), set(texts(other.get(name)))
        if kept and not (asked and asked <= kept):
            return False
    for names, sign in ((_LEAST, 1), (_BELOW, -1)):
        for name in names:
            bound, known = one.get(name), other.get(name)
            if bound is None:
                continue
            if not (is_number(bound) and is_number(known) and sign * known >= sign * bound):
                return False
    return True


def _asks(rule: Row) -> tuple[object, ...]:
    """Everything that a skill rule asks of an owner, and does when nobody has it."""
    names = ("skill", "min_stars", "qualification", "territory", "overflow", "overflow_sme")
    return (*(rule.get(name) for name in names), tuple(sorted(texts(rule.get("pool")))))


def _asks_no_more(rule: Row, other: Row) -> bool:
    """Whether a rule asks for the stars that another asks for anyway, and for nothing else."""
    least, theirs = rule.get("min_stars"), other.get("min_stars")
    more = rule.get("pool") or rule.get("qualification") or rule.get("territory")
    if more or rule.get("replaces") or rule.get("overflow") == "wait":
        return _asks(rule) == _asks(other) and not rule.get("replaces")
    same = rule.get("skill") is not None and rule.get("skill") == other.get("skill")
    return same and is_number(least) and is_number(theirs) and least <= theirs


def _both(one: Row, other: Row) -> dict[str, Any] | None:
    """The conditions of leads that meet both, or None if no lead can."""
    both: dict[str, Any] = {}
    for name in _LISTS:
        sets = [set(texts(when.get(name))) for when in (one, other) if when.get(name)]
        if sets:
            met = set.intersection(*sets)
            if not met:
                return None
            both[name] = sorted(met)
    for names, pick in ((_LEAST, max), (_BELOW, min)):
        for name in names:
            known = [when[name] for when in (one, other) if is_number(when.get(name))]
            if known:
                both[name] = pick(known)
    least, below = both.get("amount_at_least"), both.get("amount_below")
    return None if least is not None and below is not None and least >= below else both


def _example(when: Row) -> str:
    """A lead that meets the conditions, in words."""
    parts = [f"{name} {texts(when.get(name))[0]}" for name in _LISTS if texts(when.get(name))]
    for name in _LEAST:
        if is_number(when.get(name)):
            parts.append(f"{name.removesuffix('_at_least')} {when[name]}")
    if is_number(when.get("amount_below")) and not is_number(when.get("amount_at_least")):
        parts.append(f"amount {when['amount_below'] - 1}")
    return ", ".join(parts) or "any values"


def texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def one_of(names: Any) -> str:
    return " or ".join(map(str, names))
