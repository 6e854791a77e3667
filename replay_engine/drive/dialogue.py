"""What a run says and hears, apart from when: requests with live values in them, and what is made of the answers.

A run asks three things of it: the message of a place in the schedule, whether to send it at all, and in what an answer
differs. A pack without links, and a target that answers as recorded, take the short way through each.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.places import Answer
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.correlation.binder import Binder, Bound
from smartsandbox.replay_engine.drive.correlation.draft import Draft, put
from smartsandbox.replay_engine.drive.correlation.instances import Instances, instances
from smartsandbox.replay_engine.drive.judge import Judge
from smartsandbox.replay_engine.drive.messages import Messages
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.same import Same
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.rows import Rows


class Dialogue:
    """The requests and answers of one run over a schedule. It writes the columns `bound` and `differs` of outcomes."""

    def __init__(self, pack: Pack, rows: Rows, target: Target, options: DriveOptions, outcomes: Outcomes) -> None:
        self._rows, self._outcomes, self._options = rows, outcomes, options
        self._places, self._turns = outcomes.rows.tolist(), outcomes.turns.tolist()
        self._prefix = target.prefix.encode()
        self._messages, self._judge = Messages(pack, rows, target, options.run), Judge(pack, rows)
        self._same = Same(rows, self._judge)
        found = instances(pack, rows, self._places) if options.bind else Instances()
        self._binder = Binder(found)
        self._talks = _talks(rows, outcomes) if found.needs else [0] * len(self._places)
        self._needs, self._gives = found.needs, found.gives
        self.waits: Iterable[tuple[int, int]] = found.waits
        """Answers that a later request takes a value from: (place of the answer, place of the request)."""

    def withheld(self, at: int) -> bool:
        """True if a request is not to be sent, because a value that it needs was never answered."""
        if at not in self._needs or not self._binder.missing(at):
            return False
        self._outcomes.bound[at] = Bound.UNBOUND
        return self._options.skip_unbound

    def message(self, at: int) -> bytes:
        """The whole request, with what earlier answers gave."""
        row = self._places[at]
        message = self._messages.of(row, self._turns[at])
        if at not in self._needs:
            return message
        changes = self._binder.changes(at, self._talks[at])
        if not changes:
            return message
        if not self._outcomes.bound[at]:
            self._outcomes.bound[at] = Bound.BOUND
        draft = Draft(message)
        put(draft, changes, self._rows.endpoint.name(row) or "", self._prefix)
        return draft.message()

    def answered(self, at: int, connection: Connection) -> None:
        """Take up the complete answer that a connection holds."""
        differs = self._same.differences(self._places[at], connection)
        self._outcomes.cells.differs[at] = differs
        if at not in self._gives:
            return
        headers, body = connection.headers, connection.body
        if differs & (Differs.HEADERS | Differs.BODY):
            self._binder.answered(at, self._talks[at], Answer(headers, self._judge.decoded(headers, body)))
        else:
            self._binder.same(at)

    def failed(self, at: int, ending: Ending) -> None:
        """There was no complete answer."""
        self._outcomes.differs[at] = self._judge.of_failure(self._places[at], ending)


def _talks(rows: Rows, outcomes: Outcomes) -> list[int]:
    """A number for each session of each round of a loop, by place in the schedule."""
    sessions = np.asarray(rows.session.codes)[outcomes.rows]
    talks: list[int] = (outcomes.turns * (len(rows.session.names) + 1) + sessions + 1).tolist()
    return talks
