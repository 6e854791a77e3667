"""The style sheet's colours, as WCAG 2.2 measures them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[3] / "server/static/style.css").read_text()
LIGHT, DARK = (dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block)) for block in SHEET.split("@media", 2)[:2])
TEXT = [
    ("ink", "page"),
    ("ink", "card"),
    ("ink", "hover"),
    ("soft", "page"),
    ("soft", "card"),
    ("soft", "hover"),
    ("accent", "page"),
    ("accent", "card"),
    ("accent", "hover"),
    ("card", "accent"),
    ("banner-ink", "banner"),
    ("good", "good-under"),
    ("bad", "bad-under"),
    ("warn", "warn-under"),
]
MARKS = [(name, "card") for name in ("accent", "c1", "c2", "c3", "c4", "c5", "cf")]
MARKS += [(name, "page") for name in ("accent", "c1", "c2", "c3", "c4", "c5", "cf")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "under"), TEXT)
def test_text_has_the_contrast_that_aa_asks_for(colours: dict[str, str], ink: str, under: str) -> None:
    assert contrast(colours[ink], colours[under]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "under"), MARKS)
def test_marks_have_the_contrast_that_aa_asks_for(colours: dict[str, str], mark: str, under: str) -> None:
    assert contrast(colours[mark], colours[under]) >= 3
