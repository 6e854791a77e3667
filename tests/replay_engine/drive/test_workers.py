"""Several processes, really started, against a target that is really served."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    exchanges = [
        an_exchange(f"e{n:03d}", a_request(target=f"/x/{n % 50}"), a_response(), at_us=n * 10_000, session=f"s{n % 11}")
        for n in range(200)
    ]
    return make_pack(tmp_path_factory.mktemp("workers"), exchanges, "shared")


@pytest.fixture(scope="module")
def target(pack: Pack) -> Iterator[str]:
    with serving(pack, ServeOptions(latency=Scaled(0.0))) as server:
        yield f"http://127.0.0.1:{server.port}"


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(pack: Pack, target: str) -> Iterator[Start]:
    """Starts `smartsandbox drive` with more arguments and environment."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        program = "import sys; from smartsandbox.cli import run; sys.exit(run(sys.argv[1:]))"
        line = [sys.executable, "-c", program, "drive", str(pack.folder), "--target", target]
        process = subprocess.Popen(
            [*line, "--lateness-bound", "100000", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(process: subprocess.Popen[str]) -> list[int]:
    """Of a process, the workers: those that were spawned to run `work`."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [pid for pid in map(int, found) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def answered(target: str) -> int:
    """How many requests the target has had."""
    with urllib.request.urlopen(f"{target}/__sandbox/stats") as answer:
        return int(json.load(answer)["served"])


def until(holds: Callable[[], bool]) -> None:
    """Wait for another process, at most twenty seconds."""
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never held")


def test_workers_of_this_machine_report_as_one(start: Start, tmp_path: Path) -> None:
    report, outcomes = tmp_path / "r.json", tmp_path / "o.parquet"
    process = start("--workers", "3", "--speed", "4", "--json", str(report), "--outcomes", str(outcomes))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "verdict: HELD." in out
    found = json.loads(report.read_bytes())
    assert found["workers"] == {"count": 3, "lost": []}
    assert found["counts"]["answered"] == 200
    assert found["shares"]["matched"] == 1.0


def test_a_worker_that_is_killed_makes_the_run_inconclusive_in_one_line(
    start: Start, target: str, tmp_path: Path
) -> None:
    report, before = tmp_path / "r.json", answered(target)
    process = start("--workers", "2", "--speed", "0.1", "--json", str(report))
    until(lambda: answered(target) > before + 5)
    os.kill(children(process)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 5
    assert err.count("\n") == 1
    assert "of 2 workers these were lost (counted from 0): 0" in err
    assert "verdict: INVALID" in out
    assert json.loads(report.read_bytes())["workers"] == {"count": 2, "lost": [0]}


def test_sigterm_ends_workers_early_with_what_was_measured(start: Start, target: str, tmp_path: Path) -> None:
    report, before = tmp_path / "r.json", answered(target)
    process = start("--workers", "2", "--speed", "0.1", "--json", str(report))
    until(lambda: answered(target) > before + 5)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "stopped early" in err
    counts = json.loads(report.read_bytes())["counts"]
    assert 0 < counts["sent"] == counts["answered"] < 200


def test_sigterm_ends_a_single_process_early_with_what_was_measured(start: Start, target: str, tmp_path: Path) -> None:
    report, before = tmp_path / "r.json", answered(target)
    process = start("--speed", "0.1", "--json", str(report))
    until(lambda: answered(target) > before + 5)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "stopped early" in err
    assert "verdict: INVALID" in out
    counts = json.loads(report.read_bytes())["counts"]
    assert 0 < counts["sent"] == counts["answered"] < 200


def test_an_indexed_job_s_pods_start_together_and_are_joined(
    start: Start, pack: Pack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from smartsandbox.cli import run

    together = str(time.time() + 8)
    files = [tmp_path / f"{index}.parquet" for index in range(2)]
    pods = [
        start(
            *("--speed", "4", "--outcomes", str(file)),
            JOB_COMPLETION_INDEX=str(index),
            JOB_COMPLETIONS="2",
            SMARTSANDBOX_START_AT=together,
        )
        for index, file in enumerate(files)
    ]
    for pod in pods:
        _, err = pod.communicate(timeout=60)
        assert (pod.returncode, err) == (0, "")
    report = tmp_path / "r.json"
    assert run(["drive-merge", str(pack.folder), *map(str, files), "--json", str(report)]) == 0
    assert "verdict: HELD." in capsys.readouterr().out
    found = json.loads(report.read_bytes())
    assert found["counts"]["answered"] == 200
    assert found["shares"]["matched"] == 1.0
