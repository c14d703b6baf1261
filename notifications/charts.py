"""Charts as values: what is drawn, in the reader's words, with a table's worth of text behind.

`svg(chart)` gives an inline drawing whose colours are classes of the style sheet (so it follows
the reader's light or dark), `png(chart)` a picture for mail. The same chart gives the same bytes.
Geometry is in `chart_shapes`; matplotlib is imported when the first chart is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from notifications import chart_shapes as shapes
from notifications.chart_svg import themed
from notifications.words import shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = 32
LABEL = 60  # characters of foreign text in a drawing; the table has the whole
# Where none of these is installed, a picture for mail is drawn in English: see `chinese_fonts`.
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caption:
    """id: unique on its page; desc: what the drawing says, for who cannot see it."""

    id: str
    title: str
    desc: str
    x: str = ""
    y: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one colour. tone: a name of chart_svg.PALETTE."""

    name: str
    tone: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Upright bars, series stacked; marks: (label, height) of dashed lines across."""

    caption: Caption
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    marks: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Rank:
    """One lying bar. low, high: its interval; mark: a threshold or benchmark of its own."""

    label: str
    value: float
    tone: str = "h0"
    low: float | None = None
    high: float | None = None
    mark: float | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Lying bars, one a row, from the top."""

    caption: Caption
    rows: tuple[Rank, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """(predicted, observed, low, high) of each group, all 0 to 1, beside the diagonal."""

    caption: Caption
    points: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """Cells of 1 to 3 stars, 0 for unknown; groups: (name, rows) from the top."""

    caption: Caption
    columns: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[int, ...], ...]], ...]
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Multiples:
    """A row of small bars per rule, one per run. states: kept, warned, broken or "" (not checked)
    with a height of 0 to 1 for how much failed."""

    caption: Caption
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


Chart = Bars | Ranks | Calibration | Heat | Multiples

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: selectable, in the reader's own fonts
    "svg.hashsalt": "fairlead",
    "text.parse_math": False,  # a $ in a name is a $
    "font.size": 12,
    "path.simplify": False,
}
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


@lru_cache(maxsize=256)
def svg(chart: Chart) -> Markup:
    """The drawing as inline SVG without style attributes, ids of its own or outside references."""
    import matplotlib as mpl

    texts: list[str] = []

    def token(text: str) -> str:
        # Real words are put in afterwards: no font of this machine is asked about them.
        texts.append(shown(text, LABEL))
        return f"@{len(texts) - 1}@"

    buffer = BytesIO()
    with mpl.rc_context(_SETTINGS):
        figure = _figure(chart, token)
        figure.savefig(buffer, format="svg", transparent=True, metadata=_METADATA)
    caption = chart.caption
    return themed(buffer.getvalue(), caption.id, caption.title, caption.desc, texts)


def png(chart: Chart, scale: int = 2) -> bytes:
    """The drawing on white, for mail programs that show no SVG. scale: dots to a pixel."""
    import matplotlib as mpl
    from PIL import Image

    drawn, buffer = BytesIO(), BytesIO()
    with mpl.rc_context(_SETTINGS | {"font.family": [*chinese_fonts(), "DejaVu Sans"]}):
        figure = _figure(chart, lambda text: shown(text, LABEL))
        figure.savefig(drawn, format="png", dpi=72 * scale, facecolor="#ffffff")
    # A dozen colours and their edges: a palette takes a third of the bytes that full colour does.
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(buffer, "png", optimize=True)
    return buffer.getvalue()


@lru_cache(maxsize=1)
def chinese_fonts() -> tuple[str, ...]:
    """This machine's fonts for 中文; where there are none a picture's words must be English."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in CHINESE_FONTS if name in installed)[:1]


def _figure(chart: Chart, say: Callable[[str], str]) -> Figure:
    match chart:
        case Bars():
            return shapes.bars(chart, say)
        case Ranks():
            return shapes.ranks(chart, say)
        case Calibration():
            return shapes.calibration(chart, say)
        case Heat():
            return shapes.heat(chart, say)
        case Multiples():
            return shapes.multiples(chart, say)
