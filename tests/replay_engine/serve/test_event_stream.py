"""Where events end, what follows one, and when they are sent."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.plan import Close, SendBody, SendHead, Wait
from smartsandbox.replay_engine.serve.event_stream import after, ends, spread

STREAM = b"id: 1\ndata: a\n\ndata: b\n\nid: 3\ndata: c\nid: 4\n\n: end\n\n"


def events(body: bytes) -> list[bytes]:
    edges = [0, *ends(body)]
    return [body[start:stop] for start, stop in itertools.pairwise(edges)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", [b"data: a\n\n", b"data: b\n\n"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"data: a\r\n\r\n", b"data: b\r\n\r\n"]),
        (b"data: a\r\rdata: b\r\r", [b"data: a\r\r", b"data: b\r\r"]),
        (b"data: a\ndata: a2\n\n\ndata: b", [b"data: a\ndata: a2\n\n\n", b"data: b"]),
        (b"data: a\r\ndata: a2\r\n", [b"data: a\r\ndata: a2\r\n"]),
        (b"", [b""]),
    ],
)
def test_an_event_ends_with_a_blank_line(body: bytes, expected: list[bytes]) -> None:
    assert events(body) == expected


@pytest.mark.parametrize(
    ("last", "rest"),
    [
        (b"1", b"data: b\n\nid: 3\ndata: c\nid: 4\n\n: end\n\n"),
        (b"4", b": end\n\n"),
        (b"3", None),
        (b"nothing", None),
        (b"", None),
    ],
)
def test_what_follows_an_event(last: bytes, rest: bytes | None) -> None:
    start = after(STREAM, last)
    assert (None if start is None else STREAM[start:]) == rest


def test_ids_are_read_as_the_standard_says() -> None:
    assert after(b"\xef\xbb\xbfid:7\ndata: a\n\nx", b"7") == len(b"\xef\xbb\xbfid:7\ndata: a\n\n")
    assert after(b"id:  7\n\nx", b" 7") == len(b"id:  7\n\n")
    assert after(b"xid: 7\n\nidx: 7\n\nid: 7\0\n\n", b"7") is None
    assert after(b"id: 7\n\nid: 7\n\nx", b"7") == len(b"id: 7\n\nid: 7\n\n")


def test_events_are_spread_from_the_first_byte_to_the_last() -> None:
    plan = (Wait(100), SendHead(), Wait(400), SendBody(), Close())
    assert spread(plan, b"a\n\nb\n\nc\n\n") == (
        Wait(100),
        SendHead(),
        Wait(200),
        SendBody(0, 3),
        Wait(300),
        SendBody(3, 6),
        Wait(400),
        SendBody(6, 9),
        Close(),
    )
    at_once = (Wait(100), SendHead(), SendBody())
    assert spread(at_once, b"a\n\nb\n\n") == at_once


@given(st.lists(st.sampled_from([b"data: a", b"id: 1", b"\n", b"\r\n", b"\r", b": x", b"\n\n"]), max_size=40))
def test_parts_are_the_body_and_come_in_order(pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    plan = spread((Wait(5), SendHead(), Wait(50), SendBody()), body)
    assert b"".join(body[step.start : step.stop] for step in plan if isinstance(step, SendBody)) == body
    times = [step.until_us for step in plan if isinstance(step, Wait)]
    assert times == sorted(times)
    assert times[-1] == 50


def test_very_many_events_go_in_groups() -> None:
    body = b"data\n\n" * 50_000
    parts = [step for step in spread((SendHead(), Wait(50), SendBody()), body) if isinstance(step, SendBody)]
    assert len(parts) < 5000
    assert (parts[0].start, parts[-1].stop) == (0, len(body))
