"""sink.c in Python, for machines without a C compiler: `sink_server.py PORT BODY_FILE`."""

from __future__ import annotations

import asyncio
import sys
import time
from array import array
from pathlib import Path
from typing import cast

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Arrivals(asyncio.Protocol):
    """One connection; all of them share `stamps`. A request ends with its first empty line."""

    def __init__(self, stamps: array[int], answer: bytes) -> None:
        self._stamps, self._answer, self._rest = stamps, answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Nothing is sent first."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Stamp each request that is now complete, and answer it."""
        at = time.monotonic_ns()
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            if request.startswith(b"GET /__"):
                self._control(request)
            else:
                self._stamps.append(at)
                self._transport.write(self._answer)

    def _control(self, request: bytes) -> None:
        if request.startswith(b"GET /__reset"):
            del self._stamps[:]
        held = bytes(8 * len(self._stamps)) if request.startswith(b"GET /__waits") else self._stamps.tobytes()
        self._transport.write(_HEAD % (len(held), held))


async def serve(port: int, body: bytes) -> None:
    """Answer until the process is ended."""
    stamps: array[int] = array("q")
    answer = _HEAD % (len(body), body)
    server = await asyncio.get_running_loop().create_server(lambda: Arrivals(stamps, answer), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
