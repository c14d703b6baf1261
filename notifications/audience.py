"""Who may read what: the one list that every page asks before it shows something.

The public checks that every lead was given by the rules; the team also works with the figures.
Where a figure is about a person, about a handful of people, or is the company's business, it is
the team's. Why: docs/decisions/0012-what-the-public-may-read.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from notifications.record import Audience

LEAST_PEOPLE = 10  # fewer are never counted where outsiders read (fairness: k >= 10 outside HR)

PARTS: Mapping[str, Literal["public", "team"]] = {
    # Pages of a run.
    "scoring": "public",
    "quality": "public",
    "models": "public",
    "capability": "team",
    "capacity": "team",
    "segments": "team",  # close rates and deal sizes of the whole company
    "request_counts": "public",  # each request is an entry of the public log anyway
    "each_request": "team",
    # What pages say about people.
    "names": "team",
    "stars": "team",
    "load": "team",
    "candidate_figures": "team",
    "claim_pool": "team",  # who qualifies to claim
    "intake_warnings": "team",
    "intake_mix": "team",
    "excluded_reps": "team",  # the public reads reasons that keep LEAST_PEOPLE or more out
    "waiting_turns": "team",  # which leads somebody was next for
    # What pages say about customers and the business.
    "lead_details": "team",
    "drift": "team",  # how many leads of which kind a year brings
    # What source files say in their own words; odd rows, some of which are about a few people.
    "findings": "team",
    "file_notes": "team",
    "quarantine_reasons": "team",
    "failed_rows": "team",
    "dbt_docs": "team",  # an app with scripts of its own
}


def may_read(audience: Audience, part: str) -> bool:
    """Whether an audience is shown a part. Errors: KeyError for a part that nobody decided on."""
    return PARTS[part] == "public" or audience == "team"
