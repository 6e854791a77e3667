"""What a run says and hears, apart from when: requests with live values in them, and what is made of the answers.

A run asks three things of it: the message of a place in the schedule, whether to send it at all, and in what an answer
differs. A pack without links, and a target that answers as recorded, take the short way through each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Protocol

import numpy as np

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.places import Answer
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.correlation.binder import Binder, Bound
from smartsandbox.replay_engine.drive.correlation.draft import Draft, put
from smartsandbox.replay_engine.drive.correlation.instances import Instances
from smartsandbox.replay_engine.drive.correlation.uses import Uses, links_of
from smartsandbox.replay_engine.drive.judge import Judge
from smartsandbox.replay_engine.drive.judging.closer import Closer
from smartsandbox.replay_engine.drive.judging.compare import Heard
from smartsandbox.replay_engine.drive.messages import Messages
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.same import Same
from smartsandbox.replay_engine.drive.sandbox.finish import Finish
from smartsandbox.replay_engine.drive.sandbox.place import RequestPlace
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.drive.websocket.judge import MessageJudge
from smartsandbox.replay_engine.rows import Rows


class Listener(Protocol):
    """Told of every answer of a run as well."""

    def answered(self, at: int, row: int, answer: Heard, names: Mapping[str, str]) -> None:
        """A complete answer at a place of the schedule; `names` are recorded values and what stands for them."""
        ...

    def failed(self, at: int, row: int) -> None:
        """There was no complete answer."""
        ...


class Dialogue:
    """The requests and answers of one run over a schedule. It writes the columns `bound` and `differs` of outcomes."""

    def __init__(
        self,
        pack: Pack,
        rows: Rows,
        target: Target,
        options: DriveOptions,
        outcomes: Outcomes,
        uses: Uses,
        listener: Listener | None = None,
    ) -> None:
        self._rows, self._outcomes, self._options, self._listener = rows, outcomes, options, listener
        self._places, self._turns = outcomes.rows.tolist(), outcomes.turns.tolist()
        self._prefix = target.prefix.encode()
        self._messages, self._judge = Messages(pack, rows, target, options.run), Judge(pack, rows)
        self._same = Same(rows, self._judge)
        found, self.issued = Instances.of(uses), links_of(pack).producers if options.bind else frozenset()
        """Places of answers that issue values for later requests."""
        rules, origin = options.rules.noise, target.url.rstrip("/")
        self._closer = Closer(rows, self._judge, rules, self.issued, origin, outcomes.tally)
        self._binder = Binder(found)
        self._talks = _talks(rows, outcomes) if found.needs else [0] * len(self._places)
        self.needs, self._gives = found.needs, found.gives
        """Places of requests that take values from earlier answers, and places whose answers give some."""
        self.waits: Iterable[tuple[int, int]] = found.waits
        """Answers that a later request takes a value from: (place of the answer, place of the request)."""
        self.finish: Finish | None = None
        """What the rules change in every request; set before the first is sent."""

    def settled(self, at: int) -> bool:
        """True if the message of a place does not depend on what is answered until it is sent, nor on when that is."""
        return self.finish is None and at not in self.needs

    def withheld(self, at: int) -> bool:
        """True if a request is not to be sent, because a value that it needs was never answered."""
        if at not in self.needs or not self._binder.missing(at):
            return False
        self._outcomes.bound[at] = Bound.UNBOUND
        return self._options.skip_unbound

    def message(self, at: int) -> bytes:
        """The whole request, with what earlier answers gave."""
        row = self._places[at]
        message = self._messages.of(row, self._turns[at])
        changes = self._binder.changes(at, self._talks[at]) if at in self.needs else []
        if not changes and self.finish is None:
            return message
        draft = Draft(message)
        if changes:
            put(draft, changes, self._rows.endpoint.name(row) or "", self._prefix)
            if not self._outcomes.bound[at]:
                self._outcomes.bound[at] = Bound.BOUND
        if self.finish is not None:
            self.finish.apply(draft, self._rows.credential.codes[row], [slot for slot, _ in changes])
        return draft.message()

    def callers(self, place: RequestPlace) -> list[int]:
        """Credentials of the schedule, by code, that are not all bound to answers at a place, in order of use."""
        codes = self._rows.credential.codes
        free = (
            codes[row]
            for at, row in enumerate(self._places)
            if codes[row] >= 0 and not any(place.holds(slot) for _, slot in self.needs.get(at, ()))
        )
        return list(dict.fromkeys(free))

    def answered(self, at: int, connection: Connection) -> None:
        """Take up the complete answer that a connection holds."""
        row, head = self._places[at], connection.head
        if head is None or not self._same.holds(row, head, connection.body):
            self._outcomes.cells.differs[at] = self._closely(at, row, connection)
        elif at in self._gives:
            self._binder.same(at)
        if self._listener is not None:
            live = self._closer.heard(connection.status, connection.headers, connection.body)
            self._listener.answered(at, row, live, self._binder.names(self._talks[at]))

    def _closely(self, at: int, row: int, connection: Connection) -> Differs:
        """What the judge says of an answer that is not plainly the recorded one."""
        differs = self._judge.differences(row, connection.status, connection.headers, connection.body)
        if differs:
            return self._another(at, row, connection, differs)
        if at in self._gives:
            self._binder.same(at)
        return differs

    def _another(self, at: int, row: int, connection: Connection, differs: Differs) -> Differs:
        """Another answer than the recorded one, byte by byte: bind first, so that its own new names are known."""
        live = self._closer.heard(connection.status, connection.headers, connection.body)
        if at in self._gives:
            self._binder.answered(at, self._talks[at], Answer(connection.headers, live.body))
        if self._options.exact or differs & Differs.ENDING:
            return differs
        return self._closer.differs(row, live, self._binder.names(self._talks[at]))

    def message_judge(self, at: int) -> MessageJudge:
        """The judge of what is said on the WebSocket that a place opens."""
        names = partial(self._binder.names, self._talks[at])
        return MessageJudge(self._places[at], self._closer, names, self._outcomes.messages, self._options.exact)

    def failed(self, at: int, ending: Ending) -> None:
        """There was no complete answer."""
        row = self._places[at]
        self._outcomes.differs[at] = self._judge.of_failure(row, ending)
        if self._listener is not None:
            self._listener.failed(at, row)


def _talks(rows: Rows, outcomes: Outcomes) -> list[int]:
    """A number for each session of each round of a loop, by place in the schedule."""
    sessions = np.asarray(rows.session.codes)[outcomes.rows]
    talks: list[int] = (outcomes.turns * (len(rows.session.names) + 1) + sessions + 1).tolist()
    return talks
