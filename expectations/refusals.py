"""What the gate refuses by itself, in SQL that does not go through Great Expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from expectations.results import refusal
from expectations.suites.model import Suite
from expectations.verdict import RuleResult

if TYPE_CHECKING:
    import sqlalchemy


def own_refusals(engine: sqlalchemy.Engine, suite: Suite) -> list[RuleResult]:
    """What the gate refuses without asking Great Expectations."""
    from sqlalchemy.exc import SQLAlchemyError

    found: list[RuleResult] = []
    if not suite.rules:
        found.append(
            refusal(suite.relation, "has_rules", "规则集为空。", "The suite holds no rule.")
        )
    try:
        with engine.connect() as connection:
            shape = executed(connection, f"select * from ({suite.select}) q limit 0")
            present = set(shape.keys())
            counted = [column for column in suite.required if column in present]
            known = ", ".join(
                f"""count(nullif(btrim("{column}"::text), ''))""" for column in counted
            )
            rows, *filled = executed(
                connection,
                f"select count(*){', ' if known else ''}{known} from ({suite.select}) q",
            ).one()
    except SQLAlchemyError as error:
        text = str(error.__cause__ or error).strip().splitlines()[0]
        return [
            *found,
            refusal(suite.relation, "readable", "无法读取该表。", "It cannot be read.", text),
        ]
    if suite.requires_rows:
        found.append(
            RuleResult(
                id=f"{suite.relation}.has_rows",
                suite=suite.relation,
                zh="至少有一行。",
                en="It has at least one row.",
                severity="critical",
                ok=rows > 0,
                observed=f"{rows}",
                expected="≥ 1",
                failed_count=0 if rows else 1,
                why="an empty table would keep every other promise",
                why_zh="空表会让其他各条都算通过",
            )
        )
    found += [
        refusal(
            suite.relation,
            f"{column}_present",
            f"缺少必需的列 {column}。",
            f"The required column {column} is missing.",
        )
        for column in suite.required
        if column not in present
    ]
    found += [
        refusal(
            suite.relation,
            f"{column}_not_all_null",
            f"必需的列 {column} 全部为空。",
            f"The required column {column} is empty in every row.",
            f"0 / {rows}",
        )
        for column, count in zip(counted, filled, strict=True)
        if rows and not count
    ]
    return found


def executed(connection: sqlalchemy.Connection, sql: str) -> sqlalchemy.CursorResult[Any]:
    """The result of SQL without parameters, in which the driver must not look for any."""
    return connection.exec_driver_sql(sql.replace("%", "%%"))
