"""Processes of this machine as Linux shows them in /proc: their CPU seconds and memory, and starting and stopping them.

A figure is always of a whole process tree. Only processes that were started here are ever stopped, by their ids.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_STOP_SECONDS = 5


class NotReadyError(Exception):
    """A process ended, or did not answer in time."""


def tree(pid: int) -> list[int]:
    """A process and all its descendants, parents first."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system CPU seconds of a process tree; children that ended and were waited for count as well."""
    return sum(_cpu_of(member) for member in tree(pid))


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK


def pss_bytes(pid: int) -> int:
    """Proportional set size of a process tree: what it would give back, shared pages divided among their users."""
    return sum(_pss_of(member) for member in tree(pid))


def _pss_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def machine_cpu() -> float:
    """CPU seconds that everybody on this machine has used since it started, interrupts included."""
    fields = [int(field) for field in Path("/proc/stat").read_text().partition("\n")[0].split()[1:]]
    return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / _TICK


def prefer(pid: int) -> bool:
    """Let a process run before other work, so that what it measures is not their doing. False if not allowed."""
    try:
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(1))
    except (OSError, AttributeError):
        return False
    return True


def may_prefer() -> bool:
    """Whether `prefer` is allowed here."""
    with suppress(OSError, AttributeError), subprocess.Popen(["sleep", "60"]) as process:
        try:
            return prefer(process.pid)
        finally:
            process.kill()
    return False


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None, name: str = "process"
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process with its output in `folder/NAME.log`; stop its tree at the end."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(env or {})},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process tree to end, and after five seconds make it end."""
    members = tree(process.pid) if process.poll() is None else []
    _signal(members, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    _signal(members if process.poll() is None else members[1:], signal.SIGKILL)
    process.wait()


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)


def fetch(url: str, body: bytes | None = None, timeout: float = 20.0) -> bytes:
    """The body of an answer to GET, or to POST of JSON. Raises OSError where there is none, or an error status."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    request = urllib.request.Request(url, data=body, headers=headers)  # loopback only
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=timeout) as answer:
        return bytes(answer.read())


def await_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], limit: float = 240.0) -> float:
    """Ask until `ready` says so; returns the seconds that it took. Raises NotReadyError."""
    start = time.monotonic()
    while time.monotonic() - start < limit:
        if process.poll() is not None:
            raise NotReadyError(f"it ended with exit code {process.returncode}")
        with suppress(OSError):
            if ready():
                return time.monotonic() - start
        time.sleep(0.02)
    raise NotReadyError(f"it did not answer within {limit:g} s")


def ended_children_cpu() -> float:
    """CPU seconds of this process's children that have ended and were waited for, and of theirs."""
    times = os.times()
    return times.children_user + times.children_system


class CpuWatch:
    """Samples a process tree's CPU seconds in a thread of its own, as (monotonic seconds, CPU seconds)."""

    def __init__(self, pid: int, every: float = 0.05) -> None:
        self._pid, self._every = pid, every
        self._over = threading.Event()
        self.samples: list[tuple[float, float]] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> CpuWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self.samples.append((time.monotonic(), cpu_seconds(self._pid)))
            if self._over.wait(self._every):
                return
