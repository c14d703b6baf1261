"""From matplotlib's SVG to one that our pages can carry: themed, small, and without styles.

The content policy forbids style attributes and <style>, so colours become classes of the style
sheet (`PALETTE` names them and holds its light values, which pictures for mail are drawn in) and
everything else a presentation attribute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from markupsafe import Markup

# The light values of assets/fairlead.css; a test compares them.
PALETTE = {
    "ink": "#1b2427", "quiet": "#566468", "line": "#dedcd3", "accent": "#0b5f6f",
    "good": "#17663a", "warn": "#854600", "bad": "#a1242a",
    "h0": "#14788a", "h1": "#b8690b", "h2": "#4567a8", "h3": "#3f8245", "h4": "#8a4f9e",
    "h5": "#b0453d",
}  # fmt: skip
_NAMES = {colour: name for name, colour in PALETTE.items()}
_KEPT = frozenset(
    (
        "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "fill-opacity",
        "stroke-opacity", "opacity", "text-anchor", "font-size", "font-weight",
    )
)  # fmt: skip
_GEOMETRY = ("d", "x", "y", "transform", "points", "viewBox")
_SPACE = "{http://www.w3.org/2000/svg}"
_TOKEN = re.compile(r"@(\d+)@")


def themed(drawn: bytes, id_: str, title: str, desc: str, texts: Sequence[str]) -> Markup:
    """The drawing for a page: a title, a description, classes for colours, words for tokens."""
    source = ET.fromstring(drawn)  # noqa: S314 our own drawing
    root = ET.Element(
        "svg",
        {
            "class": "chart",
            "viewBox": _short(source.get("viewBox", "")),
            "role": "img",
            "aria-labelledby": f"{id_}-title {id_}-desc",
        },
    )
    for tag, text in (("title", title), ("desc", desc)):
        ET.SubElement(root, tag, {"id": f"{id_}-{tag}"}).text = text
    for child in source:
        if child.tag not in (f"{_SPACE}metadata", f"{_SPACE}defs"):
            _copy(child, root, texts)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 escaped by the serialiser


def _copy(source: ET.Element, parent: ET.Element, texts: Sequence[str]) -> None:
    """Append a cleaned copy; groups only hold what is in them and are left out."""
    tag = source.tag.removeprefix(_SPACE)
    if tag in ("path", "text", "tspan"):
        attributes = _attributes(source)
        if attributes.get("fill") == "none" and "s-" not in attributes.get("class", ""):
            return  # matplotlib's empty background
        parent = ET.SubElement(parent, tag, attributes)
        if source.text and source.text.strip():
            parent.text = _TOKEN.sub(lambda found: texts[int(found[1])], source.text.strip())
    for child in source:
        _copy(child, parent, texts)


def _attributes(source: ET.Element) -> dict[str, str]:
    found: dict[str, str] = {}
    classes: list[str] = []
    for name in _GEOMETRY:
        value = source.get(name)
        if value is not None and not value.startswith("rotate(-0 "):
            found[name] = _short(value)
    for rule in (source.get("style") or "").split(";"):
        name, _, value = (part.strip() for part in rule.partition(":"))
        if name in ("fill", "stroke") and value in _NAMES:
            classes.append(f"{name[0]}-{_NAMES[value]}")
        elif name in ("fill", "stroke") and value == "none":
            found[name] = "none"
        elif name in _KEPT:
            found[name] = value.removesuffix("px")
    if classes:
        found["class"] = " ".join(classes)
    return found


def _short(value: str) -> str:
    """Numbers to a tenth of a pixel, one space between them."""
    rounded = re.sub(r"-?\d+\.\d+", lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), value)
    return " ".join(rounded.replace("-0 ", "0 ").split())
