"""The policy as the engine sees it: exceptions, skill rules, bands and their shares, numbers.

A policy file is read with `allocation.policy.load_policy`; the models here are only its shape.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from allocation.policy_scoring import (
    Band,
    Capability,
    Capacity,
    Id,
    Part,
    Role,
    Rule,
    Scoring,
    Skill,
    Whole,
)
from allocation.policy_service import (
    Appeal,
    Approval,
    Change,
    Reassignment,
    Seniority,
    SeniorityRule,
    Sla,
    Words,
)

Method = Literal["lottery", "skill_match", "rotation", "junior", "sdr"]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Calendar(Part):
    """The Monday clock, in the policy's zone."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"]
    freeze: Clock = Field(description="The snapshot is frozen and logged with the select draws.")
    open: Clock = Field(description="The lottery's window opens.")
    close: Clock = Field(description="The window closes; after the source's time it is decided.")


class Source(Part):
    """Where chance comes from: written beforehand, never chosen when a draw is due."""

    kind: Literal["drand", "operator"]
    delay_s: int | None = Field(
        default=None, ge=60, le=86_400, description="drand only: seconds from closing to the round."
    )


class Limits(Part):
    """When a run refuses to go on."""

    bad_row_pct: int = Field(ge=0, le=100, description="More bad rows than this stop the run.")


class ExceptionRule(Rule):
    """A case that leaves its band before the shares are counted; tried in the file's order.

    named_account, requested_rep and referral_known go to the rep they name if that rep may take a
    lead now, else the next exception or the band decides. referral_draw joins the ladder of
    `band`/`share` as an extra prize.
    """

    kind: Literal[
        "do_not_contact",
        "duplicate",
        "named_account",
        "requested_rep",
        "referral_known",
        "referral_draw",
        "referral_board",
    ]
    referrers: list[Literal["c_level", "board", "investor", "partner"]] = Field(
        default_factory=list, description="referral_* only: whose referrals."
    )
    roles: list[Role] = Field(
        default_factory=list, description="referral_board only: who may own the lead."
    )
    manager_co_owns: bool = Field(default=False, description="The owner's manager is co-owner.")
    band: Band | None = Field(
        default=None, description="referral_draw only: whose ladder is joined."
    )
    share: Id | None = Field(default=None, description="referral_draw only: which share's ladder.")


class When(Part):
    """The leads that a skill rule is about; all conditions given must hold, unknown never holds."""

    band: list[Band] = Field(default_factory=list)
    score_at_least: int | None = Field(default=None, ge=0)
    industry: list[str] = Field(default_factory=list)
    product: list[str] = Field(default_factory=list)
    region: list[str] = Field(default_factory=list)
    lead_type: list[Literal["new", "upsell", "cross_sell"]] = Field(default_factory=list)
    existing_arr_at_least: Whole | None = None


class SkillRule(Rule):
    """Narrows who may take a lead inside its share; it never changes the share.

    If nobody left can take the lead, the lead's rules are set aside one by one from the last in
    the file (overflow: next best, with a subject-matter expert beside the owner).
    """

    when: When
    skill: Skill | None = Field(default=None, description="The skill that is asked for.")
    min_stars: int | None = Field(default=None, ge=1, le=3)
    pool: list[Role] = Field(
        default_factory=list, description="Takes the place of the share's roles."
    )
    binds: list[Method] = Field(min_length=1, description="Methods in which the rule holds.")
    replaces: list[Id] = Field(default_factory=list, description="Rules that this one stands for.")
    overflow_sme: bool = Field(default=True, description="Name an expert as co-owner on overflow.")


class Share(Rule):
    """A part of a band's leads and how it is given out."""

    share: Id = Field(description="Short name; with the band it names the carried fraction.")
    method: Method
    pct: int | None = Field(
        default=None, ge=0, le=100, description="Percent; not for the last share."
    )
    rest: bool = Field(default=False, description="The last share takes what is left.")
    roles: list[Role] = Field(min_length=1, description="Who may take part.")
    seniority: list[Seniority] = Field(default_factory=list, description="Empty: every class.")
    weights: Literal["equal", "headroom"] = Field(
        default="equal", description="rotation, junior, sdr: equal turns, or by 1 - open/cap."
    )
    ceiling_pct: int | None = Field(
        default=None,
        ge=100,
        description="skill_match: most a rep gets in a run, % of the even share.",
    )


class BandRule(Rule):
    """One band and its shares; all shares but the last are filled by one select draw."""

    band: Band
    shares: list[Share] = Field(min_length=1, max_length=10)


class Policy(Part):
    """One version of a lead allocation policy, whole."""

    format: Literal["fairlead/policy/1"]
    id: Id
    version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    title: Words
    summary: Words = Field(description="What the policy is for and why it is as it is.")
    effective_from: date
    approvals: list[Approval]
    changes: list[Change] = Field(min_length=1)
    zone: str = Field(description="Business time zone, e.g. Asia/Shanghai.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    calendar: Calendar
    source: Source
    limits: Limits
    scoring: Scoring
    capacity: Capacity
    capability: Capability
    exceptions: list[ExceptionRule]
    skill_rules: list[SkillRule]
    bands: list[BandRule] = Field(min_length=3, max_length=3)
    on_return: Literal["resume"] = Field(
        default="resume", description="Who was away accrued nothing and goes on where they were."
    )
    seniority: SeniorityRule
    sla: Sla
    reassignment: Reassignment
    appeal: Appeal
    sha256: str = Field(default="", description="Of the file's exact bytes; set by load_policy.")
    text: str = Field(default="", repr=False, description="The file's text; set by load_policy.")

    def rules(self) -> list[Rule]:
        """Every rule with a sentence, in the file's order."""
        bands = [rule for band in self.bands for rule in (band, *band.shares)]
        return [
            self.scoring,
            self.capacity,
            *self.capacity.caps,
            self.capability,
            *self.exceptions,
            *self.skill_rules,
            *bands,
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
