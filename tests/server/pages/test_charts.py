from __future__ import annotations

from xml.etree import ElementTree

import pytest

from smartsandbox.server.models.base import Curve
from smartsandbox.server.pages.charts import area, sparkline, stacked
from smartsandbox.server.pages.mix import Part


def paths(svg: str) -> list[str]:
    return [element.attrib["d"] for element in ElementTree.fromstring(svg).iter("path")]


@pytest.mark.parametrize(
    ("rates", "path"),
    [
        ([1.0, 4.0], "M0 75V75H500V0H1000"),
        ([0.0, 0.0], "M0 100V100H500V100H1000"),
        ([], "M0 100"),
    ],
)
def test_a_line_holds_each_rate_for_its_step(rates: list[float], path: str) -> None:
    assert paths(sparkline(Curve(step_s=1, rates=rates, peak=4), "x")) == [path]


def test_an_area_closes_at_the_foot() -> None:
    under, line = paths(area(Curve(step_s=1, rates=[2.0], peak=2), "x"))
    assert (under, line) == ("M0 0V0H1000V100H0Z", "M0 0V0H1000")


def test_a_bar_puts_parts_side_by_side() -> None:
    svg = stacked([Part("a", "2xx", 3, 0.75, 0.0), Part("b", "5xx", 1, 0.25, 0.75)], "x")
    bars = [(bar.attrib["class"], bar.attrib["x"], bar.attrib["width"]) for bar in ElementTree.fromstring(svg)]
    assert bars == [("fill-2xx", "0", "750"), ("fill-5xx", "750", "250")]


def test_a_chart_says_what_it_shows_and_escapes_it() -> None:
    root = ElementTree.fromstring(sparkline(Curve(step_s=1, rates=[1.0], peak=1), 'at most "3" & <4>'))
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", 'at most "3" & <4>')
