"""Where a run's draws get their chance from, and when they close.

The policy names the kind of source. A trial may override it (`--entropy`), and then the verdict
of the run says so: an operator's draw is OPERATOR-TRUSTED, recorded rounds are ORDER NOT PROVEN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from adapters.beacon import BeaconError, RecordedRounds, RelayRounds, Rounds
from adapters.warehouse import draws
from adapters.warehouse.ledger_store import timestamp
from allocation.policy_calendar import PublicValue, Source
from flows import awaited_values
from flows.clock import ONE_SECOND, Clock, Dice
from flows.errors import EnvironmentRefused, UsageError
from flows.home import Home
from flows.reserve import RESERVE_ATTEMPT, ensure_reserve, reserve_secret
from lottery import beacon
from lottery.sources import (
    drand_reveal,
    drand_source,
    operator_commitment,
    operator_reveal,
    operator_source,
    source_kind,
    source_time,
)

POLL = timedelta(seconds=3)  # the beacon's own period
GIVE_UP = timedelta(hours=24)  # draw.md: an outcome or a void within 24 h of the source's time


@dataclass(frozen=True, slots=True)
class Chance:
    """The source of one run's draws. `recorded` is set for trials with a file of rounds."""

    kind: str  # drand | public | operator
    delay_s: int = beacon.DEFAULT_DELAY_S
    rounds: Rounds | None = None
    recorded: RecordedRounds | None = None
    values: Sequence[PublicValue] = ()
    zone: str = "UTC"

    def sources(
        self, conn: psycopg.Connection, draw: str, closes_at: datetime
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The sources of a draw that closes then, and what else its opening says of them.

        An operator's commitment must be logged already.
        """
        if self.kind == "drand":
            return [drand_source(timestamp(closes_at), self.delay_s)], {}
        if self.kind == "public":
            made, look_up = awaited_values.sources(self.values, closes_at, self.zone)
            return made, {"look_up": look_up}
        secret = draws.secret_of(conn, draw, 1)
        if secret is None:
            raise RuntimeError(f"no secret was committed for {draw}")
        return [operator_source(operator_commitment(secret.hex()))], {}

    def reveals(
        self, conn: psycopg.Connection, opening: dict[str, Any], clock: Clock
    ) -> list[dict[str, Any]]:
        """Wait for the source's time and return what opens it, verified.

        Errors: EnvironmentRefused when no relay has the round, or two people have not typed the
        value yet (nobody waits hours for those); running again resumes here. UsageError when the
        draw was opened with a beacon and this run has none.
        """
        kind, rounds = source_kind(opening), self.rounds
        if kind == "drand" and rounds is None:
            raise UsageError(
                f"draw {opening['draw']} is open and waits for drand, which nothing can change: "
                "run it with --entropy drand"
            )
        due = datetime.fromtimestamp(source_time(opening), UTC)
        if kind == "public":
            found = awaited_values.reveals(conn, opening, clock.now())
            clock.sleep_until(due)  # passed already, but for a trial's clock
            return found
        clock.sleep_until(due)
        if rounds is None or kind == "operator":
            secret = draws.secret_of(conn, opening["draw"], opening["attempt"])
            if secret is None:
                raise EnvironmentRefused(
                    f"the secret of draw {opening['draw']} is lost: "
                    f"`fairlead draw void {opening['draw']} --reason secret-lost`"
                )
            return [operator_reveal(secret.hex())]
        return [drand_reveal(_signature(rounds, opening["sources"][0]["round"], due, clock))]


def _signature(rounds: Rounds, round_: int, due: datetime, clock: Clock) -> str:
    while clock.now() < due + GIVE_UP:
        try:
            signature = rounds.signature(round_)
        except BeaconError as error:
            raise EnvironmentRefused(f"{error}. Run the same command again later") from error
        if signature is not None:
            try:
                genuine = beacon.verify_signature(round_, bytes.fromhex(signature))
            except ValueError:
                genuine = False
            if not genuine:
                raise EnvironmentRefused(
                    f"the signature that was given for round {round_} does not verify: "
                    "it is not drand's"
                )
            return signature
        clock.sleep_until(clock.now() + POLL)
    raise EnvironmentRefused(f"round {round_} has not appeared within 24 hours")


def chosen_chance(source: Source, zone: str, override: str, relays: list[str]) -> Chance:
    """The policy's source, or the trial's. Errors: UsageError, EnvironmentRefused."""
    kind = override or source.kind
    delay_s = source.delay_s or beacon.DEFAULT_DELAY_S
    if kind == "operator":
        return Chance("operator")
    if kind == "public" and source.values:
        return Chance("public", values=tuple(source.values), zone=zone)
    if kind == "drand":
        return Chance("drand", delay_s, RelayRounds(relays) if relays else RelayRounds())
    if kind.startswith("file:"):
        try:
            recorded = RecordedRounds(Path(kind.removeprefix("file:")))
        except BeaconError as error:
            raise EnvironmentRefused(str(error)) from error
        return Chance("drand", delay_s, recorded, recorded)
    raise UsageError(f"--entropy {kind!r} is not one of operator, drand, file:PATH")


def recorded_closings(recorded: RecordedRounds, delay_s: int) -> tuple[datetime, datetime]:
    """When the select draws and then the ladders must close for two recorded rounds to be theirs.

    A ladder opens after its select's round appeared, so its own round lies more than a delay
    later. Takes the newest pair of the file. Errors: EnvironmentRefused.
    """
    delay = timedelta(seconds=delay_s)
    instants = [datetime.fromtimestamp(beacon.round_time(n), UTC) for n in recorded.numbers]
    for last in reversed(instants):
        for first in reversed(instants):
            if first + 4 * ONE_SECOND <= last - delay:
                return first - delay, last - delay
    raise EnvironmentRefused(
        f"the file needs two rounds more than {delay_s + 4} s apart: one for the draws that "
        "split the bands and a later one for the lottery"
    )


def ensure_commitments(
    conn: psycopg.Connection, home: Home, dice: Dice, draw_ids: list[str]
) -> list[dict[str, Any]]:
    """Keep a secret for each draw and return the commitment records to log, reserves included.

    They must be in the log before the pool is frozen.
    """
    ensure_reserve(home, dice)
    records = []
    for draw in draw_ids:
        secret = dice.bytes32("operator secret", draw)
        commitment = draws.ensure_secret(conn, draw, 1, secret, operator_commitment(secret.hex()))
        records.append({"draw": draw, "attempt": 1, "commitment": commitment})
        reserve = reserve_secret(home, draw)
        if reserve is not None:
            commitment = operator_commitment(reserve.hex())
            records.append({"draw": draw, "attempt": RESERVE_ATTEMPT, "commitment": commitment})
    return records
