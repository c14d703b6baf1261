"""Merkle proofs against published vectors and against every tree of up to 40 leaves."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.merkle import (
    MerkleError,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "merkle"
CLASSIC = json.loads((VECTORS / "leaf-inputs-and-roots.json").read_text())
LEAVES = [leaf_hash(index.to_bytes(2, "big")) for index in range(40)]


def cases(kind: str) -> list[Any]:
    paths = sorted((VECTORS / kind).rglob("*.json"))
    assert paths
    return [
        pytest.param(json.loads(path.read_text()), id=str(path.relative_to(VECTORS)))
        for path in paths
    ]


def raw(text: str) -> bytes:
    return base64.b64decode(text)


@pytest.mark.parametrize("case", cases("inclusion"))
def test_published_inclusion_proofs_are_judged_as_published(
    case: dict[str, Any],
) -> None:
    proof = [raw(one) for one in case["proof"] or []]
    verdict = verify_inclusion(
        raw(case["leafHash"]),
        case["leafIdx"],
        case["treeSize"],
        proof,
        raw(case["root"]),
    )
    assert verdict is not case["wantErr"]


@pytest.mark.parametrize("case", cases("consistency"))
def test_published_consistency_proofs_are_judged_as_published(
    case: dict[str, Any],
) -> None:
    proof = [raw(one) for one in case["proof"] or []]
    verdict = verify_consistency(
        case["size1"], case["size2"], proof, raw(case["root1"]), raw(case["root2"])
    )
    assert verdict is not case["wantErr"]


def test_the_classic_eight_leaf_tree_has_the_published_roots() -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in CLASSIC["leaf_inputs_hex"]]
    for size, expected in enumerate(CLASSIC["root_by_size_hex"]):
        assert root(leaves[:size]).hex() == expected


def argon(name: str) -> Any:
    return json.loads((VECTORS / "argon2020" / f"{name}.json").read_text())


def test_a_real_certificate_log_proves_an_entry_and_its_growth() -> None:
    new, old = argon("sth"), argon("first-root")
    entry, proof = raw(argon("entries")["entries"][0]["leaf_input"]), argon("proof")
    path = [raw(one) for one in proof["audit_path"]]
    assert verify_inclusion(
        leaf_hash(entry),
        proof["leaf_index"],
        new["tree_size"],
        path,
        raw(new["sha256_root_hash"]),
    )
    growth = [raw(one) for one in argon("consistency")["consistency"]]
    roots = raw(old["sha256_root_hash"]), raw(new["sha256_root_hash"])
    assert verify_consistency(old["tree_size"], new["tree_size"], growth, *roots)
    assert not verify_consistency(old["tree_size"] + 1, new["tree_size"], growth, *roots)


def independent_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(independent_root(leaves[:k]), independent_root(leaves[k:]))


@pytest.mark.parametrize("size", range(1, 41))
def test_every_proof_of_every_small_tree_verifies(size: int) -> None:
    tree = Tree(LEAVES[:size])
    assert tree.root() == independent_root(LEAVES[:size])
    for index in range(size):
        assert verify_inclusion(
            LEAVES[index], index, size, tree.inclusion_proof(index), tree.root()
        )
    for old in range(1, size + 1):
        proof = tree.consistency_proof(old)
        assert verify_consistency(old, size, proof, tree.root(old), tree.root())


def test_a_proof_can_be_made_for_an_earlier_size() -> None:
    tree = Tree(LEAVES)
    assert tree.inclusion_proof(3, 11) == inclusion_proof(LEAVES[:11], 3)
    assert tree.consistency_proof(5, 11) == consistency_proof(LEAVES[:11], 5)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@settings(max_examples=200)
@given(st.data())
def test_an_inclusion_proof_with_any_flipped_bit_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(LEAVES[:size])
    parts = [LEAVES[index], tree.root(), *tree.inclusion_proof(index)]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = flipped(parts[which], data.draw(st.integers(0, 255)))
    assert not verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@settings(max_examples=200)
@given(st.data())
def test_a_consistency_proof_with_any_flipped_bit_fails(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 40))
    old = data.draw(st.integers(1, new))
    tree = Tree(LEAVES[:new])
    parts = [tree.root(old), tree.root(), *tree.consistency_proof(old)]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = flipped(parts[which], data.draw(st.integers(0, 255)))
    assert not verify_consistency(old, new, parts[2:], parts[0], parts[1])


@settings(max_examples=200)
@given(st.data())
def test_a_proof_for_another_place_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 40))
    index, other = data.draw(st.permutations(range(size)))[:2]
    tree = Tree(LEAVES[:size])
    proof = tree.inclusion_proof(index)
    assert not verify_inclusion(LEAVES[index], other, size, proof, tree.root())
    assert not verify_inclusion(LEAVES[other], index, size, proof, tree.root())


def test_nothing_is_proved_from_size_zero() -> None:
    tree = Tree(LEAVES[:3])
    with pytest.raises(MerkleError):
        tree.consistency_proof(0)
    assert not verify_consistency(0, 3, [], root([]), tree.root())
    assert not verify_consistency(0, 0, [], root([]), root([]))


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0), (0, 4)])
def test_a_proof_of_what_is_not_there_cannot_be_made(index: int, size: int) -> None:
    with pytest.raises(MerkleError):
        Tree(LEAVES[:3]).inclusion_proof(index, size)
