"""One wake-up at an absolute time, as exact as the platform allows.

Event loops round waits to whole milliseconds, and uvloop polls again for what is left. On Linux a timerfd, reached
through the C library because Python has it only from 3.13, wakes within about 50 microseconds. Elsewhere the
loop's own `call_at` is the fallback.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import suppress

_CLOCK_MONOTONIC = 1
_NONBLOCK_CLOEXEC = os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
_ABSOLUTE = 1


class _Spec(ctypes.Structure):
    """struct itimerspec: an interval, which stays 0, and the time."""

    _fields_ = (
        ("every", ctypes.c_long),
        ("every_nanoseconds", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("nanoseconds", ctypes.c_long),
    )


class Alarm:
    """Calls `ring` on the loop when the monotonic clock reaches the time last set."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None], now: Callable[[], float]) -> None:
        self._loop, self._ring, self._now = loop, ring, now
        self._handle: asyncio.TimerHandle | None = None
        self._libc, self._fd = _timerfd()
        self._spec = _Spec()
        self._where = ctypes.byref(self._spec)
        self._rung = False
        if self._fd >= 0:
            loop.add_reader(self._fd, self._read)

    @property
    def exact(self) -> bool:
        """True where the kernel's timer is used."""
        return self._fd >= 0

    def set(self, when: float) -> None:
        """Ring at `when` (monotonic seconds) instead of at the time set before; at once if it has passed."""
        if self._fd >= 0:
            nanoseconds = max(1, int(when * 1e9))
            self._spec.seconds, self._spec.nanoseconds = divmod(nanoseconds, 1_000_000_000)
            self._libc.timerfd_settime(self._fd, _ABSOLUTE, self._where, None)
            self._rung = False
            return
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_at(self._loop.time() + max(0.0, when - self._now()), self._ring)

    def close(self) -> None:
        """Stop ringing and give the descriptor back."""
        if self._handle is not None:
            self._handle.cancel()
        if self._fd >= 0:
            if not self._loop.is_closed():
                self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _read(self) -> None:
        """The timer has gone off. To set it anew also clears it; only if nobody did must it be read."""
        self._rung = True
        try:
            self._ring()
        finally:
            if self._rung and self._fd >= 0:
                with suppress(BlockingIOError):
                    os.read(self._fd, 8)


def _timerfd() -> tuple[ctypes.CDLL, int]:
    """The C library and a new timer descriptor, or -1 where there is none."""
    libc = ctypes.CDLL(None)
    if not sys.platform.startswith("linux"):
        return libc, -1
    return libc, int(libc.timerfd_create(_CLOCK_MONOTONIC, _NONBLOCK_CLOEXEC))
