"""A closing must reach every entrant before the chance comes: the arithmetic of the delay."""

from __future__ import annotations

import pytest

from allocation.policy_telling import Telling, untold
from flows.commands.policy import check_policy
from flows.errors import PolicyRefused
from tests import builders as build

V2 = (build.POLICIES / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
SHIPPED = sorted(build.POLICIES.glob("*.yaml"))
LINE = next(n for n, line in enumerate(V2.split("\n"), 1) if line.startswith("source:"))
COLUMN = V2.split("\n")[LINE - 1].index("delay_s") + 1


def with_delay(seconds: int) -> str:
    assert V2.count("delay_s: 600") == 1
    return V2.replace("delay_s: 600", f"delay_s: {seconds}")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_299_single_mails_fit_the_delay_of_every_shipped_policy(path):
    assert untold(path.read_text(encoding="utf-8"), Telling(299)) == []


@pytest.mark.parametrize(
    ("entrants", "mails", "robots", "needed"),
    [
        (299, 0, 0, 359),  # 60 s to start, then one mail a second
        (299, 30, 0, 658),  # 9 min 58 s of mails
        (299, 600, 20, 957),  # 14 min 57 s of robot messages beside half a minute of mails
        (299, 20, 600, 957),
        (41, 120, 0, 81),  # 20.5 s are 21
        (1, 60, 20, 63),
    ],
)
def test_the_delay_may_be_the_time_that_telling_everybody_takes_and_no_second_less(
    entrants, mails, robots, needed
):
    telling = Telling(entrants, mails, robots)
    assert untold(with_delay(needed), telling) == []
    (mistake,) = untold(with_delay(needed - 1), telling)
    assert (mistake.line, mistake.column, mistake.where) == (LINE, COLUMN, "source.delay_s")
    assert f"take {needed} s" in mistake.message
    assert f"at least {needed}" in mistake.message


def test_the_slower_way_is_named():
    (mistake,) = untold(V2, Telling(299, 600, 20))
    assert mistake.message.startswith("299 messages by robot at 20 a minute and 60 s")
    (mistake,) = untold(V2, Telling(1000, 60, 0))
    assert mistake.message.startswith("1000 mails at 60 a minute and 60 s")


def test_an_operators_draw_awaits_nothing_and_without_a_lottery_nobody_is_told():
    crowd = Telling(1_000_000)
    assert untold(V2.replace("{kind: drand, delay_s: 600}", "{kind: operator}"), crowd) == []
    assert untold(V2.replace("method: lottery", "method: rotation"), crowd) == []


def test_public_values_leave_an_hour():
    public = V2.replace("{kind: drand, delay_s: 600}", "{kind: public, values: []}")
    assert untold(public, Telling(3540, 60)) == []
    (mistake,) = untold(public, Telling(3541, 60))
    assert mistake.where == "source.values"
    assert "comes 3600 s after closing" in mistake.message


def test_policy_check_says_it_with_line_and_column(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FAIRLEAD_HOME", str(tmp_path))
    file = build.POLICIES / "lead-allocation-v2.yaml"
    check_policy(file)
    assert "is well-formed" in capsys.readouterr().out
    with pytest.raises(PolicyRefused, match=rf"v2\.yaml:{LINE}:{COLUMN}  source\.delay_s: 600 mai"):
        check_policy(file, 600)
    monkeypatch.setenv("FAIRLEAD_ROBOT_PER_MINUTE", "20")
    with pytest.raises(PolicyRefused, match="299 messages by robot at 20 a minute"):
        check_policy(file)
    (tmp_path / "settings.env").write_text("FAIRLEAD_SMTP_PER_MINUTE=20\n", encoding="utf-8")
    monkeypatch.delenv("FAIRLEAD_ROBOT_PER_MINUTE")
    with pytest.raises(PolicyRefused, match="299 mails at 20 a minute"):
        check_policy(file)
