from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.capture import recorder
from smartsandbox.packs.capture.background import free_port
from smartsandbox.packs.capture.imports import import_captures
from smartsandbox.packs.capture.recorder import Recorder, flow_file_option, require_upstream
from smartsandbox.packs.errors import NotReadyError, UsageError
from smartsandbox.packs.model import MessageKind
from smartsandbox.packs.testing import make_pack
from smartsandbox.replay_engine.self_replay import self_replay


class _Upstream(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.headers["host"].encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def upstream() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Upstream)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Host": "api.shop.test"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body: bytes = answer.read()
    return body


def test_a_percent_sign_in_the_file_name_is_kept_from_strftime(tmp_path: Path) -> None:
    assert flow_file_option(tmp_path / "50%d.mitm") == f"{tmp_path}/50%%d.mitm"


@pytest.mark.parametrize(
    "url", ["127.0.0.1:80", "ftp://host", "http://", "http://host/path", "http://u:p@host", "http://host:x"]
)
def test_an_upstream_that_is_no_origin_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match="upstream"):
        require_upstream(url)


def test_an_upstream_that_does_not_listen_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="does not accept connections"):
        Recorder(f"http://127.0.0.1:{free_port()}", free_port(), tmp_path / "a.mitm").__enter__()


def test_a_missing_mitmdump_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(recorder.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"smartsandbox\[record\]"):
        recorder.find_mitmdump()


def test_an_existing_recording_is_not_overwritten(upstream: str, tmp_path: Path) -> None:
    out = tmp_path / "a.mitm"
    out.write_bytes(b"precious")
    with pytest.raises(UsageError, match="never overwritten"):
        Recorder(upstream, free_port(), out).__enter__()
    assert out.read_bytes() == b"precious"


def test_a_taken_listen_port_leaves_nothing_behind(upstream: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="choose another port"):
        Recorder(upstream, taken.getsockname()[1], tmp_path / "a.mitm").__enter__()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(("keep_host", "host"), [(True, b"api.shop.test"), (False, None)])
def test_what_passed_through_stands_in_the_flow_file(
    upstream: str, tmp_path: Path, keep_host: bool, host: bytes | None
) -> None:
    from mitmproxy.io import FlowReader

    out = tmp_path / "100% ours.mitm"
    with Recorder(upstream, free_port(), out, keep_host=keep_host) as running:
        seen = [_get(f"{running.url}/v1/things?page={page}") for page in range(3)]
    with out.open("rb") as file:
        flows = list(FlowReader(file).stream())
    assert seen == [host or upstream.removeprefix("http://").encode()] * 3
    assert [flow.request.path for flow in flows] == [f"/v1/things?page={page}" for page in range(3)]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.slow
def test_a_websocket_is_recorded_with_its_messages_and_its_end(tmp_path: Path) -> None:
    """A real proxy between another implementation's client and server; what is read back is what was said."""
    client, server = pytest.importorskip("websockets.sync.client"), pytest.importorskip("websockets.sync.server")

    def talk(link: Any) -> None:
        link.send("hello")
        assert link.recv() == '{"op":"sub"}'
        link.send(b"\x00\xff")
        link.close(4001, "enough")

    out, port = tmp_path / "ws.mitm", free_port()
    with server.serve(talk, "127.0.0.1", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        with (
            Recorder(f"http://127.0.0.1:{serving.socket.getsockname()[1]}", port, out) as recording,
            client.connect(recording.url.replace("http", "ws") + "/v1/feed?a=1") as link,
        ):
            assert link.recv() == "hello"
            link.send('{"op":"sub"}')
            assert link.recv() == b"\x00\xff"
            with pytest.raises(Exception, match="4001"):
                link.recv()
        serving.shutdown()
        thread.join()
    (exchange,), ledger = import_captures([out])
    said = exchange.messages or ()
    assert [(one.sent, one.kind, one.payload, one.code) for one in said] == [
        (False, MessageKind.TEXT, b"hello", None),
        (True, MessageKind.TEXT, b'{"op":"sub"}', None),
        (False, MessageKind.BINARY, b"\x00\xff", None),
        (False, MessageKind.CLOSE, b"enough", 4001),
    ]
    assert (exchange.request.target, exchange.failure, ledger.dropped) == ("/v1/feed?a=1", None, {})
    found = self_replay(make_pack(tmp_path, [exchange]))
    assert (found.passed, found.differs) == (True, {})
