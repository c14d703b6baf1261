"""The policy as the engine sees it: exceptions, skill rules, bands and their shares, numbers.

A policy file is read with `allocation.policy.load_policy`; the models here are only its shape.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from allocation.policy_calendar import Calendar, Source
from allocation.policy_options import (
    Anomalies,
    Credits,
    Intake,
    Performance,
    Pilot,
    Promotion,
    Support,
)
from allocation.policy_rules import BandRule, ExceptionRule, Method, Share, SkillRule
from allocation.policy_scoring import Capability, Capacity, Id, Part, Rule, Scoring
from allocation.policy_service import (
    Appeal,
    Approval,
    Change,
    Reassignment,
    SeniorityRule,
    Sla,
    Words,
    WorkingTime,
)

__all__ = ["BandRule", "ExceptionRule", "Method", "Policy", "Share", "SkillRule"]


class Limits(Part):
    """When a run refuses to go on."""

    bad_row_pct: int = Field(ge=0, le=100, description="More bad rows than this stop the run.")


class Policy(Part):
    """One version of a lead allocation policy, whole."""

    format: Literal["fairlead/policy/1"] = Field(description="The version of this language.")
    id: Id = Field(description="The same in all versions of a policy.")
    version: Annotated[str, Field(pattern=r"^\d+\.\d+$")] = Field(
        description="A higher one for every changed text, with its line under 'changes'."
    )
    title: Words
    summary: Words = Field(description="What the policy is for and why it is as it is.")
    effective_from: date = Field(description="The first day on which it may decide.")
    approvals: list[Approval]
    changes: list[Change] = Field(min_length=1)
    zone: str = Field(description="Business time zone, e.g. Asia/Shanghai.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        description="Of every amount in the file, e.g. CNY; the source's must be the same."
    )
    calendar: Calendar
    source: Source
    limits: Limits
    scoring: Scoring
    capacity: Capacity
    capability: Capability
    exceptions: list[ExceptionRule]
    skill_rules: list[SkillRule]
    bands: list[BandRule] = Field(min_length=3, max_length=3)
    on_return: Literal["resume", "catch_up"] = Field(
        default="resume",
        description="Who was away accrued nothing and goes on where they were; or is credited.",
    )
    credits: Credits | None = Field(default=None, description="How credited turns are paid.")
    performance: Performance | None = None
    support: Support | None = None
    seniority: SeniorityRule
    promotion: Promotion | None = None
    pilot: Pilot | None = None
    intake: Intake | None = Field(default=None, description="Absent: one run a week.")
    anomalies: Anomalies | None = None
    sla: Sla
    working_time: WorkingTime | None = Field(
        default=None, description="Needed where anything counts working days or hours."
    )
    reassignment: Reassignment
    appeal: Appeal
    sha256: str = Field(default="", description="Of the file's exact bytes; set by load_policy.")
    text: str = Field(default="", repr=False, description="The file's text; set by load_policy.")

    def rules(self) -> list[Rule]:
        """Every rule with a sentence, in the file's order."""
        bands = [rule for band in self.bands for rule in (band, *band.shares)]
        options: list[Rule | None] = [
            self.credits,
            self.performance,
            self.support,
            self.promotion,
            self.pilot,
            self.intake,
            self.working_time,
            self.anomalies,
        ]
        return [
            self.scoring,
            self.capacity,
            *self.capacity.caps,
            self.capability,
            *self.exceptions,
            *self.skill_rules,
            *bands,
            *(rule for rule in options if rule is not None),
            self.seniority,
            self.sla,
            self.reassignment,
            self.appeal,
        ]

    def share(self, band: str, share: str) -> Share:
        """The share of a band by its short name (KeyError if there is none)."""
        for rule in self.band(band).shares:
            if rule.share == share:
                return rule
        raise KeyError(f"{band}/{share}")

    def band(self, band: str) -> BandRule:
        """A band's rule by name (KeyError if there is none)."""
        for rule in self.bands:
            if rule.band == band:
                return rule
        raise KeyError(band)
