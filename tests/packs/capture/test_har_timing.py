from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.capture.har_timing import FROM_TIME, latency


@pytest.mark.parametrize(
    ("entry", "ttfb_us", "total_us"),
    [
        ({"timings": {"send": 1, "wait": 10.5, "receive": 2}}, 11_500, 13_500),
        (
            {"timings": {"blocked": 50, "dns": 5, "connect": 9, "ssl": 4, "send": 1, "wait": 2, "receive": 0}},
            3_000,
            3_000,
        ),
        ({"timings": {"send": -1, "wait": 4, "receive": -1}}, 4_000, 4_000),
        ({"timings": {"send": 0, "wait": 0, "receive": 79}}, None, 79_000),
        ({"timings": {"send": 0, "wait": 0, "receive": 0}, "time": 0}, None, None),
        ({"timings": {"send": -1, "wait": -1, "receive": -1}, "time": -1}, None, None),
        ({"time": None}, None, None),
        ({}, None, None),
        ({"timings": [], "time": "12"}, None, 12_000),
        ({"timings": {"send": "x", "wait": None, "receive": True}}, None, None),
        ({"timings": {"wait": float("nan")}, "time": float("inf")}, None, None),
        ({"timings": {"wait": 1e30}}, None, None),
    ],
)
def test_latency_counts_from_the_requests_first_byte(
    entry: dict[str, Any], ttfb_us: int | None, total_us: int | None
) -> None:
    assert latency(entry, []) == (ttfb_us, total_us)


def test_without_timings_the_whole_time_is_the_total() -> None:
    notes: list[str] = []
    assert latency({"time": 12.5, "timings": {}}, notes) == (None, 12_500)
    assert notes == [FROM_TIME]
