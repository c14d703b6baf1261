"""Canonical bytes against the vectors of RFC 8785 and the refusals of the draw specification."""

import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    CanonicalError,
    canonical,
    canonical_pieces,
    parse,
    parse_canonical,
    sha256_hex,
)

JCS = Path(__file__).parents[1] / "vectors" / "jcs"
NAMES = sorted(path.stem for path in (JCS / "input").glob("*.json"))
# structures.json holds 56.0 and arrays.json and values.json hold null, booleans and floats.
IN_OUR_SUBSET = ["french", "unicode", "weird"]

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    texts | st.integers(0, MAX_INTEGER),
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@pytest.mark.parametrize("name", NAMES)
def test_the_serialiser_we_use_gives_the_published_bytes(name: str) -> None:
    value = json.loads((JCS / "input" / f"{name}.json").read_bytes())
    published = (JCS / "output" / f"{name}.json").read_bytes()
    assert rfc8785.dumps(value) == published
    assert published == bytes.fromhex((JCS / "outhex" / f"{name}.txt").read_text())


@pytest.mark.parametrize("name", IN_OUR_SUBSET)
def test_our_reader_and_writer_give_the_published_bytes(name: str) -> None:
    published = (JCS / "output" / f"{name}.json").read_bytes()
    assert canonical(parse((JCS / "input" / f"{name}.json").read_bytes())) == published
    assert canonical(parse_canonical(published)) == published


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(IN_OUR_SUBSET)))
def test_vectors_with_floats_null_or_booleans_are_refused(name: str) -> None:
    with pytest.raises(CanonicalError):
        parse((JCS / "input" / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    "text",
    [
        "null", "true", "false", "[null]", '{"a":true}',
        "1.0", "1e3", "1E3", "0.5", "-1", "-0", "01", "+1", "0x1", ".5", "1.", "NaN", "Infinity",
        "-Infinity", "9007199254740992", "9" * 400,
        '{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', '{"\\u0061":1,"a":1}',
        '"\\ud800"', '"\\udc00x"', '{"\\ud800":1}', '["\ud800"]',
        "1 2", "[1],", "{} x", "", " ", "[1,]", '{"a":1,}', "{'a':1}", '"a', '"\x01"', '"\t"',
        "\ufeff1", "// x\n1", "[1", '{"a"}', '"\\x41"',
    ],
)  # fmt: skip
def test_what_two_readers_could_understand_differently_is_refused(text: str) -> None:
    with pytest.raises(CanonicalError):
        parse(text)


@pytest.mark.parametrize("data", [b"\xff", b'"\xc3"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'\x00"a"'])
def test_invalid_utf8_is_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        parse(data)


@pytest.mark.parametrize("value", [None, True, 1.0, -1, 2**53, {1: 2}, {"a": None}, "\ud800", b"a"])
def test_values_outside_the_subset_are_not_written(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical(value)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_hostile_nesting_is_an_error_and_not_a_crash(opening: str) -> None:
    with pytest.raises(CanonicalError, match="nested deeper"):
        parse(opening * 200_000)
    deep: object = "x"
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(CanonicalError, match="nested deeper"):
        canonical(deep)


def test_nesting_up_to_the_limit_is_read_and_written() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert canonical(parse(text)) == text.encode()
    with pytest.raises(CanonicalError):
        parse(f"[{text}]")


def test_brackets_inside_strings_do_not_count_as_nesting() -> None:
    assert parse('["' + "[" * 500 + '\\"{"]') == ["[" * 500 + '"{']


@pytest.mark.parametrize("data", [b'{ "a":1}', b'{"b":1,"a":2}', b'"\\u0061"', b"[1]\n", b'"\\/"'])
def test_another_spelling_is_parsed_but_is_not_canonical(data: bytes) -> None:
    parse(data)
    with pytest.raises(CanonicalError, match="canonical"):
        parse_canonical(data)


def test_an_error_names_the_place() -> None:
    with pytest.raises(CanonicalError, match=r"\$\.prizes\[1\]"):
        canonical({"prizes": ["a", 1.5]})


def test_keys_are_sorted_as_utf16_and_not_as_code_points() -> None:
    # RFC 8785, 3.2.3: U+1F602 is written D83D DE02 and so comes before U+FB33.
    assert canonical({"\ufb33": 1, "\U0001f602": 2}) == '{"😂":2,"\ufb33":1}'.encode()


def test_sha256_of_nothing_is_the_published_one() -> None:
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(values)
def test_every_record_is_read_back_as_it_was(value: object) -> None:
    assert parse_canonical(canonical(value)) == value


@given(st.binary(max_size=60) | texts.map(str.encode))
def test_any_bytes_are_either_read_or_refused(data: bytes) -> None:
    try:
        value = parse(data)
    except CanonicalError:
        return
    assert parse(canonical(value)) == value


@given(values)
def test_our_bytes_are_those_of_the_reference_serialiser_for_every_record(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "letter", [chr(i) for i in range(0x100)] + ["\u2028", "\uffff", "\U0001f600"]
)
def test_every_control_sign_and_special_letter_is_escaped_as_rfc_8785_says(letter: str) -> None:
    for value in (letter, {"key": letter}, {letter: 1, "a" + letter: 2}):
        assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), st.lists(values)))
def test_a_record_written_in_pieces_has_the_same_bytes(record: dict[str, list[object]]) -> None:
    pieces = canonical_pieces({key: iter(rows) for key, rows in record.items()})
    assert b"".join(pieces) == canonical(record)
    assert b"".join(canonical_pieces(record)) == canonical(record)


def test_many_rows_in_pieces_have_the_same_bytes_and_other_keys_are_refused() -> None:
    rows = [{"n": n} for n in range(2_500)]
    assert b"".join(canonical_pieces({"rows": iter(rows), "a": "b"})) == canonical(
        {"rows": rows, "a": "b"}
    )
    with pytest.raises(CanonicalError):
        list(canonical_pieces({"\u00e9": 1}))
    with pytest.raises(CanonicalError):
        list(canonical_pieces({"rows": iter([1.5])}))
