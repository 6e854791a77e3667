"""A server of several processes: this one opens the pack, starts workers and a keeper, and starts again what ends.

The processes are forked, so that they share the mapped image and all that was loaded. This one serves nothing and runs
no event loop.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from smartsandbox.packs.errors import SandboxError
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.loop import raise_descriptor_limit, run, settle_memory
from smartsandbox.replay_engine.priority import realtime
from smartsandbox.replay_engine.serve.keeper import Keeper
from smartsandbox.replay_engine.serve.link import Link
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.reload import Tell
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.serve.server import Ready, Server, Source, serve_until_stopped, url_of
from smartsandbox.replay_engine.serve.shared import Shared
from smartsandbox.replay_engine.serve.sockets import listening
from smartsandbox.replay_engine.serve.worker import Worker

KEEPER = -1
"""The keeper's number among the processes."""
_WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_TOO_SHORT = 1.0
_TOO_OFTEN = 5
"""So many processes in a row that lived less than a second end the server."""
_LAST_WAIT = 5.0


class Fleet:
    """See the module; made and run by `serve`."""

    def __init__(self, source: Source, host: str, port: int, options: ServeOptions, workers: int, tell: Tell) -> None:
        self._source, self._host, self._options, self._tell = source, host, options, tell
        self._sockets = listening(host, port, workers)
        self._shared = Shared(workers)
        self._folder = tempfile.TemporaryDirectory(prefix="smartsandbox-")
        self._path = str(Path(self._folder.name) / "keeper")
        self._keeping = socket.socket(socket.AF_UNIX)
        self._keeping.bind(self._path)
        self._keeping.listen(128)
        self._alive: dict[int, tuple[int, float]] = {}
        self._short_lived = 0
        self._pack, self._responder = self._opened()

    def run(self, ready: Ready) -> None:
        """Serve until SIGTERM or SIGINT, then drain. Raises SandboxError if processes keep ending."""
        raise_descriptor_limit()
        signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
        settle_memory()
        try:
            for number in (KEEPER, *range(self._shared.workers)):
                self._start(number)
            ready(self._pack, url_of(self._host, self._sockets[0].getsockname()[1], self._options.tls is not None))
            while (signalled := signal.sigwait(_WATCHED)) not in (signal.SIGTERM, signal.SIGINT):
                if signalled == signal.SIGHUP:
                    self._reload()
                else:
                    self._restart()
        finally:
            self._end()

    def _opened(self) -> tuple[Pack, Responder]:
        pack = self._source.load()
        return pack, Responder(pack, self._options)

    def _start(self, number: int) -> None:
        """Fork the keeper or a worker."""
        process = os.fork()
        if process:
            self._alive[process] = (number, time.monotonic())
            return
        code = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
            for other, held in enumerate(self._sockets):
                if other != number:
                    held.close()
            with realtime(self._options.realtime):
                run(self._keep() if number == KEEPER else self._work(number))
            code = 0
        except BaseException as error:  # the parent's own cleaning up must not run here
            self._tell(f"{_name(number)}: {error if isinstance(error, SandboxError) else type(error).__name__}")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _keep(self) -> Coroutine[Any, Any, None]:
        keeper = Keeper(self._pack, self._responder, self._options, self._shared)
        return keeper.serve(self._keeping, self._source, self._tell)

    async def _work(self, number: int) -> None:
        self._keeping.close()
        server = Server(self._pack, self._host, self._options, self._source.load, responder=self._responder)
        await Worker(server, Link(self._path), self._shared).serve(self._sockets[number], number)

    def _restart(self) -> None:
        """Start again whatever has ended."""
        for process in _ended():
            number, began = self._alive.pop(process, (None, 0.0))
            if number is None:
                continue
            short = time.monotonic() - began < _TOO_SHORT
            self._short_lived = self._short_lived + 1 if short else 0
            if self._short_lived >= _TOO_OFTEN:
                raise SandboxError("the processes of the server keep ending: see the lines above")
            self._shared.restarted += 1
            lost = "; sessions begin anew" if number == KEEPER else ""
            self._tell(f"{_name(number)} ended and was started again{lost}")
            self._start(number)

    def _reload(self) -> None:
        """Everybody loads what the pack's name leads to now; only the keeper if that does not hold, to tell why."""
        try:
            self._pack, self._responder = self._opened()
        except (SandboxError, OSError, ValueError):
            self._signal(signal.SIGHUP, (KEEPER,))
        else:
            settle_memory()
            self._signal(signal.SIGHUP, (KEEPER, *range(self._shared.workers)))

    def _signal(self, signalled: int, numbers: Sequence[int]) -> None:
        for process, (number, _) in self._alive.items():
            if number in numbers:
                os.kill(process, signalled)

    def _end(self) -> None:
        """Drain the workers, then end the keeper; whoever takes too long is killed."""
        for held in self._sockets:
            held.close()
        workers = range(self._shared.workers)
        self._signal(signal.SIGTERM, workers)
        self._await(workers, self._options.limits.drain_seconds + _LAST_WAIT)
        self._signal(signal.SIGTERM, (KEEPER,))
        self._await((KEEPER,), _LAST_WAIT)
        self._folder.cleanup()

    def _await(self, numbers: Sequence[int], seconds: float) -> None:
        until = time.monotonic() + seconds
        while any(number in numbers for number, _ in self._alive.values()):
            left = until - time.monotonic()
            if left <= 0:
                self._signal(signal.SIGKILL, numbers)
            signal.sigtimedwait((signal.SIGCHLD,), max(left, 0.1))
            for process in _ended():
                self._alive.pop(process, None)


def _ended() -> Sequence[int]:
    """The children that have ended since the last call."""
    found: list[int] = []
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not process:
            return found
        found.append(process)


def _name(number: int) -> str:
    return "the keeper of sessions" if number == KEEPER else f"worker {number + 1}"


def serve(
    source: Source, host: str, port: int, options: ServeOptions, ready: Ready, tell: Tell, workers: int = 1
) -> None:
    """Serve until SIGTERM or SIGINT, then drain; SIGHUP loads again. One worker serves in this process."""
    with realtime(options.realtime):
        pass  # where it is not allowed, that is told once, and before anything is started
    if workers == 1:
        serve_until_stopped(source, host, port, options, ready, tell)
    else:
        Fleet(source, host, port, options, workers, tell).run(ready)
