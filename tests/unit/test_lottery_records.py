"""Records are made canonical, a draw ends in one agreed way, and ladders empty their pool."""

import copy

import pytest

from lottery import records, sources
from lottery.derive import check_outcome, derive, outcome
from lottery.endings import check_void, void
from lottery.pools import check_pool
from lottery.shapes import DrawError, seconds, time_text

SECRET = "11" * 32
OPERATOR = sources.operator_source(sources.operator_commitment(SECRET))
REVEAL = sources.operator_reveal(SECRET)
WHEN = {"opens_at": "2026-11-23T01:00:00Z", "closes_at": "2026-11-23T03:00:00Z"}
POLICY = "22" * 32


def select_opening(**changes):
    fields = {
        "draw": records.draw_id("2026-W48", "enterprise"),
        "policy_sha256": POLICY,
        "sources": [OPERATOR],
        "candidates": ["l3", "l1", "l5", "l2", "l4"],
        "shares": [("lottery", 3), ("junior", 1)],
    }
    return records.select_opening(**(WHEN | fields | changes))


def ladder_opening(**changes):
    fields = {
        "draw": records.draw_id("2026-W48", "enterprise", "lottery"),
        "policy_sha256": POLICY,
        "sources": [OPERATOR],
        "entrants": ["cy", "ada", "bo"],
        "prizes": ["p2", "p1"],
    }
    return records.ladder_opening(**(WHEN | fields | changes))


# -- making -------------------------------------------------------------------------------------


def test_openings_are_the_same_in_whatever_order_the_names_came():
    assert ladder_opening() == ladder_opening(entrants=["bo", "cy", "ada"], prizes=["p1", "p2"])
    assert select_opening() == select_opening(candidates=["l1", "l2", "l3", "l4", "l5"])


def test_a_ladder_opening_has_exactly_the_listed_keys():
    assert ladder_opening() == {
        "protocol": "fairlead/draw/1",
        "draw": "2026-W48/enterprise/lottery",
        "attempt": 1,
        "kind": "ladder",
        "policy_sha256": POLICY,
        "opens_at": "2026-11-23T01:00:00Z",
        "closes_at": "2026-11-23T03:00:00Z",
        "sources": [OPERATOR],
        "entrants": ["ada", "bo", "cy"],
        "prizes": ["p1", "p2"],
        "pool": "none",
        "extra": [],
    }


def test_an_opening_made_with_a_name_twice_is_refused():
    with pytest.raises(DrawError, match="entrants holds 'bo' twice"):
        ladder_opening(entrants=["bo", "ada", "bo"])


def test_more_keys_cannot_override_what_the_protocol_lists():
    made = select_opening(more={"attempt": 7, "candidates": [], "note": "第48周"})
    assert (made["attempt"], len(made["candidates"]), made["note"]) == (1, 5, "第48周")


def test_a_draw_id_part_with_a_slash_is_refused():
    with pytest.raises(DrawError, match="holds no slash"):
        records.draw_id("2026-W48", "enterprise", "lottery/healthcare")


def test_a_closing_sorts_the_lines_and_a_select_has_none():
    opening = ladder_opening()
    made = records.closing(opening, [("cy", 1, 5), ("ada", 0, 999)])
    assert made["lines"] == [
        {"entrant": "ada", "left": 0, "level": 999},
        {"entrant": "cy", "left": 1, "level": 5},
    ]
    assert records.closing(opening)["lines"] == []
    assert set(records.closing(select_opening())) == {"protocol", "opening"}


def test_lines_for_a_select_are_refused():
    with pytest.raises(DrawError, match="a select's closing has no lines"):
        records.closing(select_opening(), [("ada", 0, 1)])


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"attempt": 0}, "attempt"),
        ({"commitment": "ab"}, "commitment must be 64"),
        ({"draw": ""}, "draw"),
        ({"note": "x"}, "unknown key 'note'"),
    ],
    ids=str,
)
def test_a_broken_commitment_record_is_refused(broken, message):
    good = records.commitment("2026-W48/enterprise", 1, OPERATOR["commitment"])
    with pytest.raises(DrawError, match=message):
        records.check_commitment(good | broken)


# -- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T12:00:00Z", 951825600),
        ("2026-11-23T03:00:00Z", 1795402800),
        ("1969-12-31T23:59:59Z", -1),
    ],
)
def test_times_are_read_and_written_as_utc(text, epoch):
    assert seconds(text, "time") == epoch
    assert time_text(epoch) == text


def test_the_sources_time_is_the_round_the_last_public_value_or_closing():
    closes_at = WHEN["closes_at"]
    drand = ladder_opening(sources=[sources.drand_source(closes_at, 601)])
    assert time_text(sources.source_time(drand)) == "2026-11-23T03:10:03Z"
    public = [
        sources.public_source("a", "0000000", "2026-11-26T13:15:00Z"),
        sources.public_source("b", "00", "2026-11-24T13:15:00Z"),
    ]
    assert time_text(sources.source_time(ladder_opening(sources=public))) == "2026-11-26T13:15:00Z"
    assert time_text(sources.source_time(ladder_opening())) == closes_at


# -- outcomes -----------------------------------------------------------------------------------


def finished(opening, lines=()):
    closing = records.closing(opening, lines)
    return opening, closing, outcome(opening, closing, [REVEAL])


def test_an_outcome_is_the_derived_result_and_nothing_more():
    opening, closing, ended = finished(ladder_opening(), [("ada", 0, 1)])
    result = derive(opening, closing, [REVEAL])
    assert ended == {
        "opening": result["opening_hash"],
        "closing": result["closing_hash"],
        "reveals": [REVEAL],
        "winners": result["winners"],
    }
    assert check_outcome(ended, opening, closing) == ended


def swapped(winners):
    (first, a), (second, b) = winners.items()
    return {first: b, second: a}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            lambda o: o.update(winners=swapped(o["winners"])),
            "winners of 'p1'",
            id="swapped winners",
        ),
        pytest.param(lambda o: o["winners"].pop("p2"), "winners of 'p2'", id="a missing winner"),
        pytest.param(
            lambda o: o["winners"].update(p3="ada"), "winners of 'p3'", id="a winner too many"
        ),
        pytest.param(lambda o: o.update(winners=[]), "must be an object", id="winners as a list"),
        pytest.param(
            lambda o: o.update(opening="00" * 32), "outcome.opening", id="another opening"
        ),
        pytest.param(
            lambda o: o.update(closing="00" * 32), "outcome.closing", id="another closing"
        ),
        pytest.param(lambda o: o.update(reveals=[]), "one per source", id="no reveal"),
        pytest.param(lambda o: o.update(note="x"), "unknown key 'note'", id="an unknown key"),
        pytest.param(lambda o: o.update(selected={}), "unknown key", id="a select's result too"),
        pytest.param(lambda o: o.pop("winners"), "lacks 'winners'", id="no winners"),
    ],
)
def test_an_outcome_that_differs_from_the_draw_is_refused(change, message):
    opening, closing, ended = finished(ladder_opening())
    false = copy.deepcopy(ended)
    change(false)
    with pytest.raises(DrawError, match=message):
        check_outcome(false, opening, closing)


def test_a_select_outcome_with_one_lead_exchanged_is_refused():
    opening, closing, ended = finished(select_opening())
    left_over = ({"l1", "l2", "l3", "l4", "l5"} - set().union(*ended["selected"].values())).pop()
    false = copy.deepcopy(ended)
    false["selected"]["junior"] = [left_over]
    with pytest.raises(DrawError, match="selected of 'junior'"):
        check_outcome(false, opening, closing)


# -- voids --------------------------------------------------------------------------------------


def test_a_void_names_an_attempt_with_everything_but_time_and_secret_unchanged():
    first = ladder_opening()
    other = sources.operator_source(sources.operator_commitment("33" * 32))
    later = {"opens_at": "2026-11-24T01:00:00Z", "closes_at": "2026-11-24T03:00:00Z"}
    again = ladder_opening(attempt=2, sources=[other], **later)
    assert void(first, "secret-lost", again) == {
        "opening": records.opening_hash(first),
        "reason": "secret-lost",
        "next_attempt": records.opening_hash(again),
    }


@pytest.mark.parametrize(
    ("changes", "reason", "message"),
    [
        ({"attempt": 2}, "bad-luck", "void.reason must be"),
        ({"attempt": 2}, "beacon-gap", "does not fit a source of kind 'operator'"),
        ({"attempt": 2, "entrants": ["ada", "bo"]}, "secret-lost", "keep 'entrants' unchanged"),
        ({"attempt": 2, "prizes": ["p1"]}, "secret-lost", "keep 'prizes' unchanged"),
        ({"attempt": 2, "policy_sha256": "33" * 32}, "secret-lost", "keep 'policy_sha256'"),
        ({"attempt": 2, "draw": "2026-W49/enterprise/lottery"}, "secret-lost", "keep 'draw'"),
        ({"attempt": 3}, "secret-lost", "count one more"),
        (
            {"attempt": 2, "sources": [sources.drand_source(WHEN["closes_at"])]},
            "secret-lost",
            "keep the kind of source",
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_void_that_would_change_the_draw_is_refused(changes, reason, message):
    with pytest.raises(DrawError, match=message):
        void(ladder_opening(), reason, ladder_opening(**changes))


def test_a_void_of_another_opening_is_refused():
    first, again = ladder_opening(), ladder_opening(attempt=2)
    made = void(first, "secret-lost", again)
    with pytest.raises(DrawError, match=r"void\.opening is the hash of another"):
        check_void(made, again, ladder_opening(attempt=3))
    with pytest.raises(DrawError, match=r"void\.next_attempt is the hash of another"):
        check_void(made, first, ladder_opening(attempt=3))


# -- pools --------------------------------------------------------------------------------------


def ladders_of(opening, *prize_lists, extra=()):
    pool = records.opening_hash(opening)
    ids = [
        records.draw_id("2026-W48", "enterprise", "lottery", f"class-{i}" if i else "")
        for i in range(len(prize_lists))
    ]
    return [
        ladder_opening(draw=draw, prizes=prizes, pool=pool, extra=[p for p in prizes if p in extra])
        for draw, prizes in zip(ids, prize_lists, strict=True)
    ]


SELECTED = {"lottery": ["l1", "l3", "l4"], "junior": ["l2"]}


@pytest.mark.parametrize(
    ("prize_lists", "extra"),
    [
        ([["l1", "l3", "l4"]], ()),
        ([["l1"], ["l3", "l4"]], ()),
        ([["l1", "l3", "l4", "x9"]], ("x9",)),
    ],
    ids=["one ladder", "one ladder per class", "an extra prize"],
)
def test_ladders_that_give_out_exactly_their_share_are_accepted(prize_lists, extra):
    opening = select_opening()
    check_pool(opening, SELECTED, ladders_of(opening, *prize_lists, extra=extra), "lottery")


@pytest.mark.parametrize(
    ("prize_lists", "extra", "message"),
    [
        ([["l1", "l3"]], (), "'l4' was selected and is no prize"),
        ([["l1", "l2", "l3", "l4"]], (), "'l2' was not selected"),
        ([["l1", "l3"], ["l3", "l4"]], (), "'l3' is in another ladder too"),
        ([["l1", "l3", "l4", "l5"]], ("l5",), "extra prize 'l5' is a candidate"),
        ([], (), "'l1' was selected and is no prize"),
    ],
    ids=["left out", "smuggled in", "given twice", "extra and candidate", "no ladder at all"],
)
def test_ladders_that_do_not_give_out_their_share_are_refused(prize_lists, extra, message):
    opening = select_opening()
    with pytest.raises(DrawError, match=message):
        check_pool(opening, SELECTED, ladders_of(opening, *prize_lists, extra=extra), "lottery")


def test_a_ladder_from_another_pool_is_refused():
    opening = select_opening()
    with pytest.raises(DrawError, match="names another pool"):
        check_pool(opening, SELECTED, [ladder_opening(prizes=["l1"])], "lottery")


def test_a_bands_last_share_is_never_a_lottery():
    with pytest.raises(DrawError, match="a band's last is never drawn"):
        check_pool(select_opening(), SELECTED, [], "skill_match")
