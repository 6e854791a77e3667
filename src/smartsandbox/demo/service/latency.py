"""How long the service takes: a lognormal time for each endpoint, stretched by how much is in flight.

The stretch is that of a queue, 1 / (1 - load), with load the share of the workers that are busy.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_WORKERS = 14
_HIGHEST_LOAD = 0.8
_SIGMA = 0.42
_LONGEST_S = 0.15


@dataclass(frozen=True, slots=True)
class Latency:
    """Draws are a function of the seed and of the request's number."""

    seed: int

    def seconds(self, median_ms: float, number: int, in_flight: int) -> float:
        """The time to take over request `number` while `in_flight` requests, with this one, are being served."""
        alone = Random(f"latency/{self.seed}/{number}").lognormvariate(0.0, _SIGMA) * median_ms / 1000
        return min(_LONGEST_S, alone * stretch(in_flight))


def stretch(in_flight: int) -> float:
    """How many times longer a request takes with so many in flight; 1 for one alone."""
    load = min(_HIGHEST_LOAD, (in_flight - 1) / _WORKERS)
    return 1 / (1 - max(0.0, load))
