"""`latency=`: everything comes later, by a fixed time or a drawn one.

300ms is fixed; 300ms~50ms is even between 250 and 350 ms; 100ms..2s is even between the two; exp:200ms is exponential
with that mean; lognormal:200ms:0.5 has that median and that sigma.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, log
from statistics import NormalDist

from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.serve.faults.base import LONGEST_US, Kind, Outgoing, duration_us

_TAKES = "takes a time such as 300ms, 300ms~50ms, 100ms..2s, exp:200ms or lognormal:200ms:0.5"


@dataclass(frozen=True, slots=True)
class Latency:
    """`law` gives microseconds for a share in (0, 1)."""

    law: Callable[[float], float]

    def apply(self, outgoing: Outgoing, draw: Draw) -> tuple[Outgoing, str]:
        """See faults.base."""
        by = int(min(max(0.0, self.law(max(draw.spread("latency time"), 2.0**-53))), LONGEST_US))
        course = outgoing.course
        later = replace(course, first_us=course.first_us + by, last_us=course.last_us + by)
        return replace(outgoing, course=later), f"{by / 1000:g}ms"


def _make(value: str) -> Latency:
    try:
        return Latency(_law(value))
    except ValueError:
        raise ValueError(_TAKES) from None


def _law(value: str) -> Callable[[float], float]:
    if value.startswith("exp:"):
        mean = duration_us(value[4:])
        return lambda share: -mean * log(1.0 - share)
    if value.startswith("lognormal:"):
        median, sigma = value[10:].split(":")
        middle, spread = duration_us(median), float(sigma)
        if not 0 <= spread <= 5:
            raise ValueError(_TAKES)
        return lambda share: middle * exp(spread * NormalDist().inv_cdf(share))
    if "~" in value:
        middle, by = map(duration_us, value.split("~"))
        return lambda share: middle + by * (2.0 * share - 1.0)
    low, _, high = value.partition("..")
    least = duration_us(low)
    most = duration_us(high) if high else least
    if most < least:
        raise ValueError(_TAKES)
    return lambda share: least + (most - least) * share


KIND = Kind("latency", _make)
