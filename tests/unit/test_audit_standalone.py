"""The published verify.py: its own cryptography, and the same answers as `fairlead verify`."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.optimized_bls12_381 import normalize

from audit.standalone import source
from lottery import beacon
from lottery.derive import derive, read_draw_file
from tests.site_builder import NOW, SIGNER, WITNESS, Site, monday
from tests.verifiers import STANDALONE, by_package, by_standalone, standalone

VECTORS = Path(__file__).parent.parent / "vectors"
ROUNDS = json.loads((VECTORS / "beacon" / "quicknet-rounds.json").read_bytes())["rounds"]
FORGED = json.loads((VECTORS / "beacon" / "quicknet-negative.json").read_bytes())["negative"]
DRAWS = sorted((VECTORS / "draw").glob("draw-*.json"))
KEY, TRUST = str(SIGNER.vkey), str(WITNESS).encode()


@pytest.mark.parametrize("case", ROUNDS, ids=lambda case: str(case["round"]))
def test_a_recorded_round_verifies_for_its_own_round_only(case: dict) -> None:
    signature = bytes.fromhex(case["signature"])
    assert standalone().is_beacon_signature(case["round"], signature)
    assert not standalone().is_beacon_signature(case["round"] + 1, signature)


@pytest.mark.parametrize("case", FORGED, ids=lambda case: case["id"])
def test_a_forged_signature_is_refused_as_by_the_other_library(case: dict) -> None:
    signature = bytes.fromhex(case["signature"])
    assert not beacon.verify_signature(case["round"], signature)
    assert not standalone().is_beacon_signature(case["round"], signature)


def test_a_round_is_hashed_to_the_point_that_another_library_finds() -> None:
    for message in (b"", b"abc", hashlib.sha256(b"round").digest()):
        x, y = normalize(hash_to_G1(message, beacon.DST, hashlib.sha256))
        assert standalone().hash_to_g1(message) == (int(x), int(y))


@pytest.mark.parametrize("path", DRAWS, ids=lambda path: path.stem)
def test_a_published_draw_comes_out_as_printed(path: Path) -> None:
    draw = json.loads(path.read_bytes())
    made = standalone().derive(*(draw["input"][key] for key in ("opening", "closing", "reveals")))
    assert made == draw["expect"] == derive(*read_draw_file(path.read_bytes()))


@pytest.mark.parametrize(
    "case",
    [*range(1, 6)],
)
def test_canonical_json_is_that_of_the_published_vectors(case: int) -> None:
    path = sorted((VECTORS / "jcs" / "input").glob("*.json"))[case - 1]
    try:
        value = standalone().parse(path.read_bytes())
    except standalone().Bad:
        assert path.stem in ("arrays", "structures", "values")  # hold null, true or a fraction
        return
    assert standalone().canonical(value) == (VECTORS / "jcs" / "output" / path.name).read_bytes()


@pytest.mark.parametrize("source_kind", ["operator", "drand", "public"])
@pytest.mark.parametrize("audience", ["public", "team"])
@pytest.mark.parametrize("evidence", ["none", "witness", "mail"])
def test_an_honest_site_gets_the_same_verdict(
    source_kind: str, audience: str, evidence: str
) -> None:
    site = monday(source_kind)
    site.audience = audience
    select, ladder = site.position("closing", 0) + 1, site.position("closing", 1) + 1
    given: dict = {"key": KEY}
    if evidence == "witness":
        site.notes = [
            site.witnessed(select, "2026-09-17T12:23:00Z"),
            site.witnessed(ladder, "2026-09-17T15:14:00Z"),
        ]
        given |= {"trust": TRUST}
    if evidence == "mail":
        given |= {
            "since": [site.checkpoint(size).encode() for size in (select, ladder)],
            "seen": [
                datetime(2026, 9, 17, 12, 23, tzinfo=UTC),
                datetime(2026, 9, 17, 15, 14, tzinfo=UTC),
            ],
        }
    files = site.files()
    assert by_standalone(files, NOW, **given) == by_package(files, NOW, **given)
    proven = evidence != "none"
    expected = {
        "operator": 4,
        "drand": 0 if proven else 3,
        "public": 5 if proven else 3,
    }[source_kind]
    assert by_standalone(files, NOW, **given).exit_code == expected


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A bare interpreter: no site-packages, no environment, another folder."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments],
        cwd=cwd, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_it_runs_alone_with_an_interpreter_that_has_nothing_installed(tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes(source())
    site = monday("drand")
    site.write(tmp_path / "site")
    for number, mail in enumerate(("freeze.eml", "closing.eml")):
        note = site.checkpoint(site.position("closing", number) + 1)
        (tmp_path / mail).write_text(f"> {note}".replace("\n", "\n> "))
    done = run(
        "site", "--key", KEY,
        "--since", "freeze.eml", "--seen", "2026-09-17T20:23:00+08:00",
        "--since", "closing.eml", "--seen", "2026-09-17T23:14:00+08:00",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].endswith(hashlib.sha256(source()).hexdigest())
    assert lines[-1] == "VERIFIED"
    assert run("site", cwd=tmp_path).returncode == 3
    assert run("nowhere", cwd=tmp_path).returncode == 1
    for wrong in (
        ["--since", "none"],
        ["--since", "freeze.eml", "--seen", "noon"],
        ["--seen", "1"],
    ):
        refused = run("site", *wrong, cwd=tmp_path)
        assert refused.returncode == 2
        assert "verify.py: error:" in refused.stderr
    draw = run("--derive", str(DRAWS[1]), cwd=tmp_path)
    assert json.loads(draw.stdout) == json.loads(DRAWS[1].read_bytes())["expect"]


def test_it_needs_no_later_python_than_3_9_and_nothing_of_ours() -> None:
    tree = ast.parse(STANDALONE.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    roots = {name.split(".")[0] for name in imported} - {"__future__"}
    assert roots <= set(sys.stdlib_module_names)


def test_a_site_without_draws_has_nothing_to_doubt() -> None:
    files = Site(monday().events[:4]).files()
    assert by_standalone(files, NOW, key=KEY).verdict == "VERIFIED"
