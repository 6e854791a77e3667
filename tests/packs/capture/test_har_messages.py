"""Messages of WebSockets in HAR files as Chrome writes them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from smartsandbox.packs.capture import messages as bounds
from smartsandbox.packs.capture.messages import CONTROL, CUT, UNRECORDED, UNTIMED
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import LOST, Exchange, FailureKind
from smartsandbox.packs.testing import closed, received, sent

Read = Callable[..., tuple[list[Exchange], Report]]

START = 1_772_452_800.0
"""2026-03-02T12:00:00Z; the handshake is answered 3 ms later."""


def entry(messages: Any = (), **fields: Any) -> dict[str, Any]:
    made = {
        "startedDateTime": "2026-03-02T12:00:00.000Z",
        "time": 60_003,
        "timings": {"send": 1, "wait": 2, "receive": 60_000},
        "request": {"method": "GET", "url": "wss://a.test/feed?v=1", "headers": []},
        "response": {"status": 101, "statusText": "Switching Protocols", "headers": [], "content": {}},
        "_webSocketMessages": list(messages),
        **fields,
    }
    return {name: value for name, value in made.items() if value is not ...}


def message(kind: str, at: float, data: str, opcode: int = 1) -> dict[str, Any]:
    return {"type": kind, "time": START + at, "opcode": opcode, "data": data}


def one(read: Read, item: dict[str, Any]) -> tuple[Exchange, Report]:
    (exchange,), report = read({"log": {"version": "1.2", "entries": [item]}})
    return exchange, report


def test_messages_stand_at_their_offset_from_the_answer_to_the_handshake(read: Read) -> None:
    said = [
        message("receive", 0.004, "hello"),
        message("send", 0.5, '{"a":1}'),
        message("receive", 2.0, base64.b64encode(b"\x00\xff").decode(), 2),
    ]
    exchange, report = one(read, entry(said))
    assert exchange.messages == (received(1_000, "hello"), sent(497_000, {"a": 1}), received(1_997_000, b"\x00\xff"))
    assert (exchange.request.scheme, exchange.request.host, exchange.request.target) == ("https", "a.test", "/feed?v=1")
    assert (exchange.ttfb_us, exchange.total_us) == (3_000, 3_000)
    assert report.ledger.dropped == {}


def test_a_close_frame_and_an_error_are_ends(read: Read) -> None:
    end = message("receive", 1.003, base64.b64encode(b"\x0f\xa1enough").decode(), 8)
    assert one(read, entry([end]))[0].messages == (closed(1_000_000, 4001, "enough"),)
    bare = message("send", 1.003, "", 8)
    assert one(read, entry([bare]))[0].messages == (closed(1_000_000, None, by_client=True),)
    broken = {"type": "error", "time": START + 0.103, "opcode": -1, "data": "net::ERR"}
    assert one(read, entry([broken]))[0].messages == (closed(100_000, LOST),)


def test_times_never_go_back_and_a_missing_one_is_the_last(read: Read) -> None:
    said = [message("send", 0.001, "early"), message("send", 1.003, "b"), message("send", 0.5, "c"),
            {"type": "send", "opcode": 1, "data": "d"}]  # fmt: skip
    exchange, report = one(read, entry(said))
    assert [item.at_us for item in exchange.messages or ()] == [0, 1_000_000, 1_000_000, 1_000_000]
    assert report.ledger.notes[UNTIMED] == 1


def test_without_a_latency_offsets_count_from_the_first_message(read: Read) -> None:
    exchange, _ = one(read, entry([message("send", 5, "a"), message("send", 6, "b")], timings={}, time=0))
    assert [item.at_us for item in exchange.messages or ()] == [0, 1_000_000]


def test_pings_are_left_out_and_counted(read: Read) -> None:
    exchange, report = one(read, entry([message("send", 1, "", 9), message("receive", 1, "", 10)]))
    assert (exchange.messages, report.ledger.notes[CONTROL]) == ((), 2)


def test_a_text_that_is_no_unicode_becomes_some(read: Read) -> None:
    assert one(read, entry([message("send", 1.003, "a\ud800b")]))[0].messages == (sent(1_000_000, "a\ufffdb"),)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (entry(_webSocketMessages=...), UNRECORDED),
        (entry([{"type": "sideways", "data": ""}]), "a message of a WebSocket that was neither sent nor received"),
        (entry([message("send", 1, "", 3)]), "a message of a WebSocket has an opcode that is none"),
        (
            entry([message("send", 1, "x")], response={"status": 403}),
            "messages of a WebSocket without an answer that opened it",
        ),
    ],
)
def test_what_is_no_conversation_is_left_out_with_its_reason(read: Read, item: dict[str, Any], reason: str) -> None:
    exchanges, report = read({"log": {"version": "1.2", "entries": [item]}})
    assert (exchanges, report.ledger.dropped) == ([], {reason: 1})


def test_a_refused_handshake_is_plain_http(read: Read) -> None:
    refused, _ = one(read, entry(response={"status": 403, "statusText": "Forbidden"}))
    failed, _ = one(read, entry(response={"status": 0}, _webSocketMessages=...))
    assert (refused.messages, failed.messages, failed.failure) == (None, None, FailureKind.UNANSWERED)


@pytest.mark.parametrize(("name", "most"), [("MOST_MESSAGES", 2), ("MOST_BYTES", 3), ("MOST_TOTAL", 3)])
def test_what_is_too_much_is_cut_with_all_that_follows(
    read: Read, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(bounds, name, most)
    said = [message("send", 1.003, "a"), message("send", 1.003, "b"), message("send", 1.003, "long"),
            message("send", 1.003, "d")]  # fmt: skip
    exchange, report = one(read, entry(said))
    assert exchange.messages == (sent(1_000_000, "a"), sent(1_000_000, "b"))
    assert report.ledger.notes[CUT] == 2
