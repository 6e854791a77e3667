from __future__ import annotations

import socket
from pathlib import Path

import pytest

from smartsandbox.cli import run
from smartsandbox.commands.server import address, listen
from smartsandbox.packs.errors import UsageError


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["server", "--port", str(port), "--store", "memory://none"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith(f"error: cannot listen on 127.0.0.1 port {port}: ")


def test_a_host_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(UsageError, match=r"cannot listen on 192\.0\.2\.1 port 0"):
        listen("192.0.2.1", 0)


def test_a_store_that_cannot_be_opened_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["server", "--store", "nosuch://place"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("host", "begins"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_a_free_port_is_reported(host: str, begins: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with listen(host, 0) as listener:
        assert address(listener).startswith(begins)


def test_a_host_that_is_not_loopback_is_warned_about(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    assert run(["server", "--host", "0.0.0.0", "--port", "0", "--store", "memory://none"]) == 0
    assert "this version has no login" in capsys.readouterr().err
    assert run(["server", "--port", "0", "--store", "memory://none"]) == 0
    assert capsys.readouterr().err == ""


def test_a_store_that_is_not_there_yet_is_warned_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    assert run(["server", "--port", "0", "--store", str(tmp_path / "typo")]) == 0
    assert capsys.readouterr().err.startswith(f"warning: no store at {tmp_path / 'typo'} yet")
