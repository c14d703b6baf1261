"""Homes and sources for runs of the real command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from adapters.crm.synthetic import write_organisation
from tests.command_line import Home

MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Home]:
    return lambda: Home(tmp_path_factory.mktemp("home") / "fairlead")


@pytest.fixture(scope="session")
def small_team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 reps, 60 new leads, a little history: enough for every share."""
    folder = tmp_path_factory.mktemp("source") / "small"
    write_organisation(folder, 7, reps=24, leads=60, years=1, as_of=MONDAY)
    return folder
