"""What changes from one policy to another: rule by rule, value by value, nothing else.

Rules are matched by id, other list items by their name, band, role or stage; so a moved rule is
a moved rule and not one removed and one added.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from allocation.policy_model import Policy

Kind = Literal["added", "removed", "changed", "moved"]
_KEYS = ("id", "share", "band", "role", "name", "grade", "version", "to_month", "min_amount")
_NOT_COMPARED = {"text", "sha256"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: in which rule (its id, "" for the head), at which field, from what to what.

    field: steps joined by "/". zh, en: the sentences of the rule as it is now (removed: as it
    was). Lists and mappings are compared part by part; old or new is None where there is none.
    """

    kind: Kind
    rule: str
    field: str
    old: object
    new: object
    zh: str
    en: str


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Every difference, in the new policy's order; empty when only comments differ."""
    before, after = _plain(old), _plain(new)
    return list(_compared(before, after, (), _Place("", "", "")))


@dataclass(frozen=True, slots=True)
class _Place:
    rule: str
    zh: str
    en: str


def _plain(policy: Policy) -> dict[str, Any]:
    values = policy.model_dump(mode="json", exclude_none=True)
    for approval in values["approvals"]:
        del approval["approves"]  # it says again that something changed
    return {name: value for name, value in values.items() if name not in _NOT_COMPARED}


def _compared(old: Any, new: Any, path: tuple[str, ...], place: _Place) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        inner = _place(new, place)
        for key in (*new, *(key for key in old if key not in new)):
            yield from _compared(old.get(key), new.get(key), _below(path, key, inner, place), inner)
    elif _is_keyed(old) and _is_keyed(new):
        yield from _lists(old, new, path, place)
    elif (old is None or new is None) and _place(rule := old or new, place) != place:
        yield _whole("added" if old is None else "removed", rule, path, place)
    else:
        kind: Kind = "added" if old is None else "removed" if new is None else "changed"
        yield Difference(kind, place.rule, "/".join(path), old, new, place.zh, place.en)


def _below(path: tuple[str, ...], key: str, inner: _Place, outer: _Place) -> tuple[str, ...]:
    """Fields are named from their rule on: bands.enterprise.shares.lottery.pct is just pct."""
    return (key,) if inner != outer else (*path, key)


def _lists(old: Any, new: Any, path: tuple[str, ...], place: _Place) -> Iterator[Difference]:
    before, after = _by_key(old), _by_key(new)
    if "points" in (old or new)[0]:
        # A level's threshold may have changed, or its points: whichever leaves more in place.
        known = {_by_condition(item): item for item in old}, {_by_condition(i): i for i in new}
        if len(known[0].keys() & known[1].keys()) > len(before.keys() & after.keys()):
            before, after = known
    for key, item in after.items():
        if key in before:
            yield from _compared(before[key], item, (*path, key), place)
        else:
            yield _whole("added", item, (*path, key), place)
    for key, item in before.items():
        if key not in after:
            yield _whole("removed", item, (*path, key), place)
    stayed = [key for key in before if key in after]
    now = [key for key in after if key in before]
    if stayed != now:
        yield Difference(
            "moved", place.rule, "/".join(path), ", ".join(stayed), ", ".join(now),
            place.zh, place.en,
        )  # fmt: skip


def _whole(
    kind: Literal["added", "removed"], item: Mapping[str, Any], path: tuple[str, ...], place: _Place
) -> Difference:
    """A rule, or another part of a rule, that is there in one of the two only."""
    inner = _place(item, place)
    field = "" if inner.rule != place.rule else "/".join(path)
    value = {name: part for name, part in item.items() if name not in ("zh", "en")}
    old, new = (None, value) if kind == "added" else (value, None)
    zh, en = (str(item.get("zh", "")), str(item.get("en", "")))
    return Difference(kind, inner.rule, field, old, new, zh or inner.zh, en or inner.en)


def _place(value: Any, outer: _Place) -> _Place:
    """The rule that begins here (it has an id and a source), else the one around it."""
    if isinstance(value, Mapping) and "id" in value and isinstance(value.get("source"), str):
        return _Place(str(value["id"]), str(value.get("zh", "")), str(value.get("en", "")))
    return outer


def _is_keyed(value: Any) -> bool:
    """Whether a list's items have distinct keys of their own."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return value == []
    if not all(isinstance(item, Mapping) and _key(item) for item in value):
        return False
    return len(_by_key(value)) == len(value)


def _by_key(items: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {_key(item): item for item in items}


def _key(item: Mapping[str, Any]) -> str:
    if "points" in item:  # a factor's level: several may earn the same points
        return ", ".join((str(item["points"]), *_condition(item, with_least=False)))
    return next((str(item[key]) for key in _KEYS if key in item), "")


def _by_condition(level: Mapping[str, Any]) -> str:
    return ", ".join(_condition(level, with_least=True)) or "unknown"


def _condition(level: Mapping[str, Any], *, with_least: bool) -> Iterator[str]:
    """What a lead must have for a level: "engagement=download", "employees≥1000" or "employees"."""
    for field, value in (level.get("where") or {}).items():
        yield f"{field}={value}"
    for field, value in (level.get("at_least") or {}).items():
        yield f"{field}≥{value}" if with_least else field
