"""A few numbers that the processes of one server share."""

from __future__ import annotations

import mmap


class Shared:
    """Made before the processes part. Each number has one writer: `stepping` the keeper, `restarted` the supervisor."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._cells = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("q")

    @property
    def stepping(self) -> bool:
        """Every request is a step of its session, so that no worker may answer by itself."""
        return bool(self._cells[0])

    @stepping.setter
    def stepping(self, value: bool) -> None:
        self._cells[0] = value

    @property
    def restarted(self) -> int:
        """How many processes ended by themselves and were started again."""
        return self._cells[1]

    @restarted.setter
    def restarted(self, value: int) -> None:
        self._cells[1] = value
