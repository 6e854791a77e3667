"""The course of a capture as columns: which session visited which endpoint, when, and how long the answer took.

One row an exchange, in trace order. Names are numbered as they appear; a row is found again by start and id, so
exchanges can be asked about in any order. The columns lie on disk once they are long.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smartsandbox.anonymize.timeline.column import Column
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.shape import is_error

Ints = NDArray[np.int64]
NONE = -1
"""Stands for an unknown latency, and for no exchange."""


def _nothing() -> None:
    """The release of columns that lie in memory."""


@dataclass(frozen=True, slots=True)
class Course:
    """Columns of equal length, by row: numbers of session and endpoint, microseconds, and the row of the cause.

    `started_us` never decreases. `total_us` and `cause` are NONE where there is none; a cause stands before its effect.
    `wrong` is 1 where the service failed (a 5xx answer, or no complete one). `holders` has a number for each session:
    sessions of one person have the same.
    """

    session: Ints
    endpoint: Ints
    started_us: Ints
    total_us: Ints
    cause: Ints
    wrong: Ints
    holders: Ints
    endpoints: tuple[str, ...] = ()
    release: Callable[[], None] = field(default=_nothing, compare=False, repr=False)
    """Gives back the memory of the columns; they stay readable."""

    @property
    def count(self) -> int:
        """How many exchanges."""
        return len(self.session)

    @property
    def previous(self) -> Ints:
        """For each row the row before it in its session, or NONE for the first."""
        order = np.argsort(self.session, kind="stable")
        before = np.full(self.count, NONE, np.int64)
        follows = self.session[order[1:]] == self.session[order[:-1]]
        before[order[1:][follows]] = order[:-1][follows]
        return before

    @property
    def holder(self) -> Ints:
        """The holder of each row."""
        return self.holders[self.session]

    def holder_of(self, rows: Ints) -> Ints:
        """The holders of some rows."""
        return self.holders[self.session[rows]]


@dataclass(slots=True)
class CourseLog:
    """Takes exchanges in trace order during the first pass and gives the course at its end."""

    last_session: int = NONE
    """The number of the session of the exchange taken last."""
    _session: Column = field(default_factory=Column)
    _endpoint: Column = field(default_factory=Column)
    _started_us: Column = field(default_factory=Column)
    _total_us: Column = field(default_factory=Column)
    _wrong: Column = field(default_factory=Column)
    _digests: Column = field(default_factory=Column)
    _causes: dict[int, str] = field(default_factory=dict)
    _sessions: dict[str, int] = field(default_factory=dict)
    _endpoints: dict[str, int] = field(default_factory=dict)
    _ties: dict[str, int] = field(default_factory=dict)
    _last: tuple[str, int] = ("", NONE)
    """Id and start of the exchange taken last."""
    _session_ids: list[str | None] = field(default_factory=list)
    """By number of session; None for an exchange without one."""
    _starts: memoryview | None = None
    _next: int = 0
    """The row that is most likely asked for next."""

    @property
    def row(self) -> int:
        """The row of the exchange taken last."""
        return len(self._session) - 1

    def take(self, exchange: Exchange, endpoint: str) -> None:
        """The next exchange. One without a session is a session of its own."""
        before, then = self._last
        if then == exchange.started_us:
            self._ties.setdefault(before, self.row)
            self._ties[exchange.id] = self.row + 1
        self._last, self._starts = (exchange.id, exchange.started_us), None
        self.last_session = self._number(exchange.session)
        self._digests.append(_digest(exchange.id))
        self._session.append(self.last_session)
        self._endpoint.append(self._endpoints.setdefault(endpoint, len(self._endpoints)))
        self._started_us.append(exchange.started_us)
        self._wrong.append(_is_wrong(exchange))
        self._total_us.append(NONE if exchange.total_us is None else exchange.total_us)
        if exchange.caused_by is not None:
            self._causes[self.row] = exchange.caused_by

    def _number(self, name: str | None) -> int:
        if name is None:
            self._session_ids.append(None)
            return len(self._session_ids) - 1
        if name not in self._sessions:
            self._sessions[name] = len(self._session_ids)
            self._session_ids.append(name)
        return self._sessions[name]

    def row_of(self, exchange: Exchange) -> int:
        """The row of an exchange that was taken. Raises NotSafeError for one that was not."""
        if self._starts is None:
            self._starts = self._started_us.array().data
        starts, row = self._starts, self._ties.get(exchange.id)
        if row is None:
            row = self._next
            if row >= len(starts) or starts[row] != exchange.started_us:
                row = bisect_left(starts, exchange.started_us)
        if row >= len(starts) or starts[row] != exchange.started_us:
            raise NotSafeError("an exchange appeared that the first pass had not seen: the trace changed underneath")
        self._next = row + 1
        return row

    def course(self, person_of: Callable[[str], str | None] = lambda session: None) -> Course:
        """The columns. `person_of` names the person who spoke in a session, if one is known."""
        return Course(
            session=self._session.array(),
            endpoint=self._endpoint.array(),
            started_us=self._started_us.array(),
            total_us=self._total_us.array(),
            cause=self._cause_rows(),
            wrong=self._wrong.array(),
            holders=_numbered(self._session_ids, person_of),
            endpoints=tuple(self._endpoints),
            release=self.release,
        )

    def _cause_rows(self) -> Ints:
        """Rows of the causes; one that is unknown or does not stand before its effect is none."""
        if not self._causes:
            return np.broadcast_to(np.int64(NONE), len(self._session))
        rows = np.full(len(self._session), NONE, np.int64)
        wanted = {_digest(cause) for cause in self._causes.values()}
        found = {digest: row for row, digest in enumerate(self._digests.array().data) if digest in wanted}
        for row, cause in self._causes.items():
            before = found.get(_digest(cause), NONE)
            rows[row] = before if before < row else NONE
        return rows

    def forget_sessions(self) -> None:
        """Give back the room of their names: no course is asked for any more, and no exchange is taken."""
        self._sessions, self._session_ids = {}, []

    def release(self) -> None:
        """Give back the memory of the columns; they stay readable, here and in every course made of them."""
        for column in (self._session, self._endpoint, self._started_us, self._total_us, self._wrong, self._digests):
            column.release()


def _is_wrong(exchange: Exchange) -> bool:
    return is_error(exchange.response.status if exchange.response else None, exchange.failure)


def _digest(identifier: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(identifier.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
    )


def _numbered(sessions: Sequence[str | None], person_of: Callable[[str], str | None]) -> Ints:
    known: dict[str, int] = {}
    found = np.arange(len(sessions), dtype=np.int64)
    for at, session in enumerate(sessions):
        person = None if session is None else person_of(session)
        if person is not None:
            found[at] = known.setdefault(person, at)
    return found
