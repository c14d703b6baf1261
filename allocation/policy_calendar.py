"""When a run happens and where its chance comes from: the policy's calendar and its source."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from allocation.policy_scoring import Part
from allocation.policy_service import Clock, Weekday, Words

MAX_VALUES = 3
MIN_DIGITS = 7  # of a draw's public values together; draw.md


class Calendar(Part):
    """The Monday clock, in the policy's zone."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] = Field(
        description="The day of the weekly run."
    )
    freeze: Clock = Field(description="The snapshot is frozen and logged with the select draws.")
    open: Clock = Field(description="The lottery's window opens.")
    close: Clock = Field(description="The window closes; after the source's time it is decided.")
    days_open: int = Field(
        default=0,
        ge=0,
        le=6,
        description="Days from opening to closing; 1: next day's `close`.",
    )
    catch_up: Literal["skip", "latest"] = Field(
        default="skip",
        description="A lottery whose window was missed: skip stops and says so, latest opens it "
        "at once for as long as the window would have been.",
    )


class PublicValue(Part):
    """A value that a whole country sees and nobody controls."""

    what: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Its name; {date} and {time} become those of the event, in the policy's zone."
    )
    form: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="Its spelling: each 0 stands for one digit, all else for itself."
    )
    look_up: Annotated[str, Field(pattern=r"^https?://[!-~]{3,300}$")] = Field(
        description="Where anybody reads it."
    )
    rule: Words = Field(description="How what is read there becomes exactly these characters.")
    days: list[Weekday] = Field(min_length=1, description="On which days it appears.")
    times: list[Clock] = Field(
        min_length=1, description="From when on any part of it can be known, on each of these days."
    )
    not_on: list[date] = Field(default_factory=list, description="Days without it: holidays.")


class Source(Part):
    """Where chance comes from: written beforehand, never chosen when a draw is due."""

    kind: Literal["drand", "public", "operator"] = Field(
        description="A public beacon, values that two people type, or this machine's own secret."
    )
    delay_s: int | None = Field(
        default=None, ge=60, le=86_400, description="drand only: seconds from closing to the round."
    )
    values: list[PublicValue] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_VALUES,
        description="public only: a draw takes the next of each that comes an hour after closing.",
    )
