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

from expectations.refusals import executed, own_refusals
from expectations.results import could_not_run, refusal, rule_result
from expectations.suites import allocation_inputs, landing
from expectations.suites.model import Rule, Suite
from expectations.verdict import Door, RuleResult, Verdict, passes

if TYPE_CHECKING:
    import sqlalchemy

DOORS = ("landing", "allocation_inputs")
# Enough rows to see the pattern; the full count stands beside them.
ROW_CAP = 25


def warm() -> None:
    """Import Great Expectations (about 3 s), so that a later `check` starts at once."""
    # Its progress bars would fill a log with control characters.
    os.environ.setdefault("TQDM_DISABLE", "1")
    import great_expectations  # noqa: F401


def door_suites(door: Door, run: str, context: Mapping[str, Any]) -> tuple[Suite, ...]:
    """The suites of a door. `context`: what landing.suites names; the other door needs none."""
    if door == "landing":
        return landing.suites(context)
    return allocation_inputs.suites(run)


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
        suites = door_suites(door, run, context or {})
    warm()
    source = _source(_url(host, port, user, password, dbname))
    try:
        engine = source.get_engine()
        with engine.connect():  # no database at all is the caller's trouble, not a finding
            pass
        rules = tuple(
            result
            for suite in suites
            for result in (
                *own_refusals(engine, suite),
                *_validated(source, engine, suite),
            )
        )
    finally:
        source.get_engine().dispose()
        source.get_execution_engine().close()
    names = tuple(suite.relation for suite in suites)
    if not suites:
        rules = (refusal(door, "has_suites", "检查门没有任何规则集。", "The door has no suite."),)
    return Verdict(
        door=door,
        run=run,
        ok=passes(names, rules),
        checked_at=checked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        suites=names,
        rules=rules,
    )


def _url(host: str, port: int | None, user: str, password: str | None, dbname: str) -> str:
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

    # A host that logs everything (Prefect) would show each step of each metric.
    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # Temporary tables would save half a second over 50,000 raw rows (measured), and would ask the
    # database for more than the right to read.
    return context.data_sources.add_postgres(
        "warehouse",
        connection_string=url,
        create_temp_table=False,
    )


def _validated(source: Any, engine: sqlalchemy.Engine, suite: Suite) -> list[RuleResult]:
    """One result per rule of the suite, whatever happened: an exception is a critical failure."""
    batches: dict[str, list[Rule]] = {}
    for rule in suite.rules:
        batches.setdefault(suite.rows_of(rule), []).append(rule)
    results = {}
    for number, (query, rules) in enumerate(batches.items()):
        try:
            outcomes = _outcomes(source, f"{suite.relation}/{number}", query, suite, rules)
            for rule in rules:
                listed = _listed(engine, suite, rule, outcomes)
                results[rule.id] = rule_result(suite, rule, outcomes.get(rule.id), listed)
        except Exception as error:  # noqa: BLE001 - any trouble in the tool: nothing was checked
            results |= {rule.id: could_not_run(suite, rule, str(error)) for rule in rules}
    return [results[rule.id] for rule in suite.rules]


def _outcomes(
    source: Any, name: str, query: str, suite: Suite, rules: Sequence[Rule]
) -> dict[str, dict[str, Any]]:
    """Great Expectations' results on the rows of one query, as JSON values by rule id."""
    import great_expectations as gx

    asset = source.add_query_asset(name, query=query)
    expectations = [
        getattr(gx.expectations, rule.expectation)(**rule.arguments, meta={"rule": rule.id})
        for rule in rules
    ]
    result = (
        asset.add_batch_definition_whole_table("all")
        .get_batch()
        .validate(
            gx.ExpectationSuite(name=name, expectations=expectations),
            result_format={
                "result_format": "SUMMARY",  # COMPLETE would fetch every failing row
                "unexpected_index_column_names": list(suite.key),
                "partial_unexpected_count": ROW_CAP,
            },
        )
        .to_json_dict()
    )
    return {outcome["expectation_config"]["meta"]["rule"]: outcome for outcome in result["results"]}


def _listed(
    engine: sqlalchemy.Engine,
    suite: Suite,
    rule: Rule,
    outcomes: Mapping[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """The first rows that a rule in SQL found; other rules bring theirs in the outcome."""
    outcome = outcomes.get(rule.id)
    if outcome is None or outcome["success"] or not outcome["result"].get("observed_value"):
        return []
    if not rule.sql:
        return []
    with engine.connect() as connection:
        rows = executed(connection, f"select * from ({suite.rows_of(rule)}) q limit {ROW_CAP}")
        return [dict(row) for row in rows.mappings()]
