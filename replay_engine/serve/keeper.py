"""The keeper of a server with workers: the one process that holds the state of sessions, and answers what needs it.

Workers answer the rest by themselves and tell every second what they have counted, so counters of the whole server are
up to a second old (see ADR 12).
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from typing import Any

import orjson

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.loop import settle_memory, steady_memory
from smartsandbox.replay_engine.serve.admin import PREFIX, Admin
from smartsandbox.replay_engine.serve.answer import Answer, json_answer
from smartsandbox.replay_engine.serve.link import Counts, LinkEnd
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.reload import Reloader, Tell
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.serve.server import Source, watch_with
from smartsandbox.replay_engine.serve.shared import Shared


class Tally:
    """The last counts of each worker, those that have ended among them."""

    def __init__(self) -> None:
        self._last: dict[int, Counts] = {}

    def note(self, counts: Counts) -> None:
        """Take the place of what this worker said before."""
        self._last[counts.process] = counts

    def connections(self) -> int:
        """Connections of the workers that are alive."""
        return sum(counts.connections for counts in self._last.values() if _alive(counts.process))

    def totals(self, own: dict[str, Any]) -> dict[str, Any]:
        """The sum of `own` and of all workers."""
        total = own
        for counts in self._last.values():
            total = added(total, counts.counts)
        return total


def added(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The sums of numbers by name, at any depth."""
    total = dict(one)
    for name, value in other.items():
        before = total.get(name, {} if isinstance(value, dict) else 0)
        total[name] = added(before, value) if isinstance(value, dict) else before + value
    return total


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


class _Upwards(Reloader):
    """Asked to reload, the keeper has the whole server do so, and then does by `itself`."""

    def ask(self) -> None:
        os.kill(os.getppid(), signal.SIGHUP)

    def itself(self) -> None:
        super().ask()


class _Admin(Admin):
    """The counters are those of the whole server."""

    def __init__(self, keeper: Keeper) -> None:
        super().__init__(keeper.pack.manifest, keeper.responder, keeper.tally.connections, keeper.reloader)
        self._keeper = keeper

    def _stats(self, request: LiveRequest) -> Answer:
        keeper = self._keeper
        own = orjson.loads(super()._stats(request).body)
        workers = {"workers": {"count": keeper.shared.workers, "restarted": keeper.shared.restarted}}
        return json_answer({**keeper.tally.totals(own), **workers})


class Keeper:
    """See the module."""

    def __init__(self, pack: Pack, responder: Responder, options: ServeOptions, shared: Shared) -> None:
        self.pack, self.responder, self.shared, self.tally = pack, responder, shared, Tally()
        self._options = options
        self.reloader: _Upwards | None = None
        self._admin = _Admin(self)

    async def serve(self, listening: socket.socket, source: Source, tell: Tell) -> None:
        """Answer workers until SIGTERM."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        self.reloader = _Upwards(self.pack, source.load, self._options, self._install, tell)
        self._take(self.pack, self.responder)
        loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl-C reaches all; the supervisor ends the keeper last
        loop.add_signal_handler(signal.SIGTERM, stopped.set)
        loop.add_signal_handler(signal.SIGHUP, self.reloader.itself)
        watching = watch_with(source.watched, self.reloader.ask)
        clock, events = RealClock(), self._options.events
        if events is not None:
            events.begin(clock)
            events.take_up(self.responder.sessions.of)
        server = await loop.create_unix_server(lambda: LinkEnd(self.answer), sock=listening)
        with steady_memory(settled=True):
            await stopped.wait()
        if watching is not None:
            watching.cancel()
        if events is not None:
            for line in events.close():
                tell(line)
        clock.close()
        server.close()

    def answer(self, value: Any) -> Answer | None:
        """What is said to a worker: the answer to a request, or nothing to its counts."""
        if isinstance(value, Counts):
            self.tally.note(value)
            return None
        admin = value.target.startswith(PREFIX)
        try:
            return (self._admin if admin else self.responder).answer(value)
        finally:
            self.shared.stepping = self.responder.steps.shared

    def _install(self, pack: Pack, responder: Responder) -> None:
        responder.steps.inherit(self.responder.steps)
        self._take(pack, responder)
        self.shared.stepping = responder.steps.shared

    def _take(self, pack: Pack, responder: Responder) -> None:
        self.pack, self.responder = pack, responder
        self._admin = _Admin(self)
        settle_memory()
