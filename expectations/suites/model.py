"""Suites as data: what a door expects of each relation, as sentences a reader can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from expectations.verdict import Severity

BANDS = ("enterprise", "mid_market", "smb")
ROLES = ("SDR", "BDR", "AE", "AM", "MANAGER")
ALLOCATING_ROLES = (
    "SDR",
    "BDR",
    "AE",
    "AM",
)  # managers never receive leads (allocation.md)


class Why(NamedTuple):
    """The reason for a threshold, or for a mere warning, in both languages."""

    zh: str = ""
    en: str = ""


UNSAID = Why()


@dataclass(frozen=True, slots=True)
class Rule:
    """One expectation: a sentence, the Great Expectations class that checks it, and its arguments.

    `why`: needed where there is a threshold or a mere warning. `sql`: the rule looks at the rows
    of this query, in which `{batch}` is the suite's relation; the columns selected are what a
    reader sees of a failing row.
    """

    id: str
    zh: str
    en: str
    expectation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "critical"
    why: Why = UNSAID
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """All rules of one relation. `key` names the row; `query` overrides `select * from relation`.

    `requires_rows`: an empty relation is refused. `required`: columns that must exist and must
    not be null in every row. The gate checks both itself, whatever the rules say.
    """

    relation: str
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    requires_rows: bool = True
    required: tuple[str, ...] = ()
    query: str = ""

    @property
    def select(self) -> str:
        """The SQL of the rows that are checked."""
        return self.query or f"select * from {self.relation}"

    def rows_of(self, rule: Rule) -> str:
        """The SQL of the rows that one rule looks at."""
        if not rule.sql:
            return self.select
        found = rule.sql.format(batch=f"({self.select}) checked")
        return f"select * from ({found}) found"


NEVER_NEGATIVE = Why(
    "负数在入库时已被隔离，此处出现即为计算错误",
    "what is below zero is put aside when it lands, so one here would be an error of ours",
)


def unique(*columns: str, zh: str, en: str) -> Rule:
    """The grain: no two rows share these columns."""
    if len(columns) == 1:
        return Rule("grain", zh, en, "ExpectColumnValuesToBeUnique", {"column": columns[0]})
    return Rule(
        "grain",
        zh,
        en,
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": list(columns)},
    )


def known(column: str, zh: str, en: str) -> Rule:
    """No row lacks this column."""
    return Rule(f"{column}_known", zh, en, "ExpectColumnValuesToNotBeNull", {"column": column})


def one_of(column: str, allowed: tuple[str, ...], zh: str, en: str) -> Rule:
    """The column holds only these values (an unknown value is another rule's business)."""
    return Rule(
        f"{column}_allowed",
        zh,
        en,
        "ExpectColumnValuesToBeInSet",
        {"column": column, "value_set": list(allowed)},
    )


def between(
    column: str, low: int, high: int | None, zh: str, en: str, why: Why = NEVER_NEGATIVE
) -> Rule:
    """The column lies in [low, high]; no upper bound when `high` is None."""
    return Rule(
        f"{column}_in_range",
        zh,
        en,
        "ExpectColumnValuesToBeBetween",
        {
            "column": column,
            "min_value": low,
            **({} if high is None else {"max_value": high}),
        },
        why=why,
    )


def no_rows(
    name: str, zh: str, en: str, sql: str, severity: Severity = "critical", why: Why = UNSAID
) -> Rule:
    """The query finds nothing; what it finds are the failing rows."""
    return Rule(
        name,
        zh,
        en,
        # UnexpectedRowsExpectation counts in a subquery without an alias, which PostgreSQL
        # refuses before 16: the query is a batch of its own here, which must be empty.
        "ExpectTableRowCountToEqual",
        {"value": 0},
        severity,
        why,
        sql=" ".join(sql.split()),
    )


def mostly_not(column: str, value: str, share: float, zh: str, en: str, why: Why) -> Rule:
    """A warning when fewer than `share` of the known rows hold anything but `value`."""
    return Rule(
        f"{column}_mostly_known",
        zh,
        en,
        "ExpectColumnValuesToNotBeInSet",
        {"column": column, "value_set": [value], "mostly": share},
        "warning",
        why,
    )


def of_this_run(run: str) -> Rule:
    """Stale inputs are refused: every row was built for this run."""
    return Rule(
        "run_key_current",
        f"每一行都属于本次运行 {run}。",
        f"Every row was built for this run, {run}.",
        "ExpectColumnValuesToBeInSet",
        {"column": "run_key", "value_set": [run]},
        why=Why(
            "构建失败时，表里仍是上一次运行的行",
            "a failed build leaves the last run's rows in place",
        ),
    )
