"""Which public value a draw waits for, and what two people typed when it appeared.

The policy says what is awaited; which event it is follows from the draw's closing alone, so nobody
chooses it. Source: draw.md, *Sources of chance*, `public`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from adapters.warehouse import public_values
from adapters.warehouse.ledger_store import timestamp
from allocation.policy_calendar import PublicValue
from flows.business_week import WEEKDAYS, local_instant
from flows.errors import EnvironmentRefused, UsageError
from lottery.sources import MIN_PUBLIC_WAIT_S, public_reveal, public_source

SEARCHED_DAYS = 60  # longer than any holiday; a value that stays away so long is none


def awaited(value: PublicValue, closes_at: datetime, zone: str) -> tuple[str, datetime]:
    """(name, time) of the first event of a value that is far enough after a closing.

    Errors: UsageError when there is none within two months.
    """
    earliest = closes_at + timedelta(seconds=MIN_PUBLIC_WAIT_S)
    first = earliest.astimezone(ZoneInfo(zone)).date()
    for day in (first + timedelta(days=n) for n in range(SEARCHED_DAYS)):
        if WEEKDAYS[day.weekday()] not in value.days or day in value.not_on:
            continue
        for time in sorted(value.times):
            at = local_instant(day, time, zone)
            if at >= earliest:
                what = value.what.replace("{date}", day.isoformat()).replace("{time}", time)
                return what, at
    raise UsageError(f"the policy's public value {value.what!r} does not appear within two months")


def sources(
    values: Sequence[PublicValue], closes_at: datetime, zone: str
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """The sources of a draw that closes then; and for its opening where and how to look each up."""
    made, look_up = [], []
    for value in values:
        what, at = awaited(value, closes_at, zone)
        made.append(public_source(what, value.form, timestamp(at)))
        look_up.append(
            {"address": value.look_up, "rule_zh": value.rule.zh, "rule_en": value.rule.en}
        )
    return made, look_up


def agreed(conn: psycopg.Connection, run: str, what: str) -> str | None:
    """The value that two people typed alike; None before."""
    by_value: dict[str, set[str]] = {}
    for row in public_values.last_typed(conn, run, what):
        by_value.setdefault(row.value, set()).add(row.person)
    return next((value for value, people in by_value.items() if len(people) > 1), None)


def reveals(
    conn: psycopg.Connection, opening: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    """What two people typed for each source of a draw. Errors: EnvironmentRefused before."""
    run, found, missing = str(opening["draw"]).split("/")[0], [], []
    for source in opening["sources"]:
        value = agreed(conn, run, source["what"])
        if value is None:
            missing.append(source)
        else:
            found.append(public_reveal(source["what"], value))
    if missing:
        names = "; ".join(f"{one['what']} (known from {one['at']} on)" for one in missing)
        due = max(datetime.fromisoformat(one["at"]) for one in missing)
        when = "now" if now.astimezone(UTC) >= due else f"from {due:%F %T} UTC on"
        raise EnvironmentRefused(
            f"draw {opening['draw']} waits for {names}: {when} two people type it, each with "
            f"`fairlead draw value {run} --by NAME`; then run the same command again"
        )
    return found
