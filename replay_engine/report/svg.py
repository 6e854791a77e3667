"""Small charts as SVG text: step curves over time and dots on a log scale, readable by people and by screen readers.

Pure functions; colours come from the page by class, so one style sheet serves light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 860, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 26, 12, 34

QuantileRow = tuple[str, Mapping[str, Sequence[float | None]]]
"""A label, and for each kind its quantiles in milliseconds."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Values in equal bins; `kind` is the class that gives it a colour."""

    label: str
    kind: str
    values: Sequence[float]


def step_chart(title: str, description: str, curves: Sequence[Curve], bin_seconds: float, unit: str) -> str:
    """Curves over time from 0, on one scale from 0 to a round maximum."""
    count = max((len(curve.values) for curve in curves), default=0)
    top = nice_top(max((max(curve.values, default=0.0) for curve in curves), default=0.0))
    plot_w, plot_h = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    lines = [_grid(top, plot_w, plot_h, unit), _time_axis(count * bin_seconds, plot_w, plot_h)]
    for curve in curves:
        points = _steps(curve.values, count, top, plot_w, plot_h)
        lines.append(f'<path class="curve {curve.kind}" d="{points}"/>')
    return _frame(title, description, HEIGHT, "".join(lines))


def _steps(values: Sequence[float], count: int, top: float, width: int, height: int) -> str:
    path: list[str] = []
    for at, value in enumerate(values):
        left, right = (_LEFT + width * edge / max(1, count) for edge in (at, at + 1))
        y = _TOP + height * (1 - value / top)
        path.append(f"{'L' if path else 'M'}{left:.1f} {y:.1f}H{right:.1f}")
    return "".join(path)


def _grid(top: float, width: int, height: int, unit: str) -> str:
    parts = []
    for tick in range(5):
        value = top * tick / 4
        y = _TOP + height * (1 - tick / 4)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    parts.append(f'<text class="tick" x="{_LEFT}" y="{HEIGHT - 4}">{escape(unit)}</text>')
    return "".join(parts)


def _time_axis(seconds: float, width: int, height: int) -> str:
    y = _TOP + height + 16
    parts = []
    for value in ticks(seconds):
        x = _LEFT + width * value / (seconds or 1.0)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{value:g} s</text>')
    return "".join(parts)


def ticks(end: float) -> list[float]:
    """Round values from 0 to `end`, at most six of them, evenly apart."""
    step = nice_top(end / 5)
    return [round(step * place, 12) for place in range(int(end / step * (1 + 1e-12)) + 1)]


def quantile_chart(title: str, description: str, rows: Sequence[QuantileRow]) -> str:
    """One line for each row: for each kind, its p50, p95 and p99 in milliseconds as dots on a common log scale."""
    known = [v for _, kinds in rows for values in kinds.values() for v in values if v is not None and v > 0]
    low = math.floor(math.log10(min(known, default=1.0)))
    high = max(low + 1, math.ceil(math.log10(max(known, default=10.0))))
    left, row_h = 330, 30
    height = _TOP + row_h * len(rows) + _BOTTOM

    def x(value: float) -> float:
        return left + (WIDTH - left - _RIGHT) * (math.log10(max(value, 10.0**low)) - low) / (high - low)

    parts = [_decade(10.0**power, x(10.0**power), height) for power in range(low, high + 1)]
    for number, (label, kinds) in enumerate(rows):
        y = _TOP + row_h * number + row_h / 2
        parts.append(
            f'<text class="name" x="{left - 10}" y="{y + 4:.1f}" text-anchor="end">{escape(_short(label))}</text>'
        )
        parts += [_dots(kind, values, x, y - 5 + 10 * lane) for lane, (kind, values) in enumerate(kinds.items())]
    return _frame(title, description, height, "".join(parts))


def _decade(value: float, x: float, height: int) -> str:
    line = f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>'
    return line + f'<text class="tick" x="{x:.1f}" y="{height - 14}" text-anchor="middle">{value:g} ms</text>'


def _dots(kind: str, values: Sequence[float | None], x: Callable[[float], float], y: float) -> str:
    places = [x(value) for value in values if value is not None]
    if not places:
        return ""
    line = f'<line class="span {kind}" x1="{places[0]:.1f}" x2="{places[-1]:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
    sizes = (4.0, 3.0, 2.2)
    dots = (
        f'<circle class="dot {kind}" cx="{p:.1f}" cy="{y:.1f}" r="{r}"/>' for p, r in zip(places, sizes, strict=False)
    )
    return line + "".join(dots)


def _short(label: str) -> str:
    return label if len(label) <= 46 else label[:45] + "…"


def nice_top(value: float) -> float:
    """The next of 1, 2, 4, 5, 8 times a power of ten at or above a value; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * (1 - 1e-12))


def _frame(title: str, description: str, height: int, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{content}</svg>"
    )
