"""Running before other work of the machine, where the kernel allows it.

Without it, a thread that wakes on a busy machine waits for the next tick of the scheduler, some milliseconds. The
kernel keeps a share of each second for everybody else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from smartsandbox.packs.errors import UsageError

_LOWEST = 1


@contextmanager
def realtime(asked: bool) -> Iterator[None]:
    """Round-robin real-time scheduling of the calling thread until the block ends, if asked. Raises UsageError where
    it is not allowed."""
    if not asked:
        yield
        return
    try:
        before = os.sched_getscheduler(0), os.sched_getparam(0)
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_LOWEST))
    except (OSError, AttributeError) as error:
        raise UsageError(
            "real-time priority is not allowed here: it needs Linux and root, CAP_SYS_NICE or RLIMIT_RTPRIO"
        ) from error
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)
