"""Only this machine is driven."""

import socket
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.replay_engine.drive.target import resolve_target


@pytest.mark.parametrize(
    ("url", "address", "port", "prefix"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, ""),
        ("http://127.9.9.9", "127.9.9.9", 80, ""),
        ("http://[::1]:81/base/", "::1", 81, "/base"),
        ("https://127.0.0.1", "127.0.0.1", 443, ""),
    ],
)
def test_loopback_is_taken(url: str, address: str, port: int, prefix: str) -> None:
    target = resolve_target(url)
    assert (target.address, target.port, target.prefix) == (address, port, prefix)
    assert (target.tls is None) == url.startswith("http:")


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1", "http://192.0.2.1:8080", "http://[2001:db8::1]", "http://0.0.0.0", "http://169.254.169.254"],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedError, match="not this machine"):
        resolve_target(url)


def answer(*addresses: str) -> Any:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in addresses]


def test_a_name_is_taken_only_if_all_its_addresses_are_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answer("127.0.0.1", "198.51.100.7"))
    with pytest.raises(RefusedError):
        resolve_target("http://half.test")
    monkeypatch.setattr(socket, "getaddrinfo", answer("127.0.0.2"))
    assert resolve_target("http://sandbox.test").address == "127.0.0.2"


def test_a_name_that_does_not_resolve_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(RefusedError, match="does not resolve"):
        resolve_target("http://production.test")


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:80", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999", "http://u@127.0.0.1", "http://[::1", ""],
)
def test_what_is_not_a_target_url_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError):
        resolve_target(url)


def test_a_ca_file_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(UsageError, match="PEM"):
        resolve_target("https://127.0.0.1", tmp_path / "ca.pem")
