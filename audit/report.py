"""What a verification found: one line per check, then a verdict with its exit code.

Source: specs/ledger.md, last paragraph but one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "failed", "warning", "skipped"]

FAILED = "FAILED"
OPERATOR_TRUSTED = "OPERATOR-TRUSTED"
ORDER_NOT_PROVEN = "ORDER NOT PROVEN"
VALUE_BY_EYE = "VALUE BY EYE"
VERIFIED = "VERIFIED"
EXIT_CODES = {
    FAILED: 1,
    OPERATOR_TRUSTED: 4,
    ORDER_NOT_PROVEN: 3,
    VALUE_BY_EYE: 5,
    VERIFIED: 0,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `detail` says what was found, a file's path first."""

    name: str
    ok: Outcome
    detail: str

    def __str__(self) -> str:
        return f"{self.ok:<8}{self.name}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """All checks in the order they were made. `verdict` is "FAILED: what" or another's name."""

    checks: tuple[Check, ...]
    verdict: str
    exit_code: int

    def lines(self) -> list[str]:
        """What a terminal shows: each check, then the verdict."""
        return [one_line(str(check)) for check in self.checks] + [one_line(self.verdict)]


@dataclass(frozen=True, slots=True)
class Trust:
    """What one finished draw rests on."""

    draw: str
    source: str  # drand, public or operator
    is_order_proven: bool


class Findings:
    """Collects what one subject shows; everything that is wrong, not only the first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._found: list[Check] = []

    def failed(self, detail: str) -> None:
        self._found.append(Check(self.name, "failed", detail))

    def warning(self, detail: str) -> None:
        self._found.append(Check(self.name, "warning", detail))

    def skipped(self, detail: str) -> None:
        self._found.append(Check(self.name, "skipped", detail))

    @property
    def has_failed(self) -> bool:
        return any(check.ok == "failed" for check in self._found)

    def checks(self, good: str) -> list[Check]:
        """The findings, led by an ok line saying `good` if nothing failed or was skipped."""
        if any(check.ok in ("failed", "skipped") for check in self._found):
            return self._found
        return [Check(self.name, "ok", good), *self._found]


def concluded(checks: Sequence[Check], trusts: Iterable[Trust]) -> Report:
    """The first verdict that applies to any draw."""
    trusts = list(trusts)
    failures = [check for check in checks if check.ok == "failed"]
    if failures:
        first = failures[0]
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        verdict = f"{FAILED}: {first.name}: {first.detail}{more}"
        return Report(tuple(checks), verdict, EXIT_CODES[FAILED])
    verdict = VERIFIED
    if any(trust.source == "operator" for trust in trusts):
        verdict = OPERATOR_TRUSTED
    elif any(not trust.is_order_proven for trust in trusts):
        verdict = ORDER_NOT_PROVEN
    elif any(trust.source == "public" for trust in trusts):
        verdict = VALUE_BY_EYE
    return Report(tuple(checks), verdict, EXIT_CODES[verdict])


def one_line(text: str) -> str:
    """`text` with what could break or repaint a terminal's line escaped; published bytes are
    quoted in details, and they may be hostile."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
