"""The policy's sections around the allocation: approvals, seniority, service levels, requests."""

from datetime import date
from typing import Literal

from pydantic import Field

from allocation.policy_scoring import Band, Part, Rule, Sentence

Seniority = Literal["junior", "mid", "senior"]


class Words(Part):
    """The same text in both languages."""

    zh: Sentence
    en: Sentence


class Approval(Part):
    """An office that approved this version; an office or a reference, never a person's name."""

    role: Literal["sales_lead", "hr", "legal"]
    by: Sentence = Field(description="The approving office.")
    on: date
    approves: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="SHA-256 of the text it stands for; written by `fairlead policy approve`.",
    )


class Change(Words):
    """One line of the change log."""

    version: str
    on: date


class SeniorityClass(Part):
    """A class begins at this many months of tenure."""

    name: Seniority
    from_month: int = Field(ge=0)
    mix_pct: dict[Band, int] = Field(description="Soft target for a rep's own intake, percent.")


class RampStep(Part):
    """The intake of a new hire up to and including this month."""

    to_month: int = Field(ge=1)
    mix_pct: dict[Band, int]


class SeniorityRule(Rule):
    """Classes by tenure, ramp for new hires, and who accompanies a junior's enterprise lead."""

    classes: list[SeniorityClass] = Field(min_length=1, description="From month 0 upwards.")
    mix: Literal["report", "weights"] = Field(
        default="report",
        description="weights: rotation, junior and sdr turns go by the class's part of the band.",
    )
    ramp_on: bool = Field(
        default=False,
        description="New hires go by their step, not their class; 0 percent: not in the band.",
    )
    ramp: list[RampStep] = Field(default_factory=list, description="From the first month upwards.")
    ramp_accompany_calls: int = Field(default=5, ge=0)
    stretch_accompany_calls: int = Field(
        default=3, ge=0, description="Calls a manager joins when a junior owns an enterprise lead."
    )
    stretch_target_pct: int = Field(default=10, ge=0, le=100, description="Reported, not enforced.")


class Sla(Rule):
    """Clocks that start at assignment, in working hours."""

    first_touch_h: dict[Band, int]
    hot_inbound_min: int = 5
    breaker_h: int = Field(default=2, description="Claimable leads: unclaimed after this, alert.")
    remind_h: int = 24
    to_be_recycled_h: int = 48
    recycle_h: int = 72
    escalate_follow_ups: int = Field(default=3, description="More follow-ups without conversion …")
    escalate_days: int = Field(default=7, description="… within these days are escalated.")


class Reassignment(Rule):
    """Which requests to move a lead are granted."""

    file_within_h: int = 24
    move_within_h: int = 48
    per_rep_and_quarter: int = 2
    valid: list[Words]
    invalid: list[Words]


class Appeal(Rule):
    """Any rep may ask why; a manager answers in writing."""

    answer_within_h: int = 24
    review_weekday_of_month: str = "first monday"
