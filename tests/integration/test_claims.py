"""Claims against a stored run: first come, first served, also at the same instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from types import SimpleNamespace

import httpx
import psycopg
import pytest

from adapters.warehouse import claims, ledger_store, references, requests, runs
from adapters.warehouse.earlier_runs import inheritance
from allocation.engine import allocate
from flows import claims as pools
from flows import requests as cases
from flows.clock import TrialDice
from flows.commands.why import owner_now
from flows.errors import UsageError
from flows.portal.links import ASK, Link, portal_keys
from flows.stored import log_time
from ledger.canonical import canonical
from tests import builders as build
from tests.portal_builder import Portal, form_of, new_home

POLICY = build.policy(name="graded-rotation", replace={"per_month: 10": "per_month: 2"})
SOURCE, RUN = "test", "2026-W48"
AS_OF = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)
REPS = [f"R{i}" for i in range(4)]
LEADS = [f"L{i:02}" for i in range(20)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("claims") / "home")


@pytest.fixture(scope="module")
def address(home):
    return home.database()


def stored_week(address, run: str = RUN, as_of: datetime = AS_OF, leads=LEADS, *, is_decided=True):
    """A published week of twenty SMB leads, six of them in the pool of four reps."""
    with address.connect() as conn:
        new_salt = TrialDice("claims").bytes32
        lead_refs = references.ensure_references(conn, SOURCE, "lead", leads, new_salt)
        rep_refs = references.ensure_references(conn, SOURCE, "rep", REPS, new_salt)
        plain = {"band": "smb", "score": 8, "created_at": "2026-11-20T08:00:00Z"}
        snapshot = build.snapshot(
            leads=[build.Lead(ref=lead_refs[one], **plain) for one in leads],
            reps=[build.Rep(ref=rep_refs[one], role="SDR", tenure_months=40) for one in REPS],
            run=run,
        )
        allocation = allocate(snapshot, POLICY, build.draws(snapshot, POLICY))
        head = runs.Run(
            run, "week", SOURCE, as_of, POLICY.zone, POLICY.currency, POLICY.id, POLICY.version,
            POLICY.sha256, POLICY.text, "operator", True, False, as_of, as_of,
        )  # fmt: skip
        runs.store_run(conn, head)
        runs.store_document(conn, run, "snapshot", canonical(snapshot.to_record()), as_of)
        runs.store_document(conn, run, "findings", allocation.findings(), as_of)
        ids = references.ids_by_reference(lead_refs), references.ids_by_reference(rep_refs)
        rows = [
            {
                "lead_id": ids[0][one.lead], "rep_id": ids[1][one.rep] if one.rep else None,
                "band": one.band, "method": one.method, "reason": one.reason, "rule_id": one.rule,
                "share": one.share, "draw": one.draw, "co_owners": [],
            }
            for one in allocation.decisions
        ]  # fmt: skip
        runs.mark(conn, run, "frozen", as_of)
        if is_decided:
            runs.store_decisions(conn, run, rows)
            runs.mark(conn, run, "decided", as_of)
            runs.mark(conn, run, "published", as_of)
    return SimpleNamespace(head=head, pool=[r["lead_id"] for r in rows if r["rep_id"] is None])


@pytest.fixture(scope="module")
def week(address):
    return stored_week(address)


def claimed(address, week, lead_id: str, rep_id: str) -> str:
    """What the rep is told."""
    try:
        with address.connect() as conn:
            case = cases.about(conn, week.head, lead_id)
            pools.claim(conn, case, rep_id, rep_id, log_time(conn))
    except UsageError as error:
        return str(error)
    return "claimed"


def test_of_two_claims_at_the_same_instant_one_wins_and_the_other_is_told(address, week):
    lead_id, start = week.pool[0], Barrier(2)

    def rush(rep_id: str) -> str:
        start.wait(10)
        return claimed(address, week, lead_id, rep_id)

    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(rush, ("R0", "R1")))
    assert said == ["claimed", f"lead {lead_id} is gone: somebody was faster"]
    with address.connect() as conn:
        (made,) = claims.claims_of(conn, RUN)
        owner = cases.about(conn, week.head, lead_id).owner
        effects = runs.pending_effects(conn, RUN, "crm_owner")
        logged = [one for one in ledger_store.entries(conn) if one.type == "reassignment"]
    assert made.rep_id == owner
    assert [payload["owner_id"] for _, _, payload in effects] == [owner]
    assert len(logged) == 1


def test_the_database_itself_refuses_a_second_claim(address, week):
    lead_id = week.pool[0]
    new = requests.NewRequest(
        "claim", RUN, SOURCE, lead_id, "R3", "R3", "claim", "x", "R3", AS_OF, None
    )
    with pytest.raises(psycopg.errors.UniqueViolation), address.connect() as conn:
        requests.store_request(conn, new)


def test_the_months_limit_holds_and_nothing_is_left_to_offer(address, week):
    _, first, second, third, *_ = week.pool
    with address.connect() as conn:
        before = pools.offers(conn, week.head, "R2", log_time(conn))
    assert [offer.lead_id for offer in before] == sorted(week.pool[1:])
    assert {offer.left for offer in before} == {2}
    assert claimed(address, week, first, "R2") == "claimed"
    assert claimed(address, week, first, "R2") == f"lead {first} is yours already"
    assert claimed(address, week, second, "R2") == "claimed"
    assert claimed(address, week, third, "R2") == (
        f"R2 may not claim lead {third}: 2 claims this month, 2 are allowed"
    )
    with address.connect() as conn:
        assert pools.offers(conn, week.head, "R2", log_time(conn)) == []
        assert claims.claimed_in_month(conn, SOURCE, log_time(conn), POLICY.zone)["R2"] == 2


def test_only_what_is_in_the_pool_can_be_claimed(address, week):
    given = next(one for one in LEADS if one not in week.pool)
    assert claimed(address, week, given, "R3") == f"lead {given} is not in the pool of run {RUN}"


def test_the_next_run_takes_a_claimed_lead_for_its_claimers_and_counts_it_once(address, week):
    later = AS_OF + timedelta(days=7)
    with address.connect() as conn:
        made = claims.claims_before(conn, SOURCE, later)
        left = inheritance(conn, SOURCE, later)
        assert {one.lead_id: left.owners.get(one.lead_id) for one in made} == {
            one.lead_id: one.rep_id for one in made
        }
        assert {left.last_reasons[one.lead_id] for one in made} == {""}
        assert not {one.lead_id for one in made} & set(left.waiting)
        assert set(left.waiting) == set(week.pool) - {one.lead_id for one in made}
        counted = pools.to_count(conn, SOURCE, made)
        assert [len(one.able) for one in counted] == [4] * len(made)
        assert claims.claims_before(conn, SOURCE, AS_OF) == []


def test_a_lead_that_a_later_run_decides_is_no_longer_to_be_had(address, week):
    waiting = week.pool[-1]
    following = stored_week(address, "2026-W49", AS_OF + timedelta(days=7), [waiting, "L98", "L99"])
    assert "the pool of run 2026-W48 is closed for it" in claimed(address, week, waiting, "R3")
    with address.connect() as conn:
        open_now = pools.offers(conn, week.head, "R3", log_time(conn))
        assert waiting not in [offer.lead_id for offer in open_now]
        ids = [one.request_id for one in claims.claims_before(conn, SOURCE, following.head.as_of)]
        claims.count_claims(conn, "2026-W49", ids)
    with address.connect() as conn:
        made = claims.claims_before(conn, SOURCE, AS_OF + timedelta(days=14))
        assert pools.to_count(conn, SOURCE, made) == []
    frozen = week.pool[-2]
    stored_week(address, "2026-W50", AS_OF + timedelta(days=14), [frozen], is_decided=False)
    assert "the pool of run 2026-W48 is closed for it" in claimed(address, week, frozen, "R3")


def test_a_lead_is_whose_the_last_word_made_it_for_every_later_run(address):
    leads = [f"M{i:02}" for i in range(20)]
    week = stored_week(address, "2026-W51", AS_OF + timedelta(days=21), leads)
    claimable, waiting, *_ = week.pool
    given = next(one for one in leads if one not in week.pool)
    at = week.head.as_of + timedelta(hours=1)
    with address.connect() as conn:
        first = cases.about(conn, week.head, given).owner
        second, third = [one for one in REPS if one != first][:2]
        case = cases.about(conn, week.head, given)
        appeal = cases.file_appeal(conn, case, second, "why not me?", second, at)
        cases.override(conn, case, third, "for now", "Li", at + timedelta(hours=1))
        cases.answer(
            conn, appeal, given="changed", text="so it is", by="Li", to_rep_id=second,
            at=at + timedelta(hours=2),
        )  # fmt: skip
        pools.claim(conn, cases.about(conn, week.head, claimable), "R3", "R3", at)
        for lead_id, rep_id in ((claimable, "R1"), (waiting, "R2")):
            case = cases.about(conn, week.head, lead_id)
            cases.override(conn, case, rep_id, "knows the firm", "Li", at)
        expected = {given: second, claimable: "R1", waiting: "R2"}
        now = {lead_id: cases.about(conn, week.head, lead_id).owner for lead_id in expected}
        left = inheritance(conn, SOURCE, week.head.as_of + timedelta(days=7))
    assert now == expected
    assert {lead_id: left.owners.get(lead_id) for lead_id in expected} == expected
    assert not expected.keys() & left.waiting.keys()


def test_a_lead_whose_salt_was_destroyed_stops_no_later_run(address, week):
    with address.connect() as conn:
        made = claims.claims_before(conn, SOURCE, AS_OF + timedelta(days=6))
        before = pools.to_count(conn, SOURCE, [replace(one, is_counted=False) for one in made])
        conn.execute(
            "delete from decisions.salts where kind = 'lead' and id = %s", (made[0].lead_id,)
        )
        left = pools.to_count(conn, SOURCE, [replace(one, is_counted=False) for one in made])
        assert left == before[1:]
        assert pools.offers(conn, week.head, "R3", log_time(conn))
        with pytest.raises(UsageError, match="was destroyed"):
            cases.about(conn, week.head, made[0].lead_id)
        conn.rollback()


def test_the_month_lists_claims(address, week, home, monkeypatch, capsys):
    from flows.commands import request as command_request

    monkeypatch.setenv("FAIRLEAD_HOME", str(home.path))
    with address.connect() as conn:
        month = f"{log_time(conn):%Y-%m}"
    command_request.print_month(month)
    assert "claims: 3" in capsys.readouterr().out


def test_a_claim_is_played_through_on_the_phone(address, week, home):
    with address.connect() as conn:
        reps = references.references(conn, SOURCE, "rep")
        offered = {one: pools.offers(conn, week.head, one, log_time(conn)) for one in REPS}
    first, second = [rep for rep in REPS if offered[rep]][:2]
    lead = offered[first][0].lead_id
    portal, keys = Portal(home.path), portal_keys(home.path / "keys", TrialDice("portal test"))
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    try:
        with httpx.Client(base_url=portal.url, timeout=60) as client:

            def link(rep: str) -> str:
                return "/r/" + keys.token(Link(ASK, RUN, reps[rep], ends))

            def tap(rep: str) -> httpx.Response:
                form = form_of(client.get(f"{link(rep)}?lang=en").text)
                fields = {"lead": lead, "form": form, "lang": "en"}
                return client.post(f"{link(rep)}/claim", data=fields)

            done, again, late = tap(first), tap(first), tap(second)
            assert done.status_code == 303
            assert again.headers["location"] == done.headers["location"]  # a second tap
            assert late.status_code == 409
            assert "Somebody was faster" in late.text and "Back to your page" in late.text
            mine = client.get(f"{link(first)}?lang=en").text.partition('id="claims"')[0]
            theirs = client.get(f"{link(second)}?lang=en").text
    finally:
        portal.stop()
    assert lead in mine and "claimed by you" in mine and "Open for claiming" not in mine
    assert f'value="{lead}"' not in theirs.partition('id="move"')[0]  # no button for it
    with address.connect() as conn:
        made = [one for one in claims.claims_of(conn, RUN) if one.lead_id == lead]
        assert [one.rep_id for one in made] == [first]
        assert (
            owner_now(conn, week.head, references.references(conn, SOURCE, "lead")[lead], None)
            == reps[first]
        )
