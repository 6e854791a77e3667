"""What both kinds of t-closeness share (Li, Li and Venkatasubramanian 2007): no class is far from the whole table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.criteria.base import TOLERANCE
from smartsandbox.packs.errors import UsageError


@dataclass(frozen=True, slots=True)
class TCloseness:
    """The bound; a child measures the distance. Raises UsageError if t is outside [0, 1]."""

    distance: ClassVar[str]

    sensitive: str
    t: float
    monotone: bool = True
    monotone_with_suppression: bool = False
    higher_is_safer: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.t <= 1:
            raise UsageError(f"t={self.t:g}: t-closeness needs a t between 0 and 1")

    @property
    def name(self) -> str:
        """For reports."""
        return f"{self.t:g}-closeness ({self.distance} distance) on {self.sensitive}"

    def holds(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        """At most t."""
        return measured <= self.t + TOLERANCE
