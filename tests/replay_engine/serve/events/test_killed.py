"""A server that is really killed, and the next one that sends what it had announced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

pytestmark = pytest.mark.slow

RULES = "- {endpoint: POST /pay, after: AFTER, body: '{\"paid\": answer.id}'}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Scene:
    """A folder with a pack and its rules, and a command that serves it."""

    def __init__(self, folder: Path, callback: str) -> None:
        self.folder = folder
        paid = an_exchange("p", a_request("POST", "/pay"), a_response(201, json={"id": "pay_11111"}))
        pack = make_pack(folder, [paid])
        line = [sys.executable, "-m", "smartsandbox", "serve", str(pack.folder), "--port", "0", "--latency", "none"]
        events = ["--events", str(folder / "events.yaml"), "--events-state", str(folder / "state")]
        self.line = [*line, *events, "--callback", callback]

    @contextmanager
    def serving(self, after: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """The process, and its address."""
        (self.folder / "events.yaml").write_text(RULES.replace("AFTER", after))
        with subprocess.Popen(
            [*self.line, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                yield process, process.stdout.readline().split()[3]
            finally:
                if process.poll() is None:
                    process.terminate()  # a kill would leave workers behind


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.timeout, server.bodies = 30, []  # type: ignore[attr-defined]
        yield server


def pay(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{url}/pay", method="POST", data=b"")).close()


def test_what_was_announced_before_a_kill_arrives_after_it(tmp_path: Path, receiver: HTTPServer) -> None:
    scene = Scene(tmp_path, f"http://127.0.0.1:{receiver.server_port}")
    with scene.serving("1h") as (process, url):
        pay(url)
        process.kill()
    state = (tmp_path / "state").read_bytes()
    (tmp_path / "state").write_bytes(state.replace(b'"at_us":1', b'"at_us":-1'))  # long past
    with scene.serving("1h"):
        receiver.handle_request()
    assert receiver.bodies == [b'{"paid":"pay_11111"}']  # type: ignore[attr-defined]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_tells_what_is_left(tmp_path: Path, receiver: HTTPServer, workers: str) -> None:
    scene = Scene(tmp_path, f"http://127.0.0.1:{receiver.server_port}")
    with scene.serving("1h", "--workers", workers) as (process, url):
        pay(url)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert err.startswith("events not sent when the server stopped: 1; the next start")
    assert err.splitlines()[1].startswith("  event 1 of POST /pay, due 20")


def test_a_keeper_that_is_killed_loses_none(tmp_path: Path, receiver: HTTPServer) -> None:
    scene = Scene(tmp_path, f"http://127.0.0.1:{receiver.server_port}")
    with scene.serving("3s", "--workers", "2") as (process, url):
        pay(url)
        arrived = threading.Thread(target=receiver.handle_request)
        arrived.start()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(min(map(int, children)), signal.SIGKILL)
        arrived.join(30)
    assert receiver.bodies == [b'{"paid":"pay_11111"}']  # type: ignore[attr-defined]
