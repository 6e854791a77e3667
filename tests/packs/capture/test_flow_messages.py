"""Messages of WebSockets in mitmproxy flows."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from smartsandbox.packs.capture.messages import UNDELIVERED
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import LOST, Exchange
from smartsandbox.packs.testing import closed, received, sent

mitmproxy_test = pytest.importorskip("mitmproxy.test.tflow")

Read = Callable[..., tuple[list[Exchange], Report]]
OPENED = 1_000_000_000.0


def saved(flow: Any) -> bytes:
    from mitmproxy.io import FlowWriter

    stream = io.BytesIO()
    FlowWriter(stream).add(flow)
    return stream.getvalue()


def a_flow(*messages: Any, **end: Any) -> Any:
    flow = mitmproxy_test.twebsocketflow()
    flow.response.timestamp_start = flow.response.timestamp_end = OPENED
    flow.websocket.messages = list(messages)
    for name, value in {"timestamp_end": None, "close_code": None, "closed_by_client": None, **end}.items():
        setattr(flow.websocket, name, value)
    return flow


def message(at: float, content: bytes, opcode: int = 1, *, client: bool, dropped: bool = False) -> Any:
    from mitmproxy.websocket import WebSocketMessage

    return WebSocketMessage(opcode, client, content, OPENED + at, dropped)


def said(read: Read, flow: Any) -> tuple[Any, Report]:
    (exchange,), report = read(saved(flow), "a.mitm")
    assert exchange.response is not None
    assert (exchange.response.status, exchange.failure) == (101, None)
    return exchange.messages, report


def test_messages_with_direction_kind_and_time(read: Read) -> None:
    flow = a_flow(
        message(0.25, b"hi", client=True),
        message(0.5, b"\x00\xff", 2, client=False),
        message(0.625, b"never", client=False, dropped=True),
    )
    found, report = said(read, flow)
    assert found == (sent(250_000, "hi"), received(500_000, b"\x00\xff"))
    assert report.ledger.notes[UNDELIVERED] == 1


@pytest.mark.parametrize(
    ("code", "by_client", "end"),
    [
        (4001, False, closed(1_000_000, 4001, "bye")),
        (1000, True, closed(1_000_000, 1000, "bye", by_client=True)),
        (1005, True, closed(1_000_000, None, "bye", by_client=True)),
        (1006, True, closed(1_000_000, LOST)),
    ],
)
def test_the_end_with_its_code_and_who_made_it(read: Read, code: int, by_client: bool, end: Any) -> None:
    flow = a_flow(timestamp_end=OPENED + 1, close_code=code, close_reason="bye", closed_by_client=by_client)
    assert said(read, flow)[0] == (end,)


def test_a_recording_that_stopped_first_has_no_end(read: Read) -> None:
    assert said(read, a_flow(message(0.5, b"hi", client=False)))[0] == (received(500_000, "hi"),)


def test_a_plain_flow_has_no_messages(read: Read) -> None:
    (exchange,), _ = read(saved(mitmproxy_test.tflow(resp=True)), "a.mitm")
    assert exchange.messages is None
