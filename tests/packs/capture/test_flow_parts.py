from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from smartsandbox.packs.capture.flow_parts import TRAILERS, flow_address, flow_latency, message_body
from smartsandbox.packs.capture.urls import Address
from smartsandbox.packs.errors import UnreadableError


def a_request(**data: Any) -> Any:
    raw = {"scheme": b"http", "authority": b"", "host": b"192.0.2.7", "path": b"/x", "port": 80, **data}
    return SimpleNamespace(data=SimpleNamespace(**raw), port=raw["port"])


@pytest.mark.parametrize(
    ("data", "headers", "address"),
    [
        ({}, (), Address("http", "192.0.2.7", "/x", "")),
        ({"port": 8080}, (), Address("http", "192.0.2.7:8080", "/x", "")),
        ({"host": b"2001:db8::1"}, (), Address("http", "[2001:db8::1]", "/x", "")),
        ({}, (("host", "Shop.test:80"),), Address("http", "shop.test", "/x", "")),
        ({"authority": b"h2.test"}, (("host", "shop.test"),), Address("http", "h2.test", "/x", "")),
        ({}, (("host", "a b"),), Address("http", "192.0.2.7", "/x", "")),
        ({"path": b"*"}, (), Address("http", "192.0.2.7", "*", "")),
        ({"path": b"/\xc3\xa9?q=1#f"}, (), Address("http", "192.0.2.7", "/%C3%A9", "q=1")),
    ],
)
def test_the_address_is_where_the_client_meant_to_go(
    data: dict[str, Any], headers: tuple[tuple[str, str], ...], address: Address
) -> None:
    assert flow_address(a_request(**data), headers) == address


def test_another_scheme_is_refused() -> None:
    with pytest.raises(UnreadableError):
        flow_address(a_request(scheme=b"ftp"), ())


def test_a_body_that_was_not_kept_and_trailers_are_noted() -> None:
    notes: list[str] = []
    assert message_body(SimpleNamespace(trailers=("x",), raw_content=None), (), "gone", notes) == b""
    assert notes == [TRAILERS, "gone"]


@pytest.mark.parametrize(
    ("started", "first", "last", "latency"),
    [
        (1_500_000_000_000_000, 1_500_000_000.5, 1_500_000_001.0, (500_000, 1_000_000)),
        (1_500_000_000_000_000, 1_500_000_000.5, None, (500_000, None)),
        (1_500_000_000_000_000, 1_500_000_000.5, 1_500_000_000.2, (500_000, None)),
        (1_500_000_000_000_000, 1_499_999_999.0, 1_500_000_000.2, (None, None)),
        (None, 1_500_000_000.5, 1_500_000_001.0, (None, None)),
        (1_500_000_000_000_000, None, None, (None, None)),
    ],
)
def test_latency_is_never_negative(
    started: int | None, first: float | None, last: float | None, latency: tuple[int | None, int | None]
) -> None:
    assert flow_latency(started, SimpleNamespace(timestamp_start=first, timestamp_end=last)) == latency
    assert flow_latency(started, None) == (None, None)
