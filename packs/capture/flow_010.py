"""Flows of mitmproxy 0.10 (2013 to 2014), brought to the state of 0.13, from where mitmproxy upgrades them itself."""

from __future__ import annotations

from typing import Any

State = dict[Any, Any]

_FORM = b"relative"


def is_flow_010(state: State) -> bool:
    """True if the state says that 0.10 wrote it."""
    version = state.get(b"version")
    return isinstance(version, list | tuple) and tuple(version[:2]) == (0, 10)


def upgrade_flow_010(state: State) -> State:
    """The same flow as a 0.13 state. Raises KeyError or TypeError if it is not a whole flow of that time."""
    request, response = dict(state[b"request"]), dict(state[b"response"])
    client = request.pop(b"client_conn", None) or {}
    for gone in (b"ip", b"ssl_setup_timestamp", b"tcp_setup_timestamp"):
        request.pop(gone, None)
    response.pop(b"cert", None)
    started = request.get(b"timestamp_start")
    request[b"form_in"] = _FORM
    return {
        b"version": (0, 13),
        b"type": b"http",
        b"id": b"",
        b"error": state.get(b"error"),
        b"intercepted": False,
        b"request": request,
        b"response": response,
        b"client_conn": {
            **_connection(client.get(b"address"), started, request[b"scheme"] == b"https"),
            b"clientcert": None,
        },
        b"server_conn": {
            **_connection([request[b"host"], request[b"port"]], started, request[b"scheme"] == b"https"),
            b"source_address": {b"address": [b"", 0], b"use_ipv6": False},
            b"cert": None,
            b"sni": None,
            b"state": [],
            b"timestamp_tcp_setup": None,
            b"timestamp_ssl_setup": None,
        },
    }


def _connection(address: Any, started: float | None, secured: bool) -> State:
    return {
        b"address": {b"address": address or [b"", 0], b"use_ipv6": False},
        b"timestamp_start": started,
        b"timestamp_end": None,
        b"timestamp_ssl_setup": None,
        b"ssl_established": secured,
    }
