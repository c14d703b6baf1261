"""A home with one frozen week on a real database, new for each module that asks for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.request import RunRequest
from flows.workspace import Workspace, open_workspace
from tests.portal_builder import POLICY, new_home, store_run


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("frozen") / "home")


@pytest.fixture(scope="module")
def address(home):
    at = home.database()
    store_run(at, as_of=datetime(2026, 11, 23, 0, 40, tzinfo=UTC))
    return at


@pytest.fixture
def work(home, address, monkeypatch) -> Workspace:
    monkeypatch.setenv("FAIRLEAD_HOME", str(home.path))
    open_workspace.cache_clear()
    return open_workspace(RunRequest(source="", as_of="2026-11-23T00:40:00Z", policy=str(POLICY)))
