"""Several processes answer as one would. Real processes, so these are slow."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

pytestmark = pytest.mark.slow

MINE = {"X-Sandbox-Session": "mine"}


@dataclass
class Fleet:
    """A running server of two workers and a keeper."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, path: str, headers: dict[str, str] = {}, method: str = "GET") -> tuple[int, bytes]:  # noqa: B006
        """One request on a connection of its own."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as client:
            client.request(method, path, headers=headers)
            answer = client.getresponse()
            return answer.status, answer.read()

    def facts(self, name: str) -> dict[str, Any]:
        """What /__sandbox/ tells under a name."""
        found: dict[str, Any] = json.loads(self.ask(f"/__sandbox/{name}")[1])
        return found

    def children(self) -> list[int]:
        """The keeper, then the workers."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sorted(int(child) for child in listed)

    def told(self) -> str:
        """The next line on standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def stop(self) -> int:
        """End it by SIGTERM; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def fleet(pack: Path, *options: str) -> Iterator[Fleet]:
    command = [sys.executable, "-m", "smartsandbox", "serve", str(pack), "--port", "0", "--workers", "2", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield Fleet(process, urlsplit(line.split()[3]).port or 0)
        finally:
            if process.poll() is None:
                process.terminate()


def counting(folder: Path, steps: int = 40, total_us: int = 0) -> Pack:
    """/n answers 0, 1, 2 and so on to each session, /one always the same."""
    exchanges = [
        an_exchange(f"n{n}", a_request(target="/n"), a_response(body=b"%d" % n), at_us=n, ttfb_us=0, total_us=total_us)
        for n in range(steps)
    ]
    one = an_exchange("one", a_request(target="/one"), a_response(body=b"one"), ttfb_us=0, total_us=total_us)
    return make_pack(folder, [*exchanges, one])


def test_a_session_gets_each_answer_once_over_any_number_of_connections(tmp_path: Path) -> None:
    with fleet(counting(tmp_path).folder, "--latency", "none") as served, ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: served.ask("/n", MINE)[1], range(40)))
        assert sorted(map(int, got)) == list(range(40))
        assert served.ask("/n", {"X-Sandbox-Session": "other"})[1] == b"0"
        assert json.loads(served.ask("/__sandbox/reset", method="POST")[1]) == {"reset": 2}
        assert served.ask("/n", MINE)[1] == b"0"


def test_counters_are_those_of_all_workers(tmp_path: Path) -> None:
    with fleet(counting(tmp_path).folder, "--latency", "none") as served:
        for _ in range(20):
            served.ask("/one")
        served.ask("/n")
        served.ask("/nothing")
        until(lambda: served.facts("stats")["served"] == 22)
        stats = served.facts("stats")
    assert (stats["matched"], stats["missed"], stats["by_endpoint"]) == (21, 1, {"GET /n": 1, "GET /one": 20})
    assert stats["workers"] == {"count": 2, "restarted": 0}


def until(holds: Callable[[], bool]) -> None:
    """Ask until it holds; what is asked answers in its own time."""
    for _ in range(10_000):
        if holds():
            return
    raise AssertionError("it never held")


def test_a_killed_worker_is_replaced_and_sessions_stay(tmp_path: Path) -> None:
    with fleet(counting(tmp_path).folder, "--latency", "none") as served:
        assert served.ask("/n", MINE)[1] == b"0"
        keeper, *workers = served.children()
        os.kill(workers[0], signal.SIGKILL)
        assert served.told() == "worker 1 ended and was started again\n"
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: served.ask("/one"), range(40))) == {(200, b"one")}
        assert served.ask("/n", MINE)[1] == b"1"
        assert served.facts("stats")["workers"] == {"count": 2, "restarted": 1}
        assert keeper in served.children()
        assert len(served.children()) == 3
        assert served.stop() == 0


def test_a_killed_keeper_is_replaced_and_sessions_begin_anew(tmp_path: Path) -> None:
    with fleet(counting(tmp_path).folder, "--latency", "none") as served:
        assert [served.ask("/n", MINE)[1] for _ in range(2)] == [b"0", b"1"]
        os.kill(served.children()[0], signal.SIGKILL)
        assert served.told() == "the keeper of sessions ended and was started again; sessions begin anew\n"
        assert [served.ask("/n", MINE)[1] for _ in range(2)] == [b"0", b"1"]


def test_all_processes_take_another_version_and_drop_nothing(tmp_path: Path) -> None:
    old, new = (counting(tmp_path / name, steps, 1000) for name, steps in (("old", 2), ("new", 3)))
    named = tmp_path / "named"
    named.symlink_to(old.folder)
    over, answers = threading.Event(), []

    def caller(served: Fleet) -> None:
        client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
        while not over.is_set():
            client.request("GET", "/one")
            answer = client.getresponse()
            answers.append((answer.status, answer.read()))
        client.close()

    with fleet(named) as served:
        threads = [threading.Thread(target=caller, args=(served,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        named.unlink()
        named.symlink_to(new.folder)
        assert served.ask("/__sandbox/reload", method="POST")[0] == 202
        assert served.told().startswith(f"serving sample@{new.manifest.version} from here on")
        over.set()
        for thread in threads:
            thread.join(30)
        assert [served.ask("/n", MINE)[1] for _ in range(4)] == [b"0", b"1", b"2", b"2"]
    assert set(answers) == {(200, b"one")}


def test_all_processes_drain(tmp_path: Path) -> None:
    with fleet(counting(tmp_path, total_us=3_000_000).folder) as served:
        clients = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=30) for _ in range(8)]
        for client in clients:
            client.request("GET", "/one")
        until(lambda: served.facts("stats")["connections"] >= 8)
        assert served.stop() == 0
        assert [client.getresponse().read() for client in clients] == [b"one"] * 8
        for client in clients:
            client.close()
        with pytest.raises(ConnectionRefusedError):
            served.ask("/one")


def test_a_port_that_other_workers_have_is_in_use(tmp_path: Path) -> None:
    pack = counting(tmp_path).folder
    with fleet(pack) as served:
        command = ["serve", str(pack), "--port", str(served.port), "--workers", "2"]
        second = subprocess.run([sys.executable, "-m", "smartsandbox", *command], capture_output=True, text=True)
        assert second.returncode == 2
        assert f"port {served.port} of 127.0.0.1 is in use" in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1


def test_a_server_that_cannot_start_says_so_once(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [an_exchange("e", a_request(), a_response(), ttfb_us=None, total_us=None)])
    command = ["serve", str(pack.folder), "--port", "0", "--workers", "2", "--latency", "fitted"]
    found = subprocess.run([sys.executable, "-m", "smartsandbox", *command], capture_output=True, text=True)
    assert found.returncode == 2
    assert len(found.stderr.strip().splitlines()) == 1


def test_a_client_that_breaks_off_leaves_the_others_alone(tmp_path: Path) -> None:
    with fleet(counting(tmp_path).folder, "--latency", "none") as served:
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", served.port)) as client:
                client.sendall(b"GET /n HTTP/1.1\r\nHost: x\r\n\r\n")
        assert served.ask("/one") == (200, b"one")
