"""FAIRLEAD_HOME: the folder in which everything that a run keeps lives.

settings.env    settings, overruled by the environment
keys/log.key    signs the log's checkpoints (0600); losing it means a new log
pg/             the embedded database
prefect/        run history of the temporary Prefect server
dbt/            compiled models and manifest
bundles/        replay bundles: team and auditors only
digests/        every mail as a file
site, site-team the published folders, unless --site says otherwise
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from adapters.warehouse.address import Address, WarehouseError, ensure_schema
from adapters.warehouse.embedded import start
from flows.clock import Dice
from flows.errors import EnvironmentRefused
from flows.settings import SETTINGS_FILE, Settings, settings_template
from ledger.notes import Signer

# A rehearsal's log says so in every checkpoint: nobody can take it for the real one.
REHEARSED = "rehearsal/"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder and what is read from it."""

    path: Path
    settings: Settings

    @property
    def key_file(self) -> Path:
        return self.path / "keys" / "log.key"

    @property
    def bundles(self) -> Path:
        return self.path / "bundles"

    @property
    def digests(self) -> Path:
        return self.path / "digests"

    @property
    def site(self) -> Path:
        return self.path / "site"

    @property
    def dbt(self) -> Path:
        return self.path / "dbt"

    def is_initialised(self) -> bool:
        return self.key_file.exists()

    @property
    def origin(self) -> str:
        """The log's name, which its key carries."""
        return self.signer().vkey.name

    @property
    def is_rehearsal(self) -> bool:
        """Whether this home was made for rehearsals."""
        return self.origin.startswith(REHEARSED)

    def signer(self) -> Signer:
        """The log's signing key."""
        return Signer.parse(self.key_file.read_text(encoding="utf-8").strip())

    def database(self) -> Address:
        """The configured or embedded database, schema in place. Errors: EnvironmentRefused."""
        url = self.settings.database_url.get_secret_value()
        try:
            if not url:
                return start(self.path / "pg")
            address = Address.from_url(url)
            ensure_schema(address)
            return address
        except WarehouseError as error:
            raise EnvironmentRefused(str(error)) from error


def initialise(home: Home, dice: Dice, *, is_rehearsal: bool = False) -> list[str]:
    """Create what is missing of a home; what was made, in words. Never replaces a key."""
    made = []
    home.path.mkdir(parents=True, exist_ok=True)
    settings_file = home.path / SETTINGS_FILE
    if not settings_file.exists():
        settings_file.write_text(settings_template(), encoding="utf-8")
        made.append(f"settings  {settings_file}")
    if not home.is_initialised():
        origin = (REHEARSED if is_rehearsal else "") + home.settings.origin
        keep_secret(home.key_file, Signer(origin, dice.bytes32("log key")).secret_text())
        use = "of rehearsals only" if is_rehearsal else "back it up: it signs the public log"
        made.append(f"log key   {home.key_file} ({use})")
    return made


def keep_secret(file: Path, text: str) -> None:
    """Write a secret that is not there yet: whole or not at all, and for its owner's eyes only."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    building = file.with_name(f"{file.name}.{os.getpid()}")
    building.unlink(missing_ok=True)
    building.touch(mode=0o600)
    building.write_text(f"{text}\n", encoding="utf-8")
    with contextlib.suppress(FileExistsError):
        os.link(building, file)  # of two processes at once, one secret stands
    building.unlink()
