"""A worker: a server on a listening socket of its own. It asks the keeper where a session has a say in the answer."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from typing import Any

from smartsandbox.replay_engine.loop import steady_memory
from smartsandbox.replay_engine.serve.admin import PREFIX
from smartsandbox.replay_engine.serve.answer import Answer, problem
from smartsandbox.replay_engine.serve.link import Counts, Link
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.server import Server
from smartsandbox.replay_engine.serve.shared import Shared

_FIRST = 1 << 40
"""Connections of different workers have different numbers."""


class Worker:
    """See the module. `number` counts from 0."""

    def __init__(self, server: Server, link: Link, shared: Shared) -> None:
        self._server, self._link, self._shared = server, link, shared

    async def serve(self, listening: socket.socket, number: int) -> None:
        """Answer until SIGTERM, then drain."""
        loop, stopped, server = asyncio.get_running_loop(), asyncio.Event(), self._server
        for signalled in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signalled, stopped.set)
        if server.reloader is not None:
            loop.add_signal_handler(signal.SIGHUP, server.reloader.ask)
        server.service.elsewhere, server.service.opened = self.elsewhere, (number + 1) * _FIRST
        server.service.each_second = self.tell
        await server.start(listening=listening)
        with steady_memory(settled=True):
            await stopped.wait()
        await server.stop()
        self.tell()

    def elsewhere(self, request: LiveRequest) -> Answer | None:
        """The keeper's answer, for requests that are the keeper's."""
        if request.target.startswith(PREFIX) or self._shared.stepping or not self._server.responder.settled(request):
            answer: Answer = self._asked(request)
            return answer
        return None

    def tell(self) -> None:
        """Tell the keeper what was counted here."""
        counts = self._server.responder.journal.counts()
        told = Counts(os.getpid(), len(self._server.service.connections), counts)
        self._asked(told)

    def _asked(self, value: object) -> Any:
        try:
            return self._link.ask(value)
        except OSError as error:
            self._link.close()
            reason = f"the process that keeps the sessions does not answer ({type(error).__name__}): try again"
            return problem(503, "Sessions not available", reason)
