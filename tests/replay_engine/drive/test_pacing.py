"""Schedules from offsets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.pacing import Pacing, schedule

OFFSETS = np.array([0, 500_000, 1_000_000, 4_000_000], np.int64)


@pytest.mark.parametrize(
    ("pacing", "rows", "due"),
    [
        (Pacing(), [0, 1, 2, 3], [0, 0.5, 1, 4]),
        (Pacing(speed=4), [0, 1, 2, 3], [0, 0.125, 0.25, 1]),
        (Pacing(speed=0.5), [0, 1, 2, 3], [0, 1, 2, 8]),
        (Pacing(rate=10), [0, 1, 2, 3], [0, 0.1, 0.2, 0.3]),
        (Pacing(window=(0.5, 4)), [1, 2], [0, 0.5]),
        (Pacing(speed=2, window=(0, 1)), [0, 1], [0, 0.25]),
        (Pacing(window=(5, 6)), [], []),
    ],
)
def test_offsets_are_cut_and_warped(pacing: Pacing, rows: list[int], due: list[float]) -> None:
    found = schedule(OFFSETS, pacing)
    assert found.rows.tolist() == rows
    assert found.due.tolist() == pytest.approx(due)


def test_a_forecast_says_how_long_and_how_much_at_most() -> None:
    found = schedule(OFFSETS, Pacing())
    assert (len(found), found.duration, found.peak_rate) == (4, 4.0, 2)
    nothing = schedule(OFFSETS, Pacing(window=(5, 6)))
    assert (nothing.duration, nothing.peak_rate) == (0.0, 0)


@given(st.lists(st.integers(0, 10**12), min_size=1).map(sorted), st.floats(0.01, 1000))
def test_deadlines_never_decrease_and_gaps_shrink_by_the_speed(offsets: list[int], speed: float) -> None:
    found = schedule(np.array(offsets, np.int64), Pacing(speed=speed))
    assert np.all(np.diff(found.due) >= 0)
    assert np.allclose(np.diff(found.due) * speed, np.diff(np.array(offsets) / 1e6))


@pytest.mark.parametrize(
    "wrong",
    [{"speed": 0}, {"speed": -1}, {"speed": float("nan")}, {"rate": 0}, {"window": (2, 1)}, {"window": (-1, 1)}],
)
def test_a_pace_that_means_nothing_is_a_usage_error(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Pacing(**wrong)  # type: ignore[arg-type]
