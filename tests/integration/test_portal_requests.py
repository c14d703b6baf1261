"""Requests from a phone: each rep behind their own link, judged and logged like any other."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from adapters.warehouse import ledger_store, requests, runs
from flows import requests as cases
from flows.portal.links import ASK, KEPT_AFTER_RUN, Link
from flows.stored import log_time
from tests.portal_builder import RUN, Portal, form_of, new_home, open_lottery, store_run

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """A published week: two leads are the first rep's, one the second's, one nobody may call."""
    home = new_home(tmp_path_factory.mktemp("requests") / "home")
    address = home.database()
    head = store_run(address)
    lottery = open_lottery(home, address, count=3, prizes=4)
    owners = ("Rlottery000", "Rlottery000", "Rlottery001", None)
    with address.connect() as conn:
        runs.store_decisions(
            conn,
            RUN,
            [
                {
                    "lead_id": f"Llottery00{n}", "rep_id": owner, "band": "enterprise",
                    "method": "skill_match" if owner else "none", "rule_id": "x",
                    "reason": "skill_match" if owner else "do_not_contact", "co_owners": [],
                }
                for n, owner in enumerate(owners)
            ],
        )  # fmt: skip
        runs.mark(conn, RUN, "decided", head.as_of)
        runs.mark(conn, RUN, "published", head.as_of)
    return lottery, head


@pytest.fixture(scope="module")
def portal(week):
    served = Portal(week[0].home.path)
    yield served
    served.stop()


@pytest.fixture
def ask(portal, week):
    lottery, head = week

    with httpx.Client(base_url=portal.url, timeout=60) as client:

        def asked(rep: int, kind: str = "", **fields: str) -> httpx.Response:
            ref = next(r for r, name in lottery.names.items() if name == names[rep])
            token = lottery.keys.token(Link(ASK, RUN, ref, head.as_of + KEPT_AFTER_RUN))
            page = client.get(f"/r/{token}?lang=en")
            if not kind:
                return page
            fields.setdefault("form", form_of(page.text))
            return client.post(f"/r/{token}/{kind}", data={"lang": "en", **fields})

        names = list(lottery.names.values())
        asked.client = client
        yield asked


def stored(week) -> list:
    lottery, _ = week
    with lottery.address.connect() as conn:
        at = log_time(conn)
        return requests.requests_between(conn, at - timedelta(days=1), at + timedelta(days=1))


def test_a_page_shows_its_own_reps_leads_and_never_one_that_may_not_be_called(ask):
    page = ask(0).text
    mine = re.findall(r'<option value="(\w+)">', page.partition('id="reason"')[0])
    assert mine == ["Llottery000", "Llottery001"]
    assert "Llottery003" not in page
    assert "secret-" not in page and "13800001111" not in page


def test_a_move_is_filed_once_by_the_owner_alone_and_logged_without_names(ask, week):
    before = len(stored(week))
    fields = {"lead": "Llottery000", "reason": "valid-1", "text": "从未做过 <script>"}
    first = ask(0, "reassign", **fields)
    assert first.status_code == 303
    assert ask(0, "reassign", **fields).headers["location"] == first.headers["location"]  # a tap
    assert ask(1, "reassign", **fields).status_code == 409
    found = stored(week)
    assert len(found) == before + 1
    one = found[-1]
    assert (one.kind, one.rep_id, one.reason_code) == ("reassignment", "Rlottery000", "valid-1")
    assert one.is_open
    with week[0].address.connect() as conn:
        logged = b"".join(ledger_store.records(conn).values())
    assert b"script" not in logged and b"Rlottery000" not in logged
    page = ask(0).text
    assert "&lt;script&gt;" in page and "<script" not in page


def test_a_reason_that_the_policy_declines_is_declined_on_the_page(ask):
    assert ask(0, "reassign", lead="Llottery001", reason="invalid-1").status_code == 303
    assert "declined: it looks hard" in ask(0).text


def test_any_rep_asks_for_a_review_and_reads_the_answer(ask, week):
    assert ask(2, "appeal", lead="Llottery000", text="why not me?").status_code == 303
    (number,) = [one.request_id for one in stored(week) if one.kind == "appeal"]
    with week[0].address.connect() as conn:
        cases.answer(
            conn, number, given="upheld", text="Wang has the stars for it.", by="Li, manager",
            to_rep_id=None, at=log_time(conn),
        )  # fmt: skip
    page = ask(2).text
    assert "Wang has the stars for it." in page and "the decision stands" in page
    assert "Wang has the stars" not in ask(1).text


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        ("appeal", {"lead": "nothing", "text": "x"}, 409),
        ("appeal", {"lead": "Llottery000", "text": " "}, 422),
        ("appeal", {"lead": "Llottery000", "text": "x" * 1001}, 422),
        ("reassign", {"lead": "Llottery002"}, 422),
        ("reassign", {"lead": "Llottery002", "reason": "valid-1", "form": "00"}, 403),
        ("claim", {"lead": "Llottery002"}, 409),
        ("delete", {"lead": "Llottery002"}, 404),
    ],
)
def test_what_cannot_be_asked_is_said_and_not_recorded(ask, week, kind, fields, status):
    before = len(stored(week))
    # Two links take turns: five requests at once are allowed to each.
    answer = ask(1 if kind != "appeal" else 2, kind, **fields)
    assert (answer.status_code, len(stored(week))) == (status, before)


def test_a_link_for_a_line_opens_no_requests_and_the_other_way_round(ask, week):
    lottery, head = week
    rep = lottery.entrants[0]
    line = lottery.token(rep)
    assert ask.client.get(f"/r/{line}").status_code == 404
    token = lottery.keys.token(Link(ASK, RUN, rep, head.as_of + KEPT_AFTER_RUN))
    assert ask.client.get(f"/p/{token}").status_code == 404
    other = lottery.keys.token(Link(ASK, "2026-W01", rep, head.as_of + KEPT_AFTER_RUN))
    assert ask.client.get(f"/r/{other}").status_code == 404


def test_another_site_cannot_send_a_form(ask, week):
    lottery, head = week
    token = lottery.keys.token(Link(ASK, RUN, lottery.entrants[2], head.as_of + KEPT_AFTER_RUN))
    answer = ask.client.post(
        f"/r/{token}/appeal", data={"lead": "x"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
