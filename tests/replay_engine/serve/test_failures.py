"""Recorded failures on a real socket: each is what its client saw then."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from smartsandbox.packs.model import FailureKind
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import Limits, ServeOptions
from smartsandbox.replay_engine.testing import serving

CUT = (("Content-Length", "8"),)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Each kind of failure at a path of its name, and those that can be at its half, after half of an answer."""
    rows = [an_exchange(kind.value, a_request(target=f"/{kind.value}"), failure=kind) for kind in FailureKind]
    rows += [
        an_exchange(
            f"half {kind.value}",
            a_request(target=f"/half/{kind.value}"),
            a_response(body=b"half", headers=CUT),
            failure=kind,
        )
        for kind in (FailureKind.RESET, FailureKind.TRUNCATED, FailureKind.TIMEOUT)
    ]
    options = ServeOptions(latency=Scaled(1.0), limits=Limits(hold_seconds=0))
    with serving(make_pack(tmp_path_factory.mktemp("failing"), rows), options) as server:
        yield server.port


def received(port: int, path: str) -> tuple[bytes, bool]:
    """What came, and whether a reset ended it."""
    came = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(f"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        try:
            while piece := client.recv(65536):
                came += piece
        except ConnectionResetError:
            return came, True
    return came, False


@pytest.mark.parametrize(
    ("path", "reset"),
    [("reset", True), ("connect", True), ("timeout", False), ("unanswered", False), ("truncated", False)],
)
def test_without_an_answer_nothing_is_sent(port: int, path: str, reset: bool) -> None:
    assert received(port, path) == (b"", reset)


@pytest.mark.parametrize("path", ["half/truncated", "half/timeout"])
def test_half_an_answer_declares_more_than_it_sends(port: int, path: str) -> None:
    came, reset = received(port, path)

    assert not reset
    assert b"Content-Length: 8\r\n" in came
    assert came.endswith(b"\r\n\r\nhalf")


def test_a_reset_within_an_answer_is_a_reset(port: int) -> None:
    assert received(port, "half/reset")[1]
