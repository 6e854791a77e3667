"""The two pictures of a certificate's page, as SVG text: a risk's interval against its bound, and shares as one bar.

Pure functions; colours come from the page by class. Each picture says in words what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT, _EDGE = 240, 28, 6
_BAR_WIDTH, _BAR_HEIGHT = 720, 22


@dataclass(frozen=True, slots=True)
class Interval:
    """A risk from 0 to 1 with its confidence interval, and the most that it may be."""

    value: float
    low: float
    high: float
    bound: float

    @property
    def words(self) -> str:
        """The same in words."""
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: its name, its count, and the class that colours it."""

    name: str
    count: int
    style: str


def interval_figure(shown: Interval) -> str:
    """A scale from 0 to 1 with the part beyond the bound shaded, the interval as a line and the estimate as a dot."""
    low, value, high, bound = (_at(part) for part in (shown.low, shown.value, shown.high, shown.bound))
    middle = _HEIGHT / 2
    kind = "within" if shown.high <= shown.bound else "beyond"
    label = f"Risk {shown.words} on a scale from 0 to 1, bound {shown.bound:g}"
    return (
        f'<svg class="interval" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<rect class="over" x="{bound:.1f}" y="4" width="{_WIDTH - _EDGE - bound:.1f}" height="{_HEIGHT - 8}"/>'
        f'<line class="scale" x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{middle}" y2="{middle}"/>'
        f'<line class="bound" x1="{bound:.1f}" x2="{bound:.1f}" y1="1" y2="{_HEIGHT - 1}"/>'
        f'<line class="span {kind}" x1="{low:.1f}" x2="{max(high, low + 1):.1f}" y1="{middle}" y2="{middle}"/>'
        f'<circle class="{kind}" cx="{value:.1f}" cy="{middle}" r="4.5"/></svg>'
    )


def shares_figure(shares: Sequence[Share], label: str) -> str:
    """Shares side by side in one bar; "" where there is nothing to share. A share of some is never without width."""
    total = sum(share.count for share in shares)
    if not total:
        return ""
    parts, left = [], 0.0
    for share in (share for share in shares if share.count):
        width = _BAR_WIDTH * share.count / total
        parts.append(
            f'<rect class="{share.style}" x="{left:.2f}" y="0" width="{max(width, 1):.2f}" height="{_BAR_HEIGHT}"/>'
        )
        left += width
    return (
        f'<svg class="shares" viewBox="0 0 {_BAR_WIDTH} {_BAR_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _at(part: float) -> float:
    return _EDGE + (_WIDTH - 2 * _EDGE) * min(1.0, max(0.0, part))
