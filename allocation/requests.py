"""What the policy says about asking: which reasons count, by when, how often, who answers by when.

Pure: instants and counts come in, a verdict goes out. Source: document 0, Q5 and step 3.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from allocation.policy_model import Policy
from allocation.working_time import WorkDays, due

Kind = Literal["appeal", "reassignment", "override"]
OTHER = "other"  # a reason in the asker's own words: a person judges it


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of the policy by its code: valid-1, valid-2, … invalid-1, …"""

    code: str
    zh: str
    en: str

    @property
    def is_valid(self) -> bool:
        return self.code.startswith("valid-")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the policy alone.

    refusal: the code of the rule that declines the request at once ("" when a person answers):
    late, too_many or the invalid reason's own code. due: when a person's answer is due.
    """

    refusal: str
    due: datetime | None


def reasons(policy: Policy) -> list[Reason]:
    """The policy's reasons for moving a lead, in its order, with the codes that the log uses."""
    rule = policy.reassignment
    return [
        Reason(f"{kind}-{number}", words.zh, words.en)
        for kind, listed in (("valid", rule.valid), ("invalid", rule.invalid))
        for number, words in enumerate(listed, start=1)
    ]


def reason_of(policy: Policy, text: str) -> Reason | None:
    """The reason that a code or a sentence (in either language) names; None for any other text."""
    wanted = text.strip().casefold()
    for reason in reasons(policy):
        if wanted in (reason.code, reason.zh.casefold(), reason.en.casefold()):
            return reason
    return None


def appeal_verdict(policy: Policy, filed_at: datetime, days: WorkDays) -> Verdict:
    """Any rep may ask; a manager answers in writing."""
    rule = policy.appeal
    return Verdict("", due(filed_at, rule.answer_within_h, rule.answer_counts, days))


def file_until(policy: Policy, allocated_at: datetime, days: WorkDays) -> datetime:
    """Until when a request to move a lead is in time."""
    rule = policy.reassignment
    return due(allocated_at, rule.file_within_h, rule.file_counts, days)


def reassignment_verdict(
    policy: Policy,
    *,
    reason: Reason | None,
    allocated_at: datetime,
    filed_at: datetime,
    filed_before: int,
    days: WorkDays,
) -> Verdict:
    """Whether a request to move a lead goes to a person; `filed_before`: this rep and quarter.

    A reason that the policy does not list goes to a person, as one that it calls valid does.
    """
    rule = policy.reassignment
    if filed_at > file_until(policy, allocated_at, days):
        return Verdict("late", None)
    if filed_before >= rule.per_rep_and_quarter:
        return Verdict("too_many", None)
    if reason is not None and not reason.is_valid:
        return Verdict(reason.code, None)
    return Verdict("", due(filed_at, rule.move_within_h, rule.move_counts, days))
