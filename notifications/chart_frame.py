"""What every chart stands in: axes on a fixed layout, hairlines, round steps, names, a legend.

Sizes are pixels of a drawing (figures are made at 72 dots an inch). Layout is fixed, so nothing
depends on the width of a font. `say` turns a text into what is drawn for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from notifications.chart_svg import PALETTE

Say = Callable[[str], str]
WIDTH = 440  # a telephone has 350: letters of 12 are nearly 10 there, and 16 on a wide screen


def framed(
    height: float, left: float, bottom: float, right: float, top: float, width: float = WIDTH
) -> tuple[Any, Any]:
    """A figure and its one plot, with margins in pixels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    axes = figure.add_axes(
        (
            left / width,
            bottom / height,
            (width - left - right) / width,
            (height - bottom - top) / height,
        )
    )
    axes.tick_params(length=0, labelcolor=PALETTE["quiet"], labelsize=12, pad=6)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure, axes


def hairlines(axes: Any, positions: Iterable[float], *, upright: bool = False) -> None:
    """Hairlines behind the data."""
    for at in positions:
        draw = axes.axvline if upright else axes.axhline
        draw(at, color=PALETTE["line"], linewidth=1, zorder=0, clip_on=False)


def round_steps(most: float) -> list[float]:
    """Zero and up to five round steps that reach `most`."""
    if most <= 0:
        return [0.0, 1.0]
    size = 10.0 ** (len(str(int(most))) - 1) if most >= 1 else 0.1
    while most < size:
        size /= 10
    # Halves of a count mean nothing: whole steps as soon as the scale is above five.
    fitting = (
        each
        for each in (size * factor for factor in (0.2, 0.25, 0.5, 1.0, 2.0))
        if most / each <= 5.0 and (most < 5 or each == int(each))
    )
    step = next(fitting, size * 2)
    count = int(most / step) + (0 if most % step == 0 else 1)
    return [step * k for k in range(count + 1)]


def tick(value: float) -> str:
    return f"{value:,.10g}" if abs(value) >= 1 or value == 0 else f"{value:.3g}"


def rectangles(
    axes: Any, tone: str, boxes: list[tuple[float, float, float, float]], **more: Any
) -> None:
    """All boxes (x, y, width, height) of one colour as one path: a page stays small."""
    if not boxes:
        return
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    corners: list[tuple[float, float]] = []
    codes: list[Any] = []
    for x, y, width, height in boxes:
        corners += [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    axes.add_patch(
        PathPatch(Path(corners, codes), facecolor=PALETTE[tone], linewidth=0, clip_on=False, **more)
    )


def axis_names(figure: Any, chart: Any, say: Say, height: float, left: float) -> None:
    """Axis names: the upright axis's stands above its numbers, where it needs no turned text."""
    caption, width = chart.caption, figure.get_figwidth() * 72
    if caption.y:
        figure.text(2 / width, 1 - 12 / height, say(caption.y), color=PALETTE["quiet"], va="center")
    if caption.x:
        middle = (left + width - 12) / 2 / width
        figure.text(
            middle, 12 / height, say(caption.x), color=PALETTE["quiet"], ha="center", va="center"
        )


def wide(text: str) -> int:
    """About how many pixels a text takes; no font is asked, so every machine says the same."""
    return sum(12 if ord(c) > 0x2E80 else 7 for c in text)


def shortened(text: str, pixels: float) -> str:
    """The text, or as much of its beginning as has room, with an ellipsis."""
    if wide(text) <= pixels:
        return text
    while text and wide(text) + 12 > pixels:
        text = text[:-1]
    return f"{text.rstrip()}…"


def legend(figure: Any, entries: list[tuple[str, str, float]], say: Say, height: float) -> None:
    """Squares with names along the top right, (name, tone, alpha)."""
    from matplotlib.patches import Rectangle

    width = figure.get_figwidth() * 72
    x = width - 12.0
    for name, tone, alpha in reversed(entries):
        x -= 12 + wide(name)
        figure.text((x + 16) / width, 1 - 12 / height, say(name), color=PALETTE["ink"], va="center")
        figure.add_artist(
            Rectangle(
                (x / width, 1 - 17 / height),
                11 / width,
                11 / height,
                facecolor=PALETTE[tone],
                alpha=alpha,
                linewidth=0,
                transform=figure.transFigure,
            )
        )
        x -= 14
