"""Schedules from offsets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive import pacing as module
from smartsandbox.replay_engine.drive.pacing import Loop, Pacing, parse_loop, schedule, wake_at
from smartsandbox.replay_engine.drive.shapes import parse_shape

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
    ("pacing", "rows", "turns", "due"),
    [
        # 4 s and one mean gap (4 s / 3) to the next round.
        (Pacing(loop=Loop(2)), [0, 1, 2, 3] * 2, [0] * 4 + [1] * 4, [0, 0.5, 1, 4, 16 / 3, 35 / 6, 19 / 3, 28 / 3]),
        (Pacing(loop=Loop(2), window=(0, 2)), [0, 1, 2] * 2, [0] * 3 + [1] * 3, [0, 0.5, 1, 2, 2.5, 3]),
        (Pacing(loop=Loop(2), window=(0, 2), speed=2), [0, 1, 2] * 2, [0] * 3 + [1] * 3, [0, 0.25, 0.5, 1, 1.25, 1.5]),
        (Pacing(loop=Loop(3), window=(3.5, 9)), [3] * 3, [0, 1, 2], [0.5, 2, 3.5]),
        (Pacing(loop=Loop(2), rate=1), [0, 1, 2, 3] * 2, [0] * 4 + [1] * 4, [0, 1, 2, 3, 4, 5, 6, 7]),
        (Pacing(loop=Loop(seconds=2.6), window=(0, 2)), [0, 1, 2, 0, 1], [0] * 3 + [1] * 2, [0, 0.5, 1, 2, 2.5]),
        (Pacing(loop=Loop(seconds=1), rate=6), [0, 1, 2, 3, 0, 1], [0] * 4 + [1] * 2, [n / 6 for n in range(6)]),
        (Pacing(loop=Loop(seconds=1), window=(5, 6)), [], [], []),
    ],
)
def test_a_loop_goes_on_as_the_recording_would(
    pacing: Pacing, rows: list[int], turns: list[int], due: list[float]
) -> None:
    found = schedule(OFFSETS, pacing)
    assert (found.rows.tolist(), found.turns.tolist()) == (rows, turns)
    assert found.due.tolist() == pytest.approx(due)


@pytest.mark.parametrize(
    ("rate", "place", "microseconds"),
    [(1_000, 3, 3000), (2_000, 5, 2500), (4_000, 2, 750), (5_000, 4, 1200), (20_000, 4, 650), (20_000, 95, 4950)],
)
def test_requests_of_an_even_pace_share_a_wake_up_within_450_microseconds(
    rate: int, place: int, microseconds: int
) -> None:
    """At 4,000/s the third is due at 500 and the fourth 250 later; the last of a hundred is the last to wait for."""
    due = [n / rate for n in range(100)]
    assert wake_at(due, place, Pacing(rate=rate).shared) == pytest.approx(microseconds / 1e6)
    assert wake_at(due, place, Pacing().shared) == due[place]


@pytest.mark.parametrize(
    ("shape", "even"),
    [
        ("constant:10/s", True),
        ("ramp:1/s:5000/s:9", True),
        ("spike:10/s:90/s:1:2", True),
        ("poisson:5000", False),
        ("constant:2x", False),
        ("ramp:1x:9x:9", False),
        ("recorded", False),
    ],
)
def test_gaps_that_are_recorded_or_drawn_are_kept(shape: str, even: bool) -> None:
    assert (Pacing(shape=parse_shape(shape)).shared > 0) is even


def test_a_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REQUESTS", 100)
    for loop in (Loop(26), Loop(seconds=1000)):
        with pytest.raises(UsageError, match="one run takes 100"):
            schedule(OFFSETS, Pacing(loop=loop))


@pytest.mark.parametrize(("text", "loop"), [("3", Loop(3)), ("90s", Loop(seconds=90)), ("1.5h", Loop(seconds=5400))])
def test_a_loop_is_rounds_or_a_time(text: str, loop: Loop) -> None:
    assert parse_loop(text) == loop


@pytest.mark.parametrize("text", ["0", "x", "-1s", "m", "1.5", "infs", "nans"])
def test_a_loop_that_means_nothing_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="loop"):
        parse_loop(text)


def test_only_one_pace_is_both() -> None:
    for both in ({"speed": 2.0, "rate": 1.0}, {"rate": 1.0, "shape": parse_shape("poisson:1")}):
        with pytest.raises(UsageError, match="give one of them"):
            Pacing(**both)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"speed": 0}, {"speed": -1}, {"speed": float("nan")}, {"rate": 0}, {"window": (2, 1)}, {"window": (-1, 1)}],
)
def test_a_pace_that_means_nothing_is_a_usage_error(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Pacing(**wrong)  # type: ignore[arg-type]
