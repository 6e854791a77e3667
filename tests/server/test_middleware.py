from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from smartsandbox.server.middleware import SECURITY_HEADERS, Guard, host_of


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:8700", "localhost"),
        ("LocalHost", "localhost"),
        ("[::1]:80", "[::1]"),
        ("[::1]", "[::1]"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("", ""),
    ],
)
def test_a_host_is_compared_without_its_port(host: str, name: str) -> None:
    assert host_of({"type": "http", "headers": [(b"host", host.encode())]}) == name


@pytest.mark.parametrize(("host", "status"), [("localhost:8700", 200), ("attacker.example", 421), ("", 421)])
def test_a_page_of_a_foreign_site_cannot_read_a_local_server(client: Any, host: str, status: int) -> None:
    answer = client.ask("GET", "/api/v1/health", headers={"host": host})
    assert answer.status_code == status
    assert status == 200 or answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/nope", "/static/style.css"])
def test_every_answer_carries_the_security_headers(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/packs", "/api/v1/packs/payments/versions/2f1d9c04b7aa/download", "/static/style.css"]
)
def test_head_is_get_without_the_content(client: Any, path: str) -> None:
    got, headed = client.get(path), client.ask("HEAD", path)
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers == got.headers


def test_options_says_what_is_allowed(client: Any) -> None:
    answer = client.ask("OPTIONS", "/api/v1/packs")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


def test_an_unforeseen_failure_tells_nothing_of_what_it_met(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("jane.doe@captured.example")

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Guard(fail)), base_url="http://x") as client:
            return await client.get("/api/v1/packs")

    with caplog.at_level(logging.ERROR):
        answer = asyncio.run(ask())
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json()["type"] == "/problems/internal-error"
    assert "jane" not in answer.text + caplog.text
    assert "ValueError at test_middleware.py:" in caplog.text
