"""Chaos for what the server says on a WebSocket: `on=messages` turns a specification from answers to messages.

Messages are counted by connection, from 1. Draws follow from the seed, the session, the exchange and that number.
"""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.packs.model import Message
from smartsandbox.replay_engine.course import Course
from smartsandbox.replay_engine.draws import Draw
from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.chaos_spec import Spec
from smartsandbox.replay_engine.serve.faults.base import Outgoing
from smartsandbox.replay_engine.serve.journal import Journal

_AS_IT_IS = Course(0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose draws they are, and the row and journal that tell of what was done."""

    seed: int
    session: str
    exchange: str
    row: int
    journal: Journal


class MessageChaos:
    """Of one connection. Ask `due` for each message in order, as often as wanted, then say `went`."""

    def __init__(self, spec: Spec, source: Source) -> None:
        self._spec, self._source = spec, source
        self._number = 0
        self._begun: float | None = None
        """When the first message was due."""
        self._free = 0.0
        """When the last byte of the message before has gone."""
        self._course: Course | None = None
        """Of the message that is next."""

    def due(self, message: Message, when: float) -> float:
        """When a message that is due at `when` is there in full, or when the connection ends in its place."""
        course = self.course(when)
        begun = when + course.first_us / 1e6
        if not course.sends:
            return begun
        return max(begun, self._free) + len(message.payload) / course.bytes_per_second

    def course(self, when: float) -> Course:
        """What happens to the next message, which is due at `when`."""
        if self._course is None:
            self._number += 1
            self._begun = when if self._begun is None else self._begun
            applies = self._spec.applies(self._number, (when - self._begun) * 1e6)
            self._course = self._struck() if applies else _AS_IT_IS
        return self._course

    def went(self, at: float) -> None:
        """The message, or what happened in its place, went."""
        self._course, self._free = None, at

    def _struck(self) -> Course:
        source, sockets = self._source, self._source.journal.sockets
        draw = Draw(source.seed, f"{source.session}\0{source.exchange}", self._number)
        outgoing, done = Outgoing(Answer(AT_ONCE, b"", b""), _AS_IT_IS), list[str]()
        for planned in self._spec.faults:
            fires = draw.uniform(f"chaos {planned.name}") < planned.chance
            sockets.struck(planned.name, planned.chance, fires=fires)
            if fires:
                outgoing, word = planned.fault.apply(outgoing, draw)
                done.append(f"{planned.name}={word}")
        if done:
            source.journal.said(source.row, f"chaos message {self._number}: {'; '.join(done)}")
        return outgoing.course
