"""The policy's optional rules: absent from a file, they are not in force."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from allocation.policy_scoring import Band, Part, Rule
from allocation.policy_service import Seniority

BasisPoints = Annotated[int, Field(ge=0, le=1_000_000)]


class Credits(Rule):
    """Turns owed from outside a run: from an absence (on_return: catch_up), or by hand.

    A credit is paid in turns, never at once: on top of their even part of a share's leads, a rep
    is served at most release_pct % of that part in one run, and all others wait that much longer.
    """

    release_pct: int = Field(ge=1, le=400, description="Most paid in a run, % of the even part.")
    manual_max_leads: int = Field(
        default=0, ge=0, le=1_000, description="Largest credit given by hand; 0: none is accepted."
    )


class Performance(Rule):
    """High performers weigh more (positive) or less (negative) in shares with this weight."""

    measure: str = Field(
        pattern="^(attainment|conversion)$",
        description="attainment: of the quota; conversion: of last month. Unknown changes nothing.",
    )
    high_bp: BasisPoints = Field(description="At least this (1/10000) is a high performer.")
    change_pct: int = Field(ge=-90, le=300, description="Signed: 20 is a fifth more, -20 less.")


class Support(Rule):
    """Support mode: reps far behind their quota get more turns, for a limited time."""

    below_bp: BasisPoints = Field(
        description="Attainment (1/10000) below this part of what the quarter so far asks for."
    )
    more_pct: int = Field(ge=1, le=300, description="20: weights x 1.2 in rotation, junior, sdr.")
    grace_quarters: int = Field(
        ge=1, le=8, description="Calendar quarters it lasts, the first included."
    )


class Promotion(Rule):
    """Who reaches all of these counts as the higher class in every rule; unknown never counts."""

    class_from: Seniority = Field(description="The class that may be left early.")
    class_to: Seniority = Field(description="The class that they count as then.")
    min_months: int = Field(default=0, ge=0, le=600, description="Months since hiring.")
    min_attainment_bp: BasisPoints | None = Field(
        default=None, description="Of the quota so far, in 1/10000: 8000 is 80%."
    )
    min_conversion_bp: BasisPoints | None = Field(
        default=None, description="Of last month's leads, in 1/10000: 1500 is 15%."
    )


class Pilot(Rule):
    """A trial: a select draw leaves the other leads to whoever allocated them before.

    A lead keeps its arm for as long as it is open; exceptions are outside the trial.
    """

    pct: int = Field(ge=1, le=99, description="Percent of a band's leads under this policy.")
    bands: list[Band] = Field(default_factory=list, description="Empty: every band.")
    until: date | None = Field(default=None, description="Last day; afterwards all leads count.")


class Intake(Rule):
    """Runs between the Mondays: shares by rule at once, the lottery's part waits for Monday."""

    every: Literal["hour", "day"] = Field(description="At most one run in each, by the zone.")
    delay_s: int | None = Field(
        default=None,
        ge=60,
        le=3_000,
        description="drand only: seconds from closing to the round; absent: as 'source' says.",
    )


class Anomalies(Rule):
    """When a rep's intake of a run is far off that of the others with the same role."""

    min_leads: int = Field(ge=1, description="Fewer leads than this are never remarkable.")
    above_pct: int = Field(ge=101, le=10_000, description="More than this % of the median: warned.")
    below_pct: int = Field(default=0, ge=0, le=99, description="Less than this %: warned; 0: off.")


class Claim(Part):
    """Who may claim from the pool, and how often; an unknown figure does not qualify."""

    per_month: int = Field(ge=1, le=10_000, description="Claims a rep may make in a month.")
    min_attainment_bp: BasisPoints | None = Field(
        default=None, description="Of the quota so far, in 1/10000: 8000 is 80%."
    )
    min_conversion_bp: BasisPoints | None = Field(
        default=None, description="Of last month's leads, in 1/10000: 1500 is 15%."
    )
    min_on_time_bp: BasisPoints | None = Field(
        default=None, description="First touches in time, of last month's leads (1/10000)."
    )
