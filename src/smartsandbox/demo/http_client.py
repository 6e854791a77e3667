"""A small HTTP/1.1 client: one keep-alive connection, one request at a time, cheap enough for hundreds a second.

It sends exactly the headers it is given, with Content-Length where there is a body, and decodes gzip.
"""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field
from typing import Any

import httptools

from smartsandbox.packs.model import Headers, header

_CHUNK = 65_536


@dataclass(slots=True)
class Answered:
    """A response; the body is decoded."""

    status: int
    headers: Headers
    body: bytes


@dataclass(slots=True)
class _Reading:
    """The callbacks of the parser for one response."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    complete: bool = False
    keep_alive: bool = False
    parser: Any = None

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.complete = True
        # Only right inside this callback: a finished parser answers for the next message.
        self.keep_alive = self.parser.should_keep_alive()


class Connection:
    """Connects at the first request, and again after the other side has closed."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, target: str, headers: Headers, body: bytes = b"") -> Answered:
        """One exchange. Raises ConnectionError if the connection ends before the response is complete."""
        reader, writer = await self._connected()
        try:
            writer.write(_head(method, target, headers, body) + body)
            await writer.drain()
            answered, keep = await _read(reader)
        except (OSError, httptools.HttpParserError) as error:
            self.close()
            raise ConnectionError(f"{method}: the connection ended before the response") from error
        if not keep:
            self.close()
        return answered

    def close(self) -> None:
        """Close the connection; a later request opens a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is not None and self._streams[0].at_eof():
            self.close()
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection(self._host, self._port)
            except OSError as error:
                raise ConnectionError(f"nothing accepts connections on port {self._port}") from error
        return self._streams


def _head(method: str, target: str, headers: Headers, body: bytes) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read(reader: asyncio.StreamReader) -> tuple[Answered, bool]:
    reading = _Reading()
    parser = reading.parser = httptools.HttpResponseParser(reading)
    while not reading.complete:
        part = await reader.read(_CHUNK)
        if not part:
            raise ConnectionError("closed early")
        parser.feed_data(part)
    headers = tuple(reading.headers)
    body = b"".join(reading.parts)
    if header(headers, "content-encoding") == "gzip" and body:
        body = gzip.decompress(body)
    return Answered(parser.get_status_code(), headers, body), reading.keep_alive
