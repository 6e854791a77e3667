from __future__ import annotations

import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from smartsandbox.commands.record import interruption
from smartsandbox.packs.capture.background import free_port
from smartsandbox.packs.capture.imports import import_captures


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:
        return


def test_an_interruption_sets_the_event_and_puts_the_handlers_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with interruption() as ended:
        os.kill(os.getpid(), signal.SIGTERM)
        assert ended.is_set()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.slow
def test_what_passed_the_recorder_until_it_was_interrupted_can_be_imported(tmp_path: Path) -> None:
    service = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    Thread(target=service.serve_forever, daemon=True).start()
    program = Path(sys.executable).with_name("smartsandbox")
    port, out = free_port(), tmp_path / "a.mitm"
    upstream = f"http://127.0.0.1:{service.server_port}"
    command = [str(program), "record", "--upstream", upstream, "--port", str(port), "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as recorder:
        assert recorder.stderr is not None
        assert "recording" in recorder.stderr.readline()
        with urlopen(f"http://127.0.0.1:{port}/x") as answer:
            assert answer.read() == b"hello"
        recorder.send_signal(signal.SIGINT)
        assert recorder.wait(60) == 0
    service.shutdown()
    service.server_close()
    (exchange,), _ = import_captures([out])
    assert exchange.request.path == "/x"
    assert exchange.response is not None
    assert exchange.response.body == b"hello"
