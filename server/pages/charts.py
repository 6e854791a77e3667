"""Charts as inline SVG. They stretch with the page, so they hold no text of their own: the page says the scale beside.

Colours come from the style sheet by class, so that dark mode and forced colours reach them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from smartsandbox.server.models.base import Curve
from smartsandbox.server.pages.mix import Part

WIDTH, HEIGHT = 1000.0, 100.0


def sparkline(curve: Curve, label: str) -> Markup:
    """The outline of a curve in one line of a table; `label` says in words what it shows."""
    return _svg("spark", label, Markup('<path class="line" d="{}"/>').format(_line(curve.rates)))


def area(curve: Curve, label: str) -> Markup:
    """A curve with the area under it, from 0 to the highest step."""
    grid = Markup("").join(
        Markup('<line class="grid" x1="0" x2="{}" y1="{}" y2="{}"/>').format(_n(WIDTH), y, y)
        for y in ("0", "50", "100")
    )
    line = _line(curve.rates)
    under = f"{line}V{_n(HEIGHT)}H0Z"
    shape = Markup('<path class="under" d="{}"/><path class="line" d="{}"/>').format(under, line)
    return _svg("area", label, grid + shape)


def stacked(parts: Sequence[Part], label: str) -> Markup:
    """Parts of a whole side by side in one bar."""
    bars = Markup("").join(
        Markup('<rect class="fill-{}" x="{}" y="0" width="{}" height="{}"/>').format(
            part.style, _n(part.start * WIDTH), _n(part.share * WIDTH), _n(HEIGHT)
        )
        for part in parts
    )
    return _svg("stacked", label, bars)


def _svg(style: str, label: str, content: Markup) -> Markup:
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(style, _n(WIDTH), _n(HEIGHT), label, content)


def _line(rates: Sequence[float]) -> str:
    """A path of steps: each rate holds for its whole step, since that is what an average says."""
    top = max(rates, default=0.0) or 1.0
    width = WIDTH / max(1, len(rates))
    start = f"M0 {_n(HEIGHT - HEIGHT * next(iter(rates), 0.0) / top)}"
    steps = [f"V{_n(HEIGHT - HEIGHT * rate / top)}H{_n(width * (index + 1))}" for index, rate in enumerate(rates)]
    return start + "".join(steps)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
