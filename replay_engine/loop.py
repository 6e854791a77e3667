"""Running asynchronous work: on uvloop where it is installed, on the standard loop elsewhere."""

from __future__ import annotations

import asyncio
import gc
import resource
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pyarrow as pa

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a new event loop. Not for use inside a running loop."""
    with asyncio.Runner(loop_factory=_new_loop()) as runner:
        return runner.run(work)


def _new_loop() -> Any:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


@contextmanager
def steady_memory(*, settled: bool = False) -> Iterator[None]:
    """Give back what loading a pack left in Arrow's pool, and keep the garbage collector from walking the pack again
    and again while requests are served or driven. A forked process whose parent has settled shares what it inherits
    for as long as nothing walks it."""
    if not settled:
        settle_memory()
    before = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def settle_memory() -> None:
    """Collect what is garbage now, and take all that is left for lasting."""
    gc.unfreeze()
    gc.collect()
    pa.default_memory_pool().release_unused()
    gc.freeze()


def raise_descriptor_limit() -> int:
    """Raise this process's limit of open files as far as it may; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):
            return soft
    return hard
