"""What belongs to a session holds whichever of several workers is asked: clocks, templates, snapshots and chaos."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, make_pack, received

pytestmark = pytest.mark.slow

CONNECTIONS = 8
"""Each is a new one, so with two workers all but one in 128 runs ask both."""
TEMPLATES = """
- endpoint: POST /orders
  body: /id
  value: '"ord_" + session + "_" + string(seq)'
"""


class Asked(dict[str, Any]):
    """Status, headers by lower-case name, and JSON body of one answer."""


class Served:
    """A running server of two workers."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def ask(self, method: str, path: str, value: object = None, **headers: str) -> Asked:
        """One request on a connection of its own."""
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        body = None if value is None else json.dumps(value)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as client:
            client.request(method, path, body, {"Content-Type": "application/json", **given})
            answer = client.getresponse()
            named = {name.lower(): text for name, text in answer.getheaders()}
            return Asked(status=answer.status, headers=named, body=json.loads(answer.read() or b"null"))

    def told(self) -> str:
        """The next line on standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()


@contextmanager
def two_workers(pack: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "smartsandbox", "serve", str(pack), "--port", "0", "--workers", "2"]
    with subprocess.Popen(
        [*command, "--latency", "none", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield Served(process, urlsplit(line.split()[3]).port or 0)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thing with a date, 111 weeks and some hours before 2026, orders with ids, and a list that counts on."""
    dated = (("Date", "Tue, 14 Nov 2023 22:13:20 GMT"), ("Content-Type", "application/json"))
    rows = [
        an_exchange("t", a_request(target="/thing"), a_response(json={"due_on": "2023-11-30"}, headers=dated)),
        an_exchange("o", a_request("POST", "/orders", json={}), a_response(json={"id": "ord_000001"})),
        an_exchange("g", a_request(target="/orders/ord_000001"), a_response(json={"id": "ord_000001"})),
        *(an_exchange(f"n{n}", a_request(target="/n"), a_response(json=n), at_us=10 + n) for n in range(30)),
    ]
    return make_pack(tmp_path_factory.mktemp("together"), rows).folder


def test_the_clock_of_the_server_and_that_of_a_session_are_those_of_all_workers(folder: Path) -> None:
    with two_workers(folder, "--clock", "freeze=2026-01-01T00:00:00Z") as served:
        plain = [served.ask("GET", "/thing") for _ in range(CONNECTIONS)]
        assert {asked["headers"]["x-sandbox-clock"] for asked in plain} == {"2026-01-01T00:00:00Z"}
        assert {asked["body"]["due_on"] for asked in plain} == {"2026-01-15"}
        assert (
            served.ask("POST", "/__sandbox/clock", {"session": "a", "clock": "freeze=2026-01-08T00:00:00Z"})["status"]
            == 200
        )
        own = [served.ask("GET", "/thing", X_Sandbox_Session="a") for _ in range(CONNECTIONS)]
        assert {asked["body"]["due_on"] for asked in own} == {"2026-01-22"}
        assert served.ask("GET", "/thing")["body"]["due_on"] == "2026-01-15"


def test_an_id_from_a_template_is_known_to_all_workers(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "templates.yaml").write_text(TEMPLATES)
    with two_workers(folder, "--templates", str(tmp_path / "templates.yaml")) as served:
        made = [served.ask("POST", "/orders", {}, X_Sandbox_Session="a")["body"]["id"] for _ in range(CONNECTIONS)]
        assert made == [f"ord_a_{number}" for number in range(1, CONNECTIONS + 1)]
        found = [served.ask("GET", f"/orders/{name}", X_Sandbox_Session="a") for name in made]
        assert [asked["body"]["id"] for asked in found] == made
        assert served.ask("GET", f"/orders/{made[0]}", X_Sandbox_Session="b")["status"] == 404


def test_snapshots_and_clones_are_those_of_the_whole_server(folder: Path) -> None:
    with two_workers(folder) as served:

        def steps(session: str, count: int) -> list[int]:
            return [served.ask("GET", "/n", X_Sandbox_Session=session)["body"] for _ in range(count)]

        assert steps("a", 4) == [0, 1, 2, 3]
        taken = served.ask("POST", "/__sandbox/snapshot", {"session": "a"})["body"]
        assert taken == {"snapshot": 1, "step": 4}
        assert served.ask("POST", "/__sandbox/clone", {"session": "a", "to": "b"})["body"]["step"] == 4
        assert (steps("a", 2), steps("b", 3)) == ([4, 5], [4, 5, 6])
        assert served.ask("POST", "/__sandbox/reset", {"session": "c", "snapshot": 1})["body"]["step"] == 4
        assert steps("c", 2) == [4, 5]
        assert served.ask("POST", "/__sandbox/reset", {"session": "a", "step": 1})["status"] == 200
        assert steps("a", 1) == [1]


def test_chaos_for_a_request_and_for_the_server_is_the_same_from_all_workers(folder: Path) -> None:
    def drawn(served: Served, session: str) -> list[int]:
        headers = {"X_Chaos": "5xx=50%,nth=2", "X_Sandbox_Session": session}
        return [served.ask("GET", "/n", **headers)["status"] for _ in range(12)]

    with two_workers(folder, "--seed", "7") as served, two_workers(folder, "--seed", "7") as again:
        first = drawn(served, "a")
        assert first == drawn(again, "a")
        assert (set(first[::2]), len(set(first[1::2])) > 1) == ({200}, True)
        assert served.ask("GET", "/thing")["headers"].get("x-sandbox-chaos") is None
        assert served.ask("GET", "/__sandbox/stats")["body"]["all_steps"] is False
        assert served.ask("POST", "/__sandbox/chaos", {"chaos": "status=503"})["status"] == 200
        assert {served.ask("GET", "/thing")["status"] for _ in range(CONNECTIONS)} == {503}
        served.ask("POST", "/__sandbox/chaos", {"chaos": "none"})
        assert {served.ask("GET", "/thing")["status"] for _ in range(CONNECTIONS)} == {200}


def test_drawn_latency_is_every_workers_own_until_something_is_set_for_all(folder: Path) -> None:
    with two_workers(folder, "--latency", "fitted") as served:
        assert {served.ask("GET", "/thing")["status"] for _ in range(CONNECTIONS)} == {200}
        assert served.ask("GET", "/__sandbox/stats")["body"]["sessions"] == 0
        assert [served.ask("GET", "/n", X_Sandbox_Session="a")["body"] for _ in range(4)] == [0, 1, 2, 3]
        served.ask("POST", "/__sandbox/chaos", {"chaos": "status=503"})
        assert {served.ask("GET", "/thing")["status"] for _ in range(CONNECTIONS)} == {503}


def test_chaos_for_the_server_outlives_another_version(folder: Path, tmp_path: Path) -> None:
    rows = [an_exchange("t", a_request(target="/thing"), a_response(json="new"))]
    new, named = make_pack(tmp_path / "new", rows), tmp_path / "named"
    named.symlink_to(folder)
    with two_workers(named) as served:
        served.ask("POST", "/__sandbox/chaos", {"chaos": "latency=0ms"})
        assert served.ask("GET", "/n", X_Sandbox_Session="a")["body"] == 0
        named.unlink()
        named.symlink_to(new.folder)
        os.kill(served.process.pid, signal.SIGHUP)
        assert served.told().startswith(f"serving sample@{new.manifest.version} from here on")
        asked = [served.ask("GET", "/thing") for _ in range(CONNECTIONS)]
        assert {item["headers"]["x-sandbox-chaos"] for item in asked} == {"latency=0ms"}
        assert {item["body"] for item in asked} == {"new"}
        assert served.ask("GET", "/n", X_Sandbox_Session="a")["status"] == 404


def test_websockets_follow_what_was_set_for_their_session_at_the_keeper(tmp_path: Path) -> None:
    client = pytest.importorskip("websockets.sync.client")
    exceptions = pytest.importorskip("websockets.exceptions")
    talk = (received(0, {"at": "2023-11-14T22:13:22Z"}), received(1, "second"))
    dated = a_response(json={}, headers=(("Date", "Tue, 14 Nov 2023 22:13:20 GMT"),))
    pack = make_pack(tmp_path, [an_exchange("p", a_request(), dated), a_socket("w", talk)])
    with two_workers(pack.folder) as served:
        served.ask("POST", "/__sandbox/clock", {"session": "s", "clock": "freeze=2026-03-04T12:00:00Z"})
        served.ask("POST", "/__sandbox/chaos", {"session": "s", "chaos": "on=messages,reset,nth=2"})
        for _ in range(CONNECTIONS):
            headers = {"X-Sandbox-Session": "s"}
            url = f"ws://127.0.0.1:{served.port}/v1/feed"
            with client.connect(url, additional_headers=headers) as opened:
                assert json.loads(opened.recv()) == {"at": "2026-03-03T22:13:22Z"}
                with pytest.raises((exceptions.ConnectionClosed, ConnectionError)):
                    opened.recv()
