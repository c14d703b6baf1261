"""Where a PostgreSQL server listens, and opening a connection to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

SCHEMAS = tuple(Path(__file__).with_name(name) for name in ("schema.sql", "governance.sql"))
OLDEST_SUPPORTED = 15


class WarehouseError(Exception):
    """The database cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server and database. `host` may be the folder of a Unix socket."""

    host: str
    port: int
    user: str
    password: str
    dbname: str

    @classmethod
    def from_url(cls, url: str) -> Address:
        """The address in a libpq URL or key=value string. Errors: WarehouseError."""
        try:
            parts = conninfo_to_dict(url)
        except psycopg.ProgrammingError as error:
            raise WarehouseError(
                f"FAIRLEAD_DATABASE_URL is not a PostgreSQL URL ({error}). "
                "Write it as postgresql://user:password@host:5432/database"
            ) from error
        return cls(
            host=str(parts.get("host") or "localhost"),
            port=int(parts.get("port") or 5432),
            user=str(parts.get("user") or "postgres"),
            password=str(parts.get("password") or ""),
            dbname=str(parts.get("dbname") or parts.get("user") or "postgres"),
        )

    def connect(self) -> psycopg.Connection:
        """An open connection (UTC, no autocommit). Errors: WarehouseError."""
        try:
            return psycopg.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=self.password or None,
                dbname=self.dbname,
                options="-c timezone=UTC",
                application_name="fairlead",
            )
        except psycopg.OperationalError as error:
            raise WarehouseError(
                f"cannot reach PostgreSQL at {self.host}:{self.port}/{self.dbname}: "
                f"{str(error).strip()}"
            ) from error


def ensure_schema(address: Address) -> None:
    """Create what is missing of raw and decisions; safe to repeat and to race."""
    with address.connect() as conn:
        if conn.info.server_version < OLDEST_SUPPORTED * 10_000:
            raise WarehouseError(
                f"PostgreSQL {conn.info.server_version // 10_000} is too old: "
                f"Fairlead needs {OLDEST_SUPPORTED} or later"
            )
        # Two starts at once would both create: the second waits here and finds all made.
        conn.execute("select pg_advisory_xact_lock(hashtext('fairlead schema'))")
        for schema in SCHEMAS:
            conn.execute(schema.read_text(encoding="utf-8"))
