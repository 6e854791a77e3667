"""Recursive (c,l)-diversity (Machanavajjhala et al. 2006): the most frequent value of a class is not too frequent.

With counts r1 >= r2 >= ... >= rm of the sensitive values of a class, r1 < c * (rl + ... + rm).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import histogram_of
from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class RecursiveCLDiversity:
    """Raises UsageError if c is not above 0 or l is under 1."""

    sensitive: str
    c: float
    l: int  # noqa: E741 - the criterion's own name
    monotone: bool = True
    monotone_with_suppression: bool = False
    higher_is_safer: bool = False

    def __post_init__(self) -> None:
        if not self.c > 0 or self.l < 1:
            raise UsageError(f"c={self.c:g}, l={self.l}: (c,l)-diversity needs c above 0 and l of at least 1")

    @property
    def name(self) -> str:
        """For reports."""
        return f"recursive ({self.c:g},{self.l})-diversity on {self.sensitive}"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """r1 over (rl + ... + rm) a class; infinite where a class has under l values."""
        histogram = histogram_of(classes, self.sensitive)
        order = np.lexsort((-histogram.counts, histogram.classes))
        owner, counts = histogram.classes[order], histogram.counts[order]
        starts = np.searchsorted(owner, np.arange(len(classes.sizes)))
        place = np.arange(len(owner)) - starts[owner]
        tail = np.where(place >= self.l - 1, counts, 0).astype(np.float64)
        rest = np.bincount(owner, weights=tail, minlength=len(classes.sizes))
        top = np.zeros(len(classes.sizes))
        top[owner[place == 0]] = counts[place == 0]
        ratio: NDArray[np.float64] = np.divide(top, rest, out=np.full(len(top), np.inf), where=rest > 0)
        return ratio

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Under c."""
        return measured < self.c
