"""Different pairs of two columns of numbers from 0 on, found by one sort of one column."""

from __future__ import annotations

import numpy as np

from smartsandbox.anonymize.timeline.column import Ints


def distinct_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Each pair once, sorted by the first number, then by the second. The largest numbers multiplied fit 63 bits."""
    width = int(second.max(initial=0)) + 1
    both = first * width
    both += second
    both.sort()
    both = both[np.diff(both, prepend=-1) != 0]
    return both // width, both % width
