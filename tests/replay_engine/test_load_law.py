"""The queueing law: found where a queue was simulated, refused where there was none."""

from __future__ import annotations

import heapq
from pathlib import Path

import numpy as np
import pytest

from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.fitted import Floats, Ints, Times
from smartsandbox.replay_engine.load_law import LoadLaw, Unfitted, fit, in_flight, laws, unloaded
from smartsandbox.replay_engine.rows import Rows


def queue(servers: int, rate: float, n: int) -> tuple[Ints, Floats]:
    """A first-come, first-served queue with a mean service of 1 ms: others found, and microseconds to the end."""
    draw = np.random.default_rng(5)
    arrivals = np.cumsum(draw.exponential(1000 / rate, n))
    free, ends = [0.0] * servers, np.zeros(n)
    for at, (came, work) in enumerate(zip(arrivals, draw.gamma(4.0, 250.0, n), strict=True)):
        ends[at] = max(came, heapq.heappop(free)) + work
        heapq.heappush(free, ends[at])
    found = np.array([int((ends[:at] > came).sum()) for at, came in enumerate(arrivals)])
    return found, ends - arrivals


@pytest.mark.parametrize("servers", [1, 4])
def test_the_law_of_a_simulated_queue_is_found_again(servers: int) -> None:
    law = fit(*queue(servers, 0.9 * servers, 4000))

    assert isinstance(law, LoadLaw)
    assert law.free == pytest.approx(servers - 1, abs=1.5)
    assert law.slope == pytest.approx(1 / servers, rel=0.3)


@pytest.mark.parametrize(
    ("others", "total", "reason"),
    [
        ([1] * 10, [5.0] * 10, "10 answers recorded, 200 needed"),
        ([2] * 300, [5.0] * 300, "hardly ever another number than 2 in flight"),
        ([0, 1, 2] * 100, [5.0, 6.0, 4.0] * 100, "recorded times do not grow with the number in flight"),
        ([0, 1, 2] * 100, [7.0, 6.0, 5.0] * 100, "recorded times do not grow with the number in flight"),
    ],
)
def test_a_recording_that_supports_no_law_says_why(others: list[int], total: list[float], reason: str) -> None:
    assert fit(np.array(others), np.array(total)) == Unfitted(reason)


def test_the_slowdown_is_flat_and_then_a_line() -> None:
    law = LoadLaw(free=2, slope=0.5)

    assert [law.slowdown(n) for n in (0, 2, 3, 6)] == [1.0, 1.0, 1.5, 3.0]


def test_in_flight_counts_those_begun_and_not_ended(tmp_path: Path) -> None:
    spans = [(0, 100), (10, 100), (20, 5), (30, 200), (110, 10)]
    pack = make_pack(
        tmp_path,
        [
            an_exchange(f"e{at}", a_request(target="/a"), a_response(), at_us=at, ttfb_us=None, total_us=took)
            for at, took in spans
        ],
    )
    rows = Rows.load(pack)

    assert in_flight(rows, Times.of(rows)).tolist() == [0, 1, 2, 2, 1]


def test_times_alone_are_the_recorded_ones_over_their_slowdown() -> None:
    column = np.zeros(2, np.int64)
    times = Times(column, column, column, column, np.array([10.0, 20.0]), np.array([20.0, 60.0]))
    alone = unloaded(times, np.array([0, 4]), {0: LoadLaw(2, 0.5)})

    assert (alone.first.tolist(), alone.total.tolist()) == ([10.0, 10.0], [20.0, 30.0])
    assert unloaded(times, np.array([0, 4]), laws(times, np.array([0, 4]))).total.tolist() == [20.0, 60.0]
