"""`smartsandbox drive`, `serve` and `explain` from a shell's side: files, lines and exit codes."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    exchanges = [
        an_exchange(
            f"e{n}", a_request(target=f"/v1/items/{n}"), a_response(json={"n": n}), at_us=n * 2000, session=f"s{n % 5}"
        )
        for n in range(100)
    ]
    return make_pack(tmp_path_factory.mktemp("drive"), exchanges, "items").folder


@pytest.fixture(scope="module")
def target(pack: Path) -> Iterator[str]:
    """`smartsandbox serve` as a process of its own; it must drain and end well on SIGTERM."""
    program = "import sys; from smartsandbox.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "serve", str(pack), "--port", "0", "--latency", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("serving items@")
        assert line.endswith("TEST ONLY, NOT ANONYMISED\n")
        yield line.split(" at ")[1].split()[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_run_that_holds_ends_with_0_and_writes_its_reports(
    pack: Path, target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / f"r.{name}" for name in ("json", "html", "parquet")}
    arguments = ["--json", str(files["json"]), "--html", str(files["html"]), "--outcomes", str(files["parquet"])]
    loose = ["--lateness-bound", "10000", "--objective", "errors<1%", "--speed", "2"]
    assert run(["drive", str(pack), "--target", target, *arguments, *loose]) == 0
    report = json.loads(files["json"].read_bytes())
    assert report["verdict"]["name"] == "HELD"
    assert report["counts"]["answered"] == 100
    assert report["shares"]["matched"] == 1.0
    assert all(file.stat().st_size > 0 for file in files.values())
    assert "verdict: HELD." in capsys.readouterr().out


def test_a_run_loads_nothing_that_it_does_not_use(pack: Path, target: str, tmp_path: Path) -> None:
    program = (
        "import sys; from smartsandbox.cli import run; code = run(sys.argv[1:]);"
        "heavy = {'pandas', 'jwt', 'yaml', 'fsspec', 'rich', 'jinja2', 'pyarrow.dataset', 'multiprocessing'};"
        "print('loaded:', *sorted(heavy & sys.modules.keys())); sys.exit(code)"
    )
    files = ["--json", str(tmp_path / "r.json"), "--outcomes", str(tmp_path / "r.parquet")]
    command = [sys.executable, "-c", program, "drive", str(pack), "--target", target, "--lateness-bound", "10000"]
    ran = subprocess.run([*command, *files], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1].strip() == "loaded:"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--objective", "p50<0.001ms"], 99, "BREACHED"),
        (["--lateness-bound", "0.0000001"], 5, "INVALID"),
        (["--window", "90:100"], 5, "nothing was sent"),
        (["--target", "http://127.0.0.1:1"], 3, "start it first"),
        (["--target", "http://192.0.2.1"], 4, "refused"),
        (["--objective", "p95"], 2, "objective"),
        (["--speed", "0"], 2, "speed"),
        (["--window", "x"], 2, "window"),
        (["--loop", "0"], 2, "loop"),
        (["--worker", "3/2"], 2, "worker"),
        (["--worker", "0/2"], 2, "start"),
        (["--worker", "0/2", "--start-at", "2031-01-01"], 2, "--outcomes"),
        (["--workers", "2", "--worker", "0/2"], 2, "either"),
        (["--start-at", "2001-01-01"], 5, "too late"),
        (["--start-at", "noon"], 2, "start"),
        (["--shape", "sine:3"], 2, "shape"),
        (["--ramp", "1:2"], 2, "FROM:TO:SECONDS"),
        (["--ramp", "1:2:3", "--shape", "poisson:1"], 2, "give one of them"),
        (["--rate", "1", "--speed", "2"], 2, "give one of them"),
        (["--json", "no/such/folder/r.json"], 2, "folder"),
    ],
)
def test_each_way_to_end_has_its_exit_code_and_its_line(
    pack: Path, target: str, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    loose = [] if "--lateness-bound" in arguments else ["--lateness-bound", "10000"]
    assert run(["drive", str(pack), "--target", target, *loose, *arguments]) == code
    assert words in capsys.readouterr().err


def test_a_dry_run_says_what_it_would_send_and_sends_nothing(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drive", str(pack), "--target", "http://127.0.0.1:1", "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "would send 100 requests in 0.2 s, at most 100 in one second, 505.1/s on average",
        "in 5 sessions",
        "1 endpoints:",
        "         100  GET /v1/items/{item_id}",
        "first:",
        *(f"{at:11.3f}s  GET /v1/items/{{item_id}}" for at in (0, 0.002, 0.004, 0.006, 0.008)),
    ]


def test_a_loop_in_a_shape_is_told_by_a_dry_run_and_driven(
    pack: Path, target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shape = ["--loop", "3", "--ramp", "500/s:2000/s:0.1", "--lateness-bound", "10000"]
    assert run(["drive", str(pack), "--target", target, *shape, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "would send 300 requests" in told
    assert "in 15 sessions" in told
    report = tmp_path / "r.json"
    assert run(["drive", str(pack), "--target", target, *shape, "--json", str(report)]) == 0
    found = json.loads(report.read_bytes())
    assert found["counts"]["answered"] == 300
    assert found["shares"]["matched"] == 1.0
    assert found["pacing"]["shape"] == "ramp:500/s:2000/s:0.1"
    assert found["pacing"]["loop"] == "3"


def test_real_time_priority_that_the_kernel_refuses_is_a_usage_error(
    pack: Path, target: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.sched_setscheduler", refuse)
    assert run(["drive", str(pack), "--target", target, "--realtime"]) == 2
    assert "CAP_SYS_NICE" in capsys.readouterr().err


def test_a_full_disk_costs_one_line_an_exit_code_and_no_report(
    pack: Path, target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The outcome file is written aside first; aside is a device that is always full."""
    outcomes, report = tmp_path / "o.parquet", tmp_path / "r.json"
    outcomes.with_name("o.parquet.part").symlink_to("/dev/full")
    files = ["--outcomes", str(outcomes), "--json", str(report), "--junit", "/dev/full"]
    assert run(["drive", str(pack), "--target", target, "--speed", "2", "--lateness-bound", "10000", *files]) == 1
    said = capsys.readouterr()
    assert "verdict: HELD." in said.out
    assert sorted(said.err.splitlines()) == [
        "error: --junit /dev/full cannot be written: No space left on device",
        f"error: outcomes {outcomes} cannot be written: No space left on device",
    ]
    assert json.loads(report.read_bytes())["counts"]["answered"] == 100
    assert not outcomes.exists()


def test_an_altered_pack_is_refused(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in pack.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "links.parquet").write_bytes(b"x")
    assert run(["serve", str(copy), "--port", "0"]) == 4
    assert "refused" in capsys.readouterr().err


def test_explain_says_what_differs(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(pack), "--path", "/v1/items/7?full=1"]) == 0
    assert "nearest is exchange e7" in capsys.readouterr().out
    assert run(["explain", str(pack), "--path", "/v1/items/7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["matching_exchanges"] == 1
    assert run(["explain", str(pack), "--path", "v1"]) == 2
