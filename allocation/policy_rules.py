"""The rules that a lead meets on its way: exceptions, skill rules, bands and their shares."""

from typing import Literal

from pydantic import Field

from allocation.policy_options import Claim
from allocation.policy_scoring import Band, Id, Part, Role, Rule, Skill, Whole
from allocation.policy_service import Seniority

Method = Literal["lottery", "skill_match", "rotation", "junior", "sdr", "claim"]


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
    ] = Field(description="What the exception is about.")
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
    top_performers_pct: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="referral_draw only: among this % of the entrants, by known attainment.",
    )


class When(Part):
    """The leads that a skill rule is about; all conditions given must hold, unknown never holds."""

    band: list[Band] = Field(default_factory=list, description="Any of these; empty: any.")
    score_at_least: int | None = Field(default=None, ge=0, description="The sum of points.")
    industry: list[str] = Field(default_factory=list, description="Any of these; empty: any.")
    product: list[str] = Field(default_factory=list, description="Any of these; empty: any.")
    region: list[str] = Field(default_factory=list, description="Any of these; empty: any.")
    lead_type: list[Literal["new", "upsell", "cross_sell"]] = Field(
        default_factory=list, description="Any of these; empty: any."
    )
    existing_arr_at_least: Whole | None = Field(
        default=None, description="What the customer pays a year already, in the currency."
    )
    amount_at_least: Whole | None = Field(
        default=None, description="The lead's budget; where none is known, its expected value."
    )
    amount_below: Whole | None = Field(default=None, description="As above, and less than this.")


class SkillRule(Rule):
    """Narrows who may take a lead inside its share; it never changes the share.

    If nobody left can take the lead, the lead's rules are set aside one by one from the last in
    the file (overflow: next best, with a subject-matter expert beside the owner), unless a rule
    that is still standing says that the lead waits instead.
    """

    when: When
    skill: Skill | None = Field(
        default=None,
        description="The skill that is asked for; vertical:* is the lead's own industry.",
    )
    min_stars: int | None = Field(default=None, ge=1, le=3, description="Stars in the skill.")
    qualification: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="One of the rep's qualifications (certificate, case, training, product …); "
        "product:* is the lead's own product.",
    )
    territory: bool = Field(default=False, description="The owner's region is the lead's.")
    pool: list[Role] = Field(
        default_factory=list, description="Takes the place of the share's roles."
    )
    binds: list[Method] = Field(min_length=1, description="Methods in which the rule holds.")
    replaces: list[Id] = Field(default_factory=list, description="Rules that this one stands for.")
    overflow: Literal["next_best", "wait"] = Field(
        default="next_best", description="What happens when nobody can take the lead."
    )
    overflow_sme: bool = Field(default=True, description="Name an expert as co-owner on overflow.")


class Share(Rule):
    """A part of a band's leads and how it is given out."""

    share: Id = Field(description="Short name; with the band it names the carried fraction.")
    method: Method = Field(description="How its leads find their reps.")
    pct: int | None = Field(
        default=None, ge=0, le=100, description="Percent; not for the last share."
    )
    rest: bool = Field(default=False, description="The last share takes what is left.")
    roles: list[Role] = Field(min_length=1, description="Who may take part.")
    seniority: list[Seniority] = Field(default_factory=list, description="Empty: every class.")
    weights: Literal["equal", "headroom", "fte", "performance"] = Field(
        default="equal",
        description="rotation, junior, sdr: equal turns, by 1 - open/cap, part time, or results.",
    )
    times: list[Literal["headroom", "fte", "performance"]] = Field(
        default_factory=list, description="Further weights that `weights` is multiplied by."
    )
    mentored: bool = Field(
        default=False, description="The owner gets a mentor: of a higher class, least loaded."
    )
    ceiling_pct: int | None = Field(
        default=None,
        ge=100,
        description="skill_match: most a rep gets in a run, % of the even share.",
    )
    prefer_skill: Skill | None = Field(
        default=None, description="skill_match: most stars in this skill first, then less load."
    )
    claim: Claim | None = Field(default=None, description="claim only: who may, how often.")


class BandRule(Rule):
    """One band and its shares; all shares but the last are filled by one select draw."""

    band: Band = Field(description="The tier whose leads these shares divide.")
    shares: list[Share] = Field(min_length=1, max_length=10)
