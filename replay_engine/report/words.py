"""Numbers and paces as people read them, the same in every form of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def number(value: float | int | None, digits: int = 3) -> str:
    """A number with thousands apart; a dash where nothing was measured."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"


def percent(share: float | None) -> str:
    """A share of 1 in per cent; a dash where nothing was measured."""
    return "–" if share is None else f"{share:.2%}"


def pace(report: Mapping[str, Any]) -> str:
    """The pace of a run in words."""
    pacing = report["pacing"]
    often = pacing.get("loop")
    loop = "" if not often else f", looped for {often}" if often.endswith("s") else f", looped {often} times"
    if pacing.get("shape"):
        return f"in the shape {pacing['shape']}{loop}"
    if pacing["rate"] is not None:
        return f"at {pacing['rate']:g} requests a second{loop}"
    return f"at {pacing['speed']:g}x the recorded pace{loop}"
