from __future__ import annotations

import numpy as np
import pytest

from smartsandbox.anonymize.kanon.forecast import Forecast, margin


def test_the_margin_parts_what_is_allowed_from_what_is_not() -> None:
    for allowance in (0, 1, 10, 10_000):
        assert margin(allowance, allowance) < 0 < margin(allowance + 1, allowance)
    assert margin(100, 10) < margin(1000, 10)


def test_before_there_is_enough_to_go_by_nothing_is_forecast() -> None:
    forecast = Forecast((3, 2))
    forecast.observe((0, 0), 2.0)
    assert forecast.failing().tolist() == [[0.5, 0.5]] * 3


def test_a_border_seen_on_one_attribute_is_forecast_for_the_others() -> None:
    forecast = Forecast((9, 3))
    for level in (0, 2, 6, 8):
        forecast.observe((level, 1), 4.0 - level)
    likely = forecast.failing()
    assert likely.shape == (9, 3)
    assert (np.diff(likely, axis=0) < 0).all()
    assert likely[0, 0] > 0.9
    assert likely[8, 2] < 0.1
    assert likely[4].tolist() == pytest.approx([0.5] * 3, abs=0.1)
