"""The verdict says what its rules say, and survives being stored."""

import json
import subprocess
import sys

import pytest

from expectations.gate import DOORS, door_suites
from expectations.verdict import RuleResult, Verdict, from_dict, passes


def result(ok: bool = True, severity: str = "critical", suite: str = "marts.dim_reps"):
    return RuleResult(
        id=f"{suite}.grain",
        suite=suite,
        zh="每位销售一行。",
        en="There is one row per rep.",
        severity=severity,
        ok=ok,
        observed="0 / 120" if ok else "2 / 120",
        expected="0",
        failed_count=0 if ok else 2,
        failed_rows=() if ok else ({"table": suite, "key": "r1", "value": "r1"},),
    )


def verdict(*rules: RuleResult, ok: bool) -> Verdict:
    suites = tuple({rule.suite for rule in rules})
    return Verdict("landing", "2026-W48", ok, "2026-11-23T00:45:00Z", suites, rules)


def test_a_stored_verdict_reads_back_equal():
    original = verdict(result(ok=False), result(), ok=False)
    assert from_dict(json.loads(json.dumps(original.to_dict()))) == original


def test_a_failed_warning_does_not_stop_the_run():
    given = verdict(result(), result(ok=False, severity="warning"), ok=True)
    assert given.failures == ()
    assert len(given.warnings) == 1


def test_a_failed_critical_rule_stops_the_run():
    assert not passes(("marts.dim_reps",), (result(), result(ok=False)))


def test_no_suite_is_not_a_pass():
    assert not passes((), ())


def test_a_suite_without_results_is_not_a_pass():
    assert not passes(("marts.dim_reps", "raw.leads"), (result(),))


def test_a_verdict_cannot_claim_ok_against_its_rules():
    with pytest.raises(ValueError, match="contradicts"):
        verdict(result(ok=False), ok=True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"format": "fairlead/verdict/2"},
        {"format": "fairlead/verdict/1", "door": "x"},
    ],
)
def test_another_format_is_refused(body):
    with pytest.raises(ValueError, match="fairlead/verdict/1"):
        from_dict(body)


SEEN = {
    "source": "csv",
    "landed_until": "2026-11-23T00:40:00Z",
    "as_of": "2026-11-23T00:40:00Z",
}


@pytest.mark.parametrize("door", DOORS)
def test_every_rule_has_its_own_id_and_a_sentence_in_both_languages(door):
    rules = [(s.relation, r) for s in door_suites(door, "2026-W48", SEEN) for r in s.rules]
    assert len({(relation, rule.id) for relation, rule in rules}) == len(rules)
    for _, rule in rules:
        assert rule.en.endswith(".")
        assert rule.zh.endswith("。")


@pytest.mark.parametrize("door", DOORS)
def test_every_threshold_and_warning_gives_its_reason_in_both_languages(door):
    for suite in door_suites(door, "2026-W48", SEEN):
        for rule in suite.rules:
            bounds = {"min_value", "max_value", "mostly"} & set(rule.arguments)
            has_threshold = (
                bounds or rule.arguments.get("value") or rule.id in ("bad_rows", "fresh")
            )
            if has_threshold or rule.severity == "warning":
                assert all(rule.why), f"{suite.relation}.{rule.id}"
                assert not rule.why.zh.isascii()
                assert rule.why.en.isascii()


def test_verdicts_and_suites_are_read_without_great_expectations():
    code = (
        "import sys, expectations.gate, expectations.verdict;"
        "sys.exit('great_expectations' in sys.modules or 'sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
