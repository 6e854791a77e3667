"""One HTTP/2 connection (RFC 9113) behind the same engine: frames by the h2 library, answers by the same plans.

Limits are checked as frames arrive. The bodies that a client is sending on all its streams together may have as many
bytes as one body of HTTP/1.1.
"""

from __future__ import annotations

import asyncio
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
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
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame

from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.framing import body_too_large, failed, too_slow
from smartsandbox.replay_engine.serve.http2_fields import Fields, request_of
from smartsandbox.replay_engine.serve.http2_stream import Stream
from smartsandbox.replay_engine.serve.outbox import break_off
from smartsandbox.replay_engine.serve.progress import Progress
from smartsandbox.replay_engine.serve.service import Service

_WINDOW = 1 << 20
_FRAME = 16_384
_FLUSH = 65_536
_NOISE = 500
"""Frames a second that make work and carry nothing: resets, pings, settings, priorities, empty data."""
_NOISY = (StreamReset, PingReceived, PriorityUpdated, RemoteSettingsChanged)


class Http2Connection(asyncio.Protocol):
    """See the module. `heard` is the second of the last byte, `_moved` that of the last frame of an answer."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._streams: dict[int, Stream] = {}
        self._noise = self._body_bytes = 0
        self._progress = Progress()
        self._paused = self._batch = self._leaving = self._over = False
        self.heard = self._moved = service.second
        self._frames = H2Connection(
            H2Configuration(
                client_side=False,
                header_encoding=None,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        limits = service.limits
        settings = {
            SettingCodes.MAX_CONCURRENT_STREAMS: limits.streams,
            SettingCodes.MAX_HEADER_LIST_SIZE: limits.head_bytes,
            SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW,
        }
        self._frames.local_settings = Settings(client=False, initial_values=settings)
        self._frames.decoder.max_header_list_size = limits.head_bytes

    # From the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the settings."""
        self._transport = cast("asyncio.Transport", transport)
        self._service.opened += 1
        self._number = self._service.opened
        self._service.connections.add(self)
        self._frames.initiate_connection()
        self._frames.increment_flow_control_window(_WINDOW)
        self._flush()
        if len(self._service.connections) > self._service.limits.connections:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing can be sent any more."""
        self._service.connections.discard(self)
        self._drop()

    def data_received(self, data: bytes) -> None:
        """Read frames; answers to what they complete leave together."""
        self.heard = self._service.second
        if self._over:
            return
        try:
            events = self._frames.receive_data(data)
        except ProtocolError:
            self._service.responder.journal.refused += 1
            self._end(None)
            return
        self._batch = True
        self._handle(events)
        self._batch = False
        self.pump()

    def eof_received(self) -> bool:
        """Nothing can be asked any more, but answers may be on their way."""
        return bool(self._streams) and self._transport.can_write_eof()

    def pause_writing(self) -> None:
        """The client reads slowly: take no more from it and send no more to it."""
        self._paused = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._paused = False
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self.pump()

    # From the frames

    def _handle(self, events: list[Event]) -> None:
        """A request that was already taken back costs nothing more."""
        gone = {event.stream_id for event in events if isinstance(event, StreamReset)}
        for event in events:
            if isinstance(event, ConnectionTerminated):
                self._end(None)
            elif isinstance(event, _NOISY) or (isinstance(event, DataReceived) and not event.data):
                self._noise += 1
            if self._over:
                return
            if isinstance(event, DataReceived):
                self._body(event)
            elif isinstance(event, StreamReset):
                self._forget(event.stream_id)
            elif isinstance(event, RequestReceived) and event.stream_id not in gone:
                self._request(event)
            elif isinstance(event, StreamEnded) and event.stream_id in self._streams:
                self._complete(self._streams[event.stream_id])
        if self._noise > _NOISE:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)

    def _request(self, event: RequestReceived) -> None:
        number = event.stream_id
        request = request_of(event.headers, self._service.clock.now())
        if self._leaving or request is None:
            code = ErrorCodes.REFUSED_STREAM if self._leaving else ErrorCodes.PROTOCOL_ERROR
            self._frames.reset_stream(number, code)
            return
        stream = self._streams[number] = Stream(number, request, self, self._service.second)
        if int(request.fields.get(b"content-length", b"0")) > self._service.limits.body_bytes:
            self._refuse(stream, body_too_large(self._service.limits))
        elif request.fields.get(b"expect", b"").lower() == b"100-continue" and event.stream_ended is None:
            self._frames.send_headers(number, [(b":status", b"100")])

    def _body(self, event: DataReceived) -> None:
        self._frames.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        stream = self._streams.get(event.stream_id)
        if stream is None or stream.complete:
            return
        stream.size += len(event.data)
        self._body_bytes += len(event.data)
        stream.pieces.append(event.data)
        if self._body_bytes > self._service.limits.body_bytes:
            self._refuse(stream, body_too_large(self._service.limits))

    def _complete(self, stream: Stream) -> None:
        stream.heard = True
        if stream.complete:
            return
        request = stream.request
        request.body, request.connection = b"".join(stream.pieces), self._number
        self._body_bytes -= stream.size
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
        self._body_bytes -= stream.size
        stream.code = ErrorCodes.NO_ERROR
        stream.carry_out(answer, self._service.clock)

    def _forget(self, number: int) -> None:
        stream = self._streams.pop(number, None)
        if stream is None:
            return
        if not stream.complete:
            self._body_bytes -= stream.size
        stream.cancel()

    # From the streams

    def send_head(self, stream: Stream, fields: Fields) -> None:
        """See http2_stream.Frames."""
        self._frames.send_headers(stream.id, fields)
        self._flush()

    def send_reset(self, stream: Stream, code: ErrorCodes) -> None:
        """See http2_stream.Frames."""
        self._forget(stream.id)
        self._frames.reset_stream(stream.id, code)
        self._flush()
        self._left()

    def pump(self) -> None:
        """See http2_stream.Frames. Each stream sends one frame in its turn."""
        if self._batch or self._over:
            return
        moving = True
        while moving and not self._paused and not self._over:
            moving = False
            for stream in tuple(self._streams.values()):
                moving |= self._send_some(stream)
            self._flush()
        self._flush()
        self._left()

    def _send_some(self, stream: Stream) -> bool:
        """One frame of a stream's answer, or its end; false if it has nothing that may be sent."""
        if stream.waiting:
            room = min(self._frames.local_flow_control_window(stream.id), self._frames.max_outbound_frame_size, _FRAME)
            if room <= 0:
                return False
            piece = stream.take(room)
            last = stream.done and not stream.waiting and stream.code is None
            self._frames.send_data(stream.id, piece.tobytes(), end_stream=last)
            self._moved = self._service.second
            if last:
                self._forget(stream.id)
            return True
        if stream.done:
            self._finish(stream)
        return stream.done

    def _finish(self, stream: Stream) -> None:
        """The answer is sent but for its end."""
        if stream.code is None:
            self._frames.end_stream(stream.id)
        elif stream.code is ErrorCodes.NO_ERROR:
            self._frames.end_stream(stream.id)
            if not stream.heard:
                self._frames.reset_stream(stream.id, stream.code)
        else:
            self._frames.reset_stream(stream.id, stream.code)
        self._forget(stream.id)

    def _flush(self) -> None:
        if not self._batch and (data := self._frames.data_to_send()):
            self._transport.write(data)

    def _left(self) -> None:
        if self._leaving and not self._streams and not self._over:
            self._over = True
            self._transport.close()

    # Ends

    def _end(self, code: ErrorCodes | None) -> None:
        """Say goodbye, with a code unless the library has said it, and close."""
        self._batch = False
        if code is not None:
            self._frames.close_connection(code)
        self._flush()
        self._drop()
        self._transport.close()

    def _drop(self) -> None:
        """Whatever was on its way is dropped."""
        self._over = True
        for stream in self._streams.values():
            stream.cancel()
        self._streams.clear()

    def reset(self) -> None:
        """Break off."""
        self._drop()
        break_off(self._transport)

    def drain(self) -> None:
        """Take no more requests, and close after the answers that are on their way. The library would send nothing
        after its own GOAWAY, so this frame is made here."""
        if self._over or self._leaving:
            return
        self._leaving = True
        goaway = GoAwayFrame(0, last_stream_id=self._frames.highest_inbound_stream_id, error_code=ErrorCodes.NO_ERROR)
        self._transport.write(goaway.serialize())
        self._left()

    def expire(self) -> None:
        """Called every second: end what has been silent, or unfinished, for too long."""
        self._noise = 0
        service, limits = self._service, self._service.limits
        if self._progress.stalled(self._transport.get_write_buffer_size(), service.second) > limits.idle_seconds:
            self.reset()
            return
        if self._over:
            return
        for stream in tuple(self._streams.values()):
            if not stream.complete and service.second - stream.since > limits.request_seconds:
                self._refuse(stream, too_slow(limits))
        if not self._streams and service.second - self.heard > limits.idle_seconds:
            self._end(ErrorCodes.NO_ERROR)
        elif service.second - self._moved > limits.idle_seconds and any(s.waiting for s in self._streams.values()):
            self.reset()
