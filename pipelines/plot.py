"""A line plot as one self-contained SVG document: axes, labels, a title and a description that a screen reader reads.

It draws what fits in asset metadata, a few hundred points at most; long series are thinned by taking the largest
value of each bucket, so that a peak stays visible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 72, 12, 28, 36
MAX_POINTS = 320
COLOURS = ("#1f6feb", "#b35900", "#2da44e", "#8250df")


@dataclass(frozen=True, slots=True)
class Series:
    """A named line; points in ascending x."""

    name: str
    points: tuple[tuple[float, float], ...]


def line_plot(title: str, series: Sequence[Series], x: str, y: str) -> str:
    """The SVG document. The y axis begins at 0; series without points are named in the legend only."""
    drawn = [Series(item.name, thinned(item.points)) for item in series]
    every = [point for item in drawn for point in item.points] or [(0.0, 0.0)]
    low, high = min(p[0] for p in every), max(p[0] for p in every)
    frame = _Frame(low, max(high - low, 1e-9), max(max(p[1] for p in every), 1e-9))
    body = [_text(LEFT, 16, title, weight="bold"), *_axes(frame, x, y)]
    for number, item in enumerate(drawn):
        colour = COLOURS[number % len(COLOURS)]
        body.append(_polyline(frame, item, colour))
        body.append(_text(WIDTH - RIGHT - 110 * (len(drawn) - number) + 110, 16, item.name, "end", colour))
    summary = escape(f"{title}: {y} by {x}, highest {_number(frame.top)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif" font-size="11"><title>{escape(title)}</title>'
        f'<desc>{summary}</desc><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(body)}</svg>'
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    span: float
    top: float

    def place(self, point: tuple[float, float]) -> str:
        across = LEFT + (point[0] - self.left) / self.span * (WIDTH - LEFT - RIGHT)
        down = HEIGHT - BOTTOM - point[1] / self.top * (HEIGHT - TOP - BOTTOM)
        return f"{across:.1f},{down:.1f}"


def thinned(points: Sequence[tuple[float, float]], most: int = MAX_POINTS) -> tuple[tuple[float, float], ...]:
    """At most `most` points: the highest of each run of neighbours."""
    size = -(-len(points) // most) or 1
    runs = (points[start : start + size] for start in range(0, len(points), size))
    return tuple(max(run, key=lambda point: point[1]) for run in runs)


def _axes(frame: _Frame, x: str, y: str) -> list[str]:
    bottom = HEIGHT - BOTTOM
    line = f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="#57606a"/>'
    return [
        line,
        _text(LEFT - 6, TOP + 4, _number(frame.top), "end"),
        _text(LEFT - 6, bottom, "0", "end"),
        _text(LEFT, bottom + 14, _number(frame.left)),
        _text(WIDTH - RIGHT, bottom + 14, _number(frame.left + frame.span), "end"),
        _text((LEFT + WIDTH) // 2, HEIGHT - 6, x, "middle"),
        _text(LEFT - 6, (TOP + bottom) // 2, y, "end"),
    ]


def _polyline(frame: _Frame, series: Series, colour: str) -> str:
    places = " ".join(frame.place(point) for point in series.points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _text(x: int, y: int, words: str, anchor: str = "start", fill: str = "#24292f", weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{fill}" font-weight="{weight}">{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:.4g}"
