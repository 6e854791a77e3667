"""Reads that move on when a write does: which write of a recorded session stood between two of its reads.

A step from one recorded read to the next of the same session is guarded by the first write that the session made
after the one was answered and that was answered before the other was asked. A step without such a write is free: the
answer changed for another reason, such as time. Writes that overlapped a read guard nothing, because a driver may send
the two in either order.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.candidates import Candidates
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.sessions import Session

READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""

FREE = -1
_PROGRESS = "made"


class Journeys:
    """The writes of every recorded session, and the guards of lists of reads, made when first asked for."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._ends = _ends(rows)
        self._reads = frozenset(code for code, name in enumerate(rows.method.names) if name.upper() in READS)
        self._writes: dict[int, list[int]] = {}
        for row, (session, method) in enumerate(zip(rows.session.codes, rows.method.codes, strict=True)):
            if session >= 0 and method not in self._reads:
                self._writes.setdefault(session, []).append(row)
        self._guards: dict[int, list[int] | None] = {}

    def made(self, row: int, session: Session) -> None:
        """A live session was answered by this row: note how far it is in that recorded session, if it is a write."""
        rows = self._rows
        recorded = rows.session.codes[row]
        if recorded >= 0 and rows.method.codes[row] not in self._reads and row > self._progress(recorded, session):
            session.put((_PROGRESS, recorded), row)

    def advance(self, candidates: Candidates, session: Session) -> int:
        """Which of the candidates a live session gets now, as `Session.advance` counts; reads with a guard stay where
        they are until a write opens it, and never run out."""
        guards = self.guards(candidates)
        if guards is None:
            return session.advance(candidates)
        at = int(session.get(candidates.serial, -1))
        if at < 0 or (at < len(guards) and (guards[at] == FREE or self._passed(guards[at], session))):
            at += 1
        while at < len(guards) and guards[at] != FREE and self._passed(guards[at], session):
            at += 1
        session.put(candidates.serial, at)
        return at

    def _passed(self, guard: int, session: Session) -> bool:
        return self._progress(self._rows.session.codes[guard], session) >= guard

    def _progress(self, recorded: int, session: Session) -> int:
        """The last write of a recorded session that this live one has made, -1 for none."""
        return int(session.get((_PROGRESS, recorded), -1))

    def guards(self, candidates: Candidates) -> list[int] | None:
        """For each step between the rows of a list the write that guards it, or FREE; None for a list without any."""
        if candidates.serial not in self._guards:
            rows = candidates.rows
            found = [self._guard(rows[at], rows[at + 1]) for at in range(len(rows) - 1)]
            self._guards[candidates.serial] = found if any(guard != FREE for guard in found) else None
        return self._guards[candidates.serial]

    def _guard(self, before: int, after: int) -> int:
        sessions, starts = self._rows.session.codes, self._rows.offset_us
        writes = self._writes.get(sessions[before])
        if writes is None or sessions[after] != sessions[before] or self._rows.method.codes[before] not in self._reads:
            return FREE
        first = bisect_left(writes, self._ends[before], key=lambda row: int(starts[row]))
        for write in writes[first : bisect_left(writes, after)]:
            if write > before and self._ends[write] <= starts[after]:
                return write
        return FREE


def _ends(rows: Rows) -> npt.NDArray[np.int64]:
    """When each row's answer was complete; where the recorder did not know, when its session asked next."""
    starts, codes = rows.offset_us, np.asarray(rows.session.codes)
    order = np.lexsort((np.arange(len(starts)), codes))
    follows = np.append(codes[order][1:] == codes[order][:-1], False) if len(order) else np.zeros(0, np.bool_)
    following = np.copy(starts)
    following[order[follows]] = starts[np.roll(order, -1)[follows]]
    totals = np.asarray(rows.total_us)
    return np.where(totals >= 0, starts + totals, following)
