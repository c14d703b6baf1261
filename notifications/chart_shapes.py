"""The geometry of each kind of chart, drawn with matplotlib in the frame of `chart_frame`."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from notifications.chart_frame import (
    WIDTH,
    Say,
    axis_names,
    framed,
    hairlines,
    legend,
    rectangles,
    round_steps,
    shortened,
    tick,
    wide,
)
from notifications.chart_svg import PALETTE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from notifications.charts import Bars, Calibration, Heat, Multiples, Ranks

ROW = 18  # of a lying bar
THIN = 7  # of a rep in the heat map
STRIP = 19  # of a rule in the small multiples
STRIPS = 680  # their width: half of it is the sentence of each rule
STARS = {0: ("line", 0.55), 1: ("h0", 0.22), 2: ("h0", 0.55), 3: ("h0", 1.0)}
STATES = {"kept": "good", "warned": "warn", "broken": "bad"}


def bars(chart: Bars, say: Say) -> Figure:
    height, left = 280.0, 52.0
    figure, axes = framed(height, left, 48, 12, 34)
    totals = [0.0] * len(chart.categories)
    for series in chart.series:
        boxes = [
            (k - 0.39, totals[k], 0.78, value) for k, value in enumerate(series.values) if value
        ]
        rectangles(axes, series.tone, boxes)
        totals = [a + b for a, b in zip(totals, series.values, strict=True)]
    steps = round_steps(max([*totals, *(mark for _, mark in chart.marks)], default=0))
    hairlines(axes, steps)
    for label, mark in chart.marks:
        axes.axhline(
            mark, color=PALETTE["ink"], linewidth=1.2, linestyle=(0, (4, 3)), clip_on=False
        )
        axes.text(
            len(chart.categories) - 0.5,
            mark,
            say(label),
            color=PALETTE["ink"],
            ha="right",
            va="bottom",
        )
    axes.set_xlim(-0.6, len(chart.categories) - 0.4)
    axes.set_ylim(0, steps[-1])
    axes.set_yticks(steps, [tick(step) for step in steps])
    # As many names as have room, the last one always: a year of weeks is wider than its bars.
    slot = (WIDTH - left - 12) / (len(chart.categories) + 0.2 or 1)
    every = max(1, ceil(max(map(wide, chart.categories), default=0) / slot))
    named = range(len(chart.categories) - 1, -1, -every)
    axes.set_xticks(named, [say(chart.categories[k]) for k in named])
    axis_names(figure, chart, say, height, left)
    if len(chart.series) > 1:
        legend(figure, [(s.name, s.tone, 1.0) for s in chart.series], say, height)
    return figure


def ranks(chart: Ranks, say: Say) -> Figure:
    rows = chart.rows
    widest = max((wide(row.label) for row in rows), default=0)
    left = min(232.0, widest + 12.0)
    # Where every bar says its value and there is nothing to compare it with, a scale says nothing.
    scaled = any(not row.shown or row.low is not None or row.mark is not None for row in rows)
    bottom = (28 if scaled else 10) + (18 if chart.caption.x else 0)
    top = 22 if scaled else 4
    height = top + ROW * max(1, len(rows)) + bottom
    figure, axes = framed(height, left, bottom, 64, top)
    reach = [
        value for row in rows for value in (row.value, row.high, row.mark) if value is not None
    ]
    steps = round_steps(max(reach, default=0))
    hairlines(axes, steps if scaled else steps[:1], upright=True)
    for tone in dict.fromkeys(row.tone for row in rows):
        boxes = [(0.0, k - 0.34, row.value, 0.68) for k, row in enumerate(rows) if row.tone == tone]
        rectangles(axes, tone, boxes)
    for k, row in enumerate(rows):
        if row.low is not None and row.high is not None:
            axes.plot(
                [row.low, row.high], [k, k], color=PALETTE["ink"], linewidth=1.4, clip_on=False
            )
        if row.mark is not None:
            axes.plot(
                [row.mark, row.mark],
                [k - 0.46, k + 0.46],
                color=PALETTE["bad"],
                linewidth=2.2,
                clip_on=False,
            )
        if row.shown:
            end = max(row.value, row.high or 0)
            # Beside its bar, so that nobody reads it as the mark's; past the mark only if it must.
            room = (wide(row.shown) + 12) / (WIDTH - left - 64) * steps[-1]
            at = row.mark if row.mark is not None and end < row.mark < end + room else end
            axes.text(
                at + steps[-1] * 0.012, k, say(row.shown), color=PALETTE["quiet"], va="center"
            )
    axes.set_xlim(0, steps[-1] if scaled else max(reach, default=0) or 1)
    axes.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    axes.set_xticks(steps if scaled else [], [tick(step) for step in steps] if scaled else [])
    axes.set_yticks(range(len(rows)), [say(shortened(row.label, left - 8)) for row in rows])
    axes.tick_params(axis="y", labelcolor=PALETTE["ink"])
    axis_names(figure, chart, say, height, left)
    return figure


def calibration(chart: Calibration, say: Say) -> Figure:
    height, left = 440.0, 52.0
    figure, axes = framed(height, left, 48, 12, 34)
    # The scale ends where the data does: rare wins would else sit in a corner.
    steps = round_steps(100 * max([high for _, _, _, high in chart.points], default=1.0))
    most = steps[-1]
    hairlines(axes, steps)
    axes.plot(
        [0, most],
        [0, most],
        color=PALETTE["quiet"],
        linewidth=1.2,
        linestyle=(0, (4, 3)),
        clip_on=False,
    )
    mark = most * 0.013
    for point in chart.points:
        x, y, low, high = (100 * value for value in point)
        axes.plot([x, x], [low, high], color=PALETTE["h0"], linewidth=1.4, clip_on=False)
        rectangles(axes, "h0", [(x - mark, y - mark, 2 * mark, 2 * mark)])
    axes.set_xlim(0, most)
    axes.set_ylim(0, most)
    labels = [f"{tick(step)}%" for step in steps]
    axes.set_xticks(steps, labels)
    axes.set_yticks(steps, labels)
    axis_names(figure, chart, say, height, left)
    return figure


def heat(chart: Heat, say: Say) -> Figure:
    rows = sum(len(group) for _, group in chart.groups)
    gaps = 2 * max(0, len(chart.groups) - 1)
    left, top, bottom = 96.0, 34.0, 84.0
    height = top + bottom + THIN * max(1, rows + gaps)
    figure, axes = framed(height, left, bottom, 12, top)
    boxes: dict[int, list[tuple[float, float, float, float]]] = {level: [] for level in STARS}
    at, middles = 0, []
    for _, group in chart.groups:
        middles.append(at + len(group) / 2 - 0.5)
        for row in group:
            for column, stars in enumerate(row):
                boxes[stars].append((column - 0.46, at - 0.42, 0.92, 0.84))
            at += 1
        at += 2
    for level, (tone, alpha) in STARS.items():
        rectangles(axes, tone, boxes[level], alpha=alpha)
    axes.set_xlim(-0.5, len(chart.columns) - 0.5)
    axes.set_ylim(max(1, rows + gaps) - 0.5, -0.5)
    axes.set_xticks(
        range(len(chart.columns)), [say(name) for name in chart.columns],
        rotation=32, ha="right", rotation_mode="anchor",
    )  # fmt: skip
    axes.set_yticks(middles, [say(name) for name, _ in chart.groups])
    axes.tick_params(axis="both", labelcolor=PALETTE["ink"])
    entries = [(name, *STARS[level]) for level, name in enumerate(chart.levels)]
    legend(figure, entries, say, height)
    return figure


def multiples(chart: Multiples, say: Say) -> Figure:
    left, rows = 345.0, len(chart.rows)
    height = 44.0 + STRIP * max(1, rows)
    figure, axes = framed(height, left, 30, 34, 14, STRIPS)  # half a name of a run stands out
    columns = max(8, len(chart.columns))  # a young history keeps its bars slim
    boxes: dict[str, list[tuple[float, float, float, float]]] = {}
    for k, (_, states) in enumerate(chart.rows):
        for column, (state, part) in enumerate(states):
            if state not in STATES:
                continue
            # The ground line is a thin bar; what failed stands on it. Y runs downward.
            tall = 0.12 if state == "kept" else 0.3 + 0.5 * min(1.0, part)
            boxes.setdefault(STATES[state], []).append((column - 0.42, k + 0.42 - tall, 0.84, tall))
    for tone, each in boxes.items():
        rectangles(axes, tone, each)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(max(1, rows) - 0.5, -0.5)
    axes.set_yticks(range(rows), [say(shortened(name, left - 12)) for name, _ in chart.rows])
    axes.tick_params(axis="y", labelcolor=PALETTE["ink"])
    last = len(chart.columns) - 1
    ends = [0, last] if last > 2 else [last] if last >= 0 else []  # names of neighbours collide
    axes.set_xticks(ends, [say(chart.columns[k]) for k in ends])
    return figure
