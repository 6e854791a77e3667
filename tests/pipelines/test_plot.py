from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.pipelines.plot import Series, line_plot, thinned

SVG = "{http://www.w3.org/2000/svg}"


def test_a_plot_names_itself_and_draws_every_series() -> None:
    root = ET.fromstring(line_plot("Traffic", [Series("a", ((0, 1), (1, 3))), Series("b", ((0, 2),))], "s", "count"))
    assert root.findtext(f"{SVG}title") == "Traffic"
    assert len(root.findall(f"{SVG}polyline")) == 2


def test_the_highest_point_touches_the_top_of_the_frame() -> None:
    root = ET.fromstring(line_plot("t", [Series("a", ((0, 0), (1, 10)))], "s", "count"))
    line = root.find(f"{SVG}polyline")
    assert line is not None
    assert line.attrib["points"] == "72.0,164.0 628.0,28.0"


def test_an_empty_series_still_gives_a_picture() -> None:
    assert ET.fromstring(line_plot("t", [Series("a", ())], "s", "count")) is not None


def test_words_from_outside_cannot_become_markup() -> None:
    assert "<script>" not in line_plot("<script>", [Series("<script>", ())], "<script>", "y")


def test_thinning_keeps_the_peak_of_each_bucket() -> None:
    assert thinned([(0, 1), (1, 9), (2, 3), (3, 4)], 2) == ((1, 9), (3, 4))


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=2000))
def test_thinning_is_bounded_and_never_loses_the_highest(points: list[tuple[float, float]]) -> None:
    short = thinned(points, 50)
    assert len(short) <= 50
    assert max((p[1] for p in short), default=None) == max((p[1] for p in points), default=None)
