"""Runs against real sockets: a served pack, and servers that misbehave."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow.parquet as pq
import pytest

from smartsandbox.packs.errors import NotReadyError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.drive import client
from smartsandbox.replay_engine.drive.dialogue import Dialogue
from smartsandbox.replay_engine.drive.driver import Driven, drive
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending
from smartsandbox.replay_engine.drive.outcomes_file import write_outcomes
from smartsandbox.replay_engine.drive.pacing import Pacing
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.serve.outbox import break_off

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True)
class Script:
    """How a target behaves: what it answers to each request, after how long, and whether it then hangs up or resets."""

    answer: bytes = OK
    hangs_up: bool = False
    resets: bool = False
    delay: float = 0.0


class Target(asyncio.Protocol):
    """A target that follows a script."""

    def __init__(self, script: Script, transports: set[asyncio.Transport]) -> None:
        self.script, self.transports, self.received = script, transports, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transports.add(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transports.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            self.received = self.received.partition(b"\r\n\r\n")[2]
            if self.script.delay:
                asyncio.get_running_loop().call_later(self.script.delay, self.reply)
            else:
                self.reply()

    def reply(self) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(self.script.answer)
        if self.script.hangs_up:
            self.transport.close()
        if self.script.resets:
            break_off(self.transport)


def pack_of(folder: Path, count: int, *, gap_us: int = 1000, session: str | None = None, same: bool = False) -> Pack:
    exchanges = [
        an_exchange(
            f"e{n}",
            a_request(target="/x" if same else f"/x/{n}"),
            a_response(body=b"ok"),
            at_us=n * gap_us,
            session=session,
        )
        for n in range(count)
    ]
    return make_pack(folder, exchanges)


def driven(pack: Pack, script: Script, **options: object) -> Driven:
    async def work() -> Driven:
        loop, transports = asyncio.get_running_loop(), set[asyncio.Transport]()
        server = await loop.create_server(lambda: Target(script, transports), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            chosen = DriveOptions(**{"connections": 2, **options})  # type: ignore[arg-type]
            return await drive(pack, resolve_target(f"http://127.0.0.1:{port}"), chosen)
        finally:
            for transport in tuple(transports):
                transport.abort()
            server.close()
            await server.wait_closed()

    return run(work())


REDIRECT = Script(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 2\r\n\r\nok")
UNTIL_CLOSE = Script(b"HTTP/1.1 200 OK\r\n\r\nok", hangs_up=True)
CUT_SHORT = Script(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", hangs_up=True)
HANG_UP = Script(b"", hangs_up=True)
INTERIM = Script(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK)
RESET = Script(b"", resets=True)
RESET_AFTER_THE_HEAD = Script(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n", resets=True, delay=0.01)
NONSENSE = Script(b"nonsense\r\n\r\n")
MANY_HEADERS = Script(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + b"X-Header: value\r\n" * 100_000 + b"\r\nok")
SILENCE = Script(b"")


@pytest.mark.parametrize(
    ("script", "ending", "differs"),
    [
        (Script(), Ending.ANSWERED, Differs.NOTHING),
        (UNTIL_CLOSE, Ending.ANSWERED, Differs.NOTHING),
        (INTERIM, Ending.ANSWERED, Differs.NOTHING),
        (REDIRECT, Ending.ANSWERED, Differs.STATUS | Differs.HEADERS),
        (CUT_SHORT, Ending.TRUNCATED, Differs.ENDING),
        (HANG_UP, Ending.UNANSWERED, Differs.ENDING),
        (RESET, Ending.RESET, Differs.ENDING),
        (RESET_AFTER_THE_HEAD, Ending.RESET, Differs.ENDING),
        (NONSENSE, Ending.MALFORMED, Differs.ENDING),
        (MANY_HEADERS, Ending.MALFORMED, Differs.ENDING),
        (SILENCE, Ending.TIMEOUT, Differs.ENDING),
    ],
)
def test_every_ending_is_told_apart(tmp_path: Path, script: Script, ending: Ending, differs: Differs) -> None:
    outcomes = driven(pack_of(tmp_path, 3), script, timeout=0.2).outcomes
    assert outcomes.ending.tolist() == [ending] * 3
    assert outcomes.differs.tolist() == [differs] * 3


def test_a_body_over_the_limit_is_counted_and_differs_but_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"100\r\n%s\r\n" % (b"x" * 256)
    script, pack = Script(head + chunk * 20 + b"0\r\n\r\n"), pack_of(tmp_path, 3)
    monkeypatch.setattr(client, "MOST_BODY", 1000)
    outcomes = driven(pack, script).outcomes
    assert outcomes.size.tolist() == [20 * 256] * 3
    assert [value & Differs.BODY for value in outcomes.differs.tolist()] == [Differs.BODY] * 3
    kept: list[bytes] = []
    monkeypatch.setattr(Dialogue, "answered", lambda self, at, connection: kept.append(connection.body))
    driven(pack, script)
    assert kept == [client.CUT] * 3


def test_over_the_bound_requests_are_shed_and_counted(tmp_path: Path) -> None:
    outcomes = driven(pack_of(tmp_path, 10), SILENCE, max_in_flight=3, timeout=0.3).outcomes
    assert np.bincount(outcomes.ending, minlength=9)[[Ending.TIMEOUT, Ending.SHED]].tolist() == [3, 7]


def test_a_session_waits_for_its_answers_and_the_wait_is_not_the_generator_s(tmp_path: Path) -> None:
    outcomes = driven(pack_of(tmp_path, 4, session="s1", gap_us=3000), Script(delay=0.05)).outcomes
    assert outcomes.answered.all()
    assert np.all(outcomes.dispatched[1:] >= outcomes.finished[:-1])
    assert outcomes.session_wait[-1] > 0.1
    assert outcomes.response_time[-1] > outcomes.service_time[-1] + 0.1
    assert np.all(outcomes.lateness < 0.05)


def test_a_long_row_of_requests_that_are_shed_one_after_another_ends(tmp_path: Path) -> None:
    """The first two take the only place in turn; the 3,000 that waited for the first are let go one by one."""
    spans = [(0, 1), (2, 1_000_000), *((2 + 2 * n, 1) for n in range(3000))]
    exchanges = [
        an_exchange(f"e{n:04d}", a_request(target=f"/x/{n}"), a_response(), at_us=at, total_us=total, session="s1")
        for n, (at, total) in enumerate(spans)
    ]
    outcomes = driven(make_pack(tmp_path, exchanges), SILENCE, max_in_flight=1, timeout=0.2).outcomes
    assert np.bincount(outcomes.ending, minlength=9)[[Ending.TIMEOUT, Ending.SHED]].tolist() == [2, 3000]


def test_a_target_that_is_not_there_is_not_ready(shop_pack: Pack) -> None:
    with pytest.raises(NotReadyError, match="start it first"):
        run(drive(shop_pack, resolve_target("http://127.0.0.1:1"), DriveOptions()))


def test_every_outcome_can_be_written_down(tmp_path: Path) -> None:
    finished = driven(pack_of(tmp_path, 5), Script(), pacing=Pacing(speed=2))
    write_outcomes(finished, tmp_path / "o.parquet")
    rows = pq.read_table(tmp_path / "o.parquet").to_pylist()
    assert [row["exchange"] for row in rows] == [f"e{n}" for n in range(5)]
    assert {(row["ending"], row["status"], row["bytes"], row["differs_body"]) for row in rows} == {
        ("answered", 200, 2, False)
    }
    assert [row["due"] for row in rows] == pytest.approx([n * 0.0005 for n in range(5)])


def test_requests_nearer_to_each_other_than_a_timer_can_tell_go_out_in_order_and_none_early(tmp_path: Path) -> None:
    exchanges = [an_exchange(f"e{n:03}", a_request(target=f"/{n}"), a_response(), at_us=n * 20) for n in range(200)]
    outcomes = driven(make_pack(tmp_path, exchanges), Script(), ordered=False, connections=50).outcomes
    assert (outcomes.ending == Ending.ANSWERED).all()
    assert (outcomes.dispatched >= outcomes.due).all()
    assert (np.diff(outcomes.dispatched) >= 0).all()
