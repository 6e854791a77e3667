"""A pack on a real socket, asked by plain HTTP clients."""

import http.client
import socket
import threading
from pathlib import Path

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.server import serve_pack
from smartsandbox.replay_engine.testing import serving

FAST = ServeOptions(latency=Scaled(0.0))


def test_a_plain_client_gets_the_recorded_answers_over_one_connection(shop_pack: Pack) -> None:
    with serving(shop_pack, FAST) as server:
        client = http.client.HTTPConnection(server.host, server.port)
        for expected in (b'{"left":3}', b'{"left":2}', b'{"left":1}'):
            client.request("GET", "/balance")
            answer = client.getresponse()
            assert (answer.status, answer.reason, answer.read()) == (200, "OK", expected)
        client.request("DELETE", "/orders/1")
        answer = client.getresponse()
        assert (answer.status, answer.read()) == (204, b"")
        client.close()


def test_a_recorded_reset_resets_the_connection(shop_pack: Pack) -> None:
    with serving(shop_pack, FAST) as server, socket.create_connection((server.host, server.port)) as client:
        client.sendall(b"GET /reset HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            client.recv(100)


def test_a_refusal_reaches_a_client_that_is_still_sending(shop_pack: Pack) -> None:
    with serving(shop_pack, FAST) as server, socket.create_connection((server.host, server.port)) as client:
        client.sendall(b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
        client.sendall(b"x" * 500_000)
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_many_sessions_at_once_see_each_their_own_answers(tmp_path: Path) -> None:
    steps = 20
    pack = make_pack(
        tmp_path,
        [an_exchange(f"e{n}", a_request(target="/next"), a_response(json=n), at_us=n) for n in range(steps)],
    )
    seen: dict[str, list[bytes]] = {}

    def tester(name: str) -> None:
        client = http.client.HTTPConnection(server.host, server.port)
        for _ in range(steps):
            client.request("GET", "/next", headers={"X-Sandbox-Session": name})
            seen.setdefault(name, []).append(client.getresponse().read())
        client.close()

    with serving(pack, FAST) as server:
        threads = [threading.Thread(target=tester, args=(f"t{n}",)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(seen) == 16
    assert all(answers == [b"%d" % n for n in range(steps)] for answers in seen.values())


def test_a_port_in_use_is_said_in_one_line(shop_pack: Pack) -> None:
    async def bind_twice() -> None:
        first = await serve_pack(shop_pack)
        try:
            with pytest.raises(UsageError, match="in use"):
                await serve_pack(shop_pack, port=first.port)
        finally:
            await first.stop()

    run(bind_twice())


def test_stopping_finishes_the_answers_that_are_on_their_way(shop_pack: Pack) -> None:
    slow = ServeOptions(latency=Scaled(100.0))
    with serving(shop_pack, slow) as server:
        client = http.client.HTTPConnection(server.host, server.port)
        client.request("GET", "/balance")
    assert client.getresponse().read() == b'{"left":3}'
    client.close()
