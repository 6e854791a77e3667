"""The floor of a driver on uvloop: it sends one GET again and again at an even rate, counts what comes back, and does
nothing else: no pack, no sessions, no judging, no report. Run as `python -m bench.raw PORT RATE SECONDS`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.loop import run

_MESSAGE = b"GET /v1/accounts/acct_demo0001/entries/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n"
_CONNECTIONS = 64
_TOGETHER = 3
"""Requests that share a wake-up, as ours do at 5,000/s."""


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self._run = run

    def connection_made(self, transport: Any) -> None:
        self._run.free.append(transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._run.free.append(self._transport)
        self._run.answered()


class _Run:
    def __init__(self, rate: int, count: int) -> None:
        self.free: list[asyncio.Transport] = []
        self._rate, self._count, self._sent, self._missing = rate, count, 0, count
        self._done = asyncio.get_running_loop().create_future()
        self._clock = RealClock()

    async def to_the_end(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_CONNECTIONS):
            await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port)
        self._start = self._clock.now()
        self._pump()
        await self._done
        self._clock.close()

    def _pump(self) -> None:
        due = min(self._count, 1 + int((self._clock.now() - self._start) * self._rate))
        while self._sent < due and self.free:
            self.free.pop().write(_MESSAGE)
            self._sent += 1
        if self._sent < self._count:
            self._clock.call_at(self._start + (self._sent + _TOGETHER - 1) / self._rate, self._pump)

    def answered(self) -> None:
        self._missing -= 1
        if not self._missing:
            self._done.set_result(None)


async def _drive(port: int, rate: int, seconds: int) -> None:
    await _Run(rate, rate * seconds).to_the_end(port)


if __name__ == "__main__":
    run(_drive(*map(int, sys.argv[1:])))
