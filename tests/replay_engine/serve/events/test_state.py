"""Events outlive the server: what was announced is on the disk, told when it stops, and taken up at the next start."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from smartsandbox.packs.errors import SandboxError, UsageError
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.moments import SECOND
from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
from smartsandbox.replay_engine.serve.events.declared import read_events
from smartsandbox.replay_engine.serve.events.queue import Events
from smartsandbox.replay_engine.serve.events.state import EventState
from smartsandbox.replay_engine.sessions import Sessions

URL = "http://127.0.0.1:9/hooks"
START = datetime(2026, 1, 1, tzinfo=UTC)
START_US = 1_767_225_600 * SECOND
RULE = "{endpoint: POST /pay, after: 5s, body: '{}', sign: {hmac: 'header:x-sign', scheme: stripe, key: SECRET}}"
OTHER = "{endpoint: POST /other, body: '{}'}"


class Server:
    """One start of a server: its clocks begin `later` seconds after `START`. It ends as one that is killed."""

    started: ClassVar[list[EventState]] = []

    def __init__(self, folder: Path, later: float = 0.0, rules: str = RULE, *, kept: bool = True) -> None:
        file = folder / "events.yaml"
        file.write_text(f"[{rules}]")
        self.clock, self.begun = VirtualClock(), START + timedelta(seconds=later)
        state = EventState(folder / "state", lambda: self.begun + timedelta(seconds=self.clock.now())) if kept else None
        self.started += [state] if state is not None else []
        self.rules = read_events(file, {"SECRET": "s3cret"})
        self.events, self.sessions = Events(self.rules, Callbacks(URL), state), Sessions(10)
        self.sent: list[tuple[float, str, bytes]] = []
        self.statuses: list[int] = []
        self.shift, self.rate = 0, 1.0
        self.events.begin(self.clock, self._send)
        self.events.take_up(self.sessions.of)

    async def _send(self, target: Target, message: bytes) -> int:
        self.sent.append((self.clock.now(), target.url, message))
        return self.statuses.pop(0) if self.statuses else 200

    def time(self) -> tuple[int, float]:
        """A session's clock that the test shifts and stops."""
        return START_US + self.shift + int(self.clock.now() * self.rate * SECOND), self.rate

    def announce(self, body: bytes = b'{"n":1}', session: str = "session s") -> int | None:
        return self.events.announce(self.rules[0], self.sessions.of(session), body, self.time)

    async def after(self, seconds: float) -> int:
        """How many calls were made, once so much time has passed."""
        self.clock.advance(seconds)
        for _ in range(10):
            await asyncio.sleep(0)
        return len(self.sent)

    def pending(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.events.told()["pending"]
        return found


@pytest.fixture(autouse=True)
def _killed() -> Iterator[None]:
    yield
    while Server.started:
        Server.started.pop().close()


def running(scene: Callable[[Path], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
    def run(tmp_path: Path) -> None:
        asyncio.run(scene(tmp_path))

    run.__name__ = scene.__name__
    return run


@running
async def test_what_a_killed_server_had_announced_is_sent_by_the_next_when_it_is_due(folder: Path) -> None:
    killed = Server(folder)
    assert killed.announce() == 1
    await killed.after(2)
    server = Server(folder, later=3)
    assert server.events.facts()["events"] == {"announced": 1, "pending": 1, "taken_up": 1}
    assert await server.after(1.9) == 0
    assert await server.after(0.2) == 1
    message = server.sent[0][2]
    assert b"X-Sandbox-Event: 1\r\n" in message
    assert message.endswith(b'\r\n\r\n{"n":1}')
    assert b"x-sign: t=" in message  # by the secret of the rule, which is in no file
    assert server.announce() == 2


@running
async def test_what_has_ended_does_not_come_again_nor_what_was_cut_off(folder: Path) -> None:
    server = Server(folder)
    server.announce()
    assert await server.after(5) == 1
    server.announce(b'{"n":2}')
    server.announce(b'{"n":3}')
    state = folder / "state"
    state.write_bytes(state.read_bytes()[:-5])  # killed while it wrote the last line
    again = Server(folder, later=60)
    assert [event["event"] for event in again.pending()] == [2]


@running
async def test_a_server_that_stops_tells_what_it_has_not_sent(folder: Path) -> None:
    server = Server(folder)
    server.statuses = [500]
    server.announce()
    await server.after(5)  # its first attempt failed, and the second is to come
    server.announce()
    lines = list(server.events.close())
    assert lines[0].startswith("events not sent when the server stopped: 2; the next start with this --events-state")
    assert lines[1:] == [
        "  event 1 of POST /pay, due 2026-01-01T00:00:05Z",
        "  event 2 of POST /pay, due 2026-01-01T00:00:10Z",
    ]
    assert [event["event"] for event in Server(folder, later=6).pending()] == [1, 2]
    assert list(Server(folder / ".", rules=OTHER, kept=False).events.close()) == []


@running
async def test_without_a_state_they_are_lost_and_that_is_told(folder: Path) -> None:
    server = Server(folder, kept=False)
    for _ in range(25):
        server.announce()
    lines = list(server.events.close())
    assert (lines[0][-36:], len(lines), lines[-1]) == ("they are lost without --events-state", 22, "  and 5 more")


@running
async def test_a_clock_that_is_set_later_counts(folder: Path) -> None:
    server = Server(folder)
    server.announce()
    server.shift = 4 * SECOND
    server.events.clock_set()
    again = Server(folder, later=0.5)
    assert await again.after(0.6) == 1


@running
async def test_what_waits_on_a_clock_that_stands_still_waits_on(folder: Path) -> None:
    server = Server(folder)
    server.rate = 0.0
    server.announce()
    again = Server(folder, later=3600)
    assert await again.after(3600) == 0
    assert again.events.fire([1]) == 1
    assert await again.after(0) == 1


@running
async def test_a_session_s_own_callback_is_its_own_again(folder: Path) -> None:
    server = Server(folder)
    server.events.set_callback(server.sessions.of("session s"), "http://127.0.0.1:7/mine")
    server.announce()
    again = Server(folder)
    await again.after(5)
    assert [url for _, url, _ in again.sent] == ["http://127.0.0.1:7/mine"]


@running
async def test_what_no_rule_announces_any_more_is_left_and_counted(folder: Path) -> None:
    Server(folder).announce()
    again = Server(folder, rules=OTHER)
    assert again.pending() == []
    assert again.events.facts()["events"]["undeclared"] == 1


def test_the_file_is_for_its_owner_and_holds_no_secret(tmp_path: Path) -> None:
    async def scene() -> None:
        Server(tmp_path).announce()

    asyncio.run(scene())
    state = tmp_path / "state"
    assert state.stat().st_mode & 0o777 == 0o600
    assert b"s3cret" not in state.read_bytes()


@pytest.mark.parametrize(
    "content", [b"hello\n", b'{"smartsandbox.events":2}\n', b'{"smartsandbox.events":1}\n{}\n', b"[]\n"]
)
def test_a_file_of_another_kind_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state").write_bytes(content)

    async def scene() -> None:
        Server(tmp_path)

    with pytest.raises(UsageError, match="holds no events"):
        asyncio.run(scene())
    assert (tmp_path / "state").read_bytes() == content


def test_a_full_disk_costs_the_keeping_not_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def scene() -> None:
        server = Server(tmp_path)
        monkeypatch.setattr(os, "fdatasync", full)
        assert server.announce() == 1
        assert server.events.facts()["events"]["not kept"] == 1
        assert await server.after(5) == 1
        with pytest.raises(SandboxError, match="No space left on device"):
            Server(tmp_path)

    asyncio.run(scene())
