"""The traffic curve of a pack, from exchanges counted second by second. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from smartsandbox.server.models.base import Curve


def curve_of(counts: Iterable[tuple[int, float]], points: int) -> Curve:
    """Average rates over at most `points` equal steps of whole seconds. `counts` are (second, exchanges).

    The last step may reach past the last second; its rate is over the seconds that the recording has.
    """
    by_second = dict(counts)
    seconds = max(by_second, default=0) + 1
    step = -(-seconds // points)
    sums = [0.0] * -(-seconds // step)
    for second, count in by_second.items():
        sums[second // step] += count
    last = seconds - step * (len(sums) - 1)
    rates = [total / (step if index < len(sums) - 1 else last) for index, total in enumerate(sums)]
    return Curve(step_s=float(step), rates=rates, peak=max(by_second.values(), default=0.0))
