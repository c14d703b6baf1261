"""A policy's clock and its source of chance, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from notifications.draw_sources import Fact
from notifications.lens import Lens, is_count
from notifications.words import shown


@dataclass(frozen=True, slots=True)
class TimesView:
    """clock: (label, value); source: what it is called; values: the facts of each public one."""

    clock: Sequence[tuple[str, str]]
    source: str
    source_words: Markup
    values: Sequence[Sequence[Fact]]


def times_view(lens: Lens, policy: Mapping[str, Any]) -> TimesView:
    calendar, limits, source = (_part(policy, name) for name in ("calendar", "limits", "source"))
    kind, delay, t = source.get("kind"), source.get("delay_s"), lens.t
    known = kind if kind in ("drand", "public", "operator") else "other"
    minutes = lens.number(delay // 60) if is_count(delay) else t.plain("unknown")
    values = source.get("values")
    return TimesView(
        clock=_clock(lens, calendar, limits, _part(policy, "intake")),
        source=t.code("source", kind),
        source_words=t(f"source.{known}_words", minutes=minutes),
        values=[_value(lens, row) for row in values or () if isinstance(row, Mapping)],
    )


def _part(policy: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = policy.get(name)
    return value if isinstance(value, Mapping) else {}


def _clock(
    lens: Lens, calendar: Mapping[str, Any], limits: Mapping[str, Any], intake: Mapping[str, Any]
) -> list[tuple[str, str]]:
    t = lens.t
    rows = [(t.plain("policy.weekday"), t.code("weekday", calendar.get("weekday")))]
    rows += [
        (t.plain(f"policy.{name}"), lens.number(calendar.get(name)))
        for name in ("freeze", "open", "close")
    ]
    if days := calendar.get("days_open"):
        rows.append((t.plain("policy.days_open"), lens.number(days)))
    missed = t.code("catch_up", calendar.get("catch_up") or "skip")
    rows.append((t.plain("policy.catch_up"), missed))
    if intake:
        rows.append((t.plain("policy.intake"), t.code("every", intake.get("every"))))
    rows.append((t.plain("policy.zone"), lens.number(lens.facts.policy.get("zone"))))
    rows.append((t.plain("policy.bad_rows"), f"{lens.number(limits.get('bad_row_pct'))}%"))
    return rows


def _value(lens: Lens, row: Mapping[str, Any]) -> list[Fact]:
    t, rule = lens.t, row.get("rule")
    days = ", ".join(t.code("weekday", day) for day in row.get("days") or ())
    times = ", ".join(shown(time) for time in row.get("times") or ())
    facts = [
        Fact(t.plain("source.what"), shown(row.get("what"))),
        Fact(t.plain("source.form"), shown(row.get("form")), True),
        Fact(t.plain("source.look_up"), shown(row.get("look_up"))),
        Fact(
            t.plain("source.rule"),
            shown(rule.get(lens.language)) if isinstance(rule, Mapping) else t.plain("unknown"),
        ),
        Fact(t.plain("source.known_at"), f"{days} {times}"),
    ]
    if missing := row.get("not_on"):
        facts.append(Fact(t.plain("source.not_on"), ", ".join(shown(str(day)) for day in missing)))
    return facts
