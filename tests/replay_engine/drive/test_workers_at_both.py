"""Workers that drive two targets: what they find together is what one process finds. Real processes, so it is slow."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import serving

pytestmark = pytest.mark.slow

COUNT = 120


def packed(folder: Path, *, changed: int) -> Pack:
    """Every so-many-th answer holds another number, and every seventh of these lacks a field."""
    folder.mkdir()
    exchanges = []
    for n in range(COUNT):
        value: dict[str, Any] = {"n": n, "same": True}
        if changed and n % changed == 0:
            value = {"n": -n - 1} if n % 7 == 0 else {"n": -n - 1, "same": True}
        asked = a_request(target=f"/x/{n}")
        exchanges.append(
            an_exchange(f"e{n:03d}", asked, a_response(json=value), at_us=n * 10_000, session=f"s{n % 11}")
        )
    return make_pack(folder, exchanges, "shared")


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The command that drives a pack at itself and at a changed one."""
    folder = tmp_path_factory.mktemp("both")
    pack, other = packed(folder / "one", changed=0), packed(folder / "other", changed=5)
    instant = ServeOptions(latency=Scaled(0.0))
    with serving(pack, instant) as first, serving(other, instant) as second:
        targets = ["--target", first.url, "--against", second.url]
        line = [sys.executable, "-m", "smartsandbox", "drive", str(pack.folder), *targets]
        yield [*line, "--lateness-bound", "100000"]


def report(line: list[str], file: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [*line, *arguments, "--json", str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def test_the_sum_of_the_workers_is_what_one_process_finds(driven: list[str], tmp_path: Path) -> None:
    alone = report(driven, tmp_path / "1.json", "--rate", "200")
    shared = report(driven, tmp_path / "3.json", "--rate", "200", "--workers", "3")
    assert shared["workers"] == {"count": 3, "lost": []}
    for found in (shared, alone):
        assert found["against"].pop("service_ms")["count"] == COUNT
    assert shared["against"] == alone["against"]
    assert (alone["against"]["compared"], alone["against"]["differing"]) == (COUNT, 24)
    assert shared["shares"]["agreed"] == alone["shares"]["agreed"]
    times = {"seconds", "rate"}
    counts = [{name: n for name, n in found["counts"].items() if name not in times} for found in (shared, alone)]
    assert counts[0] == counts[1]


def test_a_lost_worker_makes_it_inconclusive(driven: list[str], tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    with subprocess.Popen(
        [*driven, "--workers", "2", "--rate", "5", "--json", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        before = _served(driven)
        _until(lambda: _served(driven) > before + 5)
        os.kill(_spawned(process.pid)[0], signal.SIGKILL)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "of 2 workers these were lost (counted from 0): 0" in err
    assert json.loads(file.read_bytes())["against"]["compared"] < COUNT


def _spawned(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [one for one in map(int, children) if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def _served(line: list[str]) -> int:
    """How many requests the first target has had."""
    with urllib.request.urlopen(f"{line[line.index('--target') + 1]}/__sandbox/stats") as answer:
        return int(json.load(answer)["served"])


def _until(holds: Callable[[], bool]) -> None:
    """Wait for another process, at most twenty seconds."""
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never held")
