"""Shapes: due times worked out by hand, and what holds for all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.drive.shapes import CURVES, parse_shape


@pytest.mark.parametrize(
    ("text", "offsets", "due"),
    [
        ("recorded", [0, 1, 5], [0, 1, 5]),
        ("constant:4/s", [0, 1, 5], [0, 0.25, 0.5]),
        ("constant:2x", [0, 1, 5], [0, 0.5, 2.5]),
        # From 0.5x to 1.5x in 10 s is 10 recorded seconds in 10 s, 3.75 of them in the first five; then at 1.5x.
        ("ramp:0.5x:1.5x:10", [0, 3.75, 10, 13], [0, 5, 10, 12]),
        # From 3/s to 1/s in 2 s: 4 requests, the third of them (2.5 done at 1 s) a little before; then one a second.
        ("ramp:3/s:1/s:2", [0] * 7, [0, 0.354249, 0.763932, 1.267949, 2, 3, 4]),
        ("ramp:2:2:5", [0] * 3, [0, 0.5, 1]),
        # One a second; at 2 s four a second for 1 s; then one a second again.
        ("spike:1/s:4/s:2:1", [0] * 8, [0, 1, 2, 2.25, 2.5, 2.75, 3, 4]),
        ("spike:1x:2x:0:2", [0, 2, 4, 5], [0, 1, 2, 3]),
    ],
)
def test_each_shape_says_when(text: str, offsets: list[float], due: list[float]) -> None:
    found = parse_shape(text).due(np.array(offsets, float), seed=0)
    assert found.tolist() == pytest.approx(due, abs=1e-6)


PACES = st.floats(0.01, 1000)
TEXTS = st.one_of(
    st.builds(lambda pace, unit: f"constant:{pace}{unit}", PACES, st.sampled_from(["x", "/s"])),
    st.builds(
        lambda a, b, s, unit: f"ramp:{a}{unit}:{b}{unit}:{s}", PACES, PACES, PACES, st.sampled_from(["x", "/s", ""])
    ),
    st.builds(
        lambda a, b, at, s, unit: f"spike:{a}{unit}:{b}{unit}:{at}:{s}",
        *(PACES, PACES, st.floats(0, 1000), PACES, st.sampled_from(["x", "/s"])),
    ),
    st.builds("poisson:{}".format, PACES),
)


@given(TEXTS, st.lists(st.floats(0, 1e6), min_size=1, max_size=50).map(sorted), st.integers(0, 100))
def test_deadlines_never_decrease_and_follow_from_the_seed(text: str, offsets: list[float], seed: int) -> None:
    shape = parse_shape(text)
    due = shape.due(np.array(offsets), seed)
    assert np.isfinite(due).all()
    assert (due >= 0).all()
    assert (np.diff(due) >= -1e-9 * due[-1]).all()
    assert due.tolist() == shape.due(np.array(offsets), seed).tolist()
    assert str(parse_shape(str(shape))) == str(shape)


def test_poisson_arrivals_have_exponential_gaps_and_their_rate() -> None:
    due = parse_shape("poisson:50/s").due(np.zeros(20_000), seed=7)
    gaps = np.diff(due)
    assert 1 / gaps.mean() == pytest.approx(50, rel=0.03)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.03)
    assert due.tolist() != parse_shape("poisson:50/s").due(np.zeros(20_000), seed=8).tolist()


def test_a_longer_schedule_begins_as_a_shorter_one() -> None:
    for text in ("poisson:50", "ramp:1:9:3", "spike:1:9:1:1"):
        shape = parse_shape(text)
        assert shape.due(np.zeros(10), 3).tolist() == shape.due(np.zeros(1000), 3)[:10].tolist()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sawtooth:1", "recorded, constant, ramp, spike, poisson"),
        ("ramp:1:2", "ramp:FROM:TO:SECONDS"),
        ("ramp:1x:2/s:3", "mixes"),
        ("poisson:2x", "rate"),
        ("constant:fast", "not a number"),
        ("constant:nan", "finite"),
        ("constant:0", "above 0"),
        ("spike:1:2:-1:3", "above 0"),
        ("recorded:1", "must be recorded"),
    ],
)
def test_a_shape_that_means_nothing_is_a_usage_error(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_shape(text)


def test_every_shape_says_what_its_numbers_are() -> None:
    assert all(curve.__doc__ for curve, _ in CURVES.values())
