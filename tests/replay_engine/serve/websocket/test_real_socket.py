"""A served WebSocket against another implementation, on a real socket."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, make_pack, received, sent
from smartsandbox.replay_engine.clock import utc_now
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.tls import throw_away
from smartsandbox.replay_engine.testing import serving

websockets = pytest.importorskip("websockets.sync.client")
exceptions = pytest.importorskip("websockets.exceptions")

TALK = (
    received(0, "hello"),
    sent(10, {"op": "sub"}),
    received(20, {"text": "x" * 70_000}),
    received(30, b"\x00\xff"),
    closed(40, 4001, "enough"),
)
NOW = ServeOptions(latency=Scaled(0.0))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    plain = an_exchange("p", a_request(), a_response(json={"n": 1}), at_us=9)
    return make_pack(tmp_path, [a_socket("w1", TALK), a_socket("w2", (received(0, "second"),), at_us=5), plain])


def talk(client: object) -> list[str | bytes]:
    said = [client.recv()]  # type: ignore[attr-defined]
    client.send('{"op": "sub"}')  # type: ignore[attr-defined]
    said += [client.recv(), client.recv()]  # type: ignore[attr-defined]
    return said


@pytest.mark.parametrize("compression", ["deflate", None])
def test_the_recorded_conversation_is_held_with_another_client(pack: Pack, compression: str | None) -> None:
    with serving(pack, NOW) as server:
        url = server.url.replace("http", "ws") + "/v1/feed"
        with websockets.connect(url, compression=compression) as client:
            assert client.response.headers["X-Sandbox"] == "TEST ONLY"
            said = talk(client)
            assert (said[0], len(said[1]), said[2]) == ("hello", 70_011, b"\x00\xff")
            with pytest.raises(exceptions.ConnectionClosed) as ended:
                client.recv()
            assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (4001, "enough")
        with websockets.connect(url, compression=compression) as client:  # the session's next recorded conversation
            assert client.recv() == "second"
            client.ping().wait(5)


def test_over_tls_and_with_messages_in_fragments(pack: Pack, tmp_path: Path) -> None:
    identity = throw_away(tmp_path, "localhost", utc_now()).identity
    with serving(pack, ServeOptions(latency=Scaled(0.0), tls=identity)) as server:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with websockets.connect(server.url.replace("http", "ws") + "/v1/feed", ssl=context) as client:
            assert client.recv() == "hello"
            client.send(['{"op"', ': "sub"}'])
            assert len(client.recv()) == 70_011
