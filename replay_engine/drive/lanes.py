"""What must have been answered before a request may be sent.

Inside a session, a request waits for those that its recorded client had seen answered when it sent this one; requests
that overlapped in the recording may overlap again. Requests with one match key in one session wait for each other, so
that each gets its own occurrence. Sessions do not wait for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.rows import Rows


@dataclass(frozen=True, slots=True)
class Span:
    """One request of a session: its place in the schedule, and microseconds at its start and at its answer's end.

    `end` is -1 where the recorder did not know; then the next request is taken to have waited.
    """

    at: int
    start: int
    end: int


@dataclass(slots=True)
class Lanes:
    """For each place in the schedule, how many answers it waits for and which places wait for its own."""

    waits: list[int]
    followers: dict[int, list[int]]

    @staticmethod
    def free(count: int) -> Lanes:
        """Nothing waits."""
        return Lanes([0] * count, {})

    def wait(self, before: int, after: int) -> None:
        """Let a place wait for the answer at an earlier one."""
        waiting = self.followers.setdefault(before, [])
        if after not in waiting:
            waiting.append(after)
            self.waits[after] += 1


def lanes(rows: Rows, chosen: npt.NDArray[np.int64]) -> Lanes:
    """The lanes of the scheduled rows `chosen`."""
    sessions: dict[int, list[Span]] = defaultdict(list)
    twins: dict[tuple[int, int, int, int], int] = {}
    found = Lanes.free(len(chosen))
    keys, codes, credentials = rows.key[chosen].tolist(), rows.session.codes, rows.credential.codes
    starts = rows.offset_us[chosen].tolist()
    for at, row in enumerate(chosen.tolist()):
        session = codes[row]
        if session >= 0:
            total = rows.total_us[row]
            sessions[session].append(Span(at, starts[at], starts[at] + total if total >= 0 else -1))
        twin = (session, credentials[row] if session < 0 else 0, *keys[at])
        if twin in twins:
            found.wait(twins[twin], at)
        twins[twin] = at
    for spans in sessions.values():
        for before, after in precedence(spans):
            found.wait(before, after)
    return found


def precedence(spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Pairs (before, after) of one session, in order of start; pairs that follow from others are left out."""
    recent: list[Span] = []
    for number, span in enumerate(spans):
        over = [other for other in recent if other.end <= span.start]
        if over:
            last = max(over, key=lambda other: (other.start, other.at))
            direct = [other for other in over if other.end > last.start or other is last]
            yield from ((other.at, span.at) for other in direct)
            implied = {other.at for other in over} - {other.at for other in direct}
            recent = [other for other in recent if other.at not in implied]
        recent.append(_ended(span, spans[number + 1].start if number + 1 < len(spans) else span.start))


def _ended(span: Span, next_start: int) -> Span:
    return span if span.end >= 0 else Span(span.at, span.start, next_start)
