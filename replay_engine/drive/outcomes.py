"""What became of every scheduled request, in columns: no object for each, nothing sampled away.

Times are seconds from the run's start, NaN for what did not happen.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

import numpy as np
import numpy.typing as npt

from smartsandbox.replay_engine.drive.judging.tally import Tally
from smartsandbox.replay_engine.drive.websocket.counts import MessageCounts

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Ending(IntEnum):
    """How a request ended."""

    NOT_SENT = 0
    ANSWERED = 1
    RESET = 2
    TIMEOUT = 3
    TRUNCATED = 4
    CONNECT = 5
    UNANSWERED = 6
    MALFORMED = 7
    SHED = 8
    """Not sent, because as many requests as may be were in flight."""
    WITHHELD = 9
    """Not sent, because a value that it needs was never answered, as the run was told to do then."""


FAILURES = (Ending.RESET, Ending.TIMEOUT, Ending.TRUNCATED, Ending.CONNECT, Ending.UNANSWERED, Ending.MALFORMED)


class Differs(IntFlag):
    """In what an answer differs from the recorded one."""

    NOTHING = 0
    STATUS = 1
    HEADERS = 2
    BODY = 4
    ENDING = 8
    """One of the two was not a complete answer."""
    SCHEMA = 16
    """The body's structure or a type in it; BODY is set as well."""
    MESSAGES = 32
    """What was said on the WebSocket that the answer opened, or how that ended."""


class Outcomes:
    """One row for each place in the schedule. `rows` names the pack's row, `due` the intended start."""

    def __init__(self, rows: Integers, due: Floats, turns: Integers | None = None) -> None:
        count = len(rows)
        self.rows, self.due = rows, due
        self.turns: Integers = np.zeros(count, np.int64) if turns is None else turns
        """The round of a loop, from 0."""
        self.dispatched: Floats = np.full(count, np.nan)
        """When the generator took it up."""
        self.lateness: Floats = np.full(count, np.nan)
        """From when it could have been taken up (its intended start, or the answer it waited for)."""
        self.sent: Floats = np.full(count, np.nan)
        self.first: Floats = np.full(count, np.nan)
        self.finished: Floats = np.full(count, np.nan)
        self.status = np.full(count, -1, np.int16)
        self.ending = np.zeros(count, np.uint8)
        self.size = np.zeros(count, np.int64)
        """Body bytes received, as they came over the wire."""
        self.differs = np.zeros(count, np.uint8)
        self.bound = np.zeros(count, np.uint8)
        """What became of the values that it takes from earlier answers: correlation.binder.Bound."""

        self.away = np.zeros(count, np.bool_)
        """It was answered by a redirect off the sandbox, which was not followed."""
        self.tally = Tally()
        """In which places answers differ, counted."""
        self.messages = MessageCounts()
        self.cells = Cells(self)

    def take(self, places: Integers, part: Outcomes) -> None:
        """Write down at `places` what became of them elsewhere."""
        for name in (*Cells.__slots__, "bound", "away"):
            getattr(self, name)[places] = getattr(part, name)
        self.tally.merge(part.tally)
        self.messages.add(part.messages)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        """A complete answer came."""
        return np.asarray(self.ending == Ending.ANSWERED)

    @property
    def attempted(self) -> npt.NDArray[np.bool_]:
        """The generator took it up, and neither shed nor withheld it."""
        return ~np.isin(self.ending, (Ending.NOT_SENT, Ending.SHED, Ending.WITHHELD))

    @property
    def response_time(self) -> Floats:
        """From the intended start to the answer's last byte: what a user of the recorded day would have waited."""
        return self.finished - self.due

    @property
    def service_time(self) -> Floats:
        """From when the request was taken up, a new connection included, to the answer's last byte."""
        return self.finished - self.dispatched

    @property
    def session_wait(self) -> Floats:
        """How long earlier answers of the session held it back beyond its intended start."""
        return np.maximum(self.dispatched - self.lateness - self.due, 0.0)


class Cells:
    """The columns that a run writes, as memoryviews: a cell is written in a third of numpy's time."""

    __slots__ = ("differs", "dispatched", "ending", "finished", "first", "lateness", "sent", "size", "status")

    def __init__(self, outcomes: Outcomes) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(outcomes, name).data)

    dispatched: memoryview[float]
    lateness: memoryview[float]
    sent: memoryview[float]
    first: memoryview[float]
    finished: memoryview[float]
    status: memoryview
    ending: memoryview
    size: memoryview
    differs: memoryview
