"""`fairlead run` on plain CSV folders: replay, bad input, mail, other databases."""

from __future__ import annotations

import csv
import random
import re
import shutil
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from adapters.crm.synthetic import write_organisation
from notifications.charts import chinese_fonts
from tests.command_line import Home, decisions

pytestmark = pytest.mark.timeout(600)
MONDAY = date(2026, 11, 23)
HOSTILE = "<script>alert(1)</script>{{7*7}}'; drop table raw.leads;--=1+1＝2\u202e"


@pytest.fixture(scope="module")
def first(new_home, small_team) -> tuple[Home, bytes]:
    """A finished run of the small team, and its decisions as CSV bytes."""
    home = new_home()
    out = home.path.parent / "decisions.csv"
    done = home.run(small_team, "--decisions", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return home, out.read_bytes()


@pytest.fixture
def changed(small_team, tmp_path):
    """A copy of the small team's folder and a way to rewrite one of its files."""
    folder = shutil.copytree(small_team, tmp_path / small_team.name)

    def rewrite(name: str, change) -> Path:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        header, rows = change(header, rows)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return folder

    rewrite.folder = folder
    return rewrite


def assert_nothing_published(home: Home) -> None:
    assert not home.site.exists()
    assert not (home.path / "digests").exists()
    assert not (home.path / "bundles").exists()


def assert_one_clear_report(done, *words: str) -> None:
    assert "Traceback" not in done.stderr + done.stdout
    for word in words:
        assert word in done.stderr, done.stderr


def test_shuffled_rows_give_byte_identical_decisions(first, new_home, small_team, tmp_path):
    dice = random.Random(3)
    shuffled = shutil.copytree(small_team, tmp_path / "shuffled")
    for file in shuffled.glob("*.csv"):
        header, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        dice.shuffle(lines)
        file.write_text(header + "".join(lines), encoding="utf-8")
    home = new_home()
    done = home.run(shuffled, "--decisions", tmp_path / "d.csv")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "d.csv").read_bytes() == first[1]


def test_running_a_week_twice_changes_nothing(first, small_team, tmp_path):
    home, before = first
    again = home.run(small_team, "--decisions", tmp_path / "again.csv")
    assert again.returncode == 0, again.stderr
    assert "nothing changed" in again.stderr
    assert (tmp_path / "again.csv").read_bytes() == before


def test_recorded_rounds_give_a_draw_that_verifies_but_for_its_order(
    new_home, small_team, tmp_path
):
    rounds = Path(__file__).parents[1] / "vectors" / "beacon" / "quicknet-rounds.json"
    home = new_home()
    done = home.fairlead(
        "run", "--source", small_team, "--as-of", "2026-11-23T08:40:00+08:00", "--window", "0",
        "--entropy", f"file:{rounds}", "--site", tmp_path / "site",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    checked = home.fairlead("verify", tmp_path / "site")
    assert checked.returncode == 3, checked.stdout
    assert checked.stdout.strip().endswith("ORDER NOT PROVEN")


def test_a_missing_file_stops_the_run_with_one_report(new_home, changed):
    home = new_home()
    (changed.folder / "reps.csv").unlink()
    done = home.run(changed.folder)
    assert done.returncode == 6
    assert_one_clear_report(done, "reps.csv", "missing")
    assert_nothing_published(home)


def test_a_wrong_header_stops_the_run_with_one_report(new_home, changed):
    home = new_home()
    folder = changed("leads.csv", lambda header, rows: (["id", *header[1:]], rows))
    done = home.run(folder)
    assert done.returncode == 6
    assert_one_clear_report(done, "leads.csv", "lead_id")
    assert_nothing_published(home)


def test_a_fifth_of_bad_rows_stops_the_run_and_lists_them(new_home, changed):
    def spoil(header, rows):
        place = header.index("engagement")
        for number, row in enumerate(rows):
            if number % 5 == 0:
                row[place] = "telepathy"
        return header, rows

    home = new_home()
    done = home.run(changed("leads.csv", spoil))
    assert done.returncode == 6
    assert_one_clear_report(done, "leads.csv", "line 2", "engagement", "5%")
    assert_nothing_published(home)


def test_one_bad_row_in_a_hundred_and_hostile_text_are_shown_and_stay_inert(new_home, changed):
    def spoil(header, rows):
        for number, row in enumerate(rows):
            if number % 100 == 0:
                row[header.index("created_at")] = "yesterday"
            for name in ("company", "contact_name", "product", "region"):
                row[header.index(name)] = HOSTILE
        return header, rows

    folder = changed("leads.csv", spoil)

    def rename(header, rows):
        for row in rows:
            row[header.index("name")] = HOSTILE
        return header, rows

    changed("reps.csv", rename)
    home = new_home()
    done = home.run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {p: p.read_text() for p in (home.path / "site-team").resolve().rglob("*.html")}
    assert any("yesterday" not in text and "created_at" in text for text in pages.values())
    for page, text in pages.items():
        assert "<script>alert" not in text, page
        assert "\u202e" not in text, page
    assert home.fairlead("verify", home.site).returncode == 4


def test_a_policy_with_mistakes_is_refused_with_all_of_them(new_home, small_team, tmp_path):
    text = (Path(__file__).parents[2] / "policies" / "lead-allocation-v2.yaml").read_text()
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("pct: 30", "pct: 130").replace("zone: Asia/", "zone: Mars/"))
    home = new_home()
    done = home.run(small_team, "--policy", broken)
    assert done.returncode == 8
    assert_one_clear_report(done, "130", "Mars")
    assert done.stderr.count(f"{broken}:") >= 2
    assert_nothing_published(home)


def test_a_foreign_folder_is_never_replaced(new_home, small_team, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine.txt").write_text("keep me")
    done = new_home().run(small_team, "--site", tmp_path / "site")
    assert done.returncode == 9
    assert_one_clear_report(done, "was not published by Fairlead")
    assert (tmp_path / "site" / "mine.txt").read_text() == "keep me"


class Inbox(Message):
    """Keeps what a mail server received."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list = []

    def handle_message(self, message) -> None:
        self.mails.append(message)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    handler = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, str(port)
    controller.stop()


def test_digests_reach_a_real_mail_server_once(first, small_team, inbox):
    home, _ = first
    handler, port = inbox
    mail = {"FAIRLEAD_SMTP_HOST": "127.0.0.1", "FAIRLEAD_SMTP_PORT": port}
    done = home.fairlead("send", "--as-of", "2026-11-23T08:40:00+08:00", env=mail)
    assert done.returncode == 0, done.stderr
    with (small_team / "reps.csv").open(encoding="utf-8", newline="") as file:
        addresses = {row["email"] for row in csv.DictReader(file) if row["email"]}
    received = [mail["To"] for mail in handler.mails]
    assert sorted(received) == sorted(set(received))
    assert set(received) <= addresses
    assert len(received) >= 24
    parts = [part for mail in handler.mails for part in mail.walk()]
    pictures = {part["Content-ID"] for part in parts if part.get_content_type() == "image/png"}
    pages = [part.get_payload(decode=True).decode() for part in parts
             if part.get_content_type() == "text/html"]  # fmt: skip
    assert {f"<{cid}>" for page in pages for cid in re.findall(r'"cid:([^"]+)"', page)} == pictures
    assert pictures or not chinese_fonts()
    again = home.fairlead("send", "--as-of", "2026-11-23T08:40:00+08:00", env=mail)
    assert again.returncode == 0, again.stderr
    assert len(handler.mails) == len(received)


def test_a_week_with_every_kind_of_exception_is_decided_and_verifies(new_home, tmp_path):
    write_organisation(
        tmp_path / "crm", 5, reps=24, leads=60, years=1, as_of=MONDAY, with_exceptions=True
    )
    home = new_home()
    done = home.run(tmp_path / "crm", "--decisions", tmp_path / "d.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = decisions(tmp_path / "d.csv")
    assert {"do_not_contact", "duplicate"} <= {row["reason"] for row in rows if not row["rep_id"]}
    owned = {row["reason"] for row in rows if row["method"] == "exception"}
    assert {"named_account", "requested_rep", "referral_draw", "referral_board"} <= owned
    bundle = home.path / "bundles" / "2026-W48.json"
    checked = home.fairlead("verify", home.site, "--bundle", bundle)
    assert checked.returncode == 4, checked.stdout


def test_decisions_name_only_leads_and_reps_of_the_source(first, small_team, tmp_path):
    out = tmp_path / "d.csv"
    out.write_bytes(first[1])
    leads = {row["lead_id"] for row in decisions(small_team / "leads.csv")}
    reps = {row["rep_id"] for row in decisions(small_team / "reps.csv")}
    rows = decisions(out)
    assert len(rows) == 60
    assert {row["lead_id"] for row in rows} <= leads
    assert {row["rep_id"] for row in rows} <= reps | {""}
