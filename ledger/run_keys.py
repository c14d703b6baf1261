"""Which run of which week: 2026-W48, and its intake runs 2026-W48-2 (Tuesday) and 2026-W48-2T14.

ISO 8601 weeks, weekdays 1-7 and hours, in the policy's zone. Keys sort within their week.
"""

import re

_INTAKE = re.compile(r"([0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3]))-[1-7](?:T(?:[01][0-9]|2[0-3]))?")


def is_intake(run: str) -> bool:
    """Whether the key is that of a run between the Mondays."""
    return _INTAKE.fullmatch(run) is not None


def week_of(run: str) -> str:
    """The week a run belongs to; of any other key, the key itself."""
    match = _INTAKE.fullmatch(run)
    return match[1] if match else run
