"""A whole week drawn by public values, with witnesses, time-stamps and a new key for the log.

A rehearsal of a Monday that is long over, so that the values can be typed: everything runs through
the real command, and each stage stops where people must act.
"""

from __future__ import annotations

import calendar
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from adapters.crm.synthetic import write_organisation
from tests.command_line import CHECKOUT, Home
from tests.evidence_servers import StampServer, WitnessServer

pytestmark = pytest.mark.timeout(900)
MONDAY, RUN = date(2025, 6, 16), "2025-W25"
LOOK_UP = "https://www.sse.com.cn/market/price/report/"
SOURCE = f"""source:
  kind: public
  values:
    - what: 上证指数与深证成指 {{date}} {{time}}
      form: 0000.00 00000.00
      look_up: {LOOK_UP}
      rule:
        zh: 先上证指数，空一格，再深证成指，都保留两位小数
        en: SSE Composite, a space, SZSE Component, two decimals each
      days: [monday, tuesday, wednesday, thursday, friday]
      times: ["11:30", "15:00"]
"""
FIRST, SECOND = "3377.01 10122.11", "3388.73 10163.55"


class Week:
    """The home of the week, its servers, and what is typed at its command line."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "fairlead")
        self.source = folder / "crm"
        write_organisation(self.source, 7, reps=24, leads=60, years=1, as_of=MONDAY)
        text = (CHECKOUT / "policies" / "lead-allocation-v2.yaml").read_text(encoding="utf-8")
        self.policy = folder / "public.yaml"
        changed, found = re.subn(r"(?m)^source: \{kind: drand[^\n]*\n", SOURCE, text)
        assert found == 1
        changed = re.sub(r'open: "09:00", close: "11:00"', 'open: "12:00", close: "13:30"', changed)
        self.policy.write_text(changed, encoding="utf-8")
        made = self.home.fairlead("init")
        assert made.returncode == 0, made.stderr
        self.key = made.stdout.split()[-1]
        from ledger.notes import VerifierKey

        self.witness = WitnessServer(VerifierKey.parse(self.key))
        self.authority = StampServer(folder / "tsa")
        self.env = {
            "FAIRLEAD_WITNESSES": f"{self.witness.vkey} {self.witness.url}",
            "FAIRLEAD_TSA_URL": self.authority.url,
        }
        self.trust = folder / "trust.txt"
        self.trust.write_bytes(f"{self.witness.vkey}\n".encode() + self.authority.root)

    def at(self, hour: int, minute: int) -> None:
        """The witness's clock, UTC."""
        moment = calendar.timegm((2025, 6, 16, hour, minute, 0))
        self.witness.clock = lambda: moment

    def run(self) -> subprocess.CompletedProcess[str]:
        return self.home.fairlead(
            "run", "--source", self.source, "--as-of", "2025-06-16T08:40:00+08:00", "--window", "0",
            "--policy", self.policy, "--trial-seed", "public", env=self.env,
        )  # fmt: skip

    def value(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.home.fairlead("draw", "value", RUN, *arguments, "--yes")

    def verify(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self.home.fairlead("verify", self.home.site, *arguments)

    def verify_alone(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", str(self.home.site / "verify.py"), str(self.home.site),
             *arguments], capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    made = Week(tmp_path_factory.mktemp("public"))
    yield made
    made.witness.stop()
    made.authority.stop()


def test_a_week_of_public_values_stops_twice_for_people_and_ends_for_the_eye(week: Week) -> None:
    week.at(0, 45)
    frozen = week.run()
    assert frozen.returncode == 9, frozen.stderr
    assert "Traceback" not in frozen.stderr
    assert "waits for 上证指数与深证成指 2025-06-16 11:30" in frozen.stderr
    assert f"fairlead draw value {RUN} --by NAME" in frozen.stderr
    waiting = week.verify("--key", week.key)  # its Monday is long over by this machine's clock
    assert {
        line.split(": ")[2][:7] for line in waiting.stdout.splitlines() if "FAILED  " in line
    } == {"OVERDUE"}

    assert_two_people_must_agree(week)
    week.at(3, 40)
    opened = week.run()
    assert opened.returncode == 9, opened.stderr
    assert "2025-06-16 15:00" in opened.stderr
    for name in ("王芳", "李雷"):
        assert week.value("--by", name, "--value", SECOND).returncode == 0
    week.at(7, 10)
    done = week.run()
    assert done.returncode == 0, done.stderr

    for said in (
        week.verify("--key", week.key, "--trust", week.trust),
        week.verify_alone("--key", week.key, "--trust", str(week.trust)),
    ):
        assert said.returncode == 5, said.stdout
        assert said.stdout.strip().endswith("VALUE BY EYE")
        asked = f"look up 上证指数与深证成指 2025-06-16 15:00 at {LOOK_UP}: it must be {SECOND}"
        assert asked in said.stdout
        assert "seen by witness.test at 2025-06-16T03:40:00Z" in said.stdout
    assert "stamped by CN=Test TSA root" in week.verify("--trust", week.trust).stdout
    assert week.verify("--key", week.key).returncode == 3  # nobody whom this reader trusts
    page = next((week.home.site / "zh" / "runs" / RUN / "draws").glob("*-lottery*.html"))
    for shown in (SECOND, LOOK_UP, "先上证指数，空一格"):
        assert shown in page.read_text(encoding="utf-8")
    policy = next((week.home.site / "en" / "policies").glob("*.html")).read_text(encoding="utf-8")
    assert "SSE Composite, a space" in policy


def assert_two_people_must_agree(week: Week) -> None:
    assert week.value("--by", "王芳", "--value", "3377.1 10122.11").returncode == 2  # its form
    assert week.value("--by", "王芳", "--value", FIRST).returncode == 0
    again = week.value("--by", " 王 芳", "--value", FIRST)
    assert again.returncode == 2
    assert "takes another person" in again.stderr
    other = week.value("--by", "李雷", "--value", "3377.10 10122.11")
    assert other.returncode == 2
    assert "do not agree: nothing was kept" in other.stderr
    assert FIRST not in other.stderr + other.stdout  # the second reads for themselves
    agreed = week.value("--by", "李雷", "--value", FIRST)
    assert agreed.returncode == 0
    assert f"fairlead draw open {RUN}" in agreed.stdout
    late = week.value("--by", "赵云", "--value", "3377.10 10122.11")
    assert late.returncode == 2
    assert "it stands" in late.stderr


def test_then_the_log_is_handed_over_and_old_keys_and_mails_still_verify(week: Week) -> None:
    mail = (week.home.site / "log" / "checkpoint").read_bytes()
    (week.home.path / "mail.txt").write_bytes(mail)
    origin = week.key.split("+")[0]
    refused = week.home.fairlead("ledger", "rotate-key", "--confirm", "something else")
    assert refused.returncode == 2
    done = week.home.fairlead("ledger", "rotate-key", "--confirm", origin, env=week.env)
    assert done.returncode == 0, done.stderr
    assert "403" in done.stderr  # the witness does not know the new key
    new = re.findall(rf"{re.escape(origin)}\+\S+", done.stdout)[0]
    assert new != week.key
    assert (week.home.path / "keys" / "log.key").stat().st_mode & 0o077 == 0
    for key in (week.key, new):
        given = ("--key", key, "--since", str(week.home.path / "mail.txt"))
        assert week.verify(*given, "--trust", week.trust).returncode == 5
        assert week.verify_alone(*given, "--trust", str(week.trust)).returncode == 5
    from ledger.notes import VerifierKey

    week.witness.log_key = VerifierKey.parse(new)
    shown = week.home.fairlead("ledger", "witness", env=week.env)
    assert shown.returncode == 0, shown.stderr
    assert "cosigned, stamped" in shown.stdout
    assert "not cosigned" not in shown.stdout


def test_every_entry_has_its_proof_the_policys_too(week: Week) -> None:
    log = week.home.site / "log"
    size = int((log / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    names = {file.name for file in (log / "proof").iterdir()}
    assert names == {f"{index}.tlog-proof" for index in range(size)}
