"""Memory that is not needed any more goes back to the system, so that a long run takes no more than a short one."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa


@contextmanager
def given_back() -> Iterator[None]:
    """Memory of batches goes back to the system at once: Arrow's own pool keeps what it may use again, and grows."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def trim() -> None:
    """Free what is held by nothing but itself, and give back what was freed between things that are still in use; the
    latter is not done where the C library has no way to.
    """
    gc.collect()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
