from __future__ import annotations

import asyncio
import gzip

import pytest

from smartsandbox.demo.http_client import Answered, Connection
from smartsandbox.packs.capture.background import LOOPBACK


async def _talk(answers: list[bytes], requests: int) -> tuple[list[Answered | str], int, bytes]:
    """Send requests to a server that gives these answers, one a request; "" closes.

    Returns the answers, the number of connections, and the last request.
    """
    last = b""
    handlers: list[asyncio.Task[None] | None] = []
    waiting = list(answers)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal last
        handlers.append(asyncio.current_task())
        while head := await reader.read(65_536):
            last, answer = head, waiting.pop(0)
            writer.write(answer)
            if not answer:
                break
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(handle, LOOPBACK, 0)
    connection = Connection(LOOPBACK, server.sockets[0].getsockname()[1])
    got: list[Answered | str] = []
    for _ in range(requests):
        try:
            got.append(await connection.send("POST", "/a?b=c", (("Host", "h.test"),), b"xy"))
        except ConnectionError as error:
            got.append(str(error))
    connection.close()
    await asyncio.wait([handler for handler in handlers if handler])
    server.close()
    await server.wait_closed()
    return got, len(handlers), last


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_requests_share_a_connection_and_are_sent_as_given() -> None:
    got, connections, last = asyncio.run(_talk([OK, OK, OK], 3))
    assert [answer.body for answer in got if isinstance(answer, Answered)] == [b"ok"] * 3
    assert connections == 1
    assert last == b"POST /a?b=c HTTP/1.1\r\nHost: h.test\r\nContent-Length: 2\r\n\r\nxy"


def test_a_connection_that_the_server_closes_is_opened_again() -> None:
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert asyncio.run(_talk([closing, OK], 2))[1] == 2


def test_a_dropped_connection_is_an_error_and_the_next_request_goes_on() -> None:
    got, connections, _ = asyncio.run(_talk([b"", OK], 2))
    assert got[0] == "POST: the connection ended before the response"
    assert isinstance(got[1], Answered)
    assert connections == 2


def test_gzip_and_chunks_are_undone() -> None:
    packed = gzip.compress(b"hello")
    chunked = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    got, _, _ = asyncio.run(_talk([chunked % (len(packed), packed)], 1))
    assert isinstance(got[0], Answered)
    assert got[0].body == b"hello"


def test_a_304_has_no_body_and_keeps_the_connection() -> None:
    got, connections, _ = asyncio.run(_talk([b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", OK], 2))
    assert [answer.status for answer in got if isinstance(answer, Answered)] == [304, 200]
    assert connections == 1


def test_nothing_listening_is_a_connection_error() -> None:
    with pytest.raises(ConnectionError, match="nothing accepts connections"):
        asyncio.run(Connection(LOOPBACK, 1).send("GET", "/", ()))
