from __future__ import annotations

import pytest

from smartsandbox.replay_engine.drive.forecast import long_run
from smartsandbox.replay_engine.drive.pacing import Loop, Pacing
from smartsandbox.replay_engine.drive.shapes import parse_shape

DAY_US = 86_400_000_000


def test_a_run_of_days_at_the_recorded_pace_is_said_at_its_start() -> None:
    line = long_run(10 * DAY_US, Pacing(speed=4))
    assert line is not None
    assert line.startswith("this run takes 2 d 12 h: the pack spans 10 d, driven at 4x; --rate 10/s sends it evenly")


@pytest.mark.parametrize(
    ("span_us", "pacing"),
    [
        (599_000_000, Pacing()),
        (10 * DAY_US, Pacing(speed=10_000)),
        (10 * DAY_US, Pacing(rate=10)),
        (10 * DAY_US, Pacing(window=(0, 5))),
        (10 * DAY_US, Pacing(loop=Loop(seconds=5))),
        (10 * DAY_US, Pacing(shape=parse_shape("constant:10/s"))),
    ],
)
def test_short_runs_and_paces_that_were_chosen_are_not_commented(span_us: int, pacing: Pacing) -> None:
    assert long_run(span_us, pacing) is None
