"""A pack with one of everything that formats differ in."""

from __future__ import annotations

from pathlib import Path

import pytest

from smartsandbox.packs.model import Exchange, FailureKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack

TOKEN = (("Authorization", "Bearer one"),)


def exchanges() -> list[Exchange]:
    """Seven exchanges of two sessions, 100 ms apart."""
    requests = [
        (a_request("GET", "/v1/pay/7?tag=b&tag=a&q=it%27s+me", headers=TOKEN), a_response(json={"n": 1}), None),
        (a_request("POST", "/v1/pay", json={"amount": 5, "to": "Zoë"}), a_response(201, json={"id": 9}), None),
        (a_request("GET", "/v1/pay/7?tag=b&tag=a&q=it%27s+me", headers=TOKEN), a_response(json={"n": 2}), None),
        (a_request("PUT", "/v1/blob", body=b"\x00\xff'\"$x"), a_response(200, body=b"\xfe\x00end"), None),
        (a_request("GET", "/v1/gone"), None, FailureKind.RESET),
        (a_request("HEAD", "/v1/pay"), a_response(204, reason="No Content"), None),
        (
            a_request("POST", "/v1/form", body=b"a=1&b=%26", headers=(("Content-Type", _FORM),)),
            a_response(422, body=b"no", headers=(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), reason="Nope"),
            None,
        ),
    ]
    return [
        an_exchange(f"x{n}", asked, answer, at_us=n * 100_000, session=f"s{n % 2}", failure=failure)
        for n, (asked, answer, failure) in enumerate(requests)
    ]


_FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """The pack of `exchanges`."""
    return make_pack(tmp_path / "made", exchanges())
