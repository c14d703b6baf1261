"""Every setting, and the only reader of the environment.

Each field is the environment variable FAIRLEAD_<NAME>; the file `settings.env` in FAIRLEAD_HOME
holds the same names and is overruled by the environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.errors import UsageError

SETTINGS_FILE = "settings.env"


class Settings(BaseSettings):
    """Settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="FAIRLEAD_", extra="ignore", frozen=True)

    home: Path = Field(default=Path(".fairlead"), description="Where everything a run keeps lives.")
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="Any PostgreSQL ≥ 15 (postgresql://user:password@host/db); "
        "empty: the embedded server in FAIRLEAD_HOME.",
    )
    origin: str = Field(
        default="fairlead.local/log",
        description="The log's name, written into every checkpoint; set it once, before `init`.",
    )
    zone: str = Field(
        default="", description="This team's business zone; a policy of another one is pointed out."
    )
    site_url: str = Field(default="", description="Where the team reads the site; used in digests.")
    smtp_host: str = Field(default="", description="Mail server; empty: mails stay in a folder.")
    smtp_port: int = Field(default=25, description="Port of the mail server.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="How the connection is protected."
    )
    smtp_user: str = Field(default="", description="User at the mail server, if it asks for one.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Its password.")
    smtp_sender: str = Field(
        default="fairlead@localhost", description="The address mails come from."
    )
    smtp_per_minute: int = Field(
        default=0,
        ge=0,
        description="Mails that the server takes a minute; they are handed in no faster. "
        "0: no limit, and `policy check` counts on 60.",
    )
    robot_per_minute: int = Field(
        default=0,
        ge=0,
        description="Where a chat robot (企业微信, 钉钉, 飞书) passes closings on to each entrant: "
        "messages it may send a minute, mostly 20; for `policy check`. 0: no robot.",
    )
    portal_url: str = Field(
        default="",
        description="Where people reach `fairlead portal`, e.g. https://draw.example; "
        "used in the links of mails.",
    )
    beacon_relays: str = Field(
        default="", description="drand relays, comma separated; empty: the public ones."
    )
    witnesses: str = Field(
        default="",
        description="Witnesses that cosign the log (c2sp.org/tlog-witness): "
        "`vkey URL, vkey URL`; empty: none.",
    )
    tsa_url: str = Field(
        default="", description="An RFC 3161 time-stamping authority's address; empty: none."
    )
    prefect: Literal["temporary", "server"] = Field(
        default="temporary",
        description="`temporary`: each command starts its own Prefect server; "
        "`server`: use the one that PREFECT_API_URL names.",
    )

    def with_home(self) -> Path:
        """FAIRLEAD_HOME as an absolute path."""
        return self.home.expanduser().resolve()


def load_settings() -> Settings:
    """Settings from the environment and the home's settings file. Errors: UsageError."""
    try:
        home = Path(os.environ.get("FAIRLEAD_HOME") or ".fairlead").expanduser()
        return Settings(_env_file=home / SETTINGS_FILE)
    except ValidationError as error:
        lines = [
            f"  FAIRLEAD_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise UsageError("settings are wrong:\n" + "\n".join(lines)) from error


def settings_template() -> str:
    """The text of a new settings file: every setting, commented out, with its default."""
    lines = ["# Settings of this Fairlead installation; the environment overrules this file.", ""]
    for name, field in Settings.model_fields.items():
        if name == "home":
            continue
        default = field.default
        value = default.get_secret_value() if isinstance(default, SecretStr) else default
        lines += [f"# {field.description}", f"# FAIRLEAD_{name.upper()}={value}", ""]
    return "\n".join(lines)
