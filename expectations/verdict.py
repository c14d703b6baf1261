"""What a door decided: a frozen Verdict, cheap to import (no Great Expectations here).

A verdict is stored for ever as it was. Its failed rows carry row keys of the source system, so
it belongs on the team's pages; public pages show the sentences and counts only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

FORMAT = "fairlead/verdict/1"
Door = Literal["landing", "allocation_inputs"]
Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule at one door. `failed_count` is the full count; `failed_rows` lists the first ones.

    `why` and `why_zh`: the reason for the threshold, or for a mere warning.
    A failed row is {"table", "key", "value", "column"?, …}, all texts, sorted by key.
    """

    id: str
    suite: str
    zh: str
    en: str
    severity: Severity
    ok: bool
    observed: str
    expected: str
    failed_count: int
    failed_rows: tuple[Mapping[str, str], ...] = ()
    why: str = ""
    why_zh: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one door for one run. `ok` = checked, and nothing critical failed.

    `checked_at` is UTC, "YYYY-MM-DDThh:mm:ssZ". Errors: ValueError when `ok` contradicts the rules.
    """

    door: Door
    run: str
    ok: bool
    checked_at: str
    suites: tuple[str, ...]
    rules: tuple[RuleResult, ...]

    def __post_init__(self) -> None:
        if self.ok != passes(self.suites, self.rules):
            raise ValueError(f"verdict of {self.door} for {self.run} contradicts its own rules")

    @property
    def failures(self) -> tuple[RuleResult, ...]:
        """The critical rules that failed: these stop the run."""
        return tuple(r for r in self.rules if not r.ok and r.severity == "critical")

    @property
    def warnings(self) -> tuple[RuleResult, ...]:
        """The warnings that failed: these go into the digest."""
        return tuple(r for r in self.rules if not r.ok and r.severity == "warning")

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON values, with a format tag; the inverse of `from_dict`."""
        body = asdict(self)
        body["suites"] = list(self.suites)
        body["rules"] = [
            {**rule, "failed_rows": [dict(row) for row in rule["failed_rows"]]}
            for rule in body["rules"]
        ]
        return {"format": FORMAT, **body}


def passes(suites: Sequence[str], rules: Sequence[RuleResult]) -> bool:
    """Whether results let a run go on: every suite has results and no critical rule failed."""
    checked = {rule.suite for rule in rules}
    return (
        bool(suites)
        and set(suites) <= checked
        and all(rule.ok or rule.severity == "warning" for rule in rules)
    )


def from_dict(body: Mapping[str, Any]) -> Verdict:
    """The verdict that `to_dict` wrote. Errors: ValueError for another format or shape."""
    if body.get("format") != FORMAT:
        raise ValueError(f"not a {FORMAT} verdict: {body.get('format')!r}")
    try:
        return Verdict(
            door=body["door"],
            run=body["run"],
            ok=body["ok"],
            checked_at=body["checked_at"],
            suites=tuple(body["suites"]),
            rules=tuple(
                RuleResult(
                    **{
                        **rule,
                        "failed_rows": tuple(dict(row) for row in rule["failed_rows"]),
                    }
                )
                for rule in body["rules"]
            ),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a {FORMAT} verdict: {error}") from error
