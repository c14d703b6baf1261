"""Everything a stage of a run works with, opened from a request and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

import psycopg

from adapters.site_files import SiteFolder
from adapters.warehouse import ledger_store
from adapters.warehouse.address import Address
from allocation.policy import Mistake, Policy, PolicyError, load_new_policy
from allocation.policy_calendar import Source
from flows.business_week import intake_key, local_date, monday_clock, parse_as_of, run_key
from flows.chance import Chance, chosen_chance, recorded_closings
from flows.clock import ONE_SECOND, Clock, Dice, RealClock, SystemDice, TrialClock, TrialDice
from flows.errors import EnvironmentRefused, PolicyRefused, UsageError
from flows.home import Home
from flows.policy_in_force import policies_of, policy_of_folder
from flows.request import RunRequest
from flows.settings import load_settings
from ledger.notes import Signer
from ledger.run_keys import is_intake

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Workspace:
    """The seams of a run: database, clock, dice, source of chance, key, folders."""

    request: RunRequest
    home: Home
    address: Address
    policy: Policy
    run: str
    as_of: datetime
    clock: Clock
    dice: Dice
    chance: Chance
    signer: Signer
    site: SiteFolder

    def connect(self) -> psycopg.Connection:
        return self.address.connect()

    @property
    def is_intake(self) -> bool:
        """Whether this is a run between the Mondays."""
        return is_intake(self.run)

    @property
    def shows_each_stage(self) -> bool:
        """Whether the site is published between the stages: not when they follow at once.

        A public value is always waited for, and its draw must be out before.
        """
        at_once = self.request.window == 0 and self.chance.kind != "public"
        return not at_once and self.chance.recorded is None

    def select_window(self, lead: timedelta) -> tuple[datetime, datetime]:
        """When the select draws open and close: a formality, since nobody adds lines to them."""
        if self.chance.recorded is not None:
            closes_at, _ = recorded_closings(self.chance.recorded, self.chance.delay_s)
            return closes_at - ONE_SECOND, closes_at
        opens_at = self.clock.now() + lead
        return opens_at, opens_at + ONE_SECOND

    def ladder_window(self, lead: timedelta) -> tuple[datetime, datetime]:
        """When the lottery opens and closes. Errors: UsageError when that time has passed."""
        now = self.clock.now()
        if self.chance.recorded is not None:
            _, closes_at = recorded_closings(self.chance.recorded, self.chance.delay_s)
            return closes_at - ONE_SECOND, closes_at
        if self.request.window is not None:
            opens_at = now + lead
            return opens_at, opens_at + max(timedelta(minutes=self.request.window), ONE_SECOND)
        times = self.policy.calendar
        clock = monday_clock(
            self.run,
            self.policy.zone,
            times.weekday,
            times.freeze,
            times.open,
            times.close,
            times.days_open,
        )
        if now >= clock.closes_at and times.catch_up == "latest":
            opens_at = now + lead
            return opens_at, opens_at + (clock.closes_at - clock.opens_at)
        if now >= clock.closes_at:
            raise UsageError(
                f"the lottery of {self.run} closed at {clock.closes_at:%F %H:%M} UTC by the "
                "policy's clock, and it skips a missed window (calendar.catch_up): give "
                "--window 0 to draw now, or --window MINUTES"
            )
        return max(clock.opens_at, now + lead), clock.closes_at

    @contextmanager
    def sole_run(self) -> Iterator[None]:
        """Hold the run's lock: of two processes for one week, the second one is told so."""
        with self.connect() as guard:
            guard.autocommit = True
            row = guard.execute(
                "select pg_try_advisory_lock(hashtext('fairlead run'), hashtext(%s))", (self.run,)
            ).fetchone()
            if not row or not row[0]:
                raise EnvironmentRefused(
                    f"another process is working on run {self.run}: wait until it has finished"
                )
            yield


@lru_cache(maxsize=2)  # the stages of a run share one workspace; a request names its instant
def open_workspace(request: RunRequest) -> Workspace:
    """Open what a request needs. Errors: FairleadError of every kind but SourceRefused."""
    home = Home(load_settings().with_home(), load_settings())
    if not home.is_initialised():
        raise UsageError(f"{home.path} is not initialised: run `fairlead init` first")
    policy = policy_for(request)
    as_of = parse_as_of(request.as_of, policy.zone, RealClock().now())
    relays = [relay for relay in home.settings.beacon_relays.split(",") if relay.strip()]
    run, source = _run_and_source(request, policy, as_of)
    chance = chosen_chance(source, policy.zone, request.entropy, relays)
    address = home.database()
    return Workspace(
        request=request,
        home=home,
        address=address,
        policy=policy,
        run=run,
        as_of=as_of,
        clock=_clock(request, chance, as_of, address),
        dice=TrialDice(request.trial_seed) if request.trial_seed else SystemDice(),
        chance=chance,
        signer=home.signer(),
        site=SiteFolder(Path(request.site).resolve() if request.site else home.site),
    )


def _run_and_source(request: RunRequest, policy: Policy, as_of: datetime) -> tuple[str, Source]:
    """The run's key, and the source of chance with the delay that runs of its kind have."""
    if not request.intake:
        return run_key(as_of, policy.zone), policy.source
    if policy.intake is None:
        raise UsageError(
            f"policy {policy.id} {policy.version} has no section 'intake': it allocates once a week"
        )
    key = intake_key(as_of, policy.zone, policy.intake.every)
    delay_s = policy.intake.delay_s or policy.source.delay_s
    return key, policy.source.model_copy(update={"delay_s": delay_s})


def resolved(request: RunRequest) -> RunRequest:
    """The request with its instant written out, so that all its stages mean the same run."""
    if request.as_of:
        return request
    return request.model_copy(update={"as_of": RealClock().now().isoformat(), "is_live": True})


def policy_for(request: RunRequest) -> Policy:
    """The policy of a request: its file, or the one of its folder in force on the run's day.

    Errors: PolicyRefused.
    """
    path = Path(request.policy)
    if not path.is_dir():
        return read_policy(path)
    zones = {policy.zone for policy in policies_of(path)}
    if len(zones) > 1:
        raise PolicyRefused(f"{path} holds policies of several zones {sorted(zones)}: name a file")
    zone = next(iter(zones), "UTC")
    return policy_of_folder(path, local_date(parse_as_of(request.as_of, zone, _now()), zone))


def _now() -> datetime:
    return RealClock().now()


def policy_file(path: Path) -> Path:
    """Where a policy file is: one of ours is found from any folder."""
    return path if path.is_absolute() or path.exists() else CHECKOUT / path


def read_policy(path: Path, to_approve: bool = False) -> Policy:
    """The policy in a file; to be approved, its sentences must say its numbers.

    Errors: PolicyRefused with every mistake, its line and column.
    """
    path = policy_file(path)
    try:
        text = path.read_text(encoding="utf-8")
        return load_new_policy(text, available_timezones(), to_approve)
    except FileNotFoundError as error:
        raise PolicyRefused(f"{path}: there is no such policy file") from error
    except UnicodeDecodeError as error:
        raise PolicyRefused(f"{path}: is not UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        raise PolicyRefused(f"{path}: cannot be read ({error.strerror})") from error
    except PolicyError as error:
        raise PolicyRefused(listed_mistakes(path, error.mistakes)) from error


def listed_mistakes(path: Path, mistakes: Sequence[Mistake]) -> str:
    """Mistakes as editors and terminals can jump to them, one a line."""
    lines = [f"  {path}:{m.line}:{m.column}  {m.where}: {m.message}" for m in mistakes]
    return f"{path} has {len(lines)} mistake(s):\n" + "\n".join(lines)


def _clock(request: RunRequest, chance: Chance, as_of: datetime, address: Address) -> Clock:
    """The machine's clock; for trials one that stands where the log or the trial begins."""
    if chance.recorded is None and not request.trial_seed:
        return RealClock()
    with address.connect() as conn:
        logged = ledger_store.last_at(conn)
    start = as_of
    if chance.recorded is not None:
        first, last = recorded_closings(chance.recorded, chance.delay_s)
        start = first - 2 * ONE_SECOND
        if logged is not None and logged > last + 2 * ONE_SECOND * chance.delay_s:
            raise EnvironmentRefused(
                f"the recorded rounds lie before the log's last entry ({logged:%F %T} UTC): "
                "use a fresh FAIRLEAD_HOME for a trial with recorded rounds"
            )
    return TrialClock(max(start, logged) if logged else start)
