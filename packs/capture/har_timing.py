"""The latency of a HAR entry.

`timings` has seven parts in milliseconds, -1 where one does not apply. The time to the answer's first byte, counted
from the request's first byte, is send + wait; the whole is send + wait + receive. blocked, dns, connect and ssl come
before the request's first byte and are left out. Writers that did not measure put 0, -1 or nothing: then it is unknown.
"""

from __future__ import annotations

import math
import re
from typing import Any

FROM_TIME = "latency taken from the entry's `time`, which includes connecting"

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")
_LONGEST_MS = 7 * 86_400_000.0  # a week; more is damage


def latency(entry: dict[str, Any], notes: list[str]) -> tuple[int | None, int | None]:
    """Time to first byte and total in microseconds, None where unknown."""
    timings = entry.get("timings")
    parts = timings if isinstance(timings, dict) else {}
    first = _ms(parts.get("send")) + _ms(parts.get("wait"))
    total = first + _ms(parts.get("receive"))
    if total > 0:
        return (_us(first) if first > 0 else None), _us(total)
    whole = _ms(entry.get("time"))
    if whole > 0:
        notes.append(FROM_TIME)
        return None, _us(whole)
    return None, None


def _ms(value: Any) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return float(value) if 0 < value <= _LONGEST_MS else 0.0


def _us(milliseconds: float) -> int:
    return round(milliseconds * 1000)
