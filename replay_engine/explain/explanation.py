"""What an explanation says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PARTS = ("method", "path", "query", "headers", "body")


@dataclass(frozen=True, slots=True)
class Nearest:
    """One exchange near to what was asked: the parts that agree, the first difference in words, and for each tier
    what keeps it from matching."""

    exchange: str
    endpoint: str
    agree: tuple[str, ...]
    differs: str
    tiers: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """A JSON object of the fields."""
        parts = {part: part in self.agree for part in PARTS}
        return {
            "exchange": self.exchange,
            "endpoint": self.endpoint,
            "parts": parts,
            "first_difference": self.differs,
            "tiers": self.tiers,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """`answers` counts the exchanges that match by `tier`; where none does, `nearest` says how close the pack comes."""

    endpoint: str | None
    tier: str | None
    answers: int
    nearest: tuple[Nearest, ...]
    similar_endpoints: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object of the fields."""
        return {
            "endpoint": self.endpoint,
            "matched_by": self.tier,
            "matching_exchanges": self.answers,
            "nearest": [near.to_json() for near in self.nearest],
            "similar_endpoints": list(self.similar_endpoints),
        }

    def sentence(self) -> str:
        """The explanation in one line."""
        if self.answers:
            return f"{self.answers} recorded exchange(s) match by tier {self.tier}"
        if self.nearest:
            near = self.nearest[0]
            return f"nearest is exchange {near.exchange} ({near.endpoint}): {near.differs}"
        return f"no endpoint of the pack is like it; it has {', '.join(self.similar_endpoints) or 'none'}"
