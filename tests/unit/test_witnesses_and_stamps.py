"""Witnesses and a time-stamping authority over HTTP: what they answer, and what counts of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from adapters.time_stamps import StampError, stamped, with_sorted_certificates
from adapters.witnesses import Witness, WitnessError, cosign, parse_witnesses
from audit.evidence import Seen, trusts_of
from audit.log import read_log
from audit.records import read_records
from audit.report import Findings
from audit.runs import check_runs
from audit.stamps import Stamp
from audit.verify import verify
from ledger.checkpoints import Checkpoint
from ledger.merkle import Tree, leaf_hash
from ledger.notes import Signature, open_note
from tests.evidence_servers import Loopback, StampServer, WitnessServer
from tests.site_builder import NOW, ORIGIN, SIGNER, WITNESS, Site, monday
from tests.verifiers import MemorySite, by_package, by_standalone

KEY = str(SIGNER.vkey)
LEAVES = [leaf_hash(bytes([number])) for number in range(9)]
TREE = Tree(LEAVES)


def note_of(size: int, leaves: list[bytes] = LEAVES) -> str:
    return SIGNER.sign(Checkpoint(ORIGIN, size, Tree(leaves).root(size)).text())


@pytest.fixture
def server() -> Iterator[WitnessServer]:
    made = WitnessServer(SIGNER.vkey)
    yield made
    made.stop()


def asked(server: WitnessServer, size: int, known: int, leaves: list[bytes] = LEAVES) -> str:
    tree = Tree(leaves)

    def proof(old: int) -> list[bytes]:
        return tree.consistency_proof(old, size)

    witness = Witness(server.vkey, server.url)
    return cosign(witness, note_of(size, leaves), SIGNER.vkey, ORIGIN, size, known, proof)


# -- witnesses ------------------------------------------------------------------------------------


def test_a_witness_cosigns_a_log_that_grows_with_a_proof_each_time(server: WitnessServer) -> None:
    server.clock = lambda: 1_700_000_000
    for known, size in ((0, 3), (3, 3), (3, 8)):
        line = asked(server, size, known)
        _, verified = open_note(note_of(size) + line, [server.vkey])
        assert [one.time for one in verified] == [1_700_000_000]
    assert server.size == 8
    assert server.asked[2].startswith(b"old 3\n")
    assert len(server.asked) == 3


def test_a_witness_that_knows_another_size_than_we_do_is_asked_again_from_there(
    server: WitnessServer,
) -> None:
    asked(server, 5, 0)
    asked(server, 8, 2)  # our memory was restored from a backup
    assert [body.split(b"\n")[0] for body in server.asked] == [b"old 0", b"old 2", b"old 5"]


def test_a_witness_does_not_cosign_a_fork(server: WitnessServer) -> None:
    asked(server, 5, 0)
    fork = [*LEAVES[:3], *reversed(LEAVES[3:])]
    with pytest.raises(WitnessError, match="422"):
        asked(server, 8, 5, fork)
    with pytest.raises(WitnessError, match="409"):
        asked(server, 5, 5, fork)


def test_a_log_that_shrank_is_told_so(server: WitnessServer) -> None:
    asked(server, 8, 0)
    with pytest.raises(WitnessError, match="has seen a log of 8 entries, this one has 5"):
        asked(server, 5, 0)


def test_a_log_it_does_not_know_is_refused_with_its_words(server: WitnessServer) -> None:
    server.log_key = WITNESS
    with pytest.raises(WitnessError, match="403 note is not signed"):
        asked(server, 3, 0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, b""), "without its cosignature"),
        ((200, "— witness.test AAAA\n".encode()), "without bytes"),
        ((200, Signature("witness.test", b"abcd", b"x" * 72).line().encode()), "without its"),
        ((200, b"x" * 100_000), "without end"),
        ((409, b"many\n"), "refuses this checkpoint: many"),
        ((500, b"oh"), "answered 500 oh"),
        ((301, b""), "answered 301"),
    ],
)
def test_a_strange_answer_is_refused_in_words(answer: tuple[int, bytes], words: str) -> None:
    strange, known = Loopback(lambda path, body: answer), WitnessServer(SIGNER.vkey)
    try:
        with pytest.raises(WitnessError, match=words):
            cosign(Witness(known.vkey, strange.url), note_of(3), SIGNER.vkey, ORIGIN, 3, 0,
                   TREE.consistency_proof)  # fmt: skip
    finally:
        strange.stop()
        known.stop()


def test_a_witness_that_hangs_is_left_after_seconds(server: WitnessServer) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        begun = time.monotonic()
        with pytest.raises(WitnessError, match="Timeout"):
            cosign(Witness(server.vkey, f"http://127.0.0.1:{deaf.getsockname()[1]}"), note_of(3),
                   SIGNER.vkey, ORIGIN, 3, 0, TREE.consistency_proof)  # fmt: skip
        assert time.monotonic() - begun < 15


def test_the_setting_names_each_witness_by_key_and_address() -> None:
    one, two = parse_witnesses(f"{WITNESS} https://a.example/w/, {WITNESS} http://127.0.0.1:1")
    assert (one.key, one.url, two.url) == (WITNESS, "https://a.example/w", "http://127.0.0.1:1")
    assert parse_witnesses(" ") == []
    for wrong in (f"{SIGNER.vkey} https://a.example", str(WITNESS), "x+y+z https://a.example",
                  f"{WITNESS} ftp://a.example"):  # fmt: skip
        with pytest.raises(WitnessError):
            parse_witnesses(wrong)


# -- time-stamps ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampServer]:
    made = StampServer(tmp_path_factory.mktemp("tsa") / "openssl")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampServer]:
    made = StampServer(tmp_path_factory.mktemp("tsa") / "other", "Somebody else")
    yield made
    made.stop()


def stamped_site(authority: StampServer, size: int = 6, of: bytes = b"") -> dict[str, bytes]:
    """A site that publishes the stamp of an earlier checkpoint, made now by OpenSSL."""
    site = monday("drand")
    note = site.checkpoint(size).encode()
    pages = {
        f"stamps/{size}.checkpoint": note,
        f"stamps/{size}.tsr": stamped(authority.url, of or note),
    }
    return site.files(pages)


def lines(files: dict[str, bytes], trust: bytes) -> list[str]:
    report = verify(MemorySite(files), key=KEY, trust=trust, now=NOW)
    return [f"{one.ok} {one.name}: {one.detail}" for one in report.checks]


def test_a_stamp_by_a_trusted_authority_is_verified_and_its_time_told(
    authority: StampServer,
) -> None:
    said = lines(stamped_site(authority), authority.root)
    assert "ok time-stamps: 1 checkpoints stamped by CN=Test TSA root" in said


def test_a_stamp_by_nobody_who_is_trusted_is_left_out_and_named(
    authority: StampServer, other: StampServer
) -> None:
    files = stamped_site(other)
    assert any(
        line.startswith("skipped time-stamps: 1 are by nobody")
        for line in lines(files, authority.root)
    )
    for trust in (authority.root, other.root):
        assert by_package(files, NOW, key=KEY, trust=trust).exit_code == 3


def test_a_stamp_of_something_else_fails(authority: StampServer) -> None:
    files = stamped_site(authority, of=b"another log")
    assert by_package(files, NOW, key=KEY, trust=authority.root).failed == ("time-stamps",)


def test_what_is_no_stamp_and_what_is_no_checkpoint_of_this_log_fails(
    authority: StampServer,
) -> None:
    site, forked = monday("drand"), monday("drand", lines=[])
    note = site.checkpoint(6).encode()
    fork = forked.checkpoint(8).encode()
    for pages in (
        {"stamps/6.checkpoint": note, "stamps/6.tsr": b"nothing"},
        {"stamps/6.tsr": stamped(authority.url, note)},
        {"stamps/7.checkpoint": note, "stamps/7.tsr": stamped(authority.url, note)},
        {"stamps/8.checkpoint": fork, "stamps/8.tsr": stamped(authority.url, fork)},
    ):
        failed = by_package(site.files(pages), NOW, key=KEY, trust=authority.root).failed
        assert failed == ("time-stamps",), pages.keys()


def test_verify_py_reads_the_same_trust_file_and_says_that_it_leaves_stamps_out(
    authority: StampServer,
) -> None:
    files, trust = stamped_site(authority), str(WITNESS).encode() + b"\n" + authority.root
    for given in (authority.root, trust):
        alone = by_standalone(files, NOW, key=KEY, trust=given)
        assert alone == by_package(files, NOW, key=KEY, trust=given)


def test_64_stamped_histories_of_which_one_is_shown_are_never_verified() -> None:
    """The operator stamps every history before the chance and shows the one that pleases: each
    stamp is genuine and in time, and none of them changes what is proven."""
    files, found = monday("drand").files(), Findings("draws")
    site = MemorySite(files)
    log = read_log(site, SIGNER.vkey, found)
    draws, _ = check_runs(read_records(site, log, found), int(NOW.timestamp()), found)
    in_time = [Stamp(one.closings[0].index + 1, one.source_time - 60, "CN=TSA") for one in draws]
    trusts, checks = trusts_of(draws, [], in_time)
    assert [trust.is_order_proven for trust in trusts] == [False, False]
    assert all("which shows no checkpoint to be the only one" in one.detail for one in checks)
    held = [Seen(stamp.size, stamp.time, "the holder") for stamp in in_time]
    trusts, checks = trusts_of(draws, held, in_time)
    assert [trust.is_order_proven for trust in trusts] == [True, True]
    assert all(
        one.detail.endswith("Z") and "; stamped by CN=TSA at" in one.detail for one in checks
    )


def test_certificates_in_another_order_than_ders_are_put_right_and_nothing_else_is() -> None:
    for data in (b"", b"abc", b"\x30\x03\x02\x01\x00", bytes(50)):
        assert with_sorted_certificates(data) == data


@pytest.mark.parametrize(
    "answer", [(200, b"no"), (500, b""), (200, b"\x30\x05\x30\x03\x02\x01\x02")]
)
def test_an_authority_that_gives_no_stamp_is_said_to(answer: tuple[int, bytes]) -> None:
    strange = Loopback(lambda path, body: answer)
    try:
        with pytest.raises(StampError):
            stamped(strange.url, b"x")
    finally:
        strange.stop()


def test_a_site_without_stamps_says_nothing_of_them() -> None:
    assert not [line for line in lines(Site(monday().events[:4]).files(), b"") if "stamp" in line]
