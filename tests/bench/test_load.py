"""Reading wrk's figures."""

from __future__ import annotations

import pytest

from bench.load import Point, calmest, parse


def test_the_figures_are_read_from_among_the_lines_that_wrk_prints() -> None:
    output = 'Running 3s test\n  1 threads\n\nJSON{"requests":10,"us":20,"p50_us":1,"p99_us":2,"failed":0}\n'
    assert parse(output) == {"requests": 10, "us": 20, "p50_us": 1, "p99_us": 2, "failed": 0}


def test_output_without_figures_is_an_error() -> None:
    with pytest.raises(ValueError, match="no figures"):
        parse("unable to connect")


def test_of_repeated_points_the_least_disturbed_counts() -> None:
    busy, calm = (Point(1.0, 1.0, 1.0, cpu, 0, others) for cpu, others in ((9.0, 0.8), (2.0, 0.1)))
    assert calmest([busy, calm]) is calm
