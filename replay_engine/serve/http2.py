"""One HTTP/2 connection (RFC 9113) behind the same engine: frames by the h2 library, answers by the same plans.

This is its life: bytes that come and go, and how it ends.
"""

from __future__ import annotations

import asyncio
from typing import cast

from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from smartsandbox.replay_engine.serve.framing import too_slow
from smartsandbox.replay_engine.serve.http2_frames import goaway
from smartsandbox.replay_engine.serve.http2_requests import Http2Requests
from smartsandbox.replay_engine.serve.outbox import break_off
from smartsandbox.replay_engine.serve.progress import Progress
from smartsandbox.replay_engine.serve.service import Service


class Http2Connection(Http2Requests):
    """See the module. `heard` is the second of the last byte."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._progress, self._windows = Progress(), Progress()
        self.heard = service.second

    # From the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the settings."""
        self._transport = self._out.transport = cast("asyncio.Transport", transport)
        self._service.opened += 1
        self._number = self._service.opened
        self._service.connections.add(self)
        self._out.flush()
        if len(self._service.connections) > self._service.limits.connections:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing can be sent any more."""
        self._service.connections.discard(self)
        self._drop()

    def data_received(self, data: bytes) -> None:
        """Read frames; answers to what they complete leave together."""
        self.heard = self._service.second
        if self._out.over:
            return
        try:
            events = self._frames.receive_data(data)
        except ProtocolError:
            self._service.responder.journal.refused += 1
            self._end(None)
            return
        self._out.held = True
        self._handle(events)
        self._out.held = False
        self._out.pump()

    def eof_received(self) -> bool:
        """Nothing can be asked any more, but answers may be on their way; the last of them ends the connection."""
        self.drain()
        return bool(self._out.streams) and self._transport.can_write_eof()

    def pause_writing(self) -> None:
        """The client reads slowly: take no more from it and send no more to it."""
        self._out.paused = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._out.paused = False
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._out.pump()

    # Ends

    def _emptied(self) -> None:
        if self._leaving:
            self._out.over = True
            self._transport.close()

    def _end(self, code: ErrorCodes | None) -> None:
        """Say goodbye, with a code unless the library has said it, and close."""
        self._out.held = False
        if code is not None:
            self._frames.close_connection(code)
        self._out.flush()
        self._drop()
        self._transport.close()

    def _drop(self) -> None:
        """Whatever was on its way is dropped."""
        self._release(self._body_bytes)
        self._out.drop()

    def reset(self) -> None:
        """Break off."""
        self._drop()
        break_off(self._transport)

    def drain(self) -> None:
        """Take no more requests, and close after the answers that are on their way."""
        if self._out.over or self._leaving:
            return
        self._leaving = True
        self._transport.write(goaway(self._frames))
        self._out.pump()

    def expire(self) -> None:
        """Called every second: end what has been silent, or unfinished, for too long."""
        self._noise = 0
        service, limits = self._service, self._service.limits
        if self._progress.stalled(self._transport.get_write_buffer_size(), service.second) > limits.idle_seconds:
            self.reset()
            return
        if self._out.over:
            return
        for stream in tuple(self._out.streams.values()):
            if not stream.complete and service.second - stream.since > limits.request_seconds:
                self._refuse(stream, too_slow(limits))
        if not self._out.streams and service.second - self.heard > limits.idle_seconds:
            self._end(ErrorCodes.NO_ERROR)
        elif self._windows.stalled(self._out.sent + 1 if self._out.waits else 0, service.second) > limits.idle_seconds:
            self.reset()
