"""What must have been answered before a request may be sent.

Inside a session, a request waits for those that its recorded client had seen answered when it sent this one; requests
that overlapped in the recording may overlap again. Requests with one match key in one session wait for each other, so
that each gets its own occurrence. One that its client had given up on holds nobody back: what came after it came
without its answer. Sessions do not wait for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartsandbox.packs.model import FailureKind
from smartsandbox.replay_engine.rows import KINDS, Rows

Places = npt.NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
"""The end of an answer that never came, in microseconds."""
_GIVEN_UP = (FailureKind.TIMEOUT, FailureKind.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Span:
    """One request of a session: its place in the schedule, and microseconds at its start and at its answer's end.

    `end` is -1 where the recorder did not know; then the next request is taken to have waited. It is NEVER where the
    client had given up.
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


def lanes(rows: Rows, chosen: Places, turns: Places | None = None) -> Lanes:
    """The lanes of the scheduled rows `chosen`; a session of another turn of a loop is another session."""
    codes = np.asarray(rows.session.codes)[chosen].astype(np.int64)
    turns = np.zeros(len(chosen), np.int64) if turns is None else turns
    sessions = np.where(codes >= 0, codes + turns * len(rows.session.names), -1)
    starts = rows.offset_us[chosen]
    total = np.asarray(rows.total_us)[chosen]
    ends = np.where(_given_up(rows)[chosen], NEVER, np.where(total < 0, -1, starts + total))
    simple, before, after = _rows_of_one(sessions, starts, ends)
    found = Lanes.free(len(chosen))
    found.followers.update(zip(before.tolist(), ([at] for at in after.tolist()), strict=True))
    for at in after.tolist():
        found.waits[at] = 1
    rest = np.flatnonzero(~simple)
    spans = list(map(Span, rest.tolist(), starts[rest].tolist(), ends[rest].tolist()))
    callers = np.where(codes[rest] >= 0, -1, np.asarray(rows.credential.codes)[chosen[rest]])
    twins = zip(turns[rest].tolist(), callers.tolist(), map(tuple, rows.key[chosen[rest]].tolist()), strict=True)
    _overlapping(found, spans, sessions[rest].tolist(), list(twins))
    return found


def _given_up(rows: Rows) -> npt.NDArray[np.bool_]:
    """Which rows never had an answer, as far as the recorder knew of answers at all: some write down requests alone."""
    knows = bool((np.asarray(rows.status) >= 0).any())
    return np.isin(np.asarray(rows.failures), [KINDS.index(kind) for kind in _GIVEN_UP]) & knows


def _rows_of_one(sessions: Places, starts: Places, ends: Places) -> tuple[npt.NDArray[np.bool_], Places, Places]:
    """Which places are of sessions that never had two requests on their way, and the pairs (before, after) of these:
    there each request waits for the one before, which also keeps equal ones apart."""
    order = np.argsort(sessions, kind="stable")
    one, next_one = order[:-1], order[1:]
    pairs = (sessions[one] == sessions[next_one]) & (sessions[one] >= 0)
    overlaps = pairs & (ends[one] > starts[next_one])
    simple = (sessions >= 0) & ~np.isin(sessions, sessions[one[overlaps]])
    kept = pairs & simple[one]
    return simple, one[kept], next_one[kept]


def _overlapping(found: Lanes, spans: Sequence[Span], sessions: Sequence[int], twins: Sequence[object]) -> None:
    """Sessions that had several requests on their way, and requests of no session."""
    of: dict[int, list[Span]] = defaultdict(list)
    last: dict[object, int] = {}
    for span, session, twin in zip(spans, sessions, twins, strict=True):
        if session >= 0:
            of[session].append(span)
        before = last.get((session, twin))
        if before is not None:
            found.wait(before, span.at)
        if span.end != NEVER:
            last[session, twin] = span.at
    for members in of.values():
        for one, other in precedence(members):
            found.wait(one, other)


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
        if span.end == NEVER:
            continue
        recent.append(_ended(span, spans[number + 1].start if number + 1 < len(spans) else span.start))


def _ended(span: Span, next_start: int) -> Span:
    return span if span.end >= 0 else Span(span.at, span.start, next_start)
