"""Charts: one drawing for both colour schemes, no styles, words that stay words, equal bytes."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from notifications import charts
from notifications.chart_frame import round_steps, shortened, wide
from notifications.chart_svg import PALETTE
from notifications.charts import (
    Bars,
    Calibration,
    Caption,
    Chart,
    Heat,
    Multiples,
    Rank,
    Ranks,
    Series,
    png,
    svg,
)
from notifications.site import HERE
from tests.record_builder import HOSTILE

CAPTION = Caption("c", "分数分布", "40 条线索 <按总分>", "总分 & 档", "线索")
EVERY: dict[str, Chart] = {
    "bars": Bars(
        CAPTION,
        ("6", "7", "8"),
        (Series("中小企业", "h3", (3.0, 0.0, 2.0)), Series("大客户", "h0", (0.0, 4.0, 1.0))),
        (("平均", 2.0),),
    ),
    "ranks": Ranks(CAPTION, (Rank("王伟", 8.5, low=8.0, high=9.0, mark=7.0, shown="8.50"),)),
    "calibration": Calibration(CAPTION, ((0.1, 0.12, 0.05, 0.2), (0.4, 0.3, 0.2, 0.45))),
    "heat": Heat(CAPTION, ("大客户", "医疗"), (("AE", ((1, 3), (0, 2))),), ("未评", "1", "2", "3")),
    "multiples": Multiples(
        CAPTION, ("W47", "W48"), (("email_known", (("warned", 0.5), ("kept", 0.0))),)
    ),
}


@pytest.mark.parametrize("kind", EVERY)
def test_a_drawing_is_well_formed_titled_and_carries_no_style_of_its_own(kind: str) -> None:
    drawing = str(svg(EVERY[kind]))
    root = ET.fromstring(drawing)  # noqa: S314 our own drawing
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "c-title c-desc"
    assert [root.findtext("title"), root.findtext("desc")] == [CAPTION.title, CAPTION.desc]
    for element in root.iter():
        assert element.tag in {"svg", "title", "desc", "path", "text", "tspan"}
        assert not {"style", "href", "clip-path"}.intersection(element.keys())
        assert element.get("id") is None or element.tag in {"title", "desc"}
    assert "#" not in drawing  # every colour is a name that the style sheet turns light or dark


@pytest.mark.parametrize("kind", EVERY)
def test_equal_charts_give_equal_bytes_and_no_date(kind: str) -> None:
    first = str(svg(EVERY[kind]))
    svg.cache_clear()
    assert str(svg(EVERY[kind])) == first
    assert png(EVERY[kind]) == png(EVERY[kind])
    assert png(EVERY[kind]).startswith(b"\x89PNG")


def test_chinese_and_foreign_text_stay_text() -> None:
    chart = Ranks(CAPTION, (Rank(HOSTILE, 1.0), Rank("$\\frac{王}{2}$", 2.0)))
    drawing = str(svg(chart))
    assert "总分 &amp; 档" in drawing
    assert "$\\frac{王}{2}$" in drawing  # a name is never read as a formula
    assert "<script" not in drawing
    assert "\u202e" not in drawing


def test_every_colour_of_a_drawing_has_its_classes_and_is_the_light_one_of_the_sheet() -> None:
    sheet = (HERE / "assets" / "fairlead.css").read_text()
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", sheet.split("@media")[0]))
    assert {name: light[name] for name in PALETTE} == PALETTE
    used = {c for chart in EVERY.values() for c in re.findall(r"\b[fs]-\w+", str(svg(chart)))}
    assert not [name for name in used if f".{name} {{" not in sheet]


def test_what_is_drawn_is_what_was_given() -> None:
    """Bars of 3 and 4 on a scale to 5: heights are in that proportion."""
    paths = re.findall(r'class="f-h[03]" d="([^"]+)"|d="([^"]+)"[^>]*class="f-h[03]"',
                       str(svg(EVERY["bars"])))  # fmt: skip
    boxes = [
        [float(y) for _, y in re.findall(r"[ML] (-?[\d.]+) (-?[\d.]+)", "".join(found))]
        for found in paths
    ]
    heights = [
        round(max(ys[i : i + 4]) - min(ys[i : i + 4]), 1)
        for ys in boxes
        for i in range(0, len(ys) - 3, 4)
    ]
    heights = [h for h in heights if h > 12]  # without the legend's squares
    unit = heights[0] / 3
    assert [round(h / unit) for h in heights] == [3, 2, 4, 1]


@pytest.mark.parametrize("most", [0, 0.003, 0.4, 1, 3, 7, 12, 52, 133, 1_000, 48_731])
def test_an_axis_begins_at_zero_reaches_the_data_and_has_few_steps(most: float) -> None:
    steps = round_steps(most)
    assert steps[0] == 0
    assert most <= steps[-1] <= max(2.5 * most, 1)
    assert 2 <= len(steps) <= 7


def test_a_picture_for_mail_needs_a_font_for_chinese_and_says_so() -> None:
    assert isinstance(charts.chinese_fonts(), tuple)


def test_a_year_of_weeks_names_only_as_many_as_have_room_and_always_the_last() -> None:
    weeks = tuple(f"2026-W{week:02}" for week in range(1, 53))
    chart = Bars(CAPTION, weeks, (Series("a", "h0", tuple(float(k) for k in range(52))),))
    named = re.findall(r">(2026-W\d\d)<", str(svg(chart)))
    assert "2026-W52" in named
    assert 4 <= len(named) <= 8


def test_a_name_too_long_for_its_row_ends_in_an_ellipsis() -> None:
    assert shortened("王伟 · AE", 188) == "王伟 · AE"
    long = shortened("An extraordinarily long name of a person", 188)
    assert long.startswith("An extraordinarily")
    assert long.endswith("…")
    assert wide(long) <= 188 + 12


def test_bars_that_say_their_values_need_no_scale_and_compared_ones_have_it() -> None:
    alone = str(svg(Ranks(CAPTION, (Rank("a", 4.0, shown="4"), Rank("b", 2.0, shown="2")))))
    compared = str(svg(Ranks(CAPTION, (Rank("a", 4.0, mark=3.0, shown="4"),))))
    assert re.findall(r">([\d.]+)<", alone) == ["4", "2"]
    assert len(re.findall(r">([\d.]+)<", compared)) > 2


def _places(drawing: str) -> dict[str, float]:
    """{text: where it begins, in pixels from the left}."""
    found = re.findall(r'<text x="(-?[\d.]+)"[^>]*>([^<]*)<', drawing)
    return {text: float(x) for x, text in found}


def test_a_value_stands_at_its_bar_and_past_the_mark_only_where_it_would_lie_on_it() -> None:
    far, near = Rank("a", 0.003, mark=0.066, shown="0.0030"), Rank("b", 0.06, mark=0.066, shown="!")
    at = _places(str(svg(Ranks(CAPTION, (far, near)))))
    scale = {text: x for text, x in at.items() if text in {"0", "0.08"}}
    assert at["0.0030"] < (scale["0"] + scale["0.08"]) / 2
    assert at["!"] > scale["0"] + (scale["0.08"] - scale["0"]) * 0.06 / 0.08


def test_the_name_of_a_rule_too_long_for_its_place_is_shortened_not_cut() -> None:
    name = "fct_rep_capacity: " + "Proposals and negotiations of a rep are within reason. " * 2
    drawing = str(svg(Multiples(CAPTION, ("W48",), ((name, (("kept", 0.0),)),))))
    assert "fct_rep_capacity: Proposals" in drawing
    assert "…" in drawing


@pytest.mark.parametrize("runs", [1, 3, 26])
def test_a_rules_bars_begin_beside_its_name_and_the_last_run_is_named_inside(runs: int) -> None:
    weeks = tuple(f"2026-W{k}" for k in range(10, 10 + runs))
    chart = Multiples(CAPTION, weeks, (("grain", (("kept", 0.0),) * runs),))
    drawing = str(svg(chart))
    at = _places(drawing)
    wide_box = re.search(r'viewBox="0 0 (\d+)', drawing)
    bar = re.search(r'd="M (-?[\d.]+) [^"]*" class="f-good"', drawing)
    assert wide_box is not None and bar is not None
    assert 0 < float(bar[1]) - at["grain"] < 20
    assert at[weeks[-1]] + wide(weeks[-1]) / 2 <= float(wide_box[1])  # its middle stands there


def test_a_picture_has_few_colours_and_few_bytes() -> None:
    rows = tuple(Rank(f"rep {k}", float(k), shown=str(k)) for k in range(40, 0, -1))
    body = png(Ranks(CAPTION, rows))
    assert body[25] == 3  # colour type: a palette
    assert len(body) < 40_000
