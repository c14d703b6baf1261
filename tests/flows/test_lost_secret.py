"""An operator's secret that is lost in the middle of a Monday: a void, the reserve, a result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.crm.synthetic import write_organisation
from adapters.warehouse import draws, runs
from adapters.warehouse.address import Address
from flows.clock import SystemDice
from flows.home import Home as FairleadHome
from flows.home import initialise
from flows.settings import Settings
from tests.command_line import Home
from tests.verifiers import standalone

pytestmark = pytest.mark.timeout(900)
FAULT = """
create or replace function decisions.power_cut() returns trigger language plpgsql as $$
begin raise exception 'the power is gone'; end $$;
create trigger power_cut before insert on decisions.draw_events
    for each row when (new.event = 'outcome') execute function decisions.power_cut();
"""


def database(home: Home) -> Address:
    return FairleadHome(home.path, Settings(home=home.path)).database()


def test_a_draw_whose_secret_is_lost_ends_in_a_void_and_its_reserve_decides(
    new_home, tmp_path: Path
) -> None:
    source = tmp_path / "crm"
    today = date.fromtimestamp(datetime.now(UTC).timestamp())
    write_organisation(source, 7, reps=24, leads=60, years=1, as_of=today)
    home = new_home()
    run = ("run", "--source", source, "--window", "0", "--entropy", "operator", "--simulate")
    initialise(FairleadHome(home.path, Settings(home=home.path)), SystemDice(), is_rehearsal=True)
    with database(home).connect() as conn:
        conn.execute(FAULT)
    assert "the power is gone" in home.fairlead(*run).stderr  # before the first outcome
    with database(home).connect() as conn:
        conn.execute("drop trigger power_cut on decisions.draw_events")
        (key,) = runs.run_keys(conn, "split")
        lost = f"{key}/enterprise"
        # The database comes back from a backup that lacks this row; keys/ is still there.
        conn.execute("delete from decisions.secrets where draw = %s", (lost,))

    stopped = home.fairlead(*run)
    assert stopped.returncode == 9, stopped.stderr
    assert f"fairlead draw void {lost} --reason secret-lost" in stopped.stderr
    other = home.fairlead("draw", "void", f"{key}/smb", "--reason", "secret-lost", "--confirm",
                          f"{key}/smb", "--entropy", "operator")  # fmt: skip
    assert other.returncode == 2  # that one's secret is here
    void = home.fairlead("draw", "void", lost, "--reason", "secret-lost", "--confirm", lost,
                         "--entropy", "operator")  # fmt: skip
    assert void.returncode == 0, void.stderr
    assert "void: secret-lost" in void.stdout

    done = home.fairlead(*run)
    assert done.returncode == 0, done.stderr
    said = home.fairlead("verify", home.site)
    assert said.returncode == 4, said.stdout
    assert f"draw {lost}: void (secret-lost), replaced by the next attempt" in said.stdout
    assert f"draw {lost} attempt 2: " in said.stdout
    alone = standalone().Verification(int(datetime.now(UTC).timestamp()))
    assert alone.run(str(home.site))[1] == 4
    with database(home).connect() as conn:
        drawn = [(one.attempt, one.outcome is not None) for one in draws.draws_of(conn, key)
                 if one.draw == lost]  # fmt: skip
    assert drawn == [(1, False), (2, True)]
