"""The front door: the table of commands, lazy imports, and how a run ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from smartsandbox import cli
from smartsandbox.packs.errors import (
    InconclusiveError,
    NotReadyError,
    ObjectiveBreached,
    RefusedError,
    SandboxError,
    UsageError,
)
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_loads_under_its_own_name(name: str) -> None:
    command = cli.LazyGroup().get_command(click.Context(click.Command("x")), name)

    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([name, "--help"]) == 0
    assert "Usage: smartsandbox" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SandboxError("x"), 1),
        (UsageError("x"), 2),
        (NotReadyError("x"), 3),
        (RefusedError("x"), 4),
        (InconclusiveError("x"), 5),
        (ObjectiveBreached("x"), 99),
        (KeyboardInterrupt(), 130),
        (ModuleNotFoundError("x", name="sdv.metadata"), 2),
        (FileNotFoundError(2, "No such file", "f"), 2),
        (ValueError("captured secret"), 1),
    ],
)
def test_each_kind_of_end_has_its_exit_code_and_one_line(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli.cli, "main", fail)

    assert cli.run([]) == code
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "Traceback" not in printed
    assert "secret" not in printed


def test_a_missing_part_names_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("x", name="dagster")

    monkeypatch.setattr(cli.cli, "main", fail)
    cli.run([])

    assert "pip install 'smartsandbox[pipeline]'" in capsys.readouterr().err


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["nosuch"]) == 2


def test_publish_then_list_verify_show_and_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exchanges = [
        an_exchange(f"e{n}", a_request("GET", f"/a/{n}"), a_response(500 if n > 8 else 200), at_us=n) for n in range(10)
    ]
    certified_trace(tmp_path / "t", exchanges)
    store = ["--store", str(tmp_path / "store")]

    templates = ["--template", "full", "--template", "high-error"]
    assert cli.run(["publish", str(tmp_path / "t"), "--name", "orders", *templates, *store]) == 0
    assert cli.run(["packs", "list", *store]) == 0
    assert cli.run(["packs", "verify", "orders", *store]) == 0
    assert cli.run(["packs", "show", "orders", *store]) == 0
    assert cli.run(["packs", "diff", "orders", "orders-high-error", *store]) == 0

    printed = capsys.readouterr().out
    assert "published orders-high-error@" in printed
    assert "verified orders@" in printed
    assert "GET /a/{a_id}  200  9 -> " in printed


def test_verifying_an_altered_pack_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certified_trace(tmp_path / "t", [an_exchange("e", a_request(), a_response())])
    cli.run(["publish", str(tmp_path / "t"), "--name", "orders", "--store", str(tmp_path / "store")])
    links = next((tmp_path / "store").rglob("links.parquet"))
    links.write_bytes(links.read_bytes() + b"x")

    assert cli.run(["packs", "verify", "orders", "--store", str(tmp_path / "store")]) == 4
    assert "links.parquet was changed after publishing" in capsys.readouterr().err


HEAVY = ("torch", "sdv", "pandas", "dagster", "fastapi", "mitmproxy", "presidio_analyzer", "spacy", "faker")


@pytest.mark.slow
def test_help_imports_nothing_heavy() -> None:
    show = f"print([name for name in {HEAVY} if name in sys.modules])"
    program = f"import sys; from smartsandbox import cli; cli.run(['--help']); {show}"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.rstrip().endswith("[]")
