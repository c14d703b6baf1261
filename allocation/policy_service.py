"""The policy's sections around the allocation: approvals, seniority, service levels, requests."""

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field

from allocation.policy_scoring import Band, Part, Rule, Sentence

Seniority = Literal["junior", "mid", "senior"]
# hours: by the clock; working_days: 24 h of each working day; working_hours: only at work.
Counting = Literal["hours", "working_days", "working_hours"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Words(Part):
    """The same text in both languages."""

    zh: Sentence = Field(description="中文.")
    en: Sentence = Field(description="English.")


class Approval(Part):
    """An office that approved this version; an office or a reference, never a person's name."""

    role: Literal["sales_lead", "hr", "legal"] = Field(description="All three must approve.")
    by: Sentence = Field(description="The approving office.")
    on: date = Field(description="A run before this day may not use the policy.")
    approves: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="SHA-256 of the text it stands for; written by `fairlead policy approve`.",
    )


class Change(Words):
    """One line of the change log."""

    version: str = Field(description="The version that brought this change.")
    on: date = Field(description="The day of the change.")


class SeniorityClass(Part):
    """A class begins at this many months of tenure."""

    name: Seniority = Field(description="What shares call it.")
    from_month: int = Field(ge=0, description="Months since hiring; the first class begins at 0.")
    mix_pct: dict[Band, int] = Field(description="Soft target for a rep's own intake, percent.")


class RampStep(Part):
    """The intake of a new hire up to and including this month."""

    to_month: int = Field(ge=1, description="The last month of this step.")
    mix_pct: dict[Band, int] = Field(description="Percent of the intake; 0: not in the band.")


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
    ramp_accompany_calls: int = Field(
        default=5, ge=0, description="Calls a manager joins while a new hire is in the ramp."
    )
    stretch_accompany_calls: int = Field(
        default=3, ge=0, description="Calls a manager joins when a junior owns an enterprise lead."
    )
    stretch_target_pct: int = Field(default=10, ge=0, le=100, description="Reported, not enforced.")


class Sla(Rule):
    """Promises that start at assignment, in hours by the clock; nights and weekends count.

    Only first_touch_h is measured here (first touches in time); reminders and recycling are for
    whoever runs the CRM, and come back as a recycled lead.
    """

    first_touch_h: dict[Band, int] = Field(description="Hours to the first touch, by band.")
    hot_inbound_min: int = Field(default=5, description="Minutes to answer a hot inbound lead.")
    breaker_h: int = Field(default=2, description="Claimable leads: unclaimed after this, alert.")
    remind_h: int = Field(default=24, description="Untouched after this: a reminder.")
    to_be_recycled_h: int = Field(default=48, description="Untouched after this: to be recycled.")
    recycle_h: int = Field(default=72, description="Untouched after this: given out again.")
    escalate_follow_ups: int = Field(default=3, description="More follow-ups without conversion …")
    escalate_days: int = Field(default=7, description="… within these days are escalated.")


class WorkingTime(Rule):
    """When people work: public holidays with their make-up days, and the team's own days."""

    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = Field(
        default="", description="Whose public holidays and 调休 count, e.g. CN; empty: none."
    )
    weekdays: list[Weekday] = Field(
        default_factory=lambda: list(WEEKDAYS[:5]), min_length=1, description="Usually worked."
    )
    opens: Clock = Field(default="09:00", description="For what counts working hours.")
    closes: Clock = Field(default="18:00", description="For what counts working hours.")
    days_off: list[date] = Field(default_factory=list, description="Days off besides.")
    days_on: list[date] = Field(default_factory=list, description="Worked whatever else says no.")


class Reassignment(Rule):
    """Which requests to move a lead are granted."""

    file_within_h: int = Field(default=24, description="Hours after publication to ask.")
    file_counts: Counting = Field(default="hours", description="What the hours to file count.")
    move_within_h: int = Field(default=48, description="Hours to decide on a valid request.")
    move_counts: Counting = Field(default="hours", description="What the hours to move count.")
    per_rep_and_quarter: int = Field(default=2, description="Requests beyond are declined.")
    valid: list[Words] = Field(description="Reasons that a manager decides on.")
    invalid: list[Words] = Field(description="Reasons that are declined at once, with coaching.")


class Appeal(Rule):
    """Any rep may ask why; a manager answers in writing."""

    answer_within_h: int = Field(default=24, description="Hours for the written answer.")
    answer_counts: Counting = Field(default="hours", description="What the hours to answer count.")
    review_weekday_of_month: str = Field(
        default="first monday", description="The team's monthly review; stated, not executed."
    )
