"""Results of Great Expectations, as JSON values, to our RuleResult."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from expectations.suites.model import Rule, Suite
from expectations.verdict import RuleResult

LONGEST_TEXT = 300  # a 10 MB field or a stack trace must not fill a page


def rule_result(
    suite: Suite,
    rule: Rule,
    outcome: Mapping[str, Any] | None,
    listed: Iterable[Mapping[str, Any]] = (),
) -> RuleResult:
    """The result of one rule; `outcome` None (no result came back) is a critical failure.

    `listed`: failing rows fetched beside the outcome (rules written in SQL).
    """
    if outcome is None:
        return could_not_run(suite, rule, "no result came back")
    raised = _exception(outcome.get("exception_info") or {})
    if raised is not None:
        return could_not_run(suite, rule, raised)
    result = outcome["result"]
    ok = outcome["success"] is True
    count = _failed_count(result, rule) if not ok else 0
    rows = [*listed, *result.get("partial_unexpected_index_list", ())] if not ok else []
    return RuleResult(
        id=f"{suite.relation}.{rule.id}",
        suite=suite.relation,
        zh=rule.zh,
        en=rule.en,
        severity=rule.severity,
        ok=ok,
        observed=_observed(result),
        expected=_expected(rule),
        failed_count=count,
        failed_rows=tuple(
            sorted(
                (_row(suite, rule, row) for row in rows),
                key=lambda row: sorted(row.items()),
            )
        ),
        why=rule.why.en,
        why_zh=rule.why.zh,
    )


def could_not_run(suite: Suite, rule: Rule, reason: str) -> RuleResult:
    """A rule that was not evaluated: critical whatever its severity, never a pass."""
    return RuleResult(
        id=f"{suite.relation}.{rule.id}",
        suite=suite.relation,
        zh=rule.zh,
        en=rule.en,
        severity="critical",
        ok=False,
        observed=_short(f"could not be checked: {reason}"),
        expected=_expected(rule),
        failed_count=1,
        why=rule.why.en,
        why_zh=rule.why.zh,
    )


def refusal(suite: str, name: str, zh: str, en: str, observed: str = "") -> RuleResult:
    """A critical failure that the gate found itself."""
    return RuleResult(
        id=f"{suite}.{name}",
        suite=suite,
        zh=zh,
        en=en,
        severity="critical",
        ok=False,
        observed=_short(observed),
        expected="",
        failed_count=1,
    )


def _exception(info: Mapping[str, Any]) -> str | None:
    """The message of an exception: flat for the whole expectation, else one entry per metric."""
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return str(entry.get("exception_message") or "exception")
    return None


def _failed_count(result: Mapping[str, Any], rule: Rule) -> int:
    if "unexpected_count" in result:
        return int(result["unexpected_count"])
    if rule.sql:
        return int(result["observed_value"])
    return 1  # a statement about the table as a whole


def _observed(result: Mapping[str, Any]) -> str:
    if "unexpected_count" in result:
        judged = int(result["element_count"]) - int(result.get("missing_count") or 0)
        return f"{result['unexpected_count']} / {judged}"
    return _short(str(result.get("observed_value", "")))


def _expected(rule: Rule) -> str:
    arguments = rule.arguments
    if "mostly" in arguments:
        return f"≥ {arguments['mostly']:.0%}"
    if rule.expectation.endswith("ToBeInSet") and "NotToBe" not in rule.expectation:
        return " | ".join(map(str, arguments["value_set"]))
    if "value" in arguments:
        return str(arguments["value"])
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is not None:
        return f"≥ {low}" if high is None else f"{low} – {high}"
    return "0"


def _row(suite: Suite, rule: Rule, row: Mapping[str, Any]) -> dict[str, str]:
    """A failing row for people: table, key, the value that failed, and what else was selected."""
    column = rule.arguments.get("column")
    shown = {
        "table": suite.relation,
        "key": " / ".join(_short(row.get(k)) for k in suite.key),
    }
    if column is not None:
        shown["column"] = column
        shown["value"] = _short(row.get(column))
    others = {k: _short(v) for k, v in row.items() if k not in suite.key and k != column}
    return shown | others


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
