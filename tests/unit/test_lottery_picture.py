"""Whoever follows a path of the picture with a finger ends at the prize that was won."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery.derive import derive, read_draw_file
from lottery.ladder import crossed
from lottery.picture import ladder_rounds, packed

VECTORS = sorted((Path(__file__).parent.parent / "vectors" / "draw").glob("draw-*.json"))
LADDERS = [path for path in VECTORS if "winners" in json.loads(path.read_bytes())["expect"]]


def pictured(path):
    opening, closing, reveals = read_draw_file(path.read_bytes())
    result = derive(opening, closing, reveals, check_beacon=False)
    return closing, result, ladder_rounds(opening, closing, result["seed"])


@pytest.mark.parametrize("path", LADDERS, ids=lambda path: path.stem)
def test_every_path_ends_at_the_prize_its_entrant_won(path):
    _, result, rounds = pictured(path)
    won = {}
    for shown in rounds:
        for way in shown.paths:
            assert way.prize == (shown.prizes[way.end] if way.end < len(shown.prizes) else None)
            if way.prize is not None:
                won[way.prize] = way.entrant
    assert won == result["winners"]


@pytest.mark.parametrize("path", LADDERS, ids=lambda path: path.stem)
def test_every_line_and_rung_of_the_draw_is_in_the_picture_once(path):
    closing, result, rounds = pictured(path)
    for shown in rounds:
        own = [(rung.entrant, rung.left) for rung in shown.rungs if rung.entrant is not None]
        assert sorted(own) == [(line["entrant"], line["left"]) for line in closing["lines"]]
        base = [rung.left for rung in shown.rungs if rung.entrant is None]
        assert len(base) == result["rung_counts"][shown.index]
        if "rungs" in result:
            assert base == result["rungs"][shown.index]


@pytest.mark.parametrize("path", LADDERS, ids=lambda path: path.stem)
def test_paths_run_down_the_columns_and_across_the_rungs_only(path):
    _, _, rounds = pictured(path)
    for shown in rounds:
        rungs = {(rung.left, rung.row) for rung in shown.rungs}
        for way in shown.paths:
            assert way.points[0] == (way.start, 0)
            assert way.points[-1] == (way.end, shown.rows + 1)
            for (x, y), (next_x, next_y) in zip(way.points, way.points[1:], strict=False):
                if x == next_x:
                    assert y < next_y
                else:
                    assert y == next_y
                    assert abs(x - next_x) == 1
                    assert (min(x, next_x), y) in rungs


LEFTS = st.integers(2, 9).flatmap(
    lambda columns: st.tuples(st.just(columns), st.lists(st.integers(0, columns - 2), max_size=40))
)


@given(LEFTS)
def test_rungs_are_packed_tightly_and_still_swap_the_same(case):
    columns, lefts = case
    rows = packed(lefts, columns)
    for i, (left, row) in enumerate(zip(lefts, rows, strict=True)):
        touching = [rows[k] for k in range(i) if abs(lefts[k] - left) <= 1]
        assert row == max(touching, default=0) + 1
    from_the_top = [left for _, left in sorted(zip(rows, lefts, strict=True))]
    standing = [str(column) for column in range(columns)]
    assert crossed(standing, from_the_top) == crossed(standing, lefts)
