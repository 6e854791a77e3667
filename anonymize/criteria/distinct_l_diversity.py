"""Distinct l-diversity (Machanavajjhala et al. 2006): every class holds at least l different sensitive values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import by_class, histogram_of
from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class DistinctLDiversity:
    """Raises UsageError if l is under 1."""

    sensitive: str
    l: int  # noqa: E741 - the criterion's own name
    monotone: bool = True
    monotone_with_suppression: bool = True
    higher_is_safer: bool = True

    def __post_init__(self) -> None:
        if self.l < 1:
            raise UsageError(f"l={self.l}: l-diversity needs an l of at least 1")

    @property
    def name(self) -> str:
        """For reports."""
        return f"distinct {self.l}-diversity on {self.sensitive}"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """Different values a class."""
        return by_class(histogram_of(classes, self.sensitive), None, len(classes.sizes))

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """At least l."""
        return measured >= self.l
