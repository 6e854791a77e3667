"""The tools themselves take what was exported: k6 drives a served pack, WireMock answers as the pack did."""

from __future__ import annotations

import http.client
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import peers
from bench.proc import free_port
from smartsandbox.packs.interchange.k6 import write_script
from smartsandbox.packs.interchange.wiremock import write_mappings
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.testing import serving

pytestmark = pytest.mark.slow


def peer(name: str) -> peers.Peer:
    try:
        return peers.get(name)
    except peers.AbsentError as error:
        pytest.skip(f"{name} cannot be had here: {error}")


def test_k6_sends_every_request_and_finds_the_recorded_status(pack: Pack, tmp_path: Path) -> None:
    k6 = peer("k6")
    done = write_script(pack, tmp_path / "replay.js")
    with serving(pack) as server:
        ran = subprocess.run(
            [*k6.command, "run", "-q", "-e", f"TARGET={server.url}", "--summary-export", "sum.json", "replay.js"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        counts = server.responder.journal.counts()
    assert ran.returncode == 0, ran.stderr[-500:]
    checks = json.loads((tmp_path / "sum.json").read_text())["metrics"]["checks"]

    assert done.written == 7
    assert counts["missed"] == 0
    # Its HTTP client asks once more where a connection it had used before was reset.
    assert {name: n for name, n in counts["by_endpoint"].items() if name != "GET /v1/gone"} == {
        "GET /v1/pay/{pay_id}": 2,
        "HEAD /v1/pay": 1,
        "POST /v1/form": 1,
        "POST /v1/pay": 1,
        "PUT /v1/blob": 1,
    }
    assert (checks["passes"], checks["fails"]) == (7, 0)


def test_wiremock_answers_as_the_pack_did(pack: Pack, tmp_path: Path) -> None:
    home = tmp_path / "wiremock"
    (home / "mappings").mkdir(parents=True)
    write_mappings(pack, home / "mappings" / "pack.json")
    with wiremock(peer("wiremock"), home) as port:
        token = {"Authorization": "Bearer one"}
        target = "/v1/pay/7?q=it%27s+me&tag=a&tag=b"
        answers = [ask(port, "GET", target, token) for _ in range(3)]
        posted = ask(port, "POST", "/v1/pay", {"Content-Type": "application/json"}, '{"to": "Zo\\u00eb", "amount": 5}')
        blob = ask(port, "PUT", "/v1/blob", {}, b"\x00\xff'\"$x")
        form = ask(port, "POST", "/v1/form", {}, b"a=1&b=%26")
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            ask(port, "GET", "/v1/gone", {})

    assert answers == [(200, b'{"n":1}'), (200, b'{"n":2}'), (200, b'{"n":2}')]
    assert posted == (201, b'{"id":9}')
    assert blob == (200, b"\xfe\x00end")
    assert form == (422, b"no")


@contextmanager
def wiremock(peer: peers.Peer, home: Path) -> Iterator[int]:
    port = free_port()
    command = [*peer.command, "--port", str(port), "--bind-address", "127.0.0.1", "--root-dir", str(home)]
    process = subprocess.Popen([*command, "--disable-banner"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/__admin/mappings", timeout=_until_up(process, port)).read()
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _until_up(process: subprocess.Popen[bytes], port: int) -> float:
    """Waits for the port by asking, at most a minute; gives the seconds to allow for one answer."""
    for _ in range(120):
        try:
            ask(port, "GET", "/__admin/health", {})
        except OSError:
            assert process.poll() is None, "WireMock ended"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
        else:
            return 10.0
    raise AssertionError("WireMock does not answer")


def ask(port: int, method: str, target: str, headers: dict[str, str], body: str | bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, target, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
