"""Signed notes, checkpoints and cosignatures against vectors by others."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoints import (
    Checkpoint,
    CheckpointError,
    cosigned,
    join_notes,
    open_checkpoint,
    parse_checkpoint,
    split_notes,
    with_signatures,
)
from ledger.merkle import leaf_hash, verify_consistency
from ledger.notes import (
    COSIGNATURE_V1,
    NoteError,
    Signer,
    VerifierKey,
    cosignature,
    open_note,
    parse_note,
)

NOTES = Path(__file__).parents[1] / "vectors" / "notes"
GO = json.loads((NOTES / "go-note-tests.json").read_text())
C2SP = json.loads((NOTES / "c2sp-notes-and-cosignatures.json").read_text())
SUMDB = json.loads((NOTES / "sumdb-checkpoints.json").read_text())
SIGSUM = C2SP["sigsum_style_log"]
GO_KEYS = {name: VerifierKey.parse(text) for name, text in GO["vkeys"].items()}


@pytest.mark.parametrize("case", GO["valid"])
def test_notes_of_the_go_tests_verify_with_their_keys(case: dict[str, Any]) -> None:
    keys = [GO_KEYS[name] for name in case["verifies_with"]]
    note, verified = open_note(case["note"], keys)
    assert note.text == GO["text"]
    assert [one.key for one in verified] == keys
    assert str(parse_note(case["note"])) == case["note"]


@pytest.mark.parametrize("text", [*GO["malformed"], b"\xff" + GO["valid"][0]["note"].encode()])
def test_malformed_notes_of_the_go_tests_are_refused(text: str | bytes) -> None:
    with pytest.raises(NoteError):
        open_note(text, GO_KEYS.values())


@pytest.mark.parametrize(
    "line",
    ["— Bad Name x08go/ZJ", "— a+b x08go/ZJ", "— a  x08go/ZJ", "- a x08go/ZJkg==",
     "— a x08go_ZJkg==", "— a x08goA==",
     "— a x08go/ZJkh==", "— \x01a x08go/ZJkg==", "", "— a x08go/ZJkg==\r"],
)  # fmt: skip
def test_a_malformed_signature_line_is_refused_even_beside_a_good_one(
    line: str,
) -> None:
    with pytest.raises(NoteError):
        open_note(GO["valid"][0]["note"] + line + "\n", GO_KEYS.values())


@pytest.mark.parametrize("text", GO["bad_vkeys"])
def test_bad_verifier_keys_of_the_go_tests_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@pytest.mark.parametrize("text", C2SP["vkey_tests"]["good"])
def test_good_verifier_keys_are_read_and_written_back(text: str) -> None:
    assert str(VerifierKey.parse(text)) == text


def test_an_invalid_signature_by_a_known_key_is_refused() -> None:
    with pytest.raises(NoteError, match="PeterNeumann does not verify"):
        open_note(GO["invalid_signature"], GO_KEYS.values())


def test_signatures_by_unknown_keys_are_ignored_but_one_known_is_needed() -> None:
    both = GO["valid"][1]["note"]
    _, verified = open_note(both, [GO_KEYS["EnochRoot"]])
    assert [one.key.name for one in verified] == ["EnochRoot"]
    with pytest.raises(NoteError, match="not signed by any key given"):
        open_note(both, [VerifierKey.parse(SUMDB["vkey"])])


def test_the_published_signing_key_signs_the_published_note() -> None:
    signer = Signer.parse(GO["published_test_signing_key"])
    assert str(signer.vkey) == GO["vkeys"]["PeterNeumann"]
    assert signer.sign(GO["text"]) == GO["valid"][0]["note"]
    assert signer.secret_text() == GO["published_test_signing_key"]


def test_the_example_of_the_signed_note_specification_verifies() -> None:
    example = C2SP["c2sp_signed_note_example"]
    note, _ = open_note(example["note"], [VerifierKey.parse(example["vkey"])])
    assert note.text == "This is an example message.\n"


@pytest.mark.parametrize("case", SUMDB["checkpoints"])
def test_checkpoints_of_the_go_checksum_database_verify(case: dict[str, Any]) -> None:
    key = VerifierKey.parse(SUMDB["vkey"])
    checkpoint = open_checkpoint(case["note"], key, SUMDB["origin"])
    assert checkpoint.size == case["tree_size"]
    assert base64.b64encode(checkpoint.root).decode() == case["root"]
    with pytest.raises(CheckpointError):
        open_checkpoint(case["note"].replace(str(case["tree_size"]), "7"), key)
    with pytest.raises(CheckpointError, match="is of the log"):
        open_checkpoint(case["note"], key, "another log")


@pytest.mark.parametrize("case", C2SP["checkpoint_text"], ids=lambda case: case["desc"])
def test_checkpoint_texts_are_judged_as_published(case: dict[str, Any]) -> None:
    if case["wantErr"]:
        with pytest.raises(CheckpointError):
            parse_checkpoint(case["text"])
    else:
        assert parse_checkpoint(case["text"]).text() == case["text"]


@pytest.mark.parametrize("size", ["0123", "+1", "1_0", "1 ", "٣", "9223372036854775808"])
def test_a_size_in_another_spelling_is_refused(size: str) -> None:
    with pytest.raises(CheckpointError):
        parse_checkpoint(f"Log\n{size}\nYmFuYW5hcw==\n")


def test_a_checkpoint_text_of_go_is_written_byte_for_byte() -> None:
    tree = GO["tree_text"]
    checkpoint = Checkpoint(
        "go.sum database tree", tree["size"], leaf_hash(tree["record"].encode())
    )
    assert checkpoint.text() == tree["text"]


@pytest.mark.parametrize("case", C2SP["ed25519_cosignature_v1"])
def test_published_cosignatures_verify_and_tell_their_time(
    case: dict[str, Any],
) -> None:
    key = VerifierKey.parse(case["vkey"])
    assert key.kind == COSIGNATURE_V1
    _, verified = open_note(case["note"], [key])
    assert [one.time for one in verified] == [case["timestamp"]]
    with pytest.raises(NoteError):
        open_note(case["note"].replace("\n300\n", "\n301\n"), [key])


def test_the_published_log_of_three_entries_is_consistent() -> None:
    key = VerifierKey.parse(SIGSUM["vkey"])
    old, new = (open_checkpoint(SIGSUM[name], key, key.name) for name in ("size1", "size3"))
    for name, verdict in (("consistency_1_3", True), ("bad_consistency_1_3", False)):
        proof = [base64.b64decode(one) for one in SIGSUM[name]]
        assert verify_consistency(1, 3, proof, old.root, new.root) is verdict
    with pytest.raises(CheckpointError):
        open_checkpoint(SIGSUM["size3_bad_signature"], key)


LOG = Signer("log.example", b"l" * 32)
WITNESS = VerifierKey.parse(C2SP["ed25519_cosignature_v1"][1]["vkey"])
BODY = Checkpoint("log.example", 3, b"r" * 32).text()


def test_a_witness_is_counted_only_where_the_log_itself_signed() -> None:
    mark = cosignature(BODY, "w", b"w" * 32, 1_800_000_000)
    witness = VerifierKey("w", COSIGNATURE_V1, Signer("w", b"w" * 32).vkey.public)
    note = with_signatures(LOG.sign(BODY), [mark])
    found = cosigned(note, LOG.vkey, [witness, WITNESS], "log.example")
    assert [(one.witness.name, one.time) for one in found] == [("w", 1_800_000_000)]
    alone = BODY + "\n" + mark.line()
    with pytest.raises(CheckpointError):
        cosigned(alone, LOG.vkey, [witness], "log.example")


def test_several_cosigned_checkpoints_share_one_file() -> None:
    notes = [LOG.sign(BODY), LOG.sign(Checkpoint("log.example", 4, b"s" * 32).text())]
    assert split_notes(join_notes(notes)) == notes
    assert split_notes("") == []
    for broken in ("x", "a\n\nb\n\nc\n", BODY):
        with pytest.raises(CheckpointError):
            split_notes(broken)


@given(st.integers(0, len(BODY) - 1), st.integers(0, 6))
def test_any_flipped_bit_of_a_checkpoint_is_noticed(at: int, bit: int) -> None:
    note = bytearray(LOG.sign(BODY).encode())
    note[at] ^= 1 << bit
    with pytest.raises(CheckpointError):
        open_checkpoint(bytes(note), LOG.vkey)


@given(st.binary(max_size=200))
def test_any_bytes_as_a_note_are_read_or_refused(data: bytes) -> None:
    for tail in (b"", GO["valid"][0]["note"].encode()):
        try:
            parse_note(data + tail)
        except NoteError:
            continue


@pytest.mark.parametrize("text", ["", "no newline", "a\x00b\n", "tab\t\n"])
def test_a_text_that_no_note_may_hold_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        LOG.sign(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b"])
def test_a_key_name_with_a_space_or_plus_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        Signer(name, b"s" * 32)
