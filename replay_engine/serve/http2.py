"""One HTTP/2 connection (RFC 9113) behind the same engine: frames by the h2 library, answers by the same plans.

Limits are checked as frames arrive. The bodies that a client is sending on all its streams together may have as many
bytes as one body of HTTP/1.1.
"""

from __future__ import annotations

import asyncio
from typing import cast

from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    PingReceived,
    PriorityUpdated,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError

from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.framing import body_too_large, failed, too_much, too_slow
from smartsandbox.replay_engine.serve.http2_fields import request_of
from smartsandbox.replay_engine.serve.http2_frames import goaway, new_frames
from smartsandbox.replay_engine.serve.http2_sender import Sender
from smartsandbox.replay_engine.serve.http2_stream import Stream
from smartsandbox.replay_engine.serve.outbox import break_off
from smartsandbox.replay_engine.serve.progress import Progress
from smartsandbox.replay_engine.serve.service import Service

_NOISE = 500
"""Frames a second that make work and carry nothing: resets, pings, settings, priorities, empty data."""
_NOISY = (StreamReset, PingReceived, PriorityUpdated, RemoteSettingsChanged)


class Http2Connection(asyncio.Protocol):
    """See the module. `heard` is the second of the last byte."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._noise = self._body_bytes = 0
        self._progress, self._windows = Progress(), Progress()
        self._leaving = False
        self.heard = service.second
        self._frames = new_frames(service.limits)
        self._out = Sender(self._frames, self._forgotten, self._emptied)

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

    # From the frames

    def _handle(self, events: list[Event]) -> None:
        """A request that was already taken back costs nothing more."""
        gone = {event.stream_id for event in events if isinstance(event, StreamReset)}
        for event in events:
            if isinstance(event, ConnectionTerminated):
                self._end(None)
            elif isinstance(event, _NOISY) or (isinstance(event, DataReceived) and not event.data):
                self._noise += 1
            if self._out.over:
                return
            if isinstance(event, DataReceived):
                self._body(event)
            elif isinstance(event, StreamReset):
                self._out.forget(event.stream_id)
            elif isinstance(event, RequestReceived) and event.stream_id not in gone:
                self._request(event)
            elif isinstance(event, StreamEnded) and event.stream_id in self._out.streams:
                self._complete(self._out.streams[event.stream_id])
        if self._noise > _NOISE:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)

    def _request(self, event: RequestReceived) -> None:
        number = event.stream_id
        request = request_of(event.headers, self._service.clock.now(), self._service.read)
        if self._leaving or request is None:
            code = ErrorCodes.REFUSED_STREAM if self._leaving else ErrorCodes.PROTOCOL_ERROR
            self._frames.reset_stream(number, code)
            return
        stream = self._out.streams[number] = Stream(number, request, self._out, self._service.second)
        if int(request.fields.get(b"content-length", b"0")) > self._service.limits.body_bytes:
            self._refuse(stream, body_too_large(self._service.limits))
        elif request.fields.get(b"expect", b"").lower() == b"100-continue" and event.stream_ended is None:
            self._frames.send_headers(number, [(b":status", b"100")])

    def _body(self, event: DataReceived) -> None:
        self._frames.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        stream, limits = self._out.streams.get(event.stream_id), self._service.limits
        if stream is None or stream.complete:
            return
        stream.size += len(event.data)
        self._body_bytes += len(event.data)
        self._service.unfinished += len(event.data)
        stream.pieces.append(event.data)
        if self._body_bytes > limits.body_bytes:
            self._refuse(stream, body_too_large(limits))
        elif stream.size > limits.head_bytes and self._service.unfinished > limits.unfinished_bytes:
            self._refuse(stream, too_much())

    def _release(self, size: int) -> None:
        """So many bytes of unfinished requests are held no more."""
        self._body_bytes -= size
        self._service.unfinished -= size

    def _complete(self, stream: Stream) -> None:
        stream.heard = True
        if stream.complete:
            return
        request = stream.request
        request.body, request.connection = b"".join(stream.pieces), self._number
        self._release(stream.size)
        try:
            answer = self._service.answer(request)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a request could not be answered", "exception": error}
            )
            answer = failed()
        stream.carry_out(answer.bodiless() if request.method == "HEAD" else answer, self._service.clock)

    def _refuse(self, stream: Stream, answer: Answer) -> None:
        """Answer at once, and tell the client to send no more of this request."""
        self._service.responder.journal.refused += 1
        self._release(stream.size)
        stream.code = ErrorCodes.NO_ERROR
        stream.carry_out(answer, self._service.clock)

    def _forgotten(self, stream: Stream) -> None:
        if not stream.complete:
            self._release(stream.size)

    def _emptied(self) -> None:
        if self._leaving:
            self._out.over = True
            self._transport.close()

    # Ends

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
