"""Did configured chaos really fire? Requests that a fault could have hit, and those that it did, by fault."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

_SURE = 4.0
"""Standard deviations of a binomial count that chance alone leaves once in 16,000 times."""


@dataclass(slots=True)
class Count:
    """`expected` and `variance` are sums over requests of p and p(1 - p), since chances may differ."""

    requests: int = 0
    fired: int = 0
    expected: float = 0.0
    variance: float = 0.0

    def add(self, chance: float, fired: bool) -> None:
        """One request that the fault could have hit."""
        self.requests += 1
        self.fired += fired
        self.expected += chance
        self.variance += chance * (1.0 - chance)

    @property
    def bound(self) -> float:
        """How far `fired` may be from `expected`."""
        return _SURE * sqrt(self.variance) + 1.0

    @property
    def as_configured(self) -> bool:
        """True if it fired about as often as it was to."""
        return abs(self.fired - self.expected) <= self.bound

    def to_json(self) -> dict[str, Any]:
        """The numbers, whether they fit, and a sentence."""
        told = (
            f"expected {self.expected / self.requests:.2%}, fired {self.fired / self.requests:.2%} of {self.requests:,}"
            if self.requests
            else "no request that it could have hit"
        )
        return {
            "requests": self.requests,
            "fired": self.fired,
            "expected": round(self.expected, 3),
            "bound": round(self.bound, 3),
            "as_configured": self.as_configured,
            "told": told,
        }
