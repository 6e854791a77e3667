"""Sessions dealt to as few lanes as can hold them: what a tool with virtual users calls a user."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from smartsandbox.packs.interchange.entries import Entry


def lanes(all_of_them: Iterable[Entry]) -> list[list[Entry]]:
    """The entries by lane, each in order of start; a session stays in one lane, and no two in it overlap.

    Greedy by start, which needs as many lanes as sessions overlap at most. An exchange without a session is one of
    its own.
    """
    sessions: dict[str, list[Entry]] = {}
    for entry in all_of_them:
        sessions.setdefault(entry.exchange.session or f"alone {entry.exchange.id}", []).append(entry)
    free: list[tuple[int, int]] = []
    dealt: list[list[Entry]] = []
    for session in sorted(sessions.values(), key=lambda entries: entries[0].exchange.order):
        if free and free[0][0] <= session[0].exchange.started_us:
            lane = heappop(free)[1]
        else:
            lane = len(dealt)
            dealt.append([])
        dealt[lane] += session
        heappush(free, (max(map(_end, session)), lane))
    return dealt


def _end(entry: Entry) -> int:
    return entry.exchange.started_us + (entry.exchange.total_us or 0)
