"""Every record that the draw protocol refuses, each by name.

The good draws below are accepted; each case breaks one thing in one of them and expects the
message that names it.
"""

import contextlib
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery import records, sources
from lottery.derive import derive, read_draw_file
from lottery.shapes import DrawError

SECRET = "11" * 32
OPENS, CLOSES = "2026-11-23T01:00:00Z", "2026-11-23T03:00:00Z"
WHAT = "双色球 2026107 期"
OPERATOR = [sources.operator_source(sources.operator_commitment(SECRET))]
DRAND = [sources.drand_source(CLOSES)]
PUBLIC = [sources.public_source(WHAT, "00 00 00 00", "2026-11-23T04:00:00Z")]
REVEALS = {
    "operator": [sources.operator_reveal(SECRET)],
    "drand": [sources.drand_reveal("ab" * 48)],
    "public": [sources.public_reveal(WHAT, "01 22 03 31")],
}
TIMES = {"policy_sha256": "22" * 32, "opens_at": OPENS, "closes_at": CLOSES}


def ladder(source=OPERATOR, entrants=("ada", "bo", "cy"), lines=(("ada", 1, 0), ("bo", 0, 999))):
    opening = records.ladder_opening(
        draw="2026-W48/enterprise/lottery",
        sources=source,
        entrants=entrants,
        prizes=["p1", "p2", "p3", "p4"],
        extra=["p1", "p3"],
        **TIMES,
    )
    closing = records.closing(opening, lines)
    return {"opening": opening, "closing": closing, "reveals": REVEALS[source[0]["kind"]]}


def select():
    opening = records.select_opening(
        draw="2026-W48/enterprise",
        sources=OPERATOR,
        candidates=["l1", "l2", "l3"],
        shares=[("lottery", 1), ("junior", 1)],
        **TIMES,
    )
    return {
        "opening": opening,
        "closing": records.closing(opening),
        "reveals": REVEALS["operator"],
    }


GOOD = {
    "ladder": ladder,
    "alone": lambda: ladder(entrants=["ada"], lines=[]),
    "drand": lambda: ladder(DRAND),
    "public": lambda: ladder(PUBLIC),
    "select": select,
}


@pytest.mark.parametrize("name", GOOD)
def test_the_unbroken_draws_are_accepted(name):
    assert derive(**GOOD[name](), check_beacon=False)["opening_hash"]


def put(*path_and_value):
    """A change that puts a value at a path; a callable value gets the old one."""
    *path, last, value = path_and_value

    def change(draw):
        place = draw
        for step in path:
            place = place[step]
        place[last] = value(place[last]) if callable(value) else value

    return change


def drop(*path):
    def change(draw):
        place = draw
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def line(entrant, left, level):
    return {"entrant": entrant, "left": left, "level": level}


def in_opening(key, value):
    return put("opening", key, value)


def in_source(key, value):
    return put("opening", "sources", 0, key, value)


def lines(*rows):
    return put("closing", "lines", [line(*row) for row in rows])


def two_publics(first, second):
    made = [sources.public_source(*source, "2026-11-23T04:00:00Z") for source in (first, second)]
    return in_opening("sources", made)


def swap(items):
    return [items[1], items[0], *items[2:]]


def twice(items):
    return [items[0], *items]


BROKEN = {
    # -- order and repetition
    "unsorted entrants": ("ladder", in_opening("entrants", swap), "entrants are not sorted"),
    "an entrant twice": ("ladder", in_opening("entrants", twice), "entrants holds 'ada' twice"),
    "unsorted prizes": ("ladder", in_opening("prizes", swap), "prizes are not sorted"),
    "a prize twice": ("ladder", in_opening("prizes", twice), "prizes holds 'p1' twice"),
    "unsorted candidates": ("select", in_opening("candidates", swap), "candidates are not sorted"),
    "a candidate twice": ("select", in_opening("candidates", twice), "candidates holds 'l1' twice"),
    "unsorted extra": ("ladder", in_opening("extra", swap), "extra are not sorted"),
    "an extra twice": ("ladder", in_opening("extra", twice), "extra holds 'p1' twice"),
    "sorted by UTF-16 unit": (
        "ladder",
        in_opening("entrants", ["\U00010000", "\uffff"]),
        "entrants are not sorted",
    ),
    "unsorted lines": ("ladder", put("closing", "lines", swap), "lines are not sorted"),
    "a line twice": ("ladder", put("closing", "lines", twice), "two lines by 'ada'"),
    # -- lines
    "two lines by one entrant": ("ladder", lines(("bo", 0, 1), ("bo", 1, 2)), "two lines by 'bo'"),
    "a line by a stranger": ("ladder", lines(("zed", 0, 1)), "by a stranger: 'zed'"),
    "a line right of the ladder": ("ladder", lines(("bo", 2, 1)), "left must be .* 0 to 1"),
    "a line left of the ladder": ("ladder", lines(("bo", -1, 1)), "left must be .* 0 to 1"),
    "a line below the last level": ("ladder", lines(("bo", 0, 1000)), "level must be .* to 999"),
    "a line above the first level": ("ladder", lines(("bo", 0, -1)), "level must be .* 0 to 999"),
    "a line by the only entrant": ("alone", lines(("ada", 0, 0)), "lines must be empty"),
    "a line without a level": ("ladder", drop("closing", "lines", 0, "level"), "lacks 'level'"),
    "a line with an unknown key": (
        "ladder",
        put("closing", "lines", lambda old: [old[0] | {"by": "ada"}, old[1]]),
        r"lines\[0\] has an unknown key 'by'",
    ),
    "a line that is a list": ("ladder", put("closing", "lines", [["ada", 0, 0]]), "be an object"),
    "lines that are an object": ("ladder", put("closing", "lines", {}), "lines must be a list"),
    "missing lines in a ladder": ("ladder", drop("closing", "lines"), "closing lacks 'lines'"),
    "lines in a select": ("select", lambda d: d["closing"].update(lines=[]), "has no lines"),
    # -- shares
    "counts over the candidates": (
        "select",
        in_opening("shares", [["lottery", 3], ["junior", 1]]),
        "shares count 4 of 3 candidates",
    ),
    "a share's name twice": (
        "select",
        in_opening("shares", [["lottery", 1], ["lottery", 1]]),
        "shares name 'lottery' twice",
    ),
    "a negative count": ("select", in_opening("shares", [["lottery", -1]]), "count must be"),
    "a share that is no pair": ("select", in_opening("shares", [["lottery"]]), "name, count"),
    "a share without a name": ("select", in_opening("shares", [["", 1]]), "name must have"),
    "a share whose name is a number": ("select", in_opening("shares", [[1, 1]]), "be a string"),
    # -- opening
    "an extra that is no prize": ("ladder", in_opening("extra", ["p9"]), "not among the prizes"),
    "no entrant": ("ladder", in_opening("entrants", []), "entrants must not be empty"),
    "no prize": ("ladder", in_opening("prizes", []), "prizes must not be empty"),
    "an empty reference": ("ladder", in_opening("entrants", [""]), "must have 1 to 200"),
    "a reference of 201 characters": (
        "ladder",
        in_opening("entrants", ["x" * 201]),
        "must have 1 to 200 characters, not 201",
    ),
    "a reference that is a number": ("ladder", in_opening("prizes", [1]), "must be a string"),
    "another protocol": ("ladder", in_opening("protocol", "fairlead/draw/2"), "protocol must be"),
    "another kind of draw": ("ladder", in_opening("kind", "raffle"), "kind must be"),
    "attempt zero": ("ladder", in_opening("attempt", 0), "attempt must be an integer from 1"),
    "an attempt that is true": ("ladder", in_opening("attempt", True), "attempt must be an int"),
    "an attempt over 2^53-1": ("ladder", in_opening("attempt", 2**53), "attempt must be"),
    "a pool that is no hash": ("ladder", in_opening("pool", "all"), "pool must be 64"),
    "a policy hash in capitals": (
        "ladder",
        in_opening("policy_sha256", "AB" * 32),
        "policy_sha256 must be 64 lower-case",
    ),
    "a policy hash too short": ("ladder", in_opening("policy_sha256", "ab" * 31), "policy_sha256"),
    "a ladder with a select's id": (
        "ladder",
        in_opening("draw", "2026-W48/enterprise"),
        "draw must be run/band/share",
    ),
    "a select with a ladder's id": (
        "select",
        in_opening("draw", "2026-W48/enterprise/lottery"),
        "draw must be run/band for",
    ),
    "an id with an empty part": ("ladder", in_opening("draw", "2026-W48//lottery"), "draw must be"),
    "an opening that is a list": ("ladder", put("opening", []), "opening must be an object"),
    # -- times
    "closing when it opens": (
        "ladder",
        in_opening("closes_at", OPENS),
        "closes_at must be later than opens_at",
    ),
    "the thirtieth of February": (
        "ladder",
        in_opening("opens_at", "2026-02-30T01:00:00Z"),
        "not a real instant",
    ),
    "a leap second": ("ladder", in_opening("opens_at", "2016-12-31T23:59:60Z"), "real instant"),
    "hour twenty-four": ("ladder", in_opening("opens_at", "2026-11-22T24:00:00Z"), "real instant"),
    "a time with an offset": (
        "ladder",
        in_opening("opens_at", "2026-11-23T09:00:00+08:00"),
        "opens_at must be a time",
    ),
    "a time with a fraction": (
        "ladder",
        in_opening("opens_at", "2026-11-23T01:00:00.0Z"),
        "opens_at must be a time",
    ),
    "a time in other digits": (
        "ladder",
        in_opening("opens_at", "٢٠٢٦-11-23T01:00:00Z"),
        "opens_at must be a time",
    ),
    "a time with a line end": ("ladder", in_opening("opens_at", OPENS + "\n"), "must be a time"),
    "a time that is a number": ("ladder", in_opening("opens_at", 1795402800), "must be a time"),
    # -- closing
    "a closing for another opening": (
        "ladder",
        put("closing", "opening", "00" * 32),
        "closing.opening is the hash of another opening",
    ),
    "a closing of another protocol": (
        "ladder",
        put("closing", "protocol", "fairlead/draw/2"),
        "closing.protocol",
    ),
    "an unknown key in the closing": (
        "ladder",
        lambda draw: draw["closing"].update(note="x"),
        "closing has an unknown key 'note'",
    ),
    "an unknown key in a select's closing": (
        "select",
        lambda draw: draw["closing"].update(note="x"),
        "closing has an unknown key 'note'",
    ),
    "a closing that is text": ("ladder", put("closing", "closed"), "closing must be an object"),
    # -- reveals
    "a missing reveal": ("ladder", put("reveals", []), "one per source: 0 for 1"),
    "a reveal too many": ("ladder", put("reveals", twice), "one per source: 2 for 1"),
    "a reveal of another kind": (
        "ladder",
        put("reveals", REVEALS["drand"]),
        "of kind 'drand' for a source of kind 'operator'",
    ),
    "a reveal of no kind": ("ladder", put("reveals", 0, {"secret": SECRET}), "lacks 'kind'"),
    "a reveal of another what": (
        "public",
        put("reveals", 0, "what", "双色球 2026108 期"),
        "what is not the source's",
    ),
    "a value that breaks its form": (
        "public",
        put("reveals", 0, "value", "01-22-03-31"),
        "value must match '00 00 00 00'",
    ),
    "a value too long for its form": (
        "public",
        put("reveals", 0, "value", "01 22 03 311"),
        "value must match",
    ),
    "a value in full-width digits": (
        "public",
        put("reveals", 0, "value", "\uff10\uff11 22 03 31"),
        "value must match",
    ),
    "a value that is a number": ("public", put("reveals", 0, "value", 1220331), "must match"),
    "a secret that opens nothing": (
        "ladder",
        put("reveals", 0, "secret", "12" * 32),
        "secret does not open the source's commitment",
    ),
    "a secret in capitals": ("ladder", put("reveals", 0, "secret", "AB" * 32), "64 lower-case"),
    "a signature too short": ("drand", put("reveals", 0, "signature", "ab" * 47), "96 lower-case"),
    "an unknown key in a reveal": (
        "ladder",
        lambda draw: draw["reveals"][0].update(at=CLOSES),
        "unknown key 'at'",
    ),
    "reveals that are an object": ("ladder", put("reveals", {}), "reveals must be a list"),
    # -- sources
    "no source": ("ladder", in_opening("sources", []), "sources must not be empty"),
    "mixed kinds": ("ladder", in_opening("sources", OPERATOR + DRAND), "of one kind, not drand"),
    "two drand": ("drand", in_opening("sources", DRAND * 2), "at most 1 drand"),
    "two operators": ("ladder", in_opening("sources", OPERATOR * 2), "at most 1 operator"),
    "four public values": ("public", in_opening("sources", PUBLIC * 4), "at most 3 public"),
    "a source of no kind": ("ladder", in_opening("sources", [{}]), "lacks 'kind'"),
    "a source of unknown kind": ("ladder", in_source("kind", "dice"), "kind must be 'drand'"),
    "an unknown key in a source": ("ladder", in_source("x", "y"), "has an unknown key 'x'"),
    "a commitment that is no hash": ("ladder", in_source("commitment", "ab"), "commitment must be"),
    "another chain": ("drand", in_source("chain", "8990" * 16), "chain must be"),
    "the next round": ("drand", in_source("round", lambda old: old + 1), "must be 34200012 by"),
    "the round before": ("drand", in_source("round", lambda old: old - 1), "must be 34200012 by"),
    "a delay of 59 seconds": ("drand", in_source("delay_s", 59), "delay_s must be"),
    "a delay over a day": ("drand", in_source("delay_s", 86401), "delay_s must be"),
    "another delay, same round": ("drand", in_source("delay_s", 700), "round must be"),
    "before the beacon's genesis": (
        "drand",
        lambda draw: draw["opening"].update(
            opens_at="2023-08-23T12:00:00Z", closes_at="2023-08-23T14:59:26Z"
        ),
        "before its genesis",
    ),
    "a public value known too soon": (
        "public",
        in_source("at", "2026-11-23T03:59:59Z"),
        "at must be at least 3600 s after closes_at",
    ),
    "six public digits": ("public", in_source("form", "00 00 00"), "at least 7 digits"),
    "six public digits together": (
        "public",
        two_publics(("a", "000"), ("b", "000")),
        "at least 7 digits",
    ),
    "one public value twice": (
        "public",
        two_publics(("a", "0000"), ("a", "0000")),
        "the same public value twice",
    ),
    "a form that is a number": ("public", in_source("form", 10**7), "form must be a string"),
    # -- what *Bytes* forbids, as values
    "null": ("ladder", in_opening("note", None), "opening: .*note"),
    "true": ("ladder", in_opening("note", True), "opening: .*note"),
    "a fraction": ("ladder", in_opening("note", 0.5), "opening: .*note"),
    "a negative number": ("ladder", in_opening("note", -1), "opening: .*note"),
    "a number over 2^53-1": ("ladder", in_opening("note", 2**53), "opening: .*note"),
    "a lone surrogate": ("ladder", in_opening("entrants", ["\ud800"]), "lone surrogate"),
}  # fmt: skip

COMMON = [
    "protocol",
    "draw",
    "attempt",
    "kind",
    "policy_sha256",
    "opens_at",
    "closes_at",
    "sources",
]
for key in [*COMMON, "entrants", "prizes", "pool", "extra"]:
    BROKEN[f"an opening without {key}"] = ("ladder", drop("opening", key), f"lacks '{key}'")
for key in [*COMMON, "candidates", "shares"]:
    BROKEN[f"a select without {key}"] = ("select", drop("opening", key), f"lacks '{key}'")
for kind, source in (("ladder", OPERATOR), ("drand", DRAND), ("public", PUBLIC)):
    for key in source[0]:
        name = f"a {source[0]['kind']} source without {key}"
        BROKEN[name] = (kind, drop("opening", "sources", 0, key), f"lacks '{key}'")


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_refused(name):
    base, change, message = BROKEN[name]
    draw = copy.deepcopy(GOOD[base]())
    change(draw)
    with pytest.raises(DrawError, match=message) as refused:
        derive(**draw, check_beacon=False)
    assert "\n" not in str(refused.value)


# -- what *Bytes* forbids, as text --------------------------------------------------------------

TEXT = json.dumps(ladder(), ensure_ascii=False)
BAD_TEXT = {
    "null": ('"attempt": 1', '"attempt": null'),
    "true": ('"attempt": 1', '"attempt": true'),
    "false": ('"attempt": 1', '"attempt": false'),
    "a decimal point": ('"attempt": 1', '"attempt": 1.0'),
    "an exponent": ('"attempt": 1', '"attempt": 1e0'),
    "minus zero": ('"level": 0', '"level": -0'),
    "a leading zero": ('"attempt": 1', '"attempt": 01'),
    "a plus sign": ('"attempt": 1', '"attempt": +1'),
    "a number over 2^53-1": ('"attempt": 1', '"attempt": 9007199254740992'),
    "NaN": ('"attempt": 1', '"attempt": NaN'),
    "Infinity": ('"attempt": 1', '"attempt": Infinity'),
    "a duplicate key": ('"attempt": 1', '"attempt": 1, "attempt": 1'),
    "a duplicate key spelled otherwise": ('"attempt": 1', '"attempt": 1, "\\u0061ttempt": 1'),
    "a lone surrogate": ('"cy"', '"cy\\ud800"'),
    "a reversed surrogate pair": ('"cy"', '"cy\\udc00\\ud800"'),
    "a trailing comma": ('"p4"]', '"p4",]'),
    "an unescaped line end": ('"cy"', '"c\ny"'),
}


@pytest.mark.parametrize("name", BAD_TEXT)
def test_a_draw_file_may_not_hold(name):
    good, bad = BAD_TEXT[name]
    assert TEXT.count(good) >= 1
    with pytest.raises(DrawError, match=r"^draw file: "):
        read_draw_file(TEXT.replace(good, bad, 1).encode())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode() + b"{}", id="trailing data"),
        pytest.param(TEXT.encode() + b"\x00", id="a trailing zero byte"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), id="a byte order mark"),
        pytest.param(
            TEXT.replace("ada", "ad\xe9").encode("latin-1"), id="bytes that are not UTF-8"
        ),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b"[" * 100_000, id="a hundred thousand brackets"),
        pytest.param(json.dumps(ladder() | {"by": "me"}).encode(), id="an unknown key"),
        pytest.param(b'{"input": {"opening": {}, "closing": {}}}', id="a missing part"),
        pytest.param(b'{"input": "opening"}', id="an input that is text"),
    ],
)
def test_it_is_no_draw_file(data):
    with pytest.raises(DrawError) as refused:
        read_draw_file(data)
    assert "\n" not in str(refused.value)


def test_more_keys_in_an_opening_are_welcome_and_hashed():
    plain, noted = ladder(), ladder()
    noted["opening"]["note"] = {"企业": ["线索", 7]}
    noted["closing"]["opening"] = records.opening_hash(noted["opening"])
    assert derive(**noted)["opening_hash"] != derive(**plain)["opening_hash"]


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "\u2028", "x" * 5000])
def test_hostile_text_stays_on_one_short_line_of_the_message(text):
    draw = copy.deepcopy(ladder())
    draw["closing"]["lines"][0]["entrant"] = text[:200]
    draw["closing"][text] = "1"
    with pytest.raises(DrawError) as refused:
        derive(**draw)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from([SECRET, CLOSES, "ada", "p1", "2026-W48/enterprise"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["kind", "entrant", "left", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def paths_of(value, path=()):
    yield path
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for step, item in pairs:
            yield from paths_of(item, (*path, step))


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_whatever_stands_in_a_record_is_accepted_or_refused_but_never_crashes(name, data):
    draw = copy.deepcopy(GOOD[name]())
    path = data.draw(st.sampled_from([path for path in paths_of(draw) if path]))
    put(*path, data.draw(ANYTHING))(draw)
    with contextlib.suppress(DrawError):
        derive(**draw, check_beacon=False)
