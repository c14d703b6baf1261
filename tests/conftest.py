"""What holds for every test: no settings of the machine, no telemetry, the same cases always."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REAL_DATA = "FAIRLEAD_REAL_DATA"

# Slow shared cores make single examples slow, and a failure must come back on every machine.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# `pytest --hypothesis-profile=search`: new cases every time, many of them.
settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Take the machine's own settings away before any module reads them."""
    for name in list(os.environ):
        if name.startswith(("FAIRLEAD_", "PREFECT_")) and name != REAL_DATA:
            del os.environ[name]
    os.environ.update(
        {
            "DO_NOT_TRACK": "1",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "GX_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            # Prefect's own wrapper allows 20 s, which a fresh database on slow cores outlasts.
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        }
    )


@pytest.fixture(scope="session", autouse=True)
def _homes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Homes of this session alone: no test touches the checkout's .fairlead or ~/.prefect."""
    os.environ["FAIRLEAD_HOME"] = str(tmp_path_factory.mktemp("fairlead-home"))
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect-home"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with maven_crm/ and salvirt_b2b/; skips where FAIRLEAD_REAL_DATA is not set."""
    folder = os.environ.get(REAL_DATA)
    if not folder:
        pytest.skip(f"{REAL_DATA} is not set")
    return Path(folder)
