"""Random columns that are a function of the run key and a purpose: one SHAKE-256 stream a column.
Nobody without the key can tell them from uniform ones.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.keys import RunKey

Ints = NDArray[np.int64]
_WORD = 8
_MANTISSA_BITS = 53


def words(key: RunKey, purpose: str, count: int) -> NDArray[np.uint64]:
    """`count` uniform 64-bit words. A longer column of the same purpose begins with the same words."""
    stream = hashlib.shake_256(key.prf("timeline", purpose)).digest(_WORD * count)
    return np.frombuffer(stream, dtype="<u8").astype(np.uint64, copy=False)


def shares(key: RunKey, purpose: str, count: int) -> NDArray[np.float64]:
    """`count` uniform numbers from 0 to below 1."""
    return np.asarray((words(key, purpose, count) >> np.uint64(64 - _MANTISSA_BITS)) * 2.0**-_MANTISSA_BITS)


def shuffled_within(key: RunKey, purpose: str, groups: Ints) -> Ints:
    """A permutation of the places that keeps every group: place i receives what stood at `result[i]`, of its group."""
    drawn = np.lexsort((words(key, purpose, len(groups)), groups))
    places = np.empty(len(groups), np.int64)
    places[np.argsort(groups, kind="stable")] = drawn
    return places
