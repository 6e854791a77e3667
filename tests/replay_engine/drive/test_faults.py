"""What goes wrong while a run goes on, at the target and here, and how it is told."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine import clock as clocks
from smartsandbox.replay_engine.clock import Call, RealClock
from smartsandbox.replay_engine.drive import barrier
from smartsandbox.replay_engine.drive.catch_up import busiest
from smartsandbox.replay_engine.drive.driver import Driven, drive
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.redirects import leads_away
from smartsandbox.replay_engine.drive.run import Run
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.report.build import Report, build_report
from smartsandbox.replay_engine.rows import Rows

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Target(asyncio.Protocol):
    """Answers at once, but holds its answers back from its hundredth request on, for as long as `stall` says."""

    def __init__(self, answer: bytes, stall: float, seen: list[int]) -> None:
        self.answer, self.stall, self.seen = answer, stall, seen

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.seen.append(int(loop.time() * 1e6))
        from_stall = (loop.time() - self.seen[99] / 1e6) if len(self.seen) >= 100 else self.stall
        if from_stall < self.stall:
            loop.call_later(self.stall - from_stall, self.transport.write, self.answer)
        else:
            self.transport.write(self.answer)


class LateClock(RealClock):
    """The real clock, until `stand_still`: then it finds itself some seconds on, as after the process was stopped."""

    def __init__(self) -> None:
        super().__init__()
        self._real, self._late = RealClock.now, 0.0
        self.now = lambda: self._real() + self._late  # type: ignore[method-assign]

    def stand_still(self, ended: int) -> None:
        """A Watch: once, when some requests have ended, for a second and a half."""
        if ended:
            self._late = 1.5

    def call_at(self, when: float, callback: Callable[[], None]) -> Call:
        return super().call_at(when - self._late, callback)


def pack_of(folder: Path, count: int, gap_us: int) -> Pack:
    return make_pack(
        folder,
        [
            an_exchange(
                f"e{n:04d}", a_request(target=f"/x/{n}"), a_response(body=b"ok"), at_us=n * gap_us, session=None
            )
            for n in range(count)
        ],
    )


def driven(
    pack: Pack, *, answer: bytes = OK, stall: float = 0.0, clock: LateClock | None = None, host: str = "127.0.0.1"
) -> tuple[Driven, Report]:
    async def work() -> Driven:
        loop, seen = asyncio.get_running_loop(), list[int]()
        server = await loop.create_server(lambda: Target(answer, stall, seen), "127.0.0.1", 0)
        target = resolve_target(f"http://{host}:{server.sockets[0].getsockname()[1]}")
        options = DriveOptions(connections=4)
        try:
            if clock is None:
                return await drive(pack, target, options)
            rows = Rows.load(pack)
            work = Run(pack, rows, target, options, clock)
            await work.carry_out(clock.stand_still)
            return Driven(pack, rows, target, options, work.outcomes, work.interrupted)
        finally:
            server.close()

    found = run(work())
    return found, build_report(found)


@pytest.mark.slow
def test_a_target_that_stalls_shows_it_in_the_response_time_and_not_in_lateness(tmp_path: Path) -> None:
    """500 requests in 2.5 s; the target holds all that come within 1.5 s of the hundredth: three in five wait, half of
    them more than 0.75 s. Service times show it as well, because nothing holds requests back."""
    found, report = driven(pack_of(tmp_path, 500, 5000), stall=1.5)
    assert found.outcomes.answered.all()
    assert report["latency_ms"]["response"]["p99"] > 1300
    assert report["latency_ms"]["response"]["p50"] > 100
    assert report["latency_ms"]["lateness"]["p99"] < 1000
    assert np.count_nonzero(found.outcomes.response_time > 0.75) > 100


def test_a_generator_that_stood_still_is_invalid_and_does_not_send_its_backlog_at_once(tmp_path: Path) -> None:
    """200 requests in 0.4 s; after about 0.1 s the generator finds that 1.5 s have gone by."""
    found, report = driven(pack_of(tmp_path, 200, 2000), clock=LateClock())
    outcomes = found.outcomes
    assert outcomes.answered.all()
    assert report["verdict"]["name"] == "INVALID"
    assert "the generator was late: p99" in report["verdict"]["reasons"][0]
    late = outcomes.lateness > 0.5
    assert late.any()
    # At most a burst of what the plan holds in a tenth of a second, and then twice its rate; two for rounding.
    assert busiest(np.sort(outcomes.dispatched[late]), 0.1) <= 3 * busiest(outcomes.due, 0.1) + 2
    assert report["latency_ms"]["service"]["p90"] < 1000


def test_a_run_reads_no_time_of_day_so_its_steps_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stepped() -> None:
        raise AssertionError("the time of day was read")

    for module in (clocks, barrier):
        monkeypatch.setattr(module, "utc_now", stepped)
    monkeypatch.setattr("time.time", stepped)
    found, _ = driven(pack_of(tmp_path, 20, 1000))
    assert found.outcomes.answered.all()


def test_a_name_is_resolved_once_and_the_report_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    found, report = driven(pack_of(tmp_path, 20, 1000), host="sandbox.test")
    assert found.outcomes.answered.all()
    assert asked.count("sandbox.test") == 1
    assert report["notes"] == [
        "sandbox.test was resolved once, before the run, to 127.0.0.1; every connection went there"
    ]


def test_a_redirect_off_the_sandbox_is_told_and_never_followed(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/x\r\nContent-Length: 0\r\n\r\n"
    found, report = driven(pack_of(tmp_path, 5, 1000), answer=answer)
    assert found.outcomes.status.tolist() == [302] * 5
    assert report["notes"] == ["5 answers redirect to another host or port than the target's; none was followed"]
    assert build_report(replace(found, target=resolve_target("http://127.0.0.1:1")))["counts"]["answered"] == 5


@pytest.mark.parametrize(
    ("location", "away"),
    [
        (b"/next", False),
        (b"?page=2", False),
        (b"http://127.0.0.1:8090/next", False),
        (b"HTTP://LOCALHOST/", True),
        (b"http://127.0.0.1:80/next", True),
        (b"//192.0.2.1/next", True),
        (b"https://user@127.0.0.1:8090/", False),
        (b"http://[::1/", True),
    ],
)
def test_another_host_or_port_is_off_the_sandbox(location: bytes, away: bool) -> None:
    assert leads_away([(b"X", b"y"), (b"LOCATION", location)], "127.0.0.1:8090") is away
    assert not leads_away([(b"X", location)], "127.0.0.1:8090")
