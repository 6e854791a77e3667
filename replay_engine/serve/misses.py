"""How many requests found nothing, over all processes and reloads of one server: for the policy that allows none."""

from __future__ import annotations

import mmap


class Misses:
    """Made before the processes part. Two that count at the same instant may count one; none is ever taken back."""

    def __init__(self) -> None:
        self._cells = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("q")

    def add(self) -> None:
        """Count one."""
        self._cells[0] += 1

    @property
    def count(self) -> int:
        """All so far."""
        return self._cells[0]
