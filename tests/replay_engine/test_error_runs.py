"""Runs of errors: as recorded in length and rate, at any factor."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.shape import shape_rows
from smartsandbox.replay_engine.error_runs import Runs, outcomes, stretch
from smartsandbox.replay_engine.report.distances import ks, runs

TIMES = {"total_us": 1, "ttfb_us": 1}
BURSTS = [False] * 20 + [True] * 3 + [False] * 30 + [True] + [False] * 10 + [True] * 6 + [False] * 40
"""10 errors in 110, in runs of 1, 3 and 6."""


def drawn(
    wrong: list[bool], factor: float, n: int = 20_000, seed: int = 0
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array(list(islice(outcomes(Runs.of(wrong), factor, seed, "GET /a"), n)))


def test_runs_are_counted_by_hand() -> None:
    found = Runs.of(BURSTS)

    assert (found.errors, found.successes) == ((1, 3, 6), (10, 20, 30, 40))
    assert found.rate == pytest.approx(10 / 110)


def test_drawn_errors_have_the_recorded_rate_and_run_lengths() -> None:
    served = drawn(BURSTS, 1.0)

    assert served.mean() == pytest.approx(10 / 110, rel=0.02)
    assert ks(np.array([1.0, 3.0, 6.0]), runs(served)) < 0.02


def test_a_markov_chain_keeps_its_probabilities() -> None:
    draw, state, wrong = np.random.default_rng(9), False, []
    for _ in range(20_000):
        state = bool(draw.random() < (0.7 if state else 0.02))
        wrong.append(state)

    def chain(states: list[bool]) -> dict[float, float]:
        rows = [
            {
                "offset_us": at,
                "endpoint": "a",
                "status": 500 if s else 200,
                "failure": None,
                "total_us": 1,
                "ttfb_us": 1,
            }
            for at, s in enumerate(states)
        ]
        return {r["x"]: r["value"] for r in shape_rows(rows) if r["measure"] == "error_run" and r["endpoint"] == "a"}

    assert chain(drawn(wrong, 1.0).tolist()) == pytest.approx(chain(wrong), rel=0.05)


@pytest.mark.parametrize("factor", [0.5, 2.0, 5.0])
def test_a_factor_scales_the_rate_and_keeps_the_runs(factor: float) -> None:
    served = drawn(BURSTS, factor)

    assert served.mean() == pytest.approx(factor * 10 / 110, rel=0.03)
    assert ks(np.array([1.0, 3.0, 6.0]), runs(served)) < 0.03 * factor


def test_successes_are_stretched_by_hand() -> None:
    # Errors of 2 in a mean, successes of 8: a fifth fails. A tenth does with 18 successes between, two fifths with 3.
    found = Runs((1, 3), (6, 10))

    assert [stretch(found, factor) for factor in (1, 0.5, 2, 5)] == pytest.approx([1.0, 18 / 8, 3 / 8, 0.0])


@pytest.mark.parametrize(
    ("wrong", "factor", "share"),
    [(BURSTS, 0.0, 0.0), ([False] * 5, 9.0, 0.0), ([True] * 5, 1.0, 1.0), (BURSTS, 100.0, 1.0)],
)
def test_the_ends_of_the_scale(wrong: list[bool], factor: float, share: float) -> None:
    assert drawn(wrong, factor, 500).mean() == share


@given(st.lists(st.booleans(), min_size=1, max_size=50), st.floats(0, 10), st.integers(0, 5))
def test_any_recording_can_be_drawn_from_and_repeats(wrong: list[bool], factor: float, seed: int) -> None:
    one = drawn(wrong, factor, 200, seed).tolist()

    assert one == drawn(wrong, factor, 200, seed).tolist()
    assert len(one) == 200
