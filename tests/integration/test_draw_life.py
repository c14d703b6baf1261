"""A draw's life on a real database: closings in and out of time, voids, notices, operators."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy as mail_policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from typer.testing import CliRunner

from adapters.beacon import RelayRounds
from adapters.warehouse import draws, ledger_store, lines, runs
from flows.chance import Chance
from flows.cli import app
from flows.clock import TrialClock
from flows.commands.void import check_may_void, log_void
from flows.errors import EnvironmentRefused, FairleadError, UsageError
from flows.log_draws import instant, log_closings
from flows.request import RunRequest
from flows.send_notices import deliver_notices
from flows.workspace import Workspace, open_workspace
from ledger.checkpoints import open_checkpoint
from lottery.endings import check_void
from lottery.records import LADDER
from lottery.sources import source_time
from tests.portal_builder import POLICY, RUN, Lottery, new_home, open_lottery, store_run

pytestmark = pytest.mark.timeout(300)
ENTRANTS = 299
KNOWN = json.loads(
    (Path(__file__).parents[1] / "vectors" / "beacon" / "quicknet-rounds.json").read_text()
)["rounds"]


def at(work: Workspace, instant_: datetime) -> Workspace:
    return replace(work, clock=TrialClock(instant_))


def with_line(lottery: Lottery, entrant: str, left: int) -> None:
    with lottery.address.connect() as conn:
        line = {"entrant": entrant, "left": left, "level": 3} if left >= 0 else {}
        lines.place(conn, lottery.opening_hash, entrant, line, lambda number, _: f"note {number}")


def closed(lottery: Lottery, work: Workspace, after_s: float) -> dict:
    """The closing as it is logged so long after closes_at."""
    later = instant(lottery.opening["closes_at"]) + timedelta(seconds=after_s)
    with lottery.address.connect() as conn:
        log_closings(conn, at(work, later), LADDER)
        found = draws.last_attempt(conn, lottery.opening["draw"])
    assert found is not None
    assert found.closing is not None
    return found.closing


def test_the_closing_has_each_entrants_last_line_and_none_that_was_taken_back(home, address, work):
    lottery = open_lottery(home, address, share="in-time", source="drand")
    mover, quitter, other = lottery.entrants[:3]
    with_line(lottery, mover, 1)
    with_line(lottery, quitter, 2)
    with_line(lottery, other, 3)
    with_line(lottery, mover, 9)
    with_line(lottery, quitter, -1)
    assert closed(lottery, work, 599)["lines"] == sorted(
        [{"entrant": mover, "left": 9, "level": 3}, {"entrant": other, "left": 3, "level": 3}],
        key=lambda line: line["entrant"],
    )


def test_a_closing_after_the_beacons_round_has_no_lines(home, address, work):
    lottery = open_lottery(home, address, share="too-late", source="drand")
    with_line(lottery, lottery.entrants[0], 1)
    late = source_time(lottery.opening) - instant(lottery.opening["closes_at"]).timestamp()
    assert 600 <= late < 603
    assert closed(lottery, work, late)["lines"] == []


def test_an_operators_closing_keeps_its_lines_only_within_the_verifiers_grace(home, address, work):
    soon = open_lottery(home, address, share="operator-soon", source="operator")
    with_line(soon, soon.entrants[0], 1)
    assert len(closed(soon, work, 599)["lines"]) == 1
    late = open_lottery(home, address, share="operator-late", source="operator")
    with_line(late, late.entrants[0], 1)
    assert closed(late, work, 601)["lines"] == []


@pytest.mark.parametrize("catch_up", ["skip", "latest"])
def test_a_missed_window_is_skipped_or_opened_at_once_as_long_as_it_would_have_been(work, catch_up):
    missed = at(work, datetime(2026, 11, 23, 5, 0, tzinfo=UTC))  # 13:00 in Shanghai
    calendar = missed.policy.calendar.model_copy(update={"catch_up": catch_up})
    missed = replace(missed, policy=missed.policy.model_copy(update={"calendar": calendar}))
    if catch_up == "skip":
        with pytest.raises(UsageError, match=r"skips a missed window \(calendar\.catch_up\)"):
            missed.ladder_window(timedelta(seconds=4))
        return
    opens_at, closes_at = missed.ladder_window(timedelta(seconds=4))
    assert opens_at == datetime(2026, 11, 23, 5, 0, 4, tzinfo=UTC)
    assert closes_at - opens_at == timedelta(hours=2)


# -- voids ----------------------------------------------------------------------------------------


class Halted(BaseHTTPRequestHandler):
    """A relay of a beacon that stopped; under /back its round is there after all."""

    def do_GET(self) -> None:
        back = self.path.startswith("/back")
        self.send_response(200 if back else 404)
        self.end_headers()
        if back:
            self.wfile.write(
                json.dumps({"round": int(self.path.split("/")[-1]), **SIGNED}).encode()
            )

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


SIGNED = {"signature": KNOWN[0]["signature"], "randomness": ""}


@pytest.fixture(scope="module")
def relay():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Halted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def stored(lottery: Lottery):
    with lottery.address.connect() as conn:
        found = draws.last_attempt(conn, lottery.opening["draw"])
    assert found is not None
    return found


def asking(work: Workspace, address: str, now: datetime) -> Workspace:
    return replace(at(work, now), chance=Chance("drand", 600, RelayRounds([address])))


def test_a_halted_beacon_ends_in_a_void_with_everything_else_unchanged(home, address, work, relay):
    lottery = open_lottery(home, address, share="halted")
    due = datetime.fromtimestamp(source_time(lottery.opening), UTC)
    later = asking(work, relay, due + timedelta(hours=2))
    with address.connect() as conn:
        check_may_void(conn, later, stored(lottery), "beacon-gap")
        log_void(conn, later, stored(lottery), "beacon-gap")
    following = stored(lottery)
    with address.connect() as conn:
        first = draws.draws_of(conn, RUN)
        (before,) = [draw for draw in first if draw.opening_hash == lottery.opening_hash]
    check_void(before.void, before.opening, following.opening)
    assert following.attempt == 2
    assert following.opening["entrants"] == lottery.entrants
    assert following.opening["sources"][0]["round"] > lottery.opening["sources"][0]["round"]
    with pytest.raises(UsageError, match="its source's time"), address.connect() as conn:
        check_may_void(conn, later, following, "beacon-gap")


def test_a_void_is_refused_while_the_beacon_may_still_come(home, address, work, relay):
    lottery = open_lottery(home, address, share="early-void")
    due = datetime.fromtimestamp(source_time(lottery.opening), UTC)
    soon = asking(work, relay, due + timedelta(minutes=59))
    with pytest.raises(UsageError, match="catches up"), address.connect() as conn:
        check_may_void(conn, soon, stored(lottery), "beacon-gap")


def test_a_void_is_refused_when_nobody_can_be_asked(home, address, work):
    lottery = open_lottery(home, address, share="offline")
    later = datetime.fromtimestamp(source_time(lottery.opening), UTC) + timedelta(hours=2)
    with pytest.raises(EnvironmentRefused, match="nobody can say"), address.connect() as conn:
        check_may_void(
            conn, asking(work, "http://127.0.0.1:9", later), stored(lottery), "beacon-gap"
        )


def test_a_void_is_refused_when_the_round_exists(home, address, work, relay):
    lottery = open_lottery(home, address, share="there-after-all")
    number = KNOWN[0]["round"]
    opening = {**lottery.opening, "sources": [{**lottery.opening["sources"][0], "round": number}]}
    draw = replace(stored(lottery), opening=opening)
    later = asking(work, f"{relay}/back", datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(UsageError, match="exists and verifies"), address.connect() as conn:
        check_may_void(conn, later, draw, "beacon-gap")


@pytest.mark.parametrize("reason", ["secret-lost", "event-cancelled"])
def test_a_void_for_another_kind_of_source_is_refused(home, address, work, reason):
    lottery = open_lottery(home, address, share=f"wrong-{reason}")
    with pytest.raises(UsageError, match="does not fit"), address.connect() as conn:
        check_may_void(conn, work, stored(lottery), reason)


def test_an_operator_cannot_lose_a_secret_that_is_here_or_choose_a_new_one(home, address, work):
    lottery = open_lottery(home, address, share="operator-void", source="operator")
    draw = stored(lottery)
    with pytest.raises(UsageError, match="is here"), address.connect() as conn:
        check_may_void(conn, work, draw, "secret-lost")
    with pytest.raises(UsageError, match="no commitment for attempt 2"), address.connect() as conn:
        log_void(conn, at(work, datetime.now(UTC)), draw, "secret-lost")


# -- the operator's commands ----------------------------------------------------------------------


@pytest.fixture
def fairlead(home, address, monkeypatch):
    """The command line in this process: (exit code, what it said)."""
    monkeypatch.setenv("FAIRLEAD_HOME", str(home.path))
    if "commanded" not in str(draws_of(address)):
        open_lottery(home, address, share="commanded", count=4, minutes=600)

    def run(*arguments: str, typed: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(app, arguments, input=typed)
        if isinstance(done.exception, FairleadError):
            return done.exception.exit_code, str(done.exception)
        assert done.exception is None, done.exception
        return done.exit_code, done.stdout

    return run


def draws_of(address) -> list[str]:
    with address.connect() as conn:
        return [draw.draw for draw in draws.draws_of(conn, RUN)]


def test_status_shows_every_draw_and_what_comes_next(fairlead):
    code, said = fairlead("draw", "status")
    assert code == 0
    assert re.search(r"enterprise/commanded +5 leads, 4 entrants +open; 0 lines", said)


def test_links_are_one_per_entrant_and_a_watchers_is_another(fairlead, monkeypatch):
    monkeypatch.setenv("FAIRLEAD_PORTAL_URL", "https://draw.example/")
    _, said = fairlead("draw", "links", f"{RUN}/enterprise/commanded")
    links = re.findall(r"\thttps://draw\.example/p/(\S+)", said)
    assert len(set(links)) == 4
    _, watch = fairlead("draw", "links", f"{RUN}/enterprise/commanded", "--watch")
    assert watch.startswith("https://draw.example/p/")
    assert watch.strip().rpartition("/")[2] not in links


def test_closing_before_its_time_is_refused(fairlead):
    code, said = fairlead("draw", "close", RUN, "--yes")
    assert code == 2
    assert "would cut people's lines off" in said


def test_a_void_of_an_unknown_draw_or_reason_is_refused(fairlead):
    code, said = fairlead("draw", "void", f"{RUN}/enterprise/unknown", "--reason", "beacon-gap")
    assert code == 2
    assert "never opened" in said
    code, said = fairlead("draw", "void", f"{RUN}/enterprise/commanded", "--reason", "bad luck")
    assert code == 2
    assert "beacon-gap" in said


def test_another_policy_than_the_runs_is_refused(fairlead):
    code, said = fairlead(
        "draw", "finish", RUN, "--yes", "--policy", str(POLICY.with_name("minimal.yaml"))
    )
    assert code == 8
    assert "was frozen under policy" in said


def test_finishing_asks_for_the_runs_name(fairlead):
    code, said = fairlead("draw", "finish", RUN, typed="2026-W47\n")
    assert code == 2
    assert "nothing was done" in said


def test_odds_are_printed_for_every_entrant(fairlead):
    code, said = fairlead("draw", "odds", RUN)
    assert code == 0
    assert len(re.findall(r"^[0-9a-f]{8} ", said, re.MULTILINE)) >= 12
    assert "never enter" in said


# -- notices --------------------------------------------------------------------------------------


class Inbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list = []

    def handle_message(self, message) -> None:
        self.mails.append(message)


@contextmanager
def mail_server(home, monkeypatch, **settings):
    """A server that takes every mail, and a workspace that hands in there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    given = {"HOME": home.path, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, **settings}
    for name, value in given.items():
        monkeypatch.setenv(f"FAIRLEAD_{name}", str(value))
    open_workspace.cache_clear()
    try:
        request = RunRequest(source="", as_of="2026-11-23T00:40:00Z", policy=str(POLICY))
        yield inbox, open_workspace(request)
    finally:
        controller.stop()
        open_workspace.cache_clear()


def test_mails_are_handed_in_no_faster_than_the_server_is_said_to_take_them(
    home, address, monkeypatch
):
    lottery = open_lottery(home, address, share="paced", count=5)
    begin = instant(lottery.opening["opens_at"])
    with mail_server(home, monkeypatch, SMTP_PER_MINUTE=20) as (inbox, work):
        paced = at(work, begin)
        sent = deliver_notices(paced, "opening")
        assert sent >= 5
        assert len(inbox.mails) == sent
        assert paced.clock.now() == begin + timedelta(seconds=3 * (sent - 1))


def test_the_closing_reaches_299_people_with_its_checkpoint_well_within_the_delay(
    tmp_path_factory, monkeypatch
):
    home = new_home(tmp_path_factory.mktemp("mail") / "home")
    address = home.database()
    store_run(address, as_of=datetime(2026, 11, 23, 0, 40, tzinfo=UTC))
    lottery = open_lottery(home, address, count=ENTRANTS, prizes=30)
    signed = "fairlead/line/1\nnumber 2\n\n— log.example c2lnbmF0dXJl\n"
    for note in ("an earlier one\n", signed):
        with address.connect() as conn:
            line = {"entrant": lottery.entrants[7], "left": 1, "level": 3}
            lines.place(
                conn, lottery.opening_hash, lottery.entrants[7], line, lambda *_, note=note: note
            )
    with mail_server(home, monkeypatch) as (inbox, work):
        closed(lottery, work, 1)
        start = time.perf_counter()
        assert deliver_notices(work, "closing") == ENTRANTS
        elapsed = time.perf_counter() - start
        assert deliver_notices(work, "closing") == 0  # once each, however often it is run
    assert elapsed < 120  # of the 600 s that the delay gives
    assert len({mail["To"] for mail in inbox.mails}) == ENTRANTS
    (receipt,) = [text for text in map(plain, inbox.mails) if "fairlead/line/1" in text]
    assert signed in receipt.replace("\r\n", "\n")  # in that entrant's mail and in no other
    text = plain(inbox.mails[0])
    note = text[text.index(home.settings.origin + "\n") :]
    note = note[: note.index("\n", note.index("— ")) + 1]
    with address.connect() as conn:
        logged = [e.index for e in ledger_store.entries(conn) if e.type == "closing"]
    assert open_checkpoint(note, home.signer().vkey).size > max(logged)


def test_the_opening_brings_each_entrant_a_link_of_their_own(home, address, work, monkeypatch):
    if not draws_of(address):
        open_lottery(home, address, share="invited")
    assert deliver_notices(work, "opening") == 0  # no mail server: they are files
    texts = [
        file.read_text(encoding="utf-8")
        for file in (home.digests / RUN / "notices-opening").glob("*.txt")
    ]
    assert len(texts) >= 4
    links = [link for text in texts for link in set(re.findall(r"/p/\S+", text))]
    assert len(links) == len(set(links))
    for text in texts:
        assert "/p/" not in text.splitlines()[0]  # a subject is shown on locked screens


def test_another_attempt_is_announced_to_its_entrants_again_and_to_nobody_else(
    home, address, work, relay
):
    lottery = open_lottery(home, address, share="announced-twice", count=3)

    def announced() -> int:
        deliver_notices(work, "opening")
        with address.connect() as conn:
            return len(runs.pending_effects(conn, RUN, "mail"))

    before = announced()
    assert announced() == before
    due = datetime.fromtimestamp(source_time(lottery.opening), UTC)
    with address.connect() as conn:
        log_void(conn, asking(work, relay, due), stored(lottery), "beacon-gap")
    assert announced() == before + 3


def plain(mail) -> str:
    import email

    parsed = email.message_from_bytes(mail.as_bytes(), policy=mail_policy.default)
    return parsed.get_body(("plain",)).get_content()
