"""Traffic templates: which part of a trace becomes a pack.

A template is a pure choice of a window [start, end) in microseconds from the trace's first exchange. `full` is all of
it; the others slide a window of one fifth of the span, in steps of a twentieth of it, and keep the best. Ties go to
the earliest window, so the choice repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartsandbox.packs.errors import UsageError

WINDOW_SHARE = 5
STEPS = 20
MIN_SHARE = 0.02
"""A window that holds less than this share of the exchanges says nothing about errors."""


@dataclass(frozen=True, slots=True)
class Window:
    """Microseconds from the first exchange; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`offsets` in microseconds from the first exchange, ascending; `errors` marks 5xx answers and failures."""

    offsets: NDArray[np.int64]
    errors: NDArray[np.bool_]

    def count(self, window: Window) -> int:
        """How many exchanges start in a window."""
        first, last = np.searchsorted(self.offsets, [window.start, window.end])
        return int(last - first)

    def error_share(self, window: Window) -> float:
        """Errors over exchanges in a window; 0 where it holds too few to tell."""
        first, last = np.searchsorted(self.offsets, [window.start, window.end])
        if last - first < max(1.0, MIN_SHARE * len(self.offsets)):
            return 0.0
        return float(self.errors[first:last].mean())


Chooser = Callable[[Arrivals, list[Window]], Window]


def _full(arrivals: Arrivals, windows: list[Window]) -> Window:
    return Window(0, int(arrivals.offsets[-1]) + 1)


def _peak(arrivals: Arrivals, windows: list[Window]) -> Window:
    return max(windows, key=lambda window: (arrivals.count(window), -window.start))


def _off_peak(arrivals: Arrivals, windows: list[Window]) -> Window:
    return min((w for w in windows if arrivals.count(w)), key=lambda window: (arrivals.count(window), window.start))


def _high_error(arrivals: Arrivals, windows: list[Window]) -> Window:
    if not arrivals.errors.any():
        raise UsageError("template high-error: the trace holds no 5xx answer and no failure; publish another template")
    return max(windows, key=lambda window: (arrivals.error_share(window), arrivals.count(window), -window.start))


TEMPLATES: dict[str, Chooser] = {
    "full": _full,
    "peak": _peak,
    "off-peak": _off_peak,
    "high-error": _high_error,
}


def pack_name(name: str, template: str) -> str:
    """What users call the pack of a template: "payments" for all of it, else "payments-off-peak"."""
    return name if template == "full" else f"{name}-{template}"


def choose_window(template: str, arrivals: Arrivals) -> Window:
    """The window of a template. Raises UsageError for an unknown template or an empty trace."""
    if template not in TEMPLATES:
        raise UsageError(f"no template {template!r}; there are {', '.join(TEMPLATES)}")
    if not len(arrivals.offsets):
        raise UsageError("the trace holds no exchange: there is nothing to publish")
    return TEMPLATES[template](arrivals, _windows(int(arrivals.offsets[-1]) + 1))


def _windows(span: int) -> list[Window]:
    width = -(-span // WINDOW_SHARE)
    step = max(1, span // STEPS)
    return [Window(start, start + width) for start in range(0, max(1, span - width + 1), step)]
