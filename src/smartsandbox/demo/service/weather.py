"""When the service fails: a two-state Markov chain over the request counter, so that errors come in bursts.

In the calm state a request rarely fails, in the storm every fifth does. During an incident (a range of
request numbers) storms begin often; outside, seldom.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from random import Random

from smartsandbox.demo.service.errors import ApiError

_STORM_BEGINS = 0.0004
_STORM_BEGINS_IN_INCIDENT = 0.08
_STORM_ENDS = 0.03
_FAILS_IN_STORM = 0.2
_FAILS_IN_CALM = 0.0008


class Fault(Enum):
    """What goes wrong with a request."""

    INTERNAL = 500
    BAD_GATEWAY = 502
    UNAVAILABLE = 503
    RESET = 0


_KINDS = (Fault.UNAVAILABLE, Fault.INTERNAL, Fault.BAD_GATEWAY, Fault.RESET)
_SHARES = (50, 28, 12, 10)
_ANSWERS = {
    Fault.INTERNAL: ("internal_error", "An unexpected error occurred. We have been notified"),
    Fault.BAD_GATEWAY: ("issuer_unreachable", "The issuer's gateway did not answer"),
    Fault.UNAVAILABLE: ("service_unavailable", "The service is overloaded: try again in a second"),
}


class Weather:
    """The chain. The n-th call of `next` gives the n-th request's fate: the same for the same seed."""

    def __init__(self, seed: int, incidents: Sequence[range] = ()) -> None:
        self._rng = Random(f"weather/{seed}")
        self._incidents = tuple(incidents)
        self._count = 0
        self.storm = False

    def next(self) -> Fault | None:
        """The fault of the next request, None for most."""
        self._step()
        self._count += 1
        fails = self._rng.random() < (_FAILS_IN_STORM if self.storm else _FAILS_IN_CALM)
        kind = self._rng.choices(_KINDS, _SHARES)[0]
        return kind if fails else None

    def _step(self) -> None:
        draw = self._rng.random()
        if self.storm:
            self.storm = draw >= _STORM_ENDS
        else:
            incident = any(self._count in span for span in self._incidents)
            self.storm = draw < (_STORM_BEGINS_IN_INCIDENT if incident else _STORM_BEGINS)


def error_of(fault: Fault) -> ApiError:
    """The answer of a fault that has one; a reset has none and is an error to ask for."""
    code, message = _ANSWERS[fault]
    headers = (("retry-after", "1"),) if fault is Fault.UNAVAILABLE else ()
    return ApiError(fault.value, "api_error", code, message, headers=headers)
