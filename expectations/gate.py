"""The gate: runs a door's suites with Great Expectations and refuses what it would let through.

Great Expectations 1.24.1 passes an empty batch, an all-null column and an empty suite (measured).
So the gate counts rows and nulls itself, in SQL that does not go through Great Expectations, and
takes anything short of a complete set of results as a critical failure.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from expectations.results import could_not_run, refusal, rule_result
from expectations.suites import allocation_inputs, landing
from expectations.suites.model import Rule, Suite
from expectations.verdict import Door, RuleResult, Verdict, passes

if TYPE_CHECKING:
    import sqlalchemy

DOORS = {"landing": landing.suites, "allocation_inputs": allocation_inputs.suites}
# Enough rows to see the pattern; the full count stands beside them.
ROW_CAP = 25


def warm() -> None:
    """Import Great Expectations (about 3 s), so that a later `check` starts at once."""
    # Its progress bars would fill a log with control characters.
    os.environ.setdefault("TQDM_DISABLE", "1")
    import great_expectations  # noqa: F401


def check(
    door: Door,
    *,
    host: str,
    port: int | None,
    user: str,
    password: str | None,
    dbname: str,
    run: str,
    checked_at: datetime,
    context: Mapping[str, Any] | None = None,
    suites: Sequence[Suite] | None = None,
) -> Verdict:
    """Check one door of one run.

    `host` may be the folder of a Unix socket. `checked_at` must be aware. `context` holds the
    policy's limits that the door's suites name. `suites` replaces the door's own (tests).
    Reads the database, writes nothing. A relation that cannot be read is a refusal, not an error;
    errors: ValueError for an unknown door, SQLAlchemyError when there is no database at all.
    """
    if door not in DOORS:
        raise ValueError(f"there is no door {door!r}: {', '.join(DOORS)}")
    if suites is None:
        suites = DOORS[door](run, context or {})
    warm()
    source = _source(_url(host, port, user, password, dbname))
    try:
        engine = source.get_engine()
        with (
            engine.connect()
        ):  # no database at all is the caller's trouble, not a finding
            pass
        rules = tuple(
            result
            for suite in suites
            for result in (
                *_own_refusals(engine, suite),
                *_validated(source, engine, suite),
            )
        )
    finally:
        source.get_engine().dispose()
        source.get_execution_engine().close()
    names = tuple(suite.relation for suite in suites)
    if not suites:
        rules = (
            refusal(
                door, "has_suites", "检查门没有任何规则集。", "The door has no suite."
            ),
        )
    return Verdict(
        door=door,
        run=run,
        ok=passes(names, rules),
        checked_at=checked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        suites=names,
        rules=rules,
    )


def _url(
    host: str, port: int | None, user: str, password: str | None, dbname: str
) -> str:
    """The address as Great Expectations accepts it: a host is compulsory, a socket goes last."""
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    at = f":{port}" if port else ""
    if host.startswith("/"):
        where = f"localhost{at}/{dbname}?host={quote(host, safe='/')}"
    else:
        where = f"{host}{at}/{dbname}"
    return f"postgresql+psycopg2://{login}@{where}"


def _source(url: str) -> Any:
    """A data source in a context that lives in memory, sends nothing and draws no bars."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # Temporary tables would save half a second over 50,000 raw rows (measured), and would ask the
    # database for more than the right to read.
    return context.data_sources.add_postgres(
        "warehouse",
        connection_string=url,
        create_temp_table=False,
    )


def _own_refusals(engine: sqlalchemy.Engine, suite: Suite) -> list[RuleResult]:
    """What the gate refuses without asking Great Expectations."""
    from sqlalchemy.exc import SQLAlchemyError

    found: list[RuleResult] = []
    if not suite.rules:
        found.append(
            refusal(
                suite.relation, "has_rules", "规则集为空。", "The suite holds no rule."
            )
        )
    try:
        with engine.connect() as connection:
            shape = _executed(connection, f"select * from ({suite.select}) q limit 0")
            present = set(shape.keys())
            counted = [column for column in suite.required if column in present]
            known = ", ".join(
                f"""count(nullif(btrim("{column}"::text), ''))""" for column in counted
            )
            rows, *filled = _executed(
                connection,
                f"select count(*){', ' if known else ''}{known} from ({suite.select}) q",
            ).one()
    except SQLAlchemyError as error:
        text = str(error.__cause__ or error).strip().splitlines()[0]
        return [
            *found,
            refusal(
                suite.relation, "readable", "无法读取该表。", "It cannot be read.", text
            ),
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
                why="Great Expectations passes an empty batch",
            )
        )
    for column in suite.required:
        if column not in present:
            found.append(
                refusal(
                    suite.relation,
                    f"{column}_present",
                    f"缺少必需的列 {column}。",
                    f"The required column {column} is missing.",
                )
            )
    for column, count in zip(counted, filled, strict=True):
        if rows and not count:
            found.append(
                refusal(
                    suite.relation,
                    f"{column}_not_all_null",
                    f"必需的列 {column} 全部为空。",
                    f"The required column {column} is empty in every row.",
                    f"0 / {rows}",
                )
            )
    return found


def _validated(
    source: Any, engine: sqlalchemy.Engine, suite: Suite
) -> list[RuleResult]:
    """One result per rule of the suite, whatever happened: an exception is a critical failure."""
    if not suite.rules:
        return []
    try:
        outcomes = _outcomes(source, suite)
    except Exception as error:  # noqa: BLE001 - any trouble in the tool: nothing was checked
        return [could_not_run(suite, rule, str(error)) for rule in suite.rules]
    return [
        rule_result(
            suite, rule, outcomes.get(rule.id), _listed(engine, suite, rule, outcomes)
        )
        for rule in suite.rules
    ]


def _outcomes(source: Any, suite: Suite) -> dict[str, dict[str, Any]]:
    """Great Expectations' results as JSON values, by rule id."""
    import great_expectations as gx

    asset = source.add_query_asset(suite.relation, query=suite.select)
    batch = asset.add_batch_definition_whole_table("all")
    expectations = [
        getattr(gx.expectations, rule.expectation)(
            **rule.arguments, meta={"rule": rule.id}
        )
        for rule in suite.rules
    ]
    result = (
        batch.get_batch()
        .validate(
            gx.ExpectationSuite(name=suite.relation, expectations=expectations),
            result_format={
                "result_format": "SUMMARY",  # COMPLETE would fetch every failing row of a large batch
                "unexpected_index_column_names": list(suite.key),
                "partial_unexpected_count": ROW_CAP,
            },
        )
        .to_json_dict()
    )
    return {
        outcome["expectation_config"]["meta"]["rule"]: outcome
        for outcome in result["results"]
    }


def _listed(
    engine: sqlalchemy.Engine,
    suite: Suite,
    rule: Rule,
    outcomes: Mapping[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """The first rows that a rule in SQL found; other rules bring theirs in the outcome."""
    outcome = outcomes.get(rule.id)
    if (
        outcome is None
        or outcome["success"]
        or not outcome["result"].get("observed_value")
    ):
        return []
    sql = rule.arguments.get("unexpected_rows_query")
    if sql is None:
        return []
    found = sql.format(batch=f"({suite.select}) checked")
    with engine.connect() as connection:
        rows = _executed(connection, f"select * from ({found}) q limit {ROW_CAP}")
        return [dict(row) for row in rows.mappings()]


def _executed(
    connection: sqlalchemy.Connection, sql: str
) -> sqlalchemy.CursorResult[Any]:
    """The result of SQL without parameters, in which the driver must not look for any."""
    return connection.exec_driver_sql(sql.replace("%", "%%"))
