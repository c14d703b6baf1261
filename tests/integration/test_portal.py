"""The portal as a process of its own, spoken to over HTTP by many people at once."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.warehouse import draws, ledger_store, lines
from flows.portal.links import Keys
from ledger.checkpoints import open_checkpoint
from ledger.log import signed_checkpoint
from ledger.merkle import leaf_hash
from ledger.notes import open_note
from lottery.acknowledgement import parse_acknowledgement
from lottery.records import closing
from tests.portal_builder import Lottery, Portal, form_of, new_home, open_lottery, store_run

pytestmark = pytest.mark.timeout(300)
MANY = 300


@pytest.fixture(scope="module")
def lottery(tmp_path_factory):
    home = new_home(tmp_path_factory.mktemp("portal") / "home")
    address = home.database()
    store_run(address)
    return open_lottery(home, address, count=12)


@pytest.fixture(scope="module")
def portal(lottery):
    served = Portal(lottery.home.path)
    yield served
    served.stop()


@pytest.fixture
def client(portal):
    with httpx.Client(base_url=portal.url, timeout=60) as made:
        yield made


def another(lottery: Lottery, share: str, **more) -> Lottery:
    return open_lottery(lottery.home, lottery.address, share=share, **more)


def drawn(client: httpx.Client, token: str, spot: str, **fields) -> httpx.Response:
    form = fields.pop("form", None) or form_of(client.get(f"/p/{token}").text)
    return client.post(f"/p/{token}/line", data={"form": form, "spot": spot, **fields})


def standing(lottery: Lottery) -> dict[str, dict]:
    with lottery.address.connect() as conn:
        found = draws.last_lines(conn, lottery.opening_hash)
    return {line["entrant"]: line for line in found}


def test_a_rep_places_moves_and_takes_back_one_line_and_keeps_signed_receipts(lottery, client):
    me = lottery.entrants[3]
    token = lottery.token(me)
    assert drawn(client, token, "3:437").status_code == 303
    assert standing(lottery)[me] == {"entrant": me, "left": 3, "level": 437}
    assert drawn(client, token, "10:62").status_code == 303
    assert standing(lottery)[me] == {"entrant": me, "left": 10, "level": 62}
    assert drawn(client, token, "none").status_code == 303
    assert me not in standing(lottery)
    for number, line in [(1, (3, 437)), (2, (10, 62)), (3, None)]:
        answer = client.get(f"/p/{token}/acknowledgement-{number}.txt")
        assert "attachment" in answer.headers["content-disposition"]
        note, _ = open_note(answer.text, [lottery.home.signer().vkey])
        receipt = parse_acknowledgement(note.text)
        assert (receipt.opening, receipt.entrant) == (lottery.opening_hash, me)
        assert receipt.number == number
        assert (receipt.line and (receipt.line.left, receipt.line.level)) == line
    assert client.get(f"/p/{token}/acknowledgement-4.txt").status_code == 404


def test_the_two_lists_place_the_same_line_as_a_tap(lottery, client):
    me = lottery.entrants[5]
    token = lottery.token(me)
    form = form_of(client.get(f"/p/{token}").text)
    answer = client.post(f"/p/{token}/line", data={"form": form, "left": "7", "level": "999"})
    assert answer.status_code == 303
    assert standing(lottery)[me] == {"entrant": me, "left": 7, "level": 999}
    assert "aria-pressed" in client.get(answer.headers["location"]).text


def test_the_pool_shows_company_and_value_and_no_mail_or_phone(lottery, client):
    page = client.get(f"/p/{lottery.token(lottery.entrants[0])}?lang=zh").text
    assert "北辰软件" in page
    assert "¥1,200,000" in page
    assert "customer.example" not in page
    assert "13800001111" not in page
    assert "example.org" not in page
    assert all(name in page for name in lottery.names.values())


def test_both_languages_say_everything(lottery, client):
    token = lottery.token(lottery.entrants[0])
    assert "画您的一笔" in client.get(f"/p/{token}", headers={"accept-language": "zh-CN"}).text
    assert "Draw your line" in client.get(f"/p/{token}", headers={"accept-language": "en"}).text
    assert "Draw your line" in client.get(f"/p/{token}?lang=en").text


def test_a_watcher_sees_the_ladder_and_can_change_nothing(lottery, client):
    token = lottery.token()
    page = client.get(f"/p/{token}")
    assert page.status_code == 200
    assert "<form" not in page.text
    assert "draw your line" not in client.get(f"/p/{token}?lang=en").text
    refused = client.post(f"/p/{token}/line", data={"form": "0" * 32, "spot": "1:1"})
    assert refused.status_code == 403
    assert client.get(f"/p/{token}/acknowledgement-1.txt").status_code == 404


def test_a_forged_expired_or_respelled_link_leads_nowhere(lottery, client):
    me = lottery.entrants[0]
    good = lottery.token(me)
    late = lottery.token(me, ends=datetime.now(UTC) - timedelta(seconds=1))
    other = lottery.token(me, draw="2026-W48/enterprise/unheard-of")
    stranger = lottery.token("ab" * 32)
    forged = Keys(b"0" * 32).token(lottery.keys.read(good, datetime.now(UTC)))
    for bad in [good[:-1], good[:-1] + ("A" if good[-1] != "A" else "B"), late, other, stranger,
                forged, "x", good + "="]:  # fmt: skip
        assert client.get(f"/p/{bad}").status_code == 404, bad
    assert client.get(f"/p/{good}").status_code == 200


def test_a_form_from_elsewhere_or_without_its_key_is_refused(lottery, client):
    me, you = lottery.entrants[6], lottery.entrants[7]
    token = lottery.token(me)
    yours = form_of(client.get(f"/p/{lottery.token(you)}").text)
    assert drawn(client, token, "1:1", form=yours).status_code == 403
    mine = form_of(client.get(f"/p/{token}").text)
    crossing = client.post(
        f"/p/{token}/line",
        data={"form": mine, "spot": "1:1"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert crossing.status_code == 403
    long = client.post(f"/p/{token}/line", content=b"form=" + b"a" * 5_000)
    assert long.status_code == 403
    assert me not in standing(lottery)


@pytest.mark.parametrize(("language", "words"), [("en", "no such place"), ("zh", "没有这个位置")])
def test_a_refusal_speaks_the_language_of_the_form_and_leads_back_to_it(
    lottery, client, language, words
):
    token = lottery.token(lottery.entrants[8])
    page = drawn(client, token, "11:0", lang=language).text
    assert words in page
    assert f'href="/p/{token}?lang={language}"' in page


@pytest.mark.parametrize("spot", ["11:0", "0:1000", "99999:1"])
def test_a_line_outside_the_ladder_is_refused_and_not_stored(lottery, client, spot):
    me = lottery.entrants[8]
    assert drawn(client, lottery.token(me), spot).status_code == 422
    assert me not in standing(lottery)


@pytest.mark.parametrize("spot", ["-1:5", "1:", "١:5", "1:5:6", "1.0:5", "' or 1=1"])
def test_a_malformed_place_is_refused_and_not_stored(lottery, client, spot):
    me = lottery.entrants[9]
    assert drawn(client, lottery.token(me), spot).status_code == 403
    assert me not in standing(lottery)


def test_one_link_may_not_ask_without_end(lottery, client):
    token = lottery.token(lottery.entrants[10])
    form = form_of(client.get(f"/p/{token}").text)
    codes = [drawn(client, token, "2:500", form=form).status_code for _ in range(14)]
    assert codes[:12] == [303] * 12
    assert codes[-1] == 429
    calm = lottery.token(lottery.entrants[11])
    assert drawn(client, calm, "2:500").status_code == 303


def test_every_answer_forbids_scripts_storing_and_referrers(lottery, client):
    token = lottery.token(lottery.entrants[0])
    for path in ["/", f"/p/{token}", "/p/nothing", "/assets/portal.css", "/nowhere"]:
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "script" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers
    page = client.get(f"/p/{token}").text
    assert "<script" not in page
    assert not re.search(r"\sstyle=|\son[a-z]+=", page)
    assert not re.search(r"(?:src|href)=\"https?:", page)


def test_before_opening_and_after_closing_no_line_is_taken(lottery, client):
    early = another(lottery, "early", opens_in=3600)
    late = another(lottery, "late", opens_in=-4000, minutes=60)
    for one, word in [(early, "Opens"), (late, "Closed")]:
        token = one.token(one.entrants[0])
        page = client.get(f"/p/{token}?lang=en").text
        assert word in page
        assert "<form" not in page
        assert drawn(client, token, "1:1", form=one.keys.form(token)).status_code == 409
        assert standing(one) == {}


def test_a_line_in_the_closing_second_is_in_the_closing_or_refused(lottery, client):
    """Entrants draw while the window ends: who has a receipt is in the closing, nobody else."""
    short = another(lottery, "short", opens_in=-60, minutes=64 / 60, count=40)
    tokens = {entrant: short.token(entrant) for entrant in short.entrants}
    accepted: set[str] = set()

    def draw(entrant: str) -> None:
        token = tokens[entrant]
        while True:
            form = short.keys.form(token)
            answer = client.post(f"/p/{token}/line", data={"form": form, "spot": "5:5"})
            if answer.status_code != 303:
                assert answer.status_code in (409, 429)
                return
            accepted.add(entrant)
            time.sleep(0.4)

    with ThreadPoolExecutor(16) as people:
        list(people.map(draw, short.entrants))
    with short.address.connect() as conn:
        lines.stop_lines(conn, short.opening_hash)
        closing = {line["entrant"] for line in draws.last_lines(conn, short.opening_hash)}
        late = conn.execute(
            "select count(*) from decisions.lines l join decisions.draws d using (opening) "
            "where opening = %s and acknowledged_at >= "
            "(opening_record->>'closes_at')::timestamptz",
            (short.opening_hash,),
        ).fetchone()[0]
    assert accepted
    assert closing == accepted
    assert late == 0


def test_a_closing_waits_for_lines_on_their_way_and_lets_no_more_in(lottery):
    held = another(lottery, "held")
    one, other = held.entrants[:2]
    order: list[str] = []

    def note(number: int, at: datetime) -> str:
        return f"{number} {at.isoformat()}"

    with held.address.connect() as placing:
        lines.place(placing, held.opening_hash, one, {"entrant": one, "left": 0, "level": 1}, note)

        def close() -> None:
            with held.address.connect() as conn:
                lines.stop_lines(conn, held.opening_hash)
                order.append(f"closed with {len(draws.last_lines(conn, held.opening_hash))}")
                draws.store_event(
                    conn, held.opening_hash, "closing", {"lines": []}, datetime.now(UTC)
                )

        closer = threading.Thread(target=close)
        closer.start()
        time.sleep(0.5)
        order.append("line committed")
    closer.join(20)
    assert order == ["line committed", "closed with 1"]
    with held.address.connect() as conn, pytest.raises(lines.WindowClosed):
        lines.place(conn, held.opening_hash, other, {}, note)


def test_the_checkpoint_is_there_once_it_covers_the_closing(lottery, client):
    ended = another(lottery, "ended", opens_in=-4000, minutes=60)
    token = ended.token(ended.entrants[0])
    assert client.get(f"/p/{token}/checkpoint.txt").status_code == 404
    record = closing(ended.opening)
    now = datetime.now(UTC)
    signer = ended.home.signer()
    with ended.address.connect() as conn:
        draws.store_event(conn, ended.opening_hash, "closing", record, now)
        ledger_store.append(conn, [ledger_store.NewEntry("closing", "2026-W48", record)], now)
        entries = [bytes(each.entry) for each in ledger_store.entries(conn)]
        note = signed_checkpoint(signer.vkey.name, list(map(leaf_hash, entries)), signer, None)
        ledger_store.store_checkpoint(conn, len(entries), note, now)
    answer = client.get(f"/p/{token}/checkpoint.txt")
    assert answer.status_code == 200
    assert open_checkpoint(answer.text, signer.vkey).size == len(entries)
    assert "Keep the checkpoint" in client.get(f"/p/{token}?lang=en").text


def test_three_hundred_people_drawing_in_the_same_minute_lose_nothing(lottery, client):
    crowd = another(lottery, "crowd", count=MANY, prizes=30)
    start = time.perf_counter()

    def draw(entrant: str) -> int:
        token = crowd.token(entrant)
        form = form_of(client.get(f"/p/{token}").text)
        spot = f"{crowd.entrants.index(entrant) % (MANY - 1)}:500"
        return client.post(f"/p/{token}/line", data={"form": form, "spot": spot}).status_code

    with ThreadPoolExecutor(60) as people:
        codes = list(people.map(draw, crowd.entrants))
    elapsed = time.perf_counter() - start
    assert codes == [303] * MANY
    placed = standing(crowd)
    assert {
        entrant: line["left"] for entrant, line in placed.items()
    } == {entrant: i % (MANY - 1) for i, entrant in enumerate(crowd.entrants)}  # fmt: skip
    assert elapsed < 60


def test_no_link_is_ever_written_to_the_portals_output(lottery, portal):
    assert "/p/" not in "".join(portal.said)
    assert len(portal.said) <= 2
