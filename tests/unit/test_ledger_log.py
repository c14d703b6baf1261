"""The log as files: tiles, proof files, entries, and checkpoints that never take anything back."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical, sha256_hex
from ledger.checkpoints import CheckpointError, open_checkpoint, parse_checkpoint
from ledger.log import (
    Entry,
    LogError,
    check_extension,
    entry,
    parse_entry,
    signed_checkpoint,
)
from ledger.merkle import Tree, leaf_hash, root
from ledger.notes import Signer, VerifierKey, open_note
from ledger.proofs import ProofFileError, parse_proof, proof_file, verify_proof
from ledger.tiles import (
    TileError,
    entry_bundles,
    hash_tiles,
    read_entries,
    read_leaf_hashes,
    read_tree,
    tile_path,
    tile_paths,
    tree_files,
)
from ledger.times import TimeError, format_time, parse_time

SIGNER = Signer("log.example", b"k" * 32)
ENTRIES = [b"entry %d" % index for index in range(600)]
HASHES = [leaf_hash(one) for one in ENTRIES]

MIRROR = next(
    (Path(__file__).parents[1] / "vectors" / "tiles").rglob("mirror.v0.json")
).parent  # the folder that holds the published tree
PUBLISHED = next(path for path in MIRROR.iterdir() if path.is_dir())


def published_tiles() -> dict[str, bytes]:
    files = [path for path in (PUBLISHED / "tile").rglob("*") if path.is_file()]
    return {str(path.relative_to(PUBLISHED)): path.read_bytes() for path in files}


def test_the_published_tree_has_our_paths_tiles_and_root() -> None:
    files = published_tiles()
    keys = json.loads((MIRROR / "mirror.v0.json").read_text())["verifier_keys"]
    note, _ = open_note((PUBLISHED / "checkpoint").read_bytes(), [VerifierKey.parse(keys[0])])
    checkpoint = parse_checkpoint(note.text)
    assert sorted(tile_paths(checkpoint.size)) == sorted(files)
    leaves = read_leaf_hashes(files, checkpoint.size)
    assert root(leaves) == checkpoint.root
    hashes = {path: data for path, data in files.items() if "entries" not in path}
    assert hash_tiles(leaves) == hashes
    assert note.text.split("\n")[1] == "300"


def test_the_published_dummy_bundles_are_refused_and_not_trusted() -> None:
    with pytest.raises(TileError, match="tile/entries/000: "):
        read_tree(published_tiles(), 300)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (67, 3, "tile/0/067.p/3"),
        (1000, 256, "tile/0/x001/000"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1234067, 8, "tile/0/x001/x234/067.p/8"),
    ],
)
def test_tile_paths_are_those_of_the_specification(index: int, width: int, path: str) -> None:
    assert tile_path(0, index, width) == path


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 600])
def test_a_log_is_read_back_from_its_own_files(size: int) -> None:
    files = tree_files(ENTRIES[:size])
    assert sorted(files) == sorted(tile_paths(size))
    assert read_tree(files, size) == ENTRIES[:size]
    assert read_leaf_hashes(files, size) == HASHES[:size]


@given(st.lists(st.binary(max_size=40), max_size=6), st.data())
def test_any_changed_byte_of_any_tile_is_noticed_by_path(
    entries: list[bytes], data: st.DataObject
) -> None:
    files = tree_files(entries)
    if not files:
        return
    path = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[path]) - 1))
    changed = bytearray(files[path])
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(TileError, match="tile/"):
        read_tree(files | {path: bytes(changed)}, len(entries))


def test_missing_extra_and_cut_tiles_are_named() -> None:
    files = tree_files(ENTRIES[:300])
    for path in files:
        with pytest.raises(TileError, match=path):
            read_tree({name: data for name, data in files.items() if name != path}, 300)
        with pytest.raises(TileError, match="tile/"):
            read_tree(files | {path: files[path][:-1]}, 300)
    with pytest.raises(TileError, match="tile/0/009: does not belong"):
        read_tree(files | {"tile/0/009": b""}, 300)


def test_an_entry_that_does_not_fit_its_length_prefix_is_refused() -> None:
    assert read_entries(entry_bundles([b"x" * 65_535]), 1) == [b"x" * 65_535]
    with pytest.raises(TileError, match="65536"):
        entry_bundles([b"x" * 65_536])


def test_a_proof_file_proves_one_entry_offline() -> None:
    note = signed_checkpoint("log.example", HASHES[:300], SIGNER, last=None)
    text = proof_file(17, Tree(HASHES[:300]).inclusion_proof(17), note)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 17\n")
    assert text.endswith("\n\n" + note)
    assert str(parse_proof(text)) == text
    assert verify_proof(text, HASHES[17], SIGNER.vkey, "log.example").size == 300
    with pytest.raises(ProofFileError, match="entry 17 is not in"):
        verify_proof(text, HASHES[18], SIGNER.vkey)
    with pytest.raises(ProofFileError):
        verify_proof(text, HASHES[17], Signer("log.example", b"o" * 32).vkey)


def test_the_example_layout_of_the_proof_specification_is_read() -> None:
    # c2sp.org/tlog-proof, with the note's abbreviated signatures left out.
    text = (
        "c2sp.org/tlog-proof@v1\nextra YWdl\nindex 73894\n"
        "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
        "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\nexample.com/fancylog\n"
    )
    proof = parse_proof(text)
    assert (proof.index, len(proof.hashes), proof.extra) == (73894, 2, b"age")
    assert str(proof) == text


@pytest.mark.parametrize(
    "text",
    ["", "c2sp.org/tlog-proof@v2\nindex 1\n\nx", "c2sp.org/tlog-proof@v1\n\nx",
     "c2sp.org/tlog-proof@v1\nindex 01\n\nx", "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
     "c2sp.org/tlog-proof@v1\nindex 1\n!\n\nx", "c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\nx",
     b"\xff"],
)  # fmt: skip
def test_a_malformed_proof_file_is_refused(text: str | bytes) -> None:
    with pytest.raises(ProofFileError):
        verify_proof(text, HASHES[0], SIGNER.vkey)


RECORD = canonical({"run": "2026-W48", "leads": 3})


def test_an_entry_is_the_canonical_bytes_of_its_four_keys() -> None:
    data = entry("snapshot", "2026-11-23T00:40:00Z", "2026-W48", RECORD)
    digest = sha256_hex(RECORD)
    assert (
        data
        == (
            f'{{"at":"2026-11-23T00:40:00Z","record":"{digest}","run":"2026-W48","type":"snapshot"}}'
        ).encode()
    )
    assert parse_entry(data) == Entry("snapshot", "2026-11-23T00:40:00Z", "2026-W48", digest)


@pytest.mark.parametrize(
    ("type", "at", "run"),
    [
        ("gossip", "2026-11-23T00:40:00Z", "2026-W48"),
        ("snapshot", "2026-11-23T00:40:60Z", "2026-W48"),
        ("snapshot", "2026-02-30T00:40:00Z", "2026-W48"),
        ("snapshot", "2026-11-23T00:40:00+00:00", "2026-W48"),
        ("snapshot", "2026-11-23T00:40:00Z", "../etc"),
        ("snapshot", "2026-11-23T00:40:00Z", ""),
    ],
)
def test_an_entry_of_an_unknown_kind_time_or_run_is_not_written(
    type: str, at: str, run: str
) -> None:
    with pytest.raises(LogError):
        entry(type, at, run, RECORD)


def test_an_entry_does_not_commit_to_a_record_that_is_not_canonical() -> None:
    with pytest.raises(LogError, match="canonical"):
        entry("snapshot", "2026-11-23T00:40:00Z", "2026-W48", RECORD + b"\n")


@pytest.mark.parametrize(
    "change",
    [
        {"type": []},
        {"type": "x"},
        {"at": 3},
        {"run": ["-"]},
        {"record": "0" * 63},
        {"more": "1"},
    ],
)
def test_a_malformed_entry_is_refused(change: dict[str, object]) -> None:
    good = {
        "type": "policy",
        "at": "2026-11-23T00:40:00Z",
        "run": "-",
        "record": "0" * 64,
    }
    parse_entry(canonical(good))
    with pytest.raises(LogError):
        parse_entry(canonical(good | change))
    with pytest.raises(LogError):
        parse_entry(canonical(list(good.values())))


def test_each_checkpoint_extends_the_last_one() -> None:
    last = None
    for size in (1, 2, 2, 5, 300):
        last = signed_checkpoint("log.example", HASHES[:size], SIGNER, last=last)
        assert open_checkpoint(last, SIGNER.vkey, "log.example").size == size


def test_a_checkpoint_that_takes_something_back_is_not_signed() -> None:
    last = signed_checkpoint("log.example", HASHES[:5], SIGNER, last=None)
    shorter, changed = HASHES[:4], [HASHES[9], *HASHES[1:8]]
    for leaves, origin in (
        (shorter, "log.example"),
        (changed, "log.example"),
        (HASHES[:6], "b"),
    ):
        with pytest.raises(LogError):
            signed_checkpoint(origin, leaves, SIGNER, last=last)
    with pytest.raises(LogError, match="those that were signed"):
        check_extension(last, changed, SIGNER.vkey)


def test_a_last_checkpoint_signed_by_another_key_is_not_extended() -> None:
    other = signed_checkpoint("log.example", HASHES[:5], Signer("o", b"o" * 32), last=None)
    with pytest.raises(CheckpointError):
        signed_checkpoint("log.example", HASHES[:6], SIGNER, last=other)


def test_an_empty_log_is_not_signed() -> None:
    with pytest.raises(LogError):
        signed_checkpoint("log.example", [], SIGNER, last=None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 00:40:00Z",
        "2026-11-23T24:00:00Z",
        "\uff12026-11-23T00:40:00Z",
        7,
        None,
        "",
    ],
)
def test_an_instant_in_another_spelling_is_refused(text: object) -> None:
    with pytest.raises(TimeError):
        parse_time(text)


@given(st.datetimes())
def test_an_instant_is_written_in_one_way(moment: object) -> None:
    from datetime import UTC, datetime

    assert isinstance(moment, datetime)
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert parse_time(format_time(aware)) == aware
