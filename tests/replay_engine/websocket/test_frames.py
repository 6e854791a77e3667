"""Frames: whole messages out of bytes, however they arrive, and the codes for what may not be."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.packs.testing import closed, sent
from smartsandbox.replay_engine.websocket.frames import Frames, accept_of, agreed, granted
from smartsandbox.replay_engine.websocket.said import Said

TEXT, BINARY, CLOSE = MessageKind.TEXT, MessageKind.BINARY, MessageKind.CLOSE


def frame(opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, rsv: int = 0) -> bytes:
    """A client's frame by hand (RFC 6455, 5.2); the mask is nothing but zeros."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    mask = 0x80 if masked else 0
    size = len(payload)
    length = bytes([mask | size]) if size < 126 else struct.pack(">BH", mask | 126, size)
    return bytes([first]) + length + (b"\0" * 4 if masked else b"") + payload


def server(limit: int = 1000) -> Frames:
    return Frames(is_client=False, limit=limit)


def heard(data: bytes, limit: int = 1000) -> list[Said]:
    return list(server(limit).feed(data))


def test_a_text_in_fragments_with_a_ping_between() -> None:
    end = server()
    data = (
        frame(1, b"hal", fin=False) + frame(9, b"are you there") + frame(0, b"lo \xc3", fin=False) + frame(0, b"\xa9")
    )
    assert list(end.feed(data)) == [Said(TEXT, "hallo é".encode())]
    assert bytes(end.replies) == b"\x8a\x0dare you there"


@given(st.integers(1, 7))
def test_bytes_may_arrive_in_any_pieces(size: int) -> None:
    end, data = server(), frame(2, b"\x00\xff") + frame(1, b"hi") + frame(8, b"\x03\xe8bye")
    found = [said for at in range(0, len(data), size) for said in end.feed(data[at : at + size])]
    assert found == [Said(BINARY, b"\x00\xff"), Said(TEXT, b"hi"), Said(CLOSE, b"bye", 1000)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(1, b"\xff\xfe"), 1007),
        (frame(1, b"ab\xc3", fin=False) + frame(0, b"b"), 1007),
        (frame(1, b"hi", masked=False), 1002),
        (frame(3, b""), 1002),
        (frame(1, b"hi", rsv=4), 1002),
        (frame(9, b"x" * 126), 1002),
        (frame(9, b"", fin=False), 1002),
        (frame(0, b"out of nowhere"), 1002),
        (frame(1, b"a", fin=False) + frame(1, b"b"), 1002),
        (frame(8, b"\x03"), 1002),
        (frame(8, b"\x03\xed"), 1002),
        (frame(8, b"\x03\xe8\xff"), 1007),
        (frame(1, b"x" * 1001), 1009),
        (frame(1, b"x" * 600, fin=False) + frame(0, b"x" * 600), 1009),
    ],
)
def test_what_may_not_be_is_a_fault_with_its_code_and_nothing_is_read_after_it(data: bytes, code: int) -> None:
    assert heard(data + frame(1, b"later")) == [Said(CLOSE, b"", code, fault=True)]


def test_a_close_without_a_code_has_none() -> None:
    end = server()
    assert list(end.feed(frame(8, b""))) == [Said(CLOSE, b"")]
    assert end.close(None) == b"\x88\x00"
    assert end.close(1000) == b""
    assert end.is_closed


@given(
    st.lists(
        st.one_of(
            st.text(max_size=200).map(str.encode).map(lambda raw: (TEXT, raw)),
            st.binary(max_size=200).map(lambda raw: (BINARY, raw)),
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_what_one_end_says_the_other_hears(items: list[tuple[MessageKind, bytes]], deflated: bool) -> None:
    mine, theirs = None, None
    if deflated:
        mine, answer = agreed(b"permessage-deflate; client_max_window_bits")
        assert answer is not None
        theirs = granted(answer)
        assert theirs
    one = Frames(is_client=True, limit=10_000, extensions=theirs)
    other = Frames(is_client=False, limit=10_000, extensions=mine)
    data = b"".join(one.message(Message(True, 0, kind, raw)) for kind, raw in items)
    data += one.message(closed(1, 4001, "so"))
    assert list(other.feed(data)) == [*(Said(kind, raw) for kind, raw in items), Said(CLOSE, b"so", 4001)]


def test_what_was_compressed_is_bounded_by_what_it_becomes() -> None:
    mine, answer = agreed(b"permessage-deflate")
    assert answer is not None
    bomb = Frames(is_client=True, limit=1, extensions=granted(answer)).message(sent(0, "x" * 1_000_000))
    assert len(bomb) < 2000
    end = Frames(is_client=False, limit=5000, extensions=mine)
    assert list(end.feed(bomb)) == [Said(CLOSE, b"", 1009, fault=True)]


def test_offers_that_are_none_are_not_taken() -> None:
    assert agreed(b"") == ([], None)
    assert agreed(b"x-webkit-deflate-frame") == ([], None)
    assert agreed(b"permessage-deflate; server_max_window_bits=99") == ([], None)
    assert agreed(b"permessage-deflate; server_max_window_bits=x") == ([], None)
    assert granted(b"") == []
    assert granted(b"something-else") is None


def test_the_proof_is_that_of_the_standard() -> None:
    assert accept_of(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, 1.3
