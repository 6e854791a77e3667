"""The requests of one HTTP/2 connection, from its frames; each is answered on its stream once it is complete.

Limits are checked as frames arrive. The bodies that a client is sending on all its streams together may have as many
bytes as one body of HTTP/1.1.
"""

from __future__ import annotations

import asyncio

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

from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.framing import body_too_large, failed, too_much
from smartsandbox.replay_engine.serve.http2_fields import request_of
from smartsandbox.replay_engine.serve.http2_frames import new_frames
from smartsandbox.replay_engine.serve.http2_sender import Sender
from smartsandbox.replay_engine.serve.http2_stream import Stream
from smartsandbox.replay_engine.serve.service import Service

_NOISE = 500
"""Frames a second that make work and carry nothing: resets, pings, settings, priorities, empty data."""
_NOISY = (StreamReset, PingReceived, PriorityUpdated, RemoteSettingsChanged)


class Http2Requests(asyncio.Protocol):
    """See the module."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._noise = self._body_bytes = self._number = 0
        self._leaving = False
        """No more requests are taken."""
        self._frames = new_frames(service.limits)
        self._out = Sender(self._frames, self._forgotten, self._emptied)

    def _end(self, code: ErrorCodes | None) -> None:
        """End the connection, and say why unless that was said."""
        raise NotImplementedError

    def _emptied(self) -> None:
        """Nothing is on its way any more."""
        raise NotImplementedError

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
