"""Tells a client that reads slowly from one that does not read at all."""

from __future__ import annotations


class Progress:
    """Of what a connection still has to send."""

    __slots__ = ("_left", "_since")

    def __init__(self) -> None:
        self._left = self._since = 0

    def stalled(self, left: int, second: int) -> int:
        """For how many seconds as many bytes have been left to send as are now; 0 if there are none."""
        if left == 0 or left != self._left:
            self._left, self._since = left, second
        return second - self._since
