"""Charts are well-formed and true to their numbers."""

import re
from xml.etree import ElementTree

import pytest

from smartsandbox.replay_engine.report.svg import HEIGHT, Curve, nice_top, quantile_chart, step_chart, ticks


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.3, 0.4), (1, 1), (3, 4), (9, 10), (41, 50), (1000, 1000)])
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert nice_top(value) == pytest.approx(top)


@pytest.mark.parametrize(
    ("end", "shown"),
    [(7.3, [0, 2, 4, 6]), (2.06, [0, 0.5, 1, 1.5, 2]), (60, [0, 20, 40, 60]), (5, [0, 1, 2, 3, 4, 5]), (0, [0])],
)
def test_an_axis_is_marked_at_round_numbers(end: float, shown: list[float]) -> None:
    assert ticks(end) == pytest.approx(shown)


def test_the_highest_bin_reaches_the_top_and_an_empty_one_the_ground() -> None:
    chart = step_chart("t", "d", [Curve("recorded", "recorded", [0, 10])], 1.0, "requests/s")
    ElementTree.fromstring(chart)
    heights = [float(found) for found in re.findall(r"[ML]\S+ ([\d.]+)H", chart)]
    assert heights == [HEIGHT - 34.0, 12.0]


def test_charts_say_what_they_show_to_those_who_cannot_see_them() -> None:
    chart = quantile_chart("Latency <&>", "words", [("GET /a<b>", {"recorded": [1.0, 10.0, None]})])
    root = ElementTree.fromstring(chart)
    space = "{http://www.w3.org/2000/svg}"
    assert (root.findtext(f"{space}title"), root.findtext(f"{space}desc")) == ("Latency <&>", "words")
    assert len(root.findall(f"{space}circle")) == 2


def test_nothing_to_show_is_still_a_chart() -> None:
    ElementTree.fromstring(step_chart("t", "d", [Curve("recorded", "recorded", [])], 1.0, "x"))
    ElementTree.fromstring(quantile_chart("t", "d", []))
