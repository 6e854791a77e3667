"""Objectives of a run, as a user types them: `p95<500ms`, `errors<1%`, `matched>=99%`, `rate>100`.

Each is checked against the finished report, and the finding says what was asked and what was measured.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smartsandbox.packs.errors import UsageError

_FORM = re.compile(r"\s*([a-z0-9_.]+)\s*(<=|>=|<|>)\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|%|)\s*")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LATENCIES = ("p50", "p90", "p95", "p99", "p999", "mean", "max")
_SHARES = ("errors", "matched", "shed", "agreed")
_DISTANCES = ("interarrival_ks", "qps_error", "duration_error", "latency_ks_max", "status_tv", "error_run_ks")
NAMES = (*_LATENCIES, *(f"service.{name}" for name in _LATENCIES), *_SHARES, "rate", *_DISTANCES)
"""Latencies are response times from the intended start; `service.` counts from when the request was taken up. The last
are distances from the recorded shape, 0 to 1.
"""


@dataclass(frozen=True, slots=True)
class Objective:
    """`bound` is in milliseconds, as a share of 1, or requests a second, as the name has it."""

    text: str
    name: str
    compare: str
    bound: float

    def check(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """A finding as JSON. What was not measured does not hold."""
        found = _measured(self.name, report)
        held = found is not None and _COMPARE[self.compare](found, self.bound)
        return {"objective": self.text, "measured": found, "bound": self.bound, "held": held}


def parse_objective(text: str) -> Objective:
    """Raises UsageError for what is not an objective."""
    match = _FORM.fullmatch(text)
    if match is None or match[1] not in NAMES:
        raise UsageError(f"objective {text!r} is not like p95<500ms, errors<1% or rate>100; names: {', '.join(NAMES)}")
    name, compare, number, unit = match.groups()
    is_share, is_time = name in _SHARES, name.rpartition(".")[2] in _LATENCIES
    if (unit == "%") != is_share or (unit in ("ms", "s")) != is_time:
        takes = "% (99%)" if is_share else "ms or s (500ms)" if is_time else "no unit"
        raise UsageError(f"objective {text!r}: {name} takes {takes}")
    scale = {"%": 0.01, "s": 1000.0}.get(unit, 1.0)
    return Objective(text.strip(), name, compare, float(number) * scale)


def _measured(name: str, report: Mapping[str, Any]) -> float | None:
    if name == "rate":
        return float(report["counts"]["rate"])
    if name in _SHARES or name in _DISTANCES:
        share = report["shares" if name in _SHARES else "shape"].get(name)
        return None if share is None or math.isnan(share) else float(share)
    table, _, quantile = name.rpartition(".")
    value = report["latency_ms"]["service" if table else "response"][quantile]
    return None if value is None else float(value)
