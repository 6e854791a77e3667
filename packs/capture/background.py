"""A child process that listens on a loopback port: start it, wait until it answers, stop it in an orderly way.

The recorder and the demo's service both run like this. Waiting is done on the child itself, so a child that dies is
noticed at once and no wall clock is read.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import IO

from smartsandbox.packs.errors import NotReadyError, UsageError

LOOPBACK = "127.0.0.1"
_STEP_S = 0.05
_TRIES = 600
_STOP_S = 20.0


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(host: str, port: int, timeout_s: float = 2.0) -> bool:
    """Whether something accepts a TCP connection there."""
    try:
        socket.create_connection((host, port), timeout_s).close()
    except OSError:
        return False
    return True


def require_free(port: int, who: str) -> None:
    """Raise UsageError unless `port` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a port number"
            raise UsageError(f"{who} cannot listen on {LOOPBACK}:{port} ({reason}): choose another port") from error


class BackgroundProcess:
    """Runs `command` while the `with` block runs; entering returns once `port` accepts connections.

    Leaving sends SIGINT and waits for the child to finish writing; a child that does not stop in 20 s is killed.
    Raises NotReadyError with the child's last line if it dies or never listens.
    """

    def __init__(self, command: Sequence[str], port: int, who: str) -> None:
        self._command, self._who = tuple(command), who
        self.port = port
        self._child: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child else None

    def __enter__(self) -> BackgroundProcess:
        require_free(self.port, self._who)
        self._log = tempfile.TemporaryFile()
        # A session of its own: Ctrl-C in the terminal reaches the parent, which stops the child in order.
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True
        )
        try:
            self._wait_until_listening(self._child)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def alive(self) -> bool:
        """Whether the child is still running."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop the child and wait for it; does nothing if it has ended."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)
        if self._log is not None:
            self._log.close()
            self._log = None

    def _wait_until_listening(self, child: subprocess.Popen[bytes]) -> None:
        for _ in range(_TRIES):
            try:
                code = child.wait(_STEP_S)
            except subprocess.TimeoutExpired:
                if answers(LOOPBACK, self.port):
                    return
            else:
                raise NotReadyError(f"{self._who} ended with code {code} before it listened: {self._last_line()}")
        raise NotReadyError(f"{self._who} does not listen on {LOOPBACK}:{self.port} after {_TRIES * _STEP_S:.0f} s")

    def _last_line(self) -> str:
        if self._log is None:
            return "it said nothing"
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else "it said nothing"


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
