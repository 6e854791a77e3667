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
def running(*, awake: bool = False) -> Iterator[Sink]:
    """Start a sink on a free loopback port. One that stays awake takes a core, and waking it takes nobody's time."""
    with tempfile.TemporaryDirectory(prefix="bench-sink-") as name:
        folder, port = Path(name), proc.free_port()
        (folder / "body.json").write_bytes(stubs.account(0))
        kind, program = _program()
        command = [*program, str(port), str(folder / "body.json"), *(["awake"] if awake and kind == "C" else [])]
        with proc.running(command, folder, name="sink") as process:
            url = f"http://127.0.0.1:{port}"
            if not awake:
                proc.prefer(process.pid)
            proc.await_ready(process, lambda: bool(proc.fetch(f"{url}/ready")))
            yield Sink(url, process.pid, kind)


def _program() -> tuple[str, list[str]]:
    built = compiled(_SOURCE)
    return ("C", [str(built)]) if built else ("Python", [sys.executable, str(_SOURCE.with_name("sink_server.py"))])


def compiled(source: Path) -> Path | None:
    """The program of a C file, made now if it is not in the cache; None where there is no compiler."""
    if not shutil.which("cc"):
        return None
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    return cache.kept(source.stem, lambda folder: _compile(source, folder), digest) / source.stem


def _compile(source: Path, folder: Path) -> None:
    command = ["cc", "-O2", "-o", str(folder / source.stem), str(source)]
    subprocess.run(command, check=True, capture_output=True)
