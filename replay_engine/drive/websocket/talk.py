"""The client's end of one recorded conversation with a live server.

Open loop: the client's messages go at their recorded offsets from the handshake's answer, by the run's pace, and later
only where the server has not yet said what the recorded client had heard before. A server that says nothing for the
run's time-out beyond when it was to speak ends the conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from smartsandbox.packs.model import LOST, Message, MessageKind
from smartsandbox.replay_engine.clock import Call
from smartsandbox.replay_engine.drive.judging.names import renamed
from smartsandbox.replay_engine.drive.websocket.judge import MessageJudge
from smartsandbox.replay_engine.drive.websocket.manner import Manner
from smartsandbox.replay_engine.websocket.conversations import Conversation
from smartsandbox.replay_engine.websocket.frames import PROTOCOL_ERROR, Extensions, Frames
from smartsandbox.replay_engine.websocket.said import Said
from smartsandbox.replay_engine.websocket.turns import Turns

_LARGEST = 256 * 1024 * 1024
_NORMAL, _GOING_AWAY = 1000, 1001


class Talk(asyncio.Protocol):
    """See the module. `done` is called once, when it is over."""

    def __init__(
        self, said: Conversation, judge: MessageJudge, manner: Manner, extensions: Extensions, done: Callable[[], None]
    ) -> None:
        self._said, self._judge, self._manner, self._done = said, judge, manner, done
        self._frames = Frames(is_client=True, limit=_LARGEST, extensions=extensions)
        self._opened = manner.clock.now()
        self._turns = Turns(said, self._opened, is_client=True)
        self._call: Call | None = None
        self._deadline: Call | None = None
        self._over = False
        judge.counts.conversations += 1

    def begin(self, transport: asyncio.BaseTransport, rest: bytes) -> None:
        """Go on from the handshake's answer, with what came behind it."""
        self._transport = cast("asyncio.Transport", transport)
        if rest:
            self._hear(rest)
        self._go_on()

    def stop(self) -> None:
        """Leave in the middle."""
        self._leave(_GOING_AWAY)

    # From the transport

    def data_received(self, data: bytes) -> None:
        """Frames of the server."""
        if not self._over:
            self._hear(data)
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Without a close frame it is lost, which may be what was recorded."""
        if not self._over:
            self._take(Said(MessageKind.CLOSE, b"", LOST))
            self._finish()

    # The conversation

    def _hear(self, data: bytes) -> None:
        for said in self._frames.feed(data):
            self._take(said)
            if said.kind is MessageKind.CLOSE:
                self._transport.write(self._frames.close(said.code or (PROTOCOL_ERROR if said.fault else None)))
                self._finish()
                return
        if self._frames.replies:
            self._transport.write(bytes(self._frames.replies))
            self._frames.replies.clear()

    def _take(self, said: Said) -> None:
        """Judge what was said against what it counts as. What the server passed over for it is missing."""
        before = self._turns.missing()
        heard = self._turns.hear(said.kind, said.payload, self._manner.clock.now())
        if heard.at < 0:
            own_end = said.kind is MessageKind.CLOSE and not self._frames.can_send and not self._is_expected()
            if not own_end:
                self._judge.heard(None, said)
            return
        for at in before:
            if at >= heard.at:
                break
            self._judge.missed(self._said[at])
        self._judge.heard(self._said[heard.at], said)

    def _is_expected(self) -> bool:
        return len(self._turns.missing()) > 0

    def _go_on(self) -> None:
        """Say what is due, and come back when the next is, or when the server has been silent for too long."""
        self._cancel()
        clock, pace = self._manner.clock, self._manner.pace
        while not self._over and self._frames.can_send and (message := self._turns.message()) is not None:
            due = self._opened + message.at_us / 1e6 * pace
            if due > clock.now():
                self._call = clock.call_at(due, self._go_on)
                break
            self._turns.sent()
            self._say(message)
        if self._over:
            return
        if self._turns.is_over and self._frames.can_send:
            self._transport.write(self._frames.close(_NORMAL))
        self._deadline = clock.call_at(self._latest() + self._manner.timeout, self._give_up)

    def _latest(self) -> float:
        """When the server was to have spoken at the latest; now, if that is past or nothing more is to come."""
        left, now = self._turns.missing(), self._manner.clock.now()
        return max(self._opened + self._said[left[0]].at_us / 1e6 * self._manner.pace, now) if len(left) else now

    def _say(self, message: Message) -> None:
        if message.kind is MessageKind.CLOSE:
            if message.code == LOST:
                self._leave(_GOING_AWAY)
                return
        else:
            self._judge.counts.sent += 1
        self._transport.write(self._frames.message(live(message, self._judge.names())))

    def _give_up(self) -> None:
        self._leave(_GOING_AWAY)

    def _leave(self, code: int) -> None:
        if not self._over:
            self._transport.write(self._frames.close(code))
            self._finish()

    def _finish(self) -> None:
        self._over = True
        self._cancel()
        for at in self._turns.missing():
            self._judge.missed(self._said[at])
        self._transport.close()
        self._done()

    def _cancel(self) -> None:
        for call in (self._call, self._deadline):
            if call is not None:
                call.cancel()
        self._call = self._deadline = None


def live(message: Message, names: Mapping[str, str]) -> Message:
    """A text with live values in the place of the recorded ones that they stand for."""
    if not names or message.kind is not MessageKind.TEXT:
        return message
    return replace(message, payload=renamed(message.payload.decode("utf-8", "replace"), names, {}).encode())
