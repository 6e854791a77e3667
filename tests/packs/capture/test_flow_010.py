from __future__ import annotations

from typing import Any

import pytest

from smartsandbox.packs.capture.flow_010 import is_flow_010, upgrade_flow_010


def old_flow() -> dict[bytes, Any]:
    """A flow as mitmproxy 0.10 saved it."""
    return {
        b"version": [0, 10, 1],
        b"error": None,
        b"request": {
            b"method": b"GET",
            b"scheme": b"http",
            b"host": b"a.test",
            b"port": 80,
            b"path": b"/x",
            b"httpversion": [1, 1],
            b"headers": [[b"Accept", b"*/*"]],
            b"content": b"",
            b"timestamp_start": 1_400_000_000.0,
            b"timestamp_end": 1_400_000_000.1,
            b"ip": b"127.0.0.1",
            b"client_conn": {b"address": [b"127.0.0.1", 5], b"requestcount": 1, b"error": None},
            b"ssl_setup_timestamp": None,
            b"tcp_setup_timestamp": None,
        },
        b"response": {
            b"httpversion": [1, 1],
            b"code": 200,
            b"msg": b"OK",
            b"headers": [],
            b"content": b"hello",
            b"cert": None,
            b"timestamp_start": 1_400_000_000.2,
            b"timestamp_end": 1_400_000_000.3,
        },
    }


def test_only_its_own_version_is_claimed() -> None:
    assert is_flow_010(old_flow())
    assert not is_flow_010({b"version": [0, 11]})
    assert not is_flow_010({"version": 20})
    assert not is_flow_010({})


def test_mitmproxy_takes_it_from_there() -> None:
    from mitmproxy import flow, http
    from mitmproxy.io import compat

    upgraded = flow.Flow.from_state(compat.migrate_flow(upgrade_flow_010(old_flow())))
    assert isinstance(upgraded, http.HTTPFlow)
    assert upgraded.response is not None
    assert (upgraded.request.pretty_url, upgraded.response.content) == ("http://a.test/x", b"hello")


def test_a_flow_without_its_parts_is_refused() -> None:
    with pytest.raises(KeyError):
        upgrade_flow_010({b"version": [0, 10]})
