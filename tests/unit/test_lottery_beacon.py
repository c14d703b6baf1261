"""The drand quicknet beacon: recorded rounds, forged ones, and the round of a closing time."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery import beacon
from lottery.shapes import DrawError
from lottery.sources import drand_source

VECTORS = Path(__file__).parent.parent / "vectors" / "beacon"
INFO = json.loads((VECTORS / "quicknet-info.json").read_bytes())
ROUNDS = json.loads((VECTORS / "quicknet-rounds.json").read_bytes())["rounds"]
FORGED = json.loads((VECTORS / "quicknet-negative.json").read_bytes())["negative"]


def test_the_constants_are_those_of_the_chain():
    assert {
        "public_key": beacon.PUBLIC_KEY.hex(),
        "period": beacon.PERIOD_S,
        "genesis_time": beacon.GENESIS,
        "genesis_seed": INFO["genesis_seed"],
        "chain_hash": beacon.CHAIN,
        "scheme": beacon.SCHEME,
        "beacon_id": "quicknet",
    } == INFO


def test_the_chain_hash_follows_from_the_constants():
    body = (
        beacon.PERIOD_S.to_bytes(4, "big")
        + beacon.GENESIS.to_bytes(8, "big")
        + beacon.PUBLIC_KEY
        + bytes.fromhex(INFO["genesis_seed"])
        + b"quicknet"
    )
    assert sha256(body).hexdigest() == beacon.CHAIN


@pytest.mark.parametrize("case", ROUNDS, ids=lambda case: str(case["round"]))
def test_a_recorded_round_verifies_and_gives_its_published_randomness(case):
    signature = bytes.fromhex(case["signature"])
    assert beacon.verify_signature(case["round"], signature)
    assert beacon.randomness(signature).hex() == case["randomness"]


@pytest.mark.parametrize("case", ROUNDS, ids=lambda case: str(case["round"]))
def test_a_signature_holds_for_its_own_round_only(case):
    assert not beacon.verify_signature(case["round"] + 1, bytes.fromhex(case["signature"]))


@pytest.mark.parametrize("case", FORGED, ids=lambda case: case["id"])
def test_a_forged_signature_is_refused(case):
    assert not beacon.verify_signature(case["round"], bytes.fromhex(case["signature"]))


@pytest.mark.parametrize("round_number", [-1, 0, 2**64])
def test_a_round_outside_the_chain_is_refused_without_an_error(round_number):
    assert not beacon.verify_signature(round_number, bytes.fromhex(ROUNDS[0]["signature"]))


def test_the_negated_signature_is_refused():
    signature = bytearray.fromhex(ROUNDS[2]["signature"])
    signature[0] ^= 0x20  # the sign bit: a valid point of the subgroup, the wrong one
    assert not beacon.verify_signature(ROUNDS[2]["round"], bytes(signature))


@given(st.binary(min_size=0, max_size=100))
def test_arbitrary_bytes_are_refused_without_an_error(data):
    assert not beacon.verify_signature(1000, data)


@pytest.mark.parametrize("case", [ROUNDS[0], ROUNDS[-1]], ids=lambda case: str(case["round"]))
def test_a_second_implementation_agrees_on_good_and_bad_rounds(case):
    assert _verified_by_py_ecc(case["round"], bytes.fromhex(case["signature"]))
    assert not _verified_by_py_ecc(case["round"] + 1, bytes.fromhex(case["signature"]))


def _verified_by_py_ecc(round_number, signature):
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import decompress_G1, decompress_G2
    from py_ecc.optimized_bls12_381 import G2, pairing

    key = (
        int.from_bytes(beacon.PUBLIC_KEY[:48], "big"),
        int.from_bytes(beacon.PUBLIC_KEY[48:], "big"),
    )
    message = hash_to_G1(sha256(round_number.to_bytes(8, "big")).digest(), beacon.DST, sha256)
    point = decompress_G1(int.from_bytes(signature, "big"))
    return pairing(G2, point) == pairing(decompress_G2(key), message)


# -- the round is a formula ---------------------------------------------------------------------


@pytest.mark.parametrize("case", [c for c in ROUNDS if "time" in c], ids=lambda c: str(c["round"]))
def test_a_round_appears_at_its_recorded_time(case):
    assert beacon.round_time(case["round"]) == case["time"]


@given(
    st.integers(min_value=INFO["genesis_time"], max_value=2**34),
    st.integers(min_value=60, max_value=86400),
)
def test_the_round_is_the_first_that_appears_the_delay_after_closing(closes_at, delay_s):
    due = beacon.round_for(closes_at, delay_s)
    assert INFO["genesis_time"] + 3 * (due - 1) >= closes_at + delay_s
    assert due == 1 or INFO["genesis_time"] + 3 * (due - 2) < closes_at + delay_s


@pytest.mark.parametrize(("after_genesis", "due"), [(0, 1), (1, 2), (2, 2), (3, 2), (4, 3), (6, 3)])
def test_the_first_rounds_by_hand(after_genesis, due):
    assert beacon.round_for(INFO["genesis_time"] - 600 + after_genesis, 600) == due


def test_there_is_no_round_before_genesis():
    with pytest.raises(DrawError, match="before its genesis"):
        beacon.round_for(INFO["genesis_time"] - 601, 600)


def test_a_draw_that_closes_at_eleven_in_shanghai_has_a_known_round():
    # 2026-11-23T03:00:00Z is 1795402800; plus 600 s, less genesis, is 102600033 s, which is
    # exactly 34200011 periods.
    assert drand_source("2026-11-23T03:00:00Z") == {
        "kind": "drand",
        "chain": INFO["chain_hash"],
        "delay_s": 600,
        "round": 34200012,
    }
