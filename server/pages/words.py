"""Numbers and values in words, for people: durations, shares, counts, sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from smartsandbox.packs.durations import duration as duration

_SIZES = ("B", "kB", "MB", "GB", "TB")


def count(value: float | None) -> str:
    """A whole number with thousands apart."""
    return "unknown" if value is None else f"{value:,.0f}"


def rate(value: float) -> str:
    """Exchanges a second: whole from ten on, else one decimal; never 0 for what is there."""
    if value >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.05 else f"{value:.2g}"


def share(part: float | None, whole: float | None) -> str:
    """A part of a whole in percent. A part that is there never shows as 0, one that is not all never as 100."""
    if part is None or not whole:
        return "unknown" if part is None or whole is None else "0 %"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"


def size(octets: int) -> str:
    """A number of bytes in decimal units."""
    value, unit = float(octets), 0
    while value >= 999.5 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.3g} {_SIZES[unit]}"


def plain(value: Any) -> str:
    """A value of a manifest or certificate on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict | list):
        return _nested(value)
    return "none" if value is None else str(value)


def _nested(value: Any) -> str:
    parts = value if isinstance(value, list) else [f"{name} {plain(part)}" for name, part in value.items()]
    return ", ".join(plain(part) for part in parts) or "none"


def pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names in words, and values on one line, in the order given."""
    return [(name.replace("_", " "), plain(value)) for name, value in values.items()]


FILTERS: dict[str, Callable[..., Any]] = {
    "duration": duration,
    "count": count,
    "rate": rate,
    "share": share,
    "size": size,
    "plain": plain,
    "pairs": pairs,
}
"""What templates may use."""
