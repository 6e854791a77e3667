"""Events are sent when they are due on their session's clock, and again if they were not taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.events import queue
from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
from smartsandbox.replay_engine.serve.events.declared import read_events
from smartsandbox.replay_engine.serve.events.queue import Events
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger

HOOK = '{endpoint: POST /pay, after: 2s, body: \'{"paid": answer.id, "by": session}\'}'
URL = "http://127.0.0.1:9/hooks"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    paid = an_exchange("p", a_request("POST", "/pay"), a_response(201, json={"id": "pay_11111"}))
    return make_pack(tmp_path_factory.mktemp("events"), [paid, an_exchange("g", a_request(), a_response(), at_us=1)])


class Bench:
    """A served pack, its clock, and what was sent: the seconds, the target and the message of each call."""

    def __init__(self, pack: Pack, folder: Path, entries: str = HOOK, url: str | None = URL, **options: Any) -> None:
        file = folder / "events.yaml"
        file.write_text(f"[{entries}]")
        self.clock = VirtualClock()
        self.statuses: list[int | OSError] = []
        self.sent: list[tuple[float, str, bytes]] = []
        self.events = Events(read_events(file, {"SECRET": "s3cret"}), Callbacks(url))
        self.exchanger = Exchanger(
            pack,
            self.clock,
            ServeOptions(
                latency=Scaled(0.0),
                wall=lambda: START + timedelta(seconds=self.clock.now()),
                events=self.events,
                **options,
            ),
        )
        self.events.begin(self.clock, self._send)

    async def _send(self, target: Target, message: bytes) -> int:
        self.sent.append((self.clock.now(), target.url, message))
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(status, OSError):
            raise status
        return status

    def ask(self, line: str = "POST /pay", value: Any = None, *lines: str) -> bytes:
        body = b"" if value is None else orjson.dumps(value)
        head = [f"{line} HTTP/1.1", "Host: a", "X-Sandbox-Session: s", *lines, f"Content-Length: {len(body)}", "", ""]
        return self.exchanger.ask("\r\n".join(head).encode() + body)

    def admin(self, name: str, value: Any = None) -> Any:
        method = "GET" if value is None else "POST"
        return orjson.loads(self.ask(f"{method} /__sandbox/{name}", value).partition(b"\r\n\r\n")[2])

    async def after(self, seconds: float) -> list[float]:
        """When calls were made, once so much time has passed."""
        self.clock.advance(seconds)
        for _ in range(10):
            await asyncio.sleep(0)
        return [at for at, _, _ in self.sent]


def running(scene: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    def run(pack: Pack, tmp_path: Path) -> None:
        asyncio.run(scene(pack, tmp_path))

    run.__name__ = scene.__name__
    return run


@running
async def test_an_answer_makes_its_call_later(pack: Pack, folder: Path) -> None:
    bench = Bench(pack, folder)
    assert b"201" in bench.ask().split(b"\r\n")[0]
    bench.ask("GET /v1/ping")
    assert await bench.after(1.9) == []
    assert await bench.after(0.1) == [2.0]
    head, _, body = bench.sent[0][2].partition(b"\r\n\r\n")
    assert orjson.loads(body) == {"paid": "pay_11111", "by": "s"}
    assert head.split(b"\r\n")[0] == b"POST /hooks HTTP/1.1"
    assert {b"X-Sandbox: TEST ONLY", b"Host: 127.0.0.1:9", b"Content-Length: %d" % len(body)} < {*head.split(b"\r\n")}
    assert bench.admin("stats")["events"] == {"announced": 1, "pending": 0, "delivered": 1}
    assert bench.admin("journal")["entries"][0]["note"] == "event 1"


@running
async def test_it_comes_when_its_session_s_clock_says_so(pack: Pack, folder: Path) -> None:
    bench = Bench(pack, folder)
    bench.ask("POST /pay", None, "X-Sandbox-Clock: freeze=2026-05-01")
    assert await bench.after(1000) == []
    assert bench.admin("events")["pending"][0]["due"] == "2026-05-01T00:00:02Z"
    bench.admin("clock", {"session": "s", "clock": "freeze=2026-05-01T00:00:02Z"})
    assert await bench.after(0) == [1000]
    bench.ask("POST /pay", None, "X-Sandbox-Clock: rate=10")
    assert await bench.after(0.2) == [1000, 1000.2]
    bench.ask("POST /pay", None, "X-Sandbox-Clock: off")
    bench.ask("GET /v1/ping", None, "X-Sandbox-Clock: shift=+1d")
    assert (await bench.after(0))[2:] == [1000.2]


@running
async def test_what_was_not_taken_is_sent_again_later_and_later_but_not_for_ever(pack: Pack, folder: Path) -> None:
    bench = Bench(pack, folder)
    bench.statuses = [500, ConnectionRefusedError(), TimeoutError(), 302, 503]
    bench.ask()
    times: list[float] = []
    for _ in range(40):
        times = await bench.after(1)
    assert times == [2, 3, 5, 9, 17]
    told = bench.admin("events")
    assert (told["pending"], told["recent"][0]["attempts"], told["recent"][0]["outcome"]) == ([], 5, "503")
    assert bench.admin("stats")["events"] == {"announced": 1, "pending": 0, "retried": 4, "undelivered": 1}
    bench.statuses = [503]
    bench.ask()
    await bench.after(2)
    await bench.after(1)
    assert bench.admin("events")["recent"][1]["outcome"] == "200"


@running
async def test_pending_ones_can_be_fired(pack: Pack, folder: Path) -> None:
    bench = Bench(pack, folder)
    for _ in range(3):
        bench.ask()
    assert bench.admin("events", {"event": 2}) == {"fired": 1}
    assert bench.admin("events", {"event": 2}) == {"fired": 0}
    assert bench.admin("events", {"session": "another"}) == {"fired": 0}
    assert await bench.after(0) == [0]
    assert bench.admin("events", {"session": "s"}) == {"fired": 2}
    assert bench.admin("events", {"event": "x"})["status"] == 400
    assert await bench.after(0) == [0, 0, 0]
    assert await bench.after(5) == [0, 0, 0]


@running
async def test_a_session_has_a_callback_of_its_own_and_elsewhere_is_refused(pack: Pack, folder: Path) -> None:
    bench = Bench(pack, folder, url=None)
    bench.ask()
    assert await bench.after(3) == []
    assert bench.admin("events")["recent"][0]["outcome"] == "no callback URL"
    assert bench.admin("callback", {"session": "s", "url": "http://127.0.0.2:8/x"}) == {"callback": "set"}
    refused = bench.admin("callback", {"session": "s", "url": "http://pay.example.com/x"})
    assert (refused["status"], "it is not this machine" in refused["detail"]) == (400, True)
    bench.ask()
    await bench.after(3)
    assert [url for _, url, _ in bench.sent] == ["http://127.0.0.2:8/x"]


@running
async def test_a_body_without_a_value_and_too_many_pending_are_counted(pack: Pack, folder: Path) -> None:
    bench = Bench(
        pack,
        folder,
        f"{HOOK}, {{endpoint: POST /pay, body: answer.nothing}}, {{endpoint: POST /pay, status: 500, body: '1'}}",
    )
    for _ in range(queue.MOST_PENDING + 2):
        bench.ask()
    assert bench.admin("stats")["events"] == {
        "announced": queue.MOST_PENDING,
        "pending": queue.MOST_PENDING,
        "dropped": 2,
        "without a body": queue.MOST_PENDING + 2,
    }


@running
async def test_an_answer_that_never_came_announces_nothing(pack: Pack, folder: Path) -> None:
    bench = Bench(pack, folder, effects=(chaos_of("status=503", 0),))
    bench.ask()
    assert bench.admin("stats")["events"]["announced"] == 0


@running
async def test_it_is_signed_when_it_is_sent_by_the_session_s_clock(pack: Pack, folder: Path) -> None:
    sign = "sign: {hmac: 'header:stripe-signature', scheme: stripe, key: SECRET}"
    bench = Bench(pack, folder, f"{{endpoint: POST /pay, after: 1h, body: answer.id, {sign}}}")
    bench.ask()
    await bench.after(3600)
    # HMAC-SHA256 of '1767229200."pay_11111"' (2026-01-01T01:00:00Z) under s3cret, by another program.
    signature = b"t=1767229200,v1=651ce09de1ac27442274f5ebd818c56ca4c54ca7a9492e19bf94bf934d31c8cc"
    assert b"\r\nstripe-signature: " + signature in bench.sent[0][2]


def test_an_endpoint_that_the_pack_does_not_have_is_said_so(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="events name endpoint 'POST /nowhere'; the pack has GET /v1/ping, POST /pay"):
        Bench(pack, tmp_path, "{endpoint: POST /nowhere, body: '1'}")
