from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smartsandbox.commands.import_ import import_command
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.trace import Trace

ENTRY = {
    "startedDateTime": "2026-03-02T12:00:00.000Z",
    "request": {"method": "GET", "url": "https://[::1]/x"},
    "response": {"status": 200, "content": {"text": "x"}},
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(import_command, [str(argument) for argument in arguments])


def test_captures_become_a_raw_trace_and_a_summary(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [ENTRY, {"request": 5}]}}))
    (tmp_path / "b.har").touch()
    result = run(tmp_path / "a.har", tmp_path / "b.har", "--out", tmp_path / "trace", "--service", "shop")
    assert result.exit_code == 0, result.output
    assert Trace.open(tmp_path / "trace").ledger["dropped"] == {"the request is missing": 1}
    assert "exchanges kept" in result.stdout
    assert "[::1] (1)" in result.stdout
    assert "2026-03-02 12:00:00 UTC" in result.stdout
    assert f"{tmp_path}/a.har entry 1: the request is missing" in result.stderr
    assert f"{tmp_path}/b.har: the file is empty" in result.stderr


def test_one_file_that_cannot_be_read_is_the_error_itself(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text('{"log": {}}')
    result = run(tmp_path / "a.har", "--out", tmp_path / "trace")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == f"{tmp_path}/a.har: not a complete HAR: log.entries is missing"
    assert "log.entries" not in result.output
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("arguments", [(), ("--out", "trace")])
def test_paths_are_required(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
