"""The policy's sections that dbt computes with: scoring, tiers, capacity, capability.

Every model is frozen and refuses unknown keys. Fields are documented where they stand; the JSON
Schema made from them is what editors complete and check.
"""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

Band = Literal["enterprise", "mid_market", "smb"]
Role = Literal["SDR", "BDR", "AE", "AM"]
Stage = Literal["discovery", "demo", "proposal", "negotiation"]
EnumField = Literal[
    "budget_status",
    "authority",
    "need",
    "timing",
    "engagement",
    "lead_type",
    "industry",
    "product",
    "region",
    "source",
    "channel",
    "referrer",
]
NumberField = Literal[
    "employees",
    "budget_cny",
    "existing_arr_cny",
    "expected_acv_cny",
    "manual_stars",
]
Count = Literal[
    "open_opportunities",
    "open_leads",
    "open_discovery_demo",
    "open_proposal_negotiation",
    "high_value_this_month",
]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Sentence = Annotated[str, Field(min_length=2, max_length=600)]
Skill = Annotated[
    str, Field(pattern=r"^(enterprise|smb|new_business|upsell|outbound|inbound|vertical:.{1,60})$")
]
Whole = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Part(BaseModel):
    """Anything written in a policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """A rule that a decision can name: never without a sentence in both languages and a source."""

    id: Id = Field(description="Unique in the file; decisions and pages cite it.")
    zh: Sentence = Field(description="The rule as one sentence, 中文.")
    en: Sentence = Field(description="The rule as one sentence, English.")
    source: Sentence = Field(description="Where the rule comes from, e.g. 'document 0, step 3'.")


class Level(Part):
    """One step of a factor; a lead earns the points of the first level whose conditions hold."""

    points: int = Field(ge=1, le=3, description="Points earned, 1 to 3.")
    zh: Sentence = Field(description="What the level means, 中文.")
    en: Sentence = Field(description="What the level means, English.")
    where: dict[EnumField, str] = Field(
        default_factory=dict, max_length=1, description="The lead's field equals this value."
    )
    at_least: dict[NumberField, Whole] = Field(
        default_factory=dict, max_length=1, description="The lead's number is known and >= this."
    )
    unknown: bool = Field(default=False, description="Reaching this level means: not known.")


class Factor(Part):
    """One factor of the score; its last level has no condition and catches everything."""

    id: Id = Field(description="Name of the factor, key of the lead's points.")
    zh: Sentence = Field(description="Name for readers, 中文.")
    en: Sentence = Field(description="Name for readers, English.")
    weight_pct: int = Field(ge=0, le=100, description="Weight in the weighted score, percent.")
    levels: list[Level] = Field(min_length=1, max_length=20, description="Tried from the top.")


class Tier(Part):
    """A band begins at this sum of points; tiers are listed from the highest."""

    band: Band = Field(description="The bands are always these three; title them as you like.")
    min_points: int = Field(ge=0, le=100, description="Smallest sum of points in the band.")
    zh: Sentence = Field(description="Name of the band for readers, 中文.")
    en: Sentence = Field(description="Name of the band for readers, English.")


class Grade(Part):
    """A letter for leads whose score, as percent of the points within reach, is at least this."""

    grade: str = Field(pattern=r"^[A-Z][A-Za-z0-9+]{0,7}$", description="A, B, C, …")
    min_score: int = Field(ge=0, le=100, description="Smallest score out of 100 with this grade.")


# Document 1's example: 80 and more to team A, 60 to 79 to team B, the rest to newcomers.
GRADES = (
    Grade(grade="A", min_score=80),
    Grade(grade="B", min_score=60),
    Grade(grade="C", min_score=0),
)


class Scoring(Rule):
    """How a lead's points are counted and which band they put it in."""

    factors: list[Factor] = Field(min_length=1, max_length=20)
    tiers: list[Tier] = Field(min_length=1, max_length=3)
    grades: list[Grade] = Field(
        default=list(GRADES),
        min_length=1,
        max_length=10,
        description="Letters for the same score, shown beside the band; they decide nothing.",
    )

    @field_validator("grades")
    @classmethod
    def _falls_to_zero(cls, grades: list[Grade]) -> list[Grade]:
        limits = [grade.min_score for grade in grades]
        if limits != sorted(set(limits), reverse=True) or limits[-1] != 0:
            raise ValueError("grades are listed from the highest, and the last begins at 0")
        return grades


class SizeBand(Part):
    """How much an opportunity of at least this amount weighs in the load."""

    min_amount: Whole = Field(description="Whole units of the policy's currency.")
    weight_x100: int = Field(ge=1, le=10_000, description="100 = weighs once.")


class Cap(Rule):
    """At `limit` a rep gets no new lead until the count falls; a run's own leads count at once."""

    counts: list[Count] = Field(min_length=1, description="The counts that are added up.")
    roles: list[Role] = Field(min_length=1, description="Whom the cap binds.")
    limit: int = Field(ge=1, le=100_000, description="Largest count a rep may reach.")


class Capacity(Rule):
    """Weighted load (each open opportunity: size weight x stage multiplier) and the caps."""

    stage_multipliers_x100: dict[Stage, int] = Field(description="50 = one half.")
    size_bands: list[SizeBand] = Field(
        min_length=1, description="From the smallest amount, first 0."
    )
    stalled_days: int = Field(
        ge=1, le=365, description="Days in discovery after which a deal is stalled."
    )
    high_value_min_amount: Whole = Field(description="A lead worth at least this is high-value.")
    priority_below_bp: int = Field(
        ge=0, le=20_000, description="Quota attainment (1/10000) below which a rep has priority"
    )
    priority_quarter_left_bp: int = Field(
        ge=0, le=10_000, description="… while more than this part of the quarter (1/10000) is left."
    )
    normal_above_bp: int = Field(
        default=12_000,
        description="Attainment above which a rep has the normal flow, no preference.",
    )
    caps: list[Cap] = Field(default_factory=list, description="All that apply, apply together.")

    @field_validator("stage_multipliers_x100")
    @classmethod
    def _every_open_stage(cls, multipliers: dict[Stage, int]) -> dict[Stage, int]:
        if missing := [stage for stage in get_args(Stage) if stage not in multipliers]:
            raise ValueError(
                f"no multiplier for {', '.join(missing)}: its deals would have no load"
            )
        return multipliers


class Capability(Rule):
    """How stars come from self-assessment, the manager's review and evidence."""

    certified_min_stars: int = Field(
        ge=1, le=3, description="A valid certificate gives at least these."
    )
    evidence_min_deals: int = Field(ge=1, description="Fewer closed deals prove nothing.")
    evidence_months: int = Field(ge=1, le=60, description="How far back deals are looked at.")
    evidence_up_pct: int = Field(
        ge=100, description="Win rate >= this % of the team's: one star more."
    )
    evidence_down_pct: int = Field(ge=0, le=100, description="Win rate <= this %: one star less.")
    evidence_prior_deals: int = Field(
        default=0,
        ge=0,
        le=1_000,
        description="A rep's rate counts as if so many more deals had closed at the team's rate.",
    )
    deal_size_skills: list[Skill] = Field(
        default_factory=list,
        description="Skills whose stars the average size of won deals moves, by the same limits; "
        "win rate and size together move one star at most.",
    )
    full_stars_min_months: int = Field(
        default=0, ge=0, le=120, description="Fewer full months of tenure: 2 stars at most."
    )
