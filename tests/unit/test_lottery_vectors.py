"""Worked draws made by another implementation of the protocol, byte for byte."""

import json
from pathlib import Path

import pytest

from lottery.chance import Stream
from lottery.derive import check_outcome, derive, outcome, read_draw_file
from lottery.shapes import DrawError

VECTORS = Path(__file__).parent.parent / "vectors" / "draw"
DRAWS = sorted(VECTORS.glob("draw-*.json"))


def test_all_published_draws_are_here():
    assert len(DRAWS) == 24


@pytest.mark.parametrize("path", DRAWS, ids=lambda path: path.stem)
def test_a_published_draw_comes_out_as_printed(path):
    expected = json.loads(path.read_bytes())["expect"]
    assert derive(*read_draw_file(path.read_bytes())) == expected


@pytest.mark.parametrize("path", DRAWS, ids=lambda path: path.stem)
def test_the_spelling_of_a_draw_file_does_not_matter(path):
    vector = json.loads(path.read_bytes())
    backwards = {key: vector["input"][key] for key in sorted(vector["input"], reverse=True)}
    dense = json.dumps(backwards, ensure_ascii=True, separators=(",", ":"))
    assert derive(*read_draw_file(dense), check_beacon=False)["seed"] == vector["expect"]["seed"]


@pytest.mark.parametrize("path", DRAWS, ids=lambda path: path.stem)
def test_an_outcome_agrees_with_the_draw_it_ends(path):
    opening, closing, reveals = read_draw_file(path.read_bytes())
    made = outcome(opening, closing, reveals, check_beacon=False)
    assert check_outcome(made, opening, closing, check_beacon=False) == made
    expected = json.loads(path.read_bytes())["expect"]
    assert made["opening"] == expected["opening_hash"]
    assert made["closing"] == expected["closing_hash"]
    assert made.get("winners") == expected.get("winners")
    assert made.get("selected") == expected.get("selected")


@pytest.mark.parametrize(
    "case", json.loads((VECTORS / "uniform.json").read_bytes()), ids=lambda case: case["bound"]
)
def test_numbers_below_a_bound_are_drawn_without_bias(case):
    stream = Stream(bytes.fromhex(case["seed"]), case["label"])
    drawn = [stream.uniform(int(case["bound"])) for _ in case["values"]]
    assert drawn == [int(value) for value in case["values"]]


def test_a_skipped_beacon_check_is_said_and_changes_nothing_else():
    opening, closing, reveals = read_draw_file((VECTORS / "draw-01.json").read_bytes())
    unchecked = derive(opening, closing, reveals, check_beacon=False)
    assert unchecked == derive(opening, closing, reveals) | {"beacon": "unchecked"}


def test_nothing_is_called_unchecked_in_a_draw_that_uses_no_beacon():
    draw = read_draw_file((VECTORS / "draw-02.json").read_bytes())
    assert "beacon" not in derive(*draw, check_beacon=False)


def test_another_rounds_signature_does_not_finish_a_draw():
    opening, closing, _ = read_draw_file((VECTORS / "draw-01.json").read_bytes())
    other = read_draw_file((VECTORS / "draw-12.json").read_bytes()).reveals
    with pytest.raises(DrawError, match="is not the beacon's for round 65536"):
        derive(opening, closing, other)
