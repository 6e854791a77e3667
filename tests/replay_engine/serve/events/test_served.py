"""Events of a server on a real socket, with a real receiver."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
from smartsandbox.replay_engine.serve.events.declared import read_events
from smartsandbox.replay_engine.serve.events.queue import Events
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import serving


class Receiver(ThreadingHTTPServer):
    """Refuses the first call, and keeps what came."""

    def __init__(self) -> None:
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.enough = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, dict(self.headers), body))
        self.send_response(503 if len(self.server.came) == 1 else 204)
        self.end_headers()
        if len(self.server.came) == 2:
            self.server.enough.set()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    paid = an_exchange("p", a_request("POST", "/pay"), a_response(201, json={"id": "pay_11111"}))
    return make_pack(tmp_path, [paid])


@pytest.mark.slow
def test_a_webhook_arrives_and_is_sent_again_where_it_was_refused(
    pack: Pack, tmp_path: Path, receiver: Receiver
) -> None:
    (tmp_path / "events.yaml").write_text("[{endpoint: POST /pay, path: /paid, body: answer, headers: {X-Kind: paid}}]")
    url = f"http://127.0.0.1:{receiver.server_port}/hooks"
    events = Events(read_events(tmp_path / "events.yaml", {}), Callbacks(url))
    with serving(pack, ServeOptions(latency=Scaled(0.0), events=events)) as server:
        origin = f"http://127.0.0.1:{server.port}"
        urllib.request.urlopen(urllib.request.Request(f"{origin}/pay", method="POST", data=b"")).close()
        assert receiver.enough.wait(20)
        told: dict[str, Any] = {}
        for _ in range(200):
            told = json.load(urllib.request.urlopen(f"{origin}/__sandbox/events"))
            if told["recent"][0]["outcome"] == "204":
                break
            time.sleep(0.05)
    assert (told["pending"], told["recent"][0]["attempts"], told["recent"][0]["outcome"]) == ([], 2, "204")
    for path, headers, body in receiver.came:
        assert path == "/hooks/paid"
        assert json.loads(body) == {"id": "pay_11111"}
        assert (headers["X-Sandbox"], headers["X-Kind"], headers["X-Sandbox-Event"]) == ("TEST ONLY", "paid", "1")
