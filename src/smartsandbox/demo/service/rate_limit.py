"""The rate limit: a token bucket for each caller."""

from __future__ import annotations

from dataclasses import dataclass, field

from smartsandbox.demo.service.errors import throttled


@dataclass(slots=True)
class RateLimit:
    """Each caller may make `burst` requests at once and `per_second` on average."""

    burst: float = 10.0
    per_second: float = 12.0
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, caller: str, now: float) -> None:
        """Count a request of `caller` at `now` (seconds). Raises the 429 answer if the bucket is empty."""
        level, since = self._buckets.get(caller, (self.burst, now))
        level = min(self.burst, level + (now - since) * self.per_second)
        if level < 1:
            self._buckets[caller] = (level, now)
            raise throttled(f"Too many requests for {caller}: at most {self.per_second:.0f} per second")
        self._buckets[caller] = (level - 1, now)
