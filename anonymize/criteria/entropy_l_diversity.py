"""Entropy l-diversity (Machanavajjhala et al. 2006): the sensitive values of a class have an entropy of at least log l.

Measured as 2 to the entropy in bits, the effective number of values, so that it reads on the same scale as l.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import TOLERANCE, by_class, histogram_of
from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class EntropyLDiversity:
    """Raises UsageError if l is under 1; l need not be whole."""

    sensitive: str
    l: float  # noqa: E741 - the criterion's own name
    monotone: bool = True
    monotone_with_suppression: bool = False
    higher_is_safer: bool = True

    def __post_init__(self) -> None:
        if not self.l >= 1:
            raise UsageError(f"l={self.l}: l-diversity needs an l of at least 1")

    @property
    def name(self) -> str:
        """For reports."""
        return f"entropy {self.l:g}-diversity on {self.sensitive}"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """The effective number of values a class."""
        histogram = histogram_of(classes, self.sensitive)
        share = histogram.counts / classes.sizes[histogram.classes]
        effective: NDArray[np.float64] = np.exp2(by_class(histogram, -share * np.log2(share), len(classes.sizes)))
        return effective

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """At least l."""
        return measured >= self.l - TOLERANCE
