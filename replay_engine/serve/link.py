"""What a worker asks the keeper of its server, and how: one frame each way over a local socket.

A frame is a length in four bytes and a pickle. The socket lies in a folder of the user's own, and both ends are
processes of one server.
"""

from __future__ import annotations

import asyncio
import io
import pickle
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from smartsandbox.replay_engine.plan import AT_ONCE

_LENGTH = struct.Struct(">I")
_TIMEOUT = 30.0
_AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a worker has counted since it started; `process` is its id."""

    process: int
    connections: int
    counts: dict[str, Any]


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: object) -> str | None:
        """The plan that is told apart by identity stays the one it is."""
        return _AT_ONCE if value is AT_ONCE else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: str) -> object:
        return AT_ONCE


def framed(value: object) -> bytes:
    """A value as one frame."""
    into = io.BytesIO(b"\0" * _LENGTH.size)
    into.seek(_LENGTH.size)
    _Pickler(into, pickle.HIGHEST_PROTOCOL).dump(value)
    frame = into.getvalue()
    return _LENGTH.pack(len(frame) - _LENGTH.size) + frame[_LENGTH.size :]


def _unframed(content: bytes) -> Any:
    return _Unpickler(io.BytesIO(content)).load()


class Link:
    """A worker's end. It waits for each answer, which the keeper gives without waiting for anybody."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None

    def ask(self, value: object) -> Any:
        """What the keeper says. A keeper that has just been replaced is asked again once. Raises OSError."""
        frame = framed(value)
        try:
            return self._exchange(frame)
        except OSError:
            self.close()
            return self._exchange(frame)

    def close(self) -> None:
        """Let go of the connection; the next question makes another."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _exchange(self, frame: bytes) -> Any:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(_TIMEOUT)
            self._socket.connect(self._path)
        self._socket.sendall(frame)
        (size,) = _LENGTH.unpack(self._read(self._socket, _LENGTH.size))
        return _unframed(self._read(self._socket, size))

    @staticmethod
    def _read(source: socket.socket, size: int) -> bytes:
        content = bytearray()
        while len(content) < size:
            piece = source.recv(size - len(content))
            if not piece:
                raise ConnectionResetError("the keeper has ended")
            content += piece
        return bytes(content)


class LinkEnd(asyncio.Protocol):
    """The keeper's end: `answer` is called with each value, in order."""

    def __init__(self, answer: Callable[[Any], object]) -> None:
        self._answer = answer
        self._held = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A worker has come."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole frame."""
        self._held += data
        while len(self._held) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._held)[0]
            if len(self._held) < end:
                return
            content = bytes(self._held[_LENGTH.size : end])
            del self._held[:end]
            self._transport.write(framed(self._answer(_unframed(content))))
