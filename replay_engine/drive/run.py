"""A run over one schedule: begun together with others or at once, ended when all has ended or when it is stopped."""

from __future__ import annotations

import asyncio

from smartsandbox.replay_engine.drive.pump import Pump
from smartsandbox.replay_engine.drive.watch import Watch

_OPEN_BEFORE = 1.0
"""Seconds before a given start at which the first connections are opened."""


class Run(Pump):
    """See the module. Use `drive`."""

    async def carry_out(self, watch: Watch, start: float | None = None) -> None:
        """Run to the end, or until `stop`; from `start` on the clock, or at once."""
        if start is not None:
            await self._wait_until(start - _OPEN_BEFORE)
        await self._pool.open_first(min(self._options.connections, len(self._places)))
        if start is not None:
            await self._wait_until(start)
        self._start = self._now() if start is None else start
        self._pump()
        self._sweep(watch)
        self._end_if_complete()
        try:
            await self._done
        finally:
            self._next = len(self._places)
            self._pool.close()
            if self._sockets is not None:
                self._sockets.close()
            watch(self._ended)

    async def _wait_until(self, when: float) -> None:
        """Until then, or until `stop`."""
        sleeping = asyncio.ensure_future(self._clock.sleep_until(when))
        await asyncio.wait({sleeping, self._done}, return_when=asyncio.FIRST_COMPLETED)
        sleeping.cancel()

    def stop(self) -> None:
        """Send nothing more, and end once what is on its way has been answered or has timed out."""
        self.interrupted = True
        self._next = len(self._places)
        self._held.clear()
        if self._sockets is not None:
            self._sockets.stop()
        self._end_if_complete()

    def _end_if_complete(self) -> None:
        complete = self._ended == len(self._places) or (self.interrupted and not self._in_flight)
        complete = complete and (self._sockets is None or not self._sockets.open)
        if complete and not self._done.done():
            self._done.set_result(None)
