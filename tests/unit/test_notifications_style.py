"""The style sheet: text stands out from its ground, by WCAG's formula, in light and dark."""

from __future__ import annotations

import re

import pytest

from notifications.site import HERE

SHEET = (HERE / "assets" / "fairlead.css").read_text()
PAIRS = [
    ("ink", "paper"), ("ink", "card"), ("quiet", "paper"), ("quiet", "card"),
    ("accent", "paper"), ("accent", "card"), ("accent", "accent-soft"), ("ink", "accent-soft"),
    ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("bad", "card"),
    ("ink", "warn-soft"),
]  # fmt: skip


def colours(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[0]))
    dark = light | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[1]))
    return {"light": light, "dark": dark}[scheme]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_has_a_contrast_of_at_least_four_and_a_half(
    scheme: str, text: str, ground: str
) -> None:
    found = colours(scheme)
    high, low = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_every_method_that_a_decision_can_have_has_its_colour() -> None:
    for method in ("lottery", "skill_match", "rotation", "junior", "sdr", "exception", "none"):
        assert f".m-{method} {{" in SHEET
