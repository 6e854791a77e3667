"""Durations in words, for people: the command line and the portal say them alike. Pure."""

from __future__ import annotations


def duration(us: float | None) -> str:
    """Microseconds in the unit that a reader would choose: "850 µs", "8.1 ms", "2.9 s", "3 min 20 s", "5 d 2 h"."""
    if us is None:
        return "unknown"
    if us < 1_000:
        return f"{us:.0f} µs"
    if us < 1_000_000:
        return f"{us / 1_000:.3g} ms" if us < 999_500 else "1 s"
    if us < 60_000_000:
        return f"{us / 1_000_000:.3g} s" if us < 59_950_000 else "1 min"
    return _long(round(us / 1_000_000))


def _long(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours >= 48:
        parts = ((hours // 24, "d"), (hours % 24, "h"))
    else:
        parts = ((hours, "h"), (minutes, "min")) if hours else ((minutes, "min"), (left, "s"))
    return " ".join(f"{value:,} {unit}" for value, unit in parts if value)
