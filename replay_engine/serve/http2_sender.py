"""The sending side of one HTTP/2 connection: answers leave as far as windows, and the client's reading, allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from h2.connection import H2Connection
from h2.errors import ErrorCodes

from smartsandbox.replay_engine.serve.http2_fields import Fields
from smartsandbox.replay_engine.serve.http2_stream import Stream

_FRAME = 16_384


class Sender:
    """See the module, and http2_stream.Frames. `forgotten` is called for each stream that ends, `emptied` where none is
    left after something was sent."""

    def __init__(self, frames: H2Connection, forgotten: Callable[[Stream], None], emptied: Callable[[], None]) -> None:
        self._frames, self._forgotten, self._emptied = frames, forgotten, emptied
        self.transport: asyncio.Transport
        self.streams: dict[int, Stream] = {}
        self.paused = False
        """The client reads slowly: nothing more is sent to it."""
        self.held = False
        """More is being made ready, and leaves with the rest."""
        self.over = False
        """Nothing more will be sent."""
        self.sent = 0
        """Bytes of bodies so far."""

    def send_head(self, stream: Stream, fields: Fields) -> None:
        """See http2_stream.Frames."""
        self._frames.send_headers(stream.id, fields)
        self.flush()

    def send_reset(self, stream: Stream, code: ErrorCodes) -> None:
        """See http2_stream.Frames."""
        self.forget(stream.id)
        self._frames.reset_stream(stream.id, code)
        self.flush()
        self._settle()

    def pump(self) -> None:
        """See http2_stream.Frames. Each stream sends one frame in its turn."""
        if self.held or self.over:
            return
        moving = True
        while moving and not self.paused and not self.over:
            moving = False
            for stream in tuple(self.streams.values()):
                moving |= self._send_some(stream)
            self.flush()
        self.flush()
        self._settle()

    def flush(self) -> None:
        """Write the frames that were made, unless more are coming."""
        if not self.held and (data := self._frames.data_to_send()):
            self.transport.write(data)

    def forget(self, number: int) -> None:
        """A stream has ended, in whatever way."""
        stream = self.streams.pop(number, None)
        if stream is not None:
            stream.cancel()
            self._forgotten(stream)

    def drop(self) -> None:
        """Whatever was on its way is dropped."""
        self.over = True
        for stream in self.streams.values():
            stream.cancel()
        self.streams.clear()

    @property
    def waits(self) -> bool:
        """True if an answer waits for the client."""
        return any(stream.waiting for stream in self.streams.values())

    def _send_some(self, stream: Stream) -> bool:
        """One frame of a stream's answer, or its end; false if it has nothing that may be sent."""
        if stream.waiting:
            room = min(self._frames.local_flow_control_window(stream.id), self._frames.max_outbound_frame_size, _FRAME)
            if room <= 0:
                return False
            piece = stream.take(room)
            last = stream.done and not stream.waiting and stream.code is None
            self._frames.send_data(stream.id, piece.tobytes(), end_stream=last)
            self.sent += len(piece)
            if last:
                self.forget(stream.id)
            return True
        if stream.done:
            self._finish(stream)
        return stream.done

    def _finish(self, stream: Stream) -> None:
        """The answer is sent but for its end."""
        if stream.code in (None, ErrorCodes.NO_ERROR):
            self._frames.end_stream(stream.id)
        if stream.code is not None and not (stream.code is ErrorCodes.NO_ERROR and stream.heard):
            self._frames.reset_stream(stream.id, stream.code)
        self.forget(stream.id)

    def _settle(self) -> None:
        if not self.streams and not self.over:
            self._emptied()
