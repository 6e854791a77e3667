"""k-anonymity (Samarati and Sweeney 1998): every class holds at least k people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.kanon.classes import Classes
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class KAnonymity:
    """Raises UsageError if k is under 1."""

    k: int
    sensitive: None = None
    monotone: bool = True
    monotone_with_suppression: bool = True
    higher_is_safer: bool = True

    def __post_init__(self) -> None:
        if self.k < 1:
            raise UsageError(f"k={self.k}: k-anonymity needs a k of at least 1")

    @property
    def name(self) -> str:
        """For reports."""
        return f"{self.k}-anonymity"

    def measure(self, classes: Classes) -> NDArray[np.float64]:
        """People a class."""
        return classes.sizes.astype(np.float64)

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """At least k."""
        return measured >= self.k
