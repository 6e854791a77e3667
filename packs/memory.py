"""Memory that is not needed any more goes back to the system, so that a long run takes no more than a short one."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

_SELDOM = (20_000, 20, 20)
_M_MMAP_THRESHOLD = -3
_LARGE = 1 << 20
"""Bytes."""


@contextmanager
def given_back() -> Iterator[None]:
    """Memory of batches goes back to the system at once: Arrow's own pool keeps what it may use again, and grows."""
    _keep_apart()
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Cycles are looked for less often: a run makes many values that last for a while, and hardly any cycle."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _keep_apart() -> None:
    """Large pieces lie apart from small ones from now on, so that each goes back to the system once it is freed. Else
    the C library puts ever larger ones among small ones, and holes stay. Nothing is done where it has no such way.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, _LARGE)


def trim() -> None:
    """Free what is held by nothing but itself, and give back what was freed between things that are still in use; the
    latter is not done where the C library has no way to.
    """
    gc.collect()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
