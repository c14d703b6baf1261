"""What the optional rules ask of each other: no setting stands in a policy and does nothing."""

from collections.abc import Iterator
from typing import Any

from allocation.policy_text import Document, Mistake, Path

Found = Iterator[tuple[Path, str]]
TURNS = ("rotation", "junior", "sdr")
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "weights": TURNS,
    "times": TURNS,
    "ceiling_pct": ("skill_match",),
    "prefer_skill": ("skill_match",),
    "claim": ("claim",),
}
CLASSES = ("junior", "mid", "senior")


def broken_options(document: Document) -> list[Mistake]:
    """Every setting that nothing would execute, and every rule that lacks what it needs."""
    checks = (
        _share_settings,
        _weights,
        _skill_rules,
        _credits,
        _tenure,
        _pilot,
        _intake,
        _working_time,
        _exceptions,
    )
    values = document.values if isinstance(document.values, dict) else {}
    found = [problem for check in checks for problem in check(values)]
    return [document.mistake(path, message) for path, message in found]


def _items(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mappings of a list with their positions; nothing for any other shape."""
    if isinstance(value, list):
        yield from ((i, item) for i, item in enumerate(value) if isinstance(item, dict))


def _section(values: Any, name: str) -> dict[str, Any]:
    section = values.get(name)
    return section if isinstance(section, dict) else {}


def _shares(values: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    for b, band in _items(values.get("bands")):
        for i, share in _items(band.get("shares")):
            yield ("bands", b, "shares", i), share


def _share_settings(values: Any) -> Found:
    for path, share in _shares(values):
        method = share.get("method")
        for name, methods in _ONLY_FOR.items():
            if name in share and method not in methods:
                yield (*path, name), f"nothing executes this in a {method} share"
        if method == "claim" and not share.get("claim"):
            yield path, "say under 'claim' who may claim and how often a month"
        if share.get("mentored") is True and method not in (*TURNS, "skill_match"):
            yield (*path, "mentored"), f"nothing executes this in a {method} share"
        if share.get("share") == "pilot-control":
            yield (*path, "share"), "this name is the pilot's own"


def _weights(values: Any) -> Found:
    asked = False
    for path, share in _shares(values):
        times = share.get("times")
        names = [share.get("weights"), *(times if isinstance(times, list) else [])]
        named = [name for name in names if isinstance(name, str) and name != "equal"]
        if len(set(named)) != len(named):
            yield path, "a weight stands here twice"
        if "performance" in named:
            asked = True
            if not values.get("performance"):
                yield path, "weights by performance need the section 'performance'"
    if values.get("performance") and not asked:
        yield ("performance",), "no share has weights by performance: nothing executes this"
    if _section(values, "performance").get("change_pct") == 0:
        yield ("performance", "change_pct"), "0 changes nothing: give more (20) or less (-20)"
    turns = any(share.get("method") in TURNS for _, share in _shares(values))
    mix = _section(values, "seniority").get("mix") == "weights"
    for name, there in (("support", values.get("support")), ("seniority", mix)):
        if there and not turns:
            yield (name,), "no share is given out by turns: nothing executes its weights"


def _skill_rules(values: Any) -> Found:
    for i, rule in _items(values.get("skill_rules")):
        path: Path = ("skill_rules", i)
        when = _section(rule, "when")
        low, high = when.get("amount_at_least"), when.get("amount_below")
        if isinstance(low, int) and isinstance(high, int) and low >= high:
            yield (*path, "when"), "no amount is that much and less than that: unreachable"
        if str(rule.get("qualification", "")).endswith(":*") and (
            rule.get("qualification") != "product:*"
        ):
            yield (*path, "qualification"), "only product:* stands for the lead's own"
        if rule.get("overflow") == "wait" and rule.get("overflow_sme") is True:
            yield (*path, "overflow_sme"), "a lead that waits has no owner to stand beside"


def _credits(values: Any) -> Found:
    rule = values.get("credits")
    if values.get("on_return") == "catch_up" and not rule:
        yield ("on_return",), "catch_up needs the section 'credits': how fast turns are paid"
    manual = _section(values, "credits").get("manual_max_leads")
    if rule and values.get("on_return") != "catch_up" and not manual:
        yield ("credits",), "nothing is ever credited: on_return: catch_up, or manual_max_leads"
    if rule and not any(share.get("method") in TURNS for _, share in _shares(values)):
        yield ("credits",), "no share is given out by turns: nothing would be paid"


def _tenure(values: Any) -> Found:
    seniority = _section(values, "seniority")
    steps = [step.get("to_month") for _, step in _items(seniority.get("ramp"))]
    months = [step for step in steps if isinstance(step, int)]
    if seniority.get("ramp_on") is True and not months:
        yield ("seniority", "ramp_on"), "the ramp has no steps"
    if months != sorted(set(months)):
        yield ("seniority", "ramp"), "steps go from the first month upwards"
    for section in ("classes", "ramp"):
        for i, row in _items(seniority.get(section)):
            parts = [part for part in _section(row, "mix_pct").values() if isinstance(part, int)]
            if sum(parts) != 100 or any(part < 0 for part in parts):
                path: Path = ("seniority", section, i, "mix_pct")
                yield path, f"the bands add up to {sum(parts)}%, not 100%"
    names = [row.get("name") for _, row in _items(seniority.get("classes"))]
    promotion = _section(values, "promotion")
    steps_up = [promotion.get(name) for name in ("class_from", "class_to")]
    if promotion and all(name in CLASSES for name in steps_up):
        if any(name not in names for name in steps_up):
            yield ("promotion",), "both classes must stand under seniority"
        elif names.index(steps_up[0]) >= names.index(steps_up[1]):
            yield ("promotion", "class_to"), "a promotion leads to a higher class"
    if promotion and not any(
        name in promotion for name in ("min_attainment_bp", "min_conversion_bp")
    ):
        yield ("promotion",), "say what must be reached: min_attainment_bp or min_conversion_bp"


def _working_time(values: Any) -> Found:
    """What counts working days or hours needs to know them."""
    section = _section(values, "working_time")
    opens, closes = section.get("opens", "09:00"), section.get("closes", "18:00")
    if isinstance(opens, str) and isinstance(closes, str) and opens >= closes:
        yield ("working_time", "closes"), "the working day ends before it begins"
    both = set(map(str, section.get("days_off") or ())) & set(
        map(str, section.get("days_on") or ())
    )
    for day in sorted(both):
        yield ("working_time", "days_on"), f"{day} is in days_off, too"
    if section:
        return
    for rule, name in (
        ("reassignment", "file_counts"),
        ("reassignment", "move_counts"),
        ("appeal", "answer_counts"),
    ):
        if _section(values, rule).get(name, "hours") != "hours":
            yield (rule, name), "counts working time: add the section `working_time`"


def _pilot(values: Any) -> Found:
    until, since = _section(values, "pilot").get("until"), values.get("effective_from")
    if isinstance(until, str) and isinstance(since, str) and until < since:
        yield ("pilot", "until"), "the pilot ends before the policy takes effect"


def _intake(values: Any) -> Found:
    kind = _section(values, "source").get("kind")
    if values.get("intake") and kind == "public":
        yield ("intake",), "public values are days apart: such runs need the beacon"
    if _section(values, "intake").get("delay_s") and kind == "operator":
        yield ("intake", "delay_s"), "nothing executes this: the policy's source is no beacon"


def _exceptions(values: Any) -> Found:
    for i, rule in _items(values.get("exceptions")):
        if "top_performers_pct" in rule and rule.get("kind") != "referral_draw":
            yield ("exceptions", i, "top_performers_pct"), "only for referral_draw"
