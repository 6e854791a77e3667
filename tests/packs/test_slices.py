"""The windows that traffic templates choose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.slices import TEMPLATES, Arrivals, Window, choose_window, pack_name


def arrivals(offsets: list[int], errors: list[int] | None = None) -> Arrivals:
    marks = np.zeros(len(offsets), np.bool_)
    marks[errors or []] = True
    return Arrivals(np.array(offsets, np.int64), marks)


BUSY_MIDDLE = [0, 40, 41, 42, 43, 44, 45, 60, 80, 99]
"""Ten arrivals over 100 us: a window is 20 us wide and slides by 5."""


def test_full_is_everything() -> None:
    assert choose_window("full", arrivals(BUSY_MIDDLE)) == Window(0, 100)


def test_peak_is_the_earliest_window_with_the_most_arrivals() -> None:
    assert choose_window("peak", arrivals(BUSY_MIDDLE)) == Window(30, 50)


def test_off_peak_is_the_quietest_window_that_is_not_empty() -> None:
    assert choose_window("off-peak", arrivals(BUSY_MIDDLE)) == Window(0, 20)


def test_high_error_has_the_largest_share_of_errors() -> None:
    window = choose_window("high-error", arrivals(BUSY_MIDDLE, errors=[4, 8, 9]))

    assert window == Window(75, 95) or window == Window(80, 100)
    assert arrivals(BUSY_MIDDLE, errors=[4, 8, 9]).error_share(window) == 1.0


def test_a_trace_without_errors_has_no_high_error_window() -> None:
    with pytest.raises(UsageError, match="no 5xx answer and no failure"):
        choose_window("high-error", arrivals(BUSY_MIDDLE))


def test_an_unknown_template_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="full, peak, off-peak, high-error"):
        choose_window("weekend", arrivals([0]))


def test_an_empty_trace_has_nothing_to_publish() -> None:
    with pytest.raises(UsageError, match="nothing to publish"):
        choose_window("full", arrivals([]))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.sampled_from(sorted(TEMPLATES)))
def test_every_template_chooses_a_window_with_arrivals_in_it(offsets: list[int], template: str) -> None:
    ordered = sorted(at - min(offsets) for at in offsets)
    trace = arrivals(ordered, errors=[0])

    assert trace.count(choose_window(template, trace)) > 0


def test_the_whole_trace_has_the_plain_name() -> None:
    assert [pack_name("payments", template) for template in ("full", "off-peak")] == ["payments", "payments-off-peak"]
