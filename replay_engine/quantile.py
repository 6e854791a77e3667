"""A quantile of what is seen as it comes, in constant memory."""

from __future__ import annotations


class Quantile:
    """Follows the quantile `share` by small steps: up for each value above it, down for each other, in the proportion
    in which the two shall be (Robbins and Monro, 1951). It stays within 0 and `most`.

    A step down is `step`; one up is as many of them as there shall be values below for one above.
    """

    __slots__ = ("_down", "_most", "_up", "value")

    def __init__(self, share: float, most: float, step: float) -> None:
        self._most, self._down, self._up = most, step, step * share / (1.0 - share)
        self.value = 0.0

    def learn(self, value: float) -> None:
        """One more value."""
        if value > self.value:
            self.value = min(self._most, self.value + self._up)
        else:
            self.lower()

    def lower(self) -> None:
        """One step down."""
        self.value = max(0.0, self.value - self._down)
