"""The status mix of a pack: how many exchanges ended in each class. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from smartsandbox.server.models.shape import PackShape

_CLASSES = (
    ("1xx information", "1xx"),
    ("2xx success", "2xx"),
    ("3xx redirection", "3xx"),
    ("4xx client error", "4xx"),
    ("5xx server error", "5xx"),
)
_FAILED = ("no complete answer", "failed")


@dataclass(frozen=True, slots=True)
class Part:
    """One class: its words, the style that colours it, its count, and its place in the bar (0 to 1)."""

    name: str
    style: str
    count: int
    share: float
    start: float


def status_mix(shape: PackShape) -> list[Part]:
    """Classes that occur, from information to failure.

    An answer that broke off counts under its status and as incomplete, so counts may sum to more than the exchanges.
    """
    counts = _counts(shape)
    total = sum(counts.values())
    parts: list[Part] = []
    start = 0.0
    for name, style in (*_CLASSES, _FAILED):
        if counts[style]:
            part = Part(name, style, counts[style], counts[style] / total, start)
            parts.append(part)
            start += part.share
    return parts


def _counts(shape: PackShape) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in shape.statuses:
        counts[f"{row.status // 100}xx"] += row.count
    counts["failed"] = sum(row.count for row in shape.failures)
    return counts
