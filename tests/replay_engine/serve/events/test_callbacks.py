"""Where events may go."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from smartsandbox.packs.errors import RefusedError, UsageError
from smartsandbox.replay_engine.serve.events.callbacks import Callbacks


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/hooks/", "http://127.8.8.8:9", "http://[::1]:9"])
def test_this_machine_is_always_allowed(url: str) -> None:
    target = Callbacks(url).default
    assert target is not None
    assert target.url == url
    assert not target.prefix.endswith("/")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1", "https://hooks.test/a", "http://127.0.0.1.hooks.test", "http://0.0.0.0"]
)
def test_any_other_is_refused_without_a_look_for_its_name(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **_: asked.append(given))
    with pytest.raises(RefusedError, match=r"it is not this machine\. Start serving with --callback-allow http"):
        Callbacks().target(url)
    assert asked == []


def test_an_origin_is_allowed_with_its_scheme_and_port_only(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 8443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    callbacks = Callbacks(allowed=["https://hooks.test:8443"])

    target = callbacks.target("https://hooks.test:8443/a")
    assert (target.address, target.authority, target.prefix) == ("192.0.2.7", "hooks.test:8443", "/a")
    assert target.tls is not None
    for other in ("http://hooks.test:8443/a", "https://hooks.test/a", "https://www.hooks.test:8443/a"):
        with pytest.raises(RefusedError):
            callbacks.target(other)


NO_URLS = ["", "hooks", "ftp://127.0.0.1", "http://u@127.0.0.1", "http://127.0.0.1/?a=1", "http://127.0.0.1/a\r\nb"]


@pytest.mark.parametrize("url", [*NO_URLS, "http://[", "http://127.0.0.1:x"])
def test_what_is_no_url_is_said_so(url: str) -> None:
    with pytest.raises(UsageError, match=r"http://127\.0\.0\.1:9000/hooks"):
        Callbacks().target(url)
