"""Windows of session starts: inside one, sessions take one another's starts, so the shape over the day stays.

A window holds enough sessions for one to hide among them, and lasts long enough that who knows a request to within a
second still finds the others of the window.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

FEWEST_STARTS = 40
LEAST_SPAN_US = 8_000_000
"""Four times the two seconds within which a known request may lie."""


def windows(starts_us: Ints, fewest: int = FEWEST_STARTS, least_span_us: int = LEAST_SPAN_US) -> Ints:
    """The window of each start, numbered from 0; `starts_us` ascend. What is left at the end joins the last window."""
    found = np.zeros(len(starts_us), np.int64)
    first, number = 0, 0
    while first < len(starts_us):
        end = max(first + fewest, int(np.searchsorted(starts_us, starts_us[first] + least_span_us)))
        rest = len(starts_us) - end
        if rest < fewest or starts_us[-1] - starts_us[min(end, len(starts_us) - 1)] < least_span_us:
            end = len(starts_us)
        found[first:end] = number
        first, number = end, number + 1
    return found
