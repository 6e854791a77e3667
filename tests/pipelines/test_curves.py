from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.pipelines.curves import SECOND, arrivals, pack_curve, trace_times


def test_quiet_seconds_count_as_zero() -> None:
    series, bucket = arrivals([0, 100, 2 * SECOND])
    assert bucket == "seconds"
    assert series.points == ((0.0, 2.0), (1.0, 0.0), (2.0, 1.0))


@pytest.mark.parametrize(
    ("span_s", "bucket"),
    [(399, "seconds"), (400, "minutes"), (86_400, "hours"), (86_400 * 300, "days"), (10**9, "spans of 30 days")],
)
def test_the_bucket_grows_with_the_span(span_s: int, bucket: str) -> None:
    assert arrivals([0, span_s * SECOND])[1] == bucket


def test_no_exchange_gives_an_empty_series() -> None:
    assert arrivals([])[0].points == ()


def test_buckets_begin_with_the_first_second_that_has_an_exchange() -> None:
    assert arrivals([5 * SECOND, 5 * SECOND + 1])[0].points == ((0.0, 2.0),)


def test_a_pack_that_spans_decades_has_a_short_curve(tmp_path: Path) -> None:
    items = [an_exchange(f"e{at}", a_request(), a_response(), at_us=at * SECOND) for at in (0, 10**9)]
    curve, bucket = pack_curve(make_pack(tmp_path, items))
    assert bucket == "spans of 30 days"
    assert len(curve.points) < 400
    assert sum(count for _, count in curve.points) == 2


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=50))
def test_every_exchange_is_counted_once(times: list[int]) -> None:
    assert sum(count for _, count in arrivals(times)[0].points) == len(times)


def test_the_curve_of_a_pack_is_that_of_its_exchanges(tmp_path: Path) -> None:
    offsets = (0, 10, 3 * SECOND)
    items = [an_exchange(f"e{at}", a_request(), a_response(), at_us=at) for at in offsets]
    pack = make_pack(tmp_path, items)
    assert pack_curve(pack)[0].points == ((0.0, 2.0), (1.0, 0.0), (2.0, 0.0), (3.0, 1.0))
    from smartsandbox.packs.trace import Trace

    times = trace_times(Trace.open(tmp_path / "trace"))
    assert [time - times[0] for time in times] == list(offsets)
