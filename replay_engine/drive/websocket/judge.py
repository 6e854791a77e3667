"""In what the messages of a target differ from the recorded ones: counted by place, JSON compared as in answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.replay_engine.drive.judging.closer import Closer
from smartsandbox.replay_engine.drive.judging.compare import MESSAGE, Kind
from smartsandbox.replay_engine.drive.outcomes import Differs
from smartsandbox.replay_engine.drive.websocket.counts import MessageCounts
from smartsandbox.replay_engine.websocket.said import Said


@dataclass(slots=True)
class MessageJudge:
    """Of one conversation, at the endpoint of a row. `names` gives the recorded values that others stand for by now."""

    row: int
    closer: Closer
    names: Callable[[], Mapping[str, str]]
    counts: MessageCounts
    exact: bool = False
    differs: Differs = field(default=Differs.NOTHING)

    def heard(self, recorded: Message | None, said: Said) -> None:
        """A message, or an end, and what it stands for; None if nothing was recorded that it could stand for."""
        if said.kind is not MessageKind.CLOSE:
            self.counts.received += 1
        if recorded is None:
            if said.kind is MessageKind.CLOSE:
                self._count(Kind.ENDING)
            else:
                self.counts.added += 1
                self._count(Kind.ADDED)
        elif recorded.kind is not said.kind:
            self.counts.differing += 1
            self._count(Kind.TYPE)
        elif said.kind is MessageKind.CLOSE:
            if (recorded.code, recorded.payload) != (said.code, said.payload):
                self._count(Kind.ENDING)
        elif recorded.payload != said.payload and self._another(recorded, said):
            self.counts.differing += 1

    def missed(self, recorded: Message) -> None:
        """A recorded message that never came."""
        if recorded.kind is MessageKind.CLOSE:
            self._count(Kind.ENDING)
        else:
            self.counts.missing += 1
            self._count(Kind.MISSING)

    def _another(self, recorded: Message, said: Said) -> bool:
        if self.exact:
            self._count(Kind.VALUE)
            return True
        found = self.closer.message_differs(self.row, recorded.payload, said.payload, self.names())
        self.differs |= found
        return bool(found)

    def _count(self, kind: Kind) -> None:
        self.differs |= self.closer.counted(self.row, {(kind, MESSAGE)})
