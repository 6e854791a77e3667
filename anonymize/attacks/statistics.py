"""The statistics of an attack: success rates with Wilson intervals, and the risk that is left after the control.

Formulas are those of Giomi et al., "A Unified Framework for Quantifying Privacy Risk in Synthetic Data" (PETS 2023),
section 4, and Wilson, "Probable inference, the law of succession, and statistical inference" (JASA 1927).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
_ROUNDING = 1e-9
"""By what share chances that are added up may exceed what they are of."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A success rate as the centre and half width of an interval."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """The lower bound, at least 0."""
        return max(0.0, self.value - self.error)

    @property
    def high(self) -> float:
        """The upper bound, at most 1."""
        return min(1.0, self.value + self.error)


@dataclass(frozen=True, slots=True)
class Risk:
    """The risk that a publication adds, from 0 to 1, with its confidence interval."""

    value: float
    low: float
    high: float


UNKNOWN = Risk(1.0, 0.0, 1.0)
"""The risk where nothing was attempted."""


def wilson(successes: float, attempts: int, confidence: float = CONFIDENCE) -> Rate:
    """The Wilson score interval: centre (s + z^2/2) / (n + z^2), half width z / (n + z^2) * sqrt(s(n - s)/n + z^2/4).

    Successes may be chances added up: their spread is then less than the interval allows for. Raises ValueError without
    attempts, or with more successes than attempts.
    """
    if attempts < 1 or not 0 <= successes <= attempts * (1 + _ROUNDING):
        raise ValueError(f"{successes} successes in {attempts} attempts give no rate")
    successes = min(successes, attempts)
    z = NormalDist().inv_cdf(0.5 * (1.0 + confidence))
    total = attempts + z * z
    spread = successes * (attempts - successes) / attempts + 0.25 * z * z
    return Rate((successes + 0.5 * z * z) / total, z / total * sqrt(spread))


def residual_risk(attack: Rate, control: Rate) -> Risk:
    """(attack - control) / (1 - control), the share of what could be learnt that was learnt from the publication.

    The half width is propagated to first order: sqrt((da / (1 - c))^2 + (dc (1 - a) / (1 - c)^2)^2). Cut to [0, 1].
    """
    room = 1.0 - control.value
    value = (attack.value - control.value) / room
    error = sqrt((attack.error / room) ** 2 + (control.error * (1.0 - attack.value) / room**2) ** 2)
    return Risk(_share(value), _share(value - error), _share(value + error))


def advantage(attack: Rate, control: Rate) -> Risk:
    """attack - control, the advantage in a membership game (Yeom et al., "Privacy Risk in Machine Learning", CSF 2018).

    Fit where an attack on members nearly always succeeds. The half width is sqrt(da^2 + dc^2). Cut to [0, 1].
    """
    value = attack.value - control.value
    error = sqrt(attack.error**2 + control.error**2)
    return Risk(_share(value), _share(value - error), _share(value + error))


def attempts_needed(bound: float, confidence: float = CONFIDENCE) -> int:
    """The fewest attempts after which an attack and a control without any success have an upper bound of `bound`."""
    fewest, most = 1, 1 << 24
    while fewest < most:
        middle = (fewest + most) // 2
        nothing = wilson(0, middle, confidence)
        if residual_risk(nothing, nothing).high <= bound:
            most = middle
        else:
            fewest = middle + 1
    return fewest


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
