"""Rules of a policy that can never hold, never add anything or that nobody can meet.

Each is shown with a lead that meets the other rule first. Works on the plain values, like
policy_check: anything that does not have the expected shape is left to the types.
"""

from typing import Any

from allocation.policy_check import Found, items_of, numbers_of, section_of
from allocation.policy_overlap import Row, idle_skill_rules, is_number, one_of, texts
from allocation.policy_text import Document, Mistake

_OPEN = {"open_opportunities": {"open_discovery_demo", "open_proposal_negotiation"}}
_TAKES_ALL = ("do_not_contact", "duplicate", "referral_draw", "referral_board")


def unreachable(document: Document) -> list[Mistake]:
    """Every rule that cannot do anything, with its line, column and an example."""
    checks = (idle_skill_rules, _levels, _exceptions, _caps, _classes, _change_log)
    return [
        document.mistake(path, message)
        for check in checks
        for path, message in check(document.values)
    ]


def _levels(values: Any) -> Found:
    """Levels of a factor that an earlier level catches."""
    for f, factor in items_of(section_of(values, "scoring").get("factors")):
        levels = items_of(factor.get("levels"))
        for i, level in levels:
            for j, above in levels:
                bare = not level.get("where") and not level.get("at_least")
                if j < i and not bare and _level_covers(above, level):
                    shown = {**section_of(level, "where"), **section_of(level, "at_least")}
                    example = ", ".join(f"{name} {value}" for name, value in shown.items())
                    yield (
                        ("scoring", "factors", f, "levels", i),
                        (
                            f"unreachable: a lead with {example} earns "
                            f"{above.get('points')} points at a level above"
                        ),
                    )
                    break


def _exceptions(values: Any) -> Found:
    """Exceptions that an earlier one leaves no lead for."""
    rules = items_of(values.get("exceptions"))
    for i, rule in rules:
        kind, mine = str(rule.get("kind")), set(texts(rule.get("referrers")))
        for j, above in rules:
            first, theirs = above.get("kind"), set(texts(above.get("referrers")))
            if j >= i or not mine <= theirs:
                continue
            referral = kind.startswith("referral_")
            same = first == kind and (not referral or bool(mine))
            if same or (referral and mine and first in _TAKES_ALL[2:]):
                who = f"with referrer {min(mine)}" if mine else "of this kind"
                message = f"unreachable: {above.get('id')} takes every lead {who} before"
                yield ("exceptions", i), message
                break


def _caps(values: Any) -> Found:
    """Caps that nobody can meet, that bind nobody, or that another cap stops short of."""
    caps = items_of(section_of(values, "capacity").get("caps"))
    taking_part = {
        role
        for _, band in items_of(values.get("bands"))
        for _, share in items_of(band.get("shares"))
        for role in texts(share.get("roles"))
    } | {
        role
        for name in ("skill_rules", "exceptions")
        for _, rule in items_of(values.get(name))
        for role in (*texts(rule.get("pool")), *texts(rule.get("roles")))
    }
    for i, cap in caps:
        path = ("capacity", "caps", i)
        limit, roles = cap.get("limit"), set(texts(cap.get("roles")))
        if is_number(limit) and limit < 1:
            yield (*path, "limit"), f"nobody can meet a cap of {limit}: no rep ever gets a lead"
        if roles and taking_part and not roles & taking_part:
            yield (*path, "roles"), f"it binds nobody: no share is open to {one_of(sorted(roles))}"
        for j, other in caps:
            tighter = other.get("limit")
            if (
                i != j
                and is_number(limit)
                and is_number(tighter)
                and roles <= set(texts(other.get("roles")))
                and _counted_by(set(texts(other.get("counts"))), set(texts(cap.get("counts"))))
                and (tighter < limit or (tighter == limit and (j < i or cap != other)))
                and not (tighter == limit and j > i and _same_counts(cap, other))
            ):
                message = f"never reached: {other.get('id')} stops at {tighter} before"
                yield (*path, "limit"), message
                break


def _classes(values: Any) -> Found:
    """Shares and skill rules for a seniority that nobody has, or that cannot have the stars."""
    classes = items_of(section_of(values, "seniority").get("classes"))
    months = numbers_of(classes, "from_month")
    names = [row.get("name") for _, row in classes]
    if len(months) != len(names) or not names:
        return
    ends = dict(zip(names, [*months[1:], 10**6], strict=True))
    full = section_of(values, "capability").get("full_stars_min_months") or 0
    for b, band in items_of(values.get("bands")):
        for s, share in items_of(band.get("shares")):
            wanted = texts(share.get("seniority"))
            for name in wanted:
                if name not in ends:
                    yield (
                        ("bands", b, "shares", s, "seniority"),
                        f"nobody can meet it: there is no seniority class {name}",
                    )
            if not wanted or not is_number(full) or any(ends.get(n, 0) > full for n in wanted):
                continue
            for i, rule in items_of(values.get("skill_rules")):
                bands = texts(section_of(rule, "when").get("band"))
                if (
                    rule.get("min_stars") == 3
                    and share.get("method") in texts(rule.get("binds"))
                    and (not bands or band.get("band") in bands)
                ):
                    yield (
                        ("skill_rules", i, "min_stars"),
                        (
                            f"nobody can meet it in {share.get('id')}: below {full} months there "
                            "are 2 stars at most"
                        ),
                    )


def _level_covers(above: Row, level: Row) -> bool:
    where, mine = section_of(above, "where"), section_of(level, "where")
    least, own = section_of(above, "at_least"), section_of(level, "at_least")
    if not where and not least:
        return False  # policy_check says so already
    return all(mine.get(name) == value for name, value in where.items()) and all(
        is_number(own.get(name)) and is_number(value) and own[name] >= value
        for name, value in least.items()
    )


def _counted_by(wide: set[str], narrow: set[str]) -> bool:
    """Whether `wide` counts at least whatever `narrow` counts."""
    counted = wide | {part for name in wide for part in _OPEN.get(name, ())}
    return bool(narrow) and narrow <= counted


def _same_counts(one: Row, other: Row) -> bool:
    return set(texts(one.get("counts"))) == set(texts(other.get("counts")))


def _change_log(values: Any) -> Found:
    """A version that the change log does not know."""
    version = values.get("version")
    known = [row.get("version") for _, row in items_of(values.get("changes"))]
    if isinstance(version, str) and known and version not in known:
        yield ("changes",), f"the change log has no line for version {version}"
