"""What somebody asked for: plain text, so that a deployment can carry it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_POLICY = "policies/lead-allocation-v2.yaml"


class RunRequest(BaseModel):
    """A Monday run's parameters, as the command line and `prefect.yaml` write them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(description="Folder of plain CSV files, or a mapping file (YAML).")
    data: str = Field(default="", description="The folder that a mapping file reads.")
    as_of: str = Field(default="", description="Date or time of the run; empty: now.")
    is_live: bool = Field(
        default=False, description="The instant is now: set when a run starts without as_of."
    )
    policy: str = Field(
        default=DEFAULT_POLICY, description="The policy file, or a folder: the one in force."
    )
    site: str = Field(default="", description="Where to publish; empty: FAIRLEAD_HOME/site.")
    window: int | None = Field(
        default=None,
        ge=0,
        description="Minutes the lottery stays open, from now; empty: the policy's clock; "
        "0: open, close and draw in one go.",
    )
    entropy: str = Field(
        default="", description="operator, drand or file:PATH instead of the policy's source."
    )
    simulate: bool = Field(
        default=False,
        description="A rehearsal: any policy may be tried; needs a FAIRLEAD_HOME of its own.",
    )
    intake: bool = Field(
        default=False, description="A run between the Mondays, as the policy's `intake` says."
    )
    hold: bool = Field(
        default=False, description="Stop after deciding, until a named person releases the run."
    )
    trial_seed: str = Field(
        default="",
        description="Makes salts, secrets and times repeatable: for rehearsals, never for a "
        "real week (whoever knows the seed knows the result).",
    )
