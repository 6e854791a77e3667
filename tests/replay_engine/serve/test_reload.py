"""Another version takes over under load, and one that does not hold does not."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.options import Advance, ServeOptions
from smartsandbox.replay_engine.serve.reload import watch
from smartsandbox.replay_engine.serve.server import Server
from smartsandbox.replay_engine.testing import serving

FAST = ServeOptions(latency=Scaled(0.0))


def version(folder: Path, body: bytes, total_us: int = 0) -> Pack:
    exchange = an_exchange("e", a_request(target="/v"), a_response(body=body), ttfb_us=0, total_us=total_us)
    return make_pack(folder, [exchange])


class Shelf:
    """Two versions of a pack; `now` is the folder that is loaded."""

    def __init__(self, folder: Path) -> None:
        self.old, self.new = version(folder / "old", b"old", 200_000), version(folder / "new", b"new", 200_000)
        self.now = self.old.folder
        self.told: Queue[str] = Queue()

    def load(self) -> Pack:
        return Pack.open(self.now)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def ask(client: http.client.HTTPConnection, method: str, path: str) -> tuple[int, bytes]:
    client.request(method, path)
    answer = client.getresponse()
    return answer.status, answer.read()


def health(server: Server) -> dict[str, Any]:
    client = http.client.HTTPConnection(server.host, server.port, timeout=30)
    found: dict[str, Any] = json.loads(ask(client, "GET", "/__sandbox/health")[1])
    client.close()
    return found


def test_no_request_is_dropped_while_a_version_takes_over(shelf: Shelf) -> None:
    answers: list[list[bytes]] = []
    over = threading.Event()

    def caller(server: Server) -> None:
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)
        mine: list[bytes] = []
        answers.append(mine)
        while not over.is_set():
            status, body = ask(client, "GET", "/v")
            mine.append(body if status == 200 else b"%d" % status)
        mine.append(ask(client, "GET", "/v")[1])
        client.close()

    with serving(shelf.old, FAST, shelf.load, shelf.told.put) as server:
        threads = [threading.Thread(target=caller, args=(server,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for folder in (shelf.new.folder, shelf.old.folder, shelf.new.folder):
            shelf.now = folder
            client = http.client.HTTPConnection(server.host, server.port, timeout=30)
            assert ask(client, "POST", "/__sandbox/reload")[0] == 202
            client.close()
            assert shelf.told.get(timeout=30).startswith("serving sample@")
        over.set()
        for thread in threads:
            thread.join(30)
        assert health(server)["reload"]["reloaded"] == 3
    assert {body for mine in answers for body in mine} == {b"old", b"new"}
    assert [mine[-1] for mine in answers] == [b"new"] * 8


def test_what_is_on_its_way_finishes_as_it_was_decided(shelf: Shelf) -> None:
    with serving(shelf.old, ServeOptions(), shelf.load, shelf.told.put) as server:
        slow = http.client.HTTPConnection(server.host, server.port, timeout=30)
        slow.request("GET", "/v")
        shelf.now = shelf.new.folder
        other = http.client.HTTPConnection(server.host, server.port, timeout=30)
        assert ask(other, "POST", "/__sandbox/reload")[0] == 202
        other.close()
        shelf.told.get(timeout=30)
        assert slow.getresponse().read() == b"old"
        assert ask(slow, "GET", "/v") == (200, b"new")
        slow.close()


def spoil_a_byte(pack: Pack) -> None:
    file = pack.folder / "bodies.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def unsign(pack: Pack) -> None:
    (pack.folder / "attestation.json").unlink()


def delete(pack: Pack) -> None:
    shutil.rmtree(pack.folder)


@pytest.mark.parametrize("damage", [spoil_a_byte, unsign, delete])
def test_a_version_that_does_not_hold_leaves_the_old_one_serving(shelf: Shelf, damage: Callable[[Pack], None]) -> None:
    damage(shelf.new)
    shelf.now = shelf.new.folder
    with serving(shelf.old, FAST, shelf.load, shelf.told.put) as server:
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)
        assert ask(client, "POST", "/__sandbox/reload")[0] == 202
        words = shelf.told.get(timeout=30)
        assert ask(client, "GET", "/v") == (200, b"old")
        client.close()
        told = health(server)["reload"]
    assert (told["refused"], told["reloaded"]) == (1, 0)
    assert told["last"] == words
    assert words.startswith(f"reload refused, sample@{shelf.old.manifest.version} serves on: ")
    assert "\n" not in words


def test_the_same_version_keeps_its_sessions(tmp_path: Path) -> None:
    exchanges = [an_exchange(f"e{n}", a_request(target="/n"), a_response(body=b"%d" % n), at_us=n) for n in range(3)]
    pack, told = make_pack(tmp_path, exchanges), Queue[str]()
    with serving(pack, FAST, lambda: Pack.open(pack.folder), told.put) as server:
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)
        assert ask(client, "GET", "/n")[1] == b"0"
        ask(client, "POST", "/__sandbox/reload")
        assert told.get(timeout=30) == f"sample@{pack.manifest.version} is the newest already"
        assert ask(client, "GET", "/n")[1] == b"1"
        client.close()


def test_a_pack_may_be_deleted_while_it_is_served(shelf: Shelf, tmp_path: Path) -> None:
    parts = a_response(body=b"0123456789", headers=(("Accept-Ranges", "bytes"), ("ETag", '"1"')))
    ranged = make_pack(tmp_path / "ranged", [an_exchange("r", a_request(target="/r"), parts)])
    with serving(ranged, FAST) as server:
        shutil.rmtree(ranged.folder)
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)
        client.request("GET", "/r", headers={"Range": "bytes=2-4"})
        answer = client.getresponse()
        assert (answer.status, answer.read()) == (206, b"234")
        client.close()
    with serving(shelf.old, FAST) as server:
        shutil.rmtree(shelf.old.folder)
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)
        assert ask(client, "GET", "/v") == (200, b"old")
        assert ask(client, "GET", "/nothing")[0] == 404
        assert ask(client, "POST", "/__sandbox/reload")[0] == 409
        client.close()


def test_a_watched_pack_is_reloaded_when_its_name_leads_elsewhere(shelf: Shelf) -> None:
    async def watched() -> tuple[int, str]:
        asked = 0

        def ask_once() -> None:
            nonlocal asked
            asked += 1
            if asked == 2:
                task.cancel()

        places = iter(["a", "a", "b", "b", OSError("gone"), "b"])

        def seen() -> object:
            found = next(places)
            if isinstance(found, OSError):
                raise found
            return found

        task = asyncio.ensure_future(watch(seen, ask_once, 0.0))
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return asked, next(places)

    assert run(watched()) == (2, "b")


def test_what_is_set_for_the_whole_server_outlives_a_version_and_sessions_do_not(shelf: Shelf) -> None:
    options = replace(FAST, effects=(chaos_of("", 0),))
    with serving(shelf.old, options, shelf.load, shelf.told.put) as server:
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)

        def set_to(name: str, **value: str) -> None:
            client.request("POST", f"/__sandbox/{name}", json.dumps(value))
            assert client.getresponse().read()

        def asked(session: str) -> tuple[int, bool, bool]:
            client.request("GET", "/v", headers={"X-Sandbox-Session": session})
            answer = client.getresponse()
            answer.read()
            return answer.status, "X-Sandbox-Chaos" in answer.headers, "X-Sandbox-Clock" in answer.headers

        set_to("chaos", chaos="latency=0ms")
        set_to("chaos", chaos="status=503", session="mine")
        set_to("clock", clock="shift=+3d")
        set_to("clock", clock="off", session="mine")
        assert (asked("mine"), asked("other")) == ((503, True, False), (200, True, True))
        shelf.now = shelf.new.folder
        set_to("reload")
        assert shelf.told.get(timeout=30).startswith("serving sample@")
        assert (asked("mine"), asked("other")) == ((200, True, True), (200, True, True))
        client.close()


def test_cursors_steps_and_journeys_begin_anew_with_another_version(tmp_path: Path) -> None:
    def pack(name: str) -> Pack:
        """A read, a write, and the read after it; the bodies say which version."""
        reads = [
            an_exchange(f"r{n}", a_request(target="/n"), a_response(json=[name, n]), at_us=20_000 * n) for n in range(2)
        ]
        write = an_exchange("w", a_request("POST", "/n", json={}), a_response(json=[name, "w"]), at_us=10_000)
        return make_pack(tmp_path / name, [*reads, write])

    old, new, told = pack("old"), pack("new"), Queue[str]()
    options = replace(FAST, advance=Advance.WRITE)
    with serving(old, options, lambda: Pack.open(new.folder), told.put) as server:
        client = http.client.HTTPConnection(server.host, server.port, timeout=30)

        def asked(method: str, path: str = "/n", value: object = None) -> Any:
            headers = {"X-Sandbox-Session": "s", "Content-Type": "application/json"}
            body = None if method == "GET" else json.dumps({} if value is None else value)
            client.request(method, path, body, headers)
            return json.loads(client.getresponse().read())

        before = [asked("GET"), asked("POST"), asked("GET")]
        assert before == [["old", 0], ["old", "w"], ["old", 1]]
        snapshot = asked("POST", "/__sandbox/snapshot", {"session": "s"})["snapshot"]
        asked("POST", "/__sandbox/reload")
        assert told.get(timeout=30).startswith("serving sample@")
        assert [asked("GET"), asked("GET")] == [["new", 0], ["new", 0]]
        assert asked("POST", "/__sandbox/reset", {"session": "s", "snapshot": snapshot})["title"] == "No such snapshot"
        assert [asked("POST"), asked("GET")] == [["new", "w"], ["new", 1]]
        client.close()
