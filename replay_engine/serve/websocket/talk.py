"""What the server says next on a WebSocket, and when: the recorded conversation by the clock, with what chaos does."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.replay_engine.plan import Close, Reset
from smartsandbox.replay_engine.serve.rewriting.message_templates import Filling
from smartsandbox.replay_engine.serve.rewriting.messages import MessageTimes
from smartsandbox.replay_engine.serve.websocket.chaos import MessageChaos
from smartsandbox.replay_engine.websocket.conversations import Conversation
from smartsandbox.replay_engine.websocket.turns import Heard, Turns, Unknown


@dataclass(frozen=True, slots=True)
class Manner:
    """`pace` is what recorded times are multiplied by; `times`, `filling` and `chaos` are None where nothing is set."""

    pace: float
    unknown: Unknown
    times: MessageTimes | None = None
    filling: Filling | None = None
    chaos: MessageChaos | None = None


class Talk:
    """One live conversation, which began at `opened`."""

    def __init__(self, said: Conversation, opened: float, manner: Manner) -> None:
        self._turns = Turns(said, opened, is_client=False, unknown=manner.unknown)
        self._times, self._filling, self._chaos = manner.times, manner.filling, manner.chaos
        self._pace = manner.pace / manner.times.rate if manner.times is not None else manner.pace

    def hear(self, kind: MessageKind, payload: bytes, when: float) -> Heard:
        """Take up what the client said."""
        if self._filling is not None:
            self._filling.hear(payload)
        if self._times is not None and kind is MessageKind.TEXT:
            payload = self._times.back(payload)
        return self._turns.hear(kind, payload, when)

    def due(self) -> float | None:
        """When something is to be said; None for nothing, or if it waits for the client."""
        message = self._turns.message()
        if message is None:
            return None
        when = self._planned(message)
        return when if self._chaos is None or message.kind is MessageKind.CLOSE else self._chaos.due(message, when)

    def _planned(self, message: Message) -> float:
        before = self._turns.anchor()
        return before.when + (message.at_us - before.at_us) / 1e6 * self._pace

    def take(self, now: float) -> Message | Reset | Close:
        """What is said now that it is due, or how the connection ends instead."""
        message = self._turns.message()
        assert message is not None
        end = None
        if self._chaos is not None and message.kind is not MessageKind.CLOSE:
            end = self._chaos.course(self._planned(message)).end
            self._chaos.went(now)
        self._turns.sent()
        if end is not None:
            return end
        message = message if self._times is None else self._times.moved(message)
        return message if self._filling is None else self._filling.filled(message)
