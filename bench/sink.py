"""The target that stamps arrivals: sink.c where there is a C compiler, else the same in Python, which costs more CPU.

In C a stamp is the kernel's, of when the request reached the target's socket; in Python it is of when it was read.
Stamps are of CLOCK_MONOTONIC, the clock that Python's `time.monotonic` reads, so they compare with samples taken here.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench import cache, proc, stubs
from bench.stats import Floats

_SOURCE = Path(__file__).with_name("sink.c")


@dataclass(frozen=True, slots=True)
class Sink:
    """A running target."""

    url: str
    pid: int
    kind: str

    def reset(self) -> None:
        """Forget all arrivals."""
        proc.fetch(f"{self.url}/__reset")

    def arrivals(self) -> Floats:
        """Every arrival since the reset, in monotonic seconds, ascending."""
        return np.sort(self._dump("dump")) / 1e9

    def waits(self) -> Floats:
        """Seconds from each arrival until the target read it, which its own stamps would add; 0 where not known."""
        return self._dump("waits") / 1e9

    def _dump(self, name: str) -> npt.NDArray[np.int64]:
        return np.frombuffer(proc.fetch(f"{self.url}/__{name}"), np.int64)


@contextmanager
def running() -> Iterator[Sink]:
    """Start a sink on a free loopback port."""
    with tempfile.TemporaryDirectory(prefix="bench-sink-") as name:
        folder, port = Path(name), proc.free_port()
        (folder / "body.json").write_bytes(stubs.account(0))
        kind, program = _program()
        with proc.running([*program, str(port), str(folder / "body.json")], folder, name="sink") as process:
            url = f"http://127.0.0.1:{port}"
            proc.prefer(process.pid)
            proc.await_ready(process, lambda: bool(proc.fetch(f"{url}/ready")))
            yield Sink(url, process.pid, kind)


def _program() -> tuple[str, list[str]]:
    if shutil.which("cc"):
        digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:12]
        return "C", [str(cache.kept("sink", _compile, digest) / "sink")]
    return "Python", [sys.executable, str(_SOURCE.with_name("sink_server.py"))]


def _compile(folder: Path) -> None:
    subprocess.run(["cc", "-O2", "-o", str(folder / "sink"), str(_SOURCE)], check=True, capture_output=True)
