"""A connection to the target takes whatever bytes come, without a socket: one ending a request, and never an error."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.drive.client import Connection
from smartsandbox.replay_engine.drive.outcomes import Ending
from smartsandbox.replay_engine.drive.whole import Whole
from smartsandbox.replay_engine.testing import KeptTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BITS = [
    b"HTTP/1.1 ",
    b"200 OK\r\n",
    b"101 Up\r\n",
    b"103 Hints\r\n",
    b"204 No\r\n",
    b"999 ?\r\n",
    b"Content-Length: ",
    b"2",
    b"-1",
    b"99999999999999999999",
    b"\r\n",
    b"\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"5\r\nhello\r\n",
    b"0\r\n\r\n",
    b"zz\r\n",
    b"Connection: close\r\n",
    b"Upgrade: websocket\r\n",
    b"ok",
    b"\0",
    b"\xff" * 9,
    b":",
    b" ",
    OK,
]


class Owner:
    """Counts endings, and reads all that a run reads."""

    def __init__(self) -> None:
        self.endings: list[Ending] = []

    def connected(self, connection: Connection) -> None:
        """Nothing to do."""

    def closed(self, connection: Connection) -> None:
        """Nothing to do."""

    def ended(self, connection: Connection, ending: Ending) -> None:
        connection.at = -1
        assert isinstance(connection.body, bytes)
        assert ending is not Ending.ANSWERED or 100 <= connection.status <= 999
        self.endings.append(ending)


def fed(pieces: list[bytes], exc: Any, *, head_only: bool) -> list[Ending]:
    """How one request ends when these bytes come and then the connection's end."""
    owner = Owner()
    connection, transport = Connection(owner, VirtualClock(), Whole()), KeptTransport()
    connection.connection_made(transport)
    connection.send(0, b"GET / HTTP/1.1\r\n\r\n", head_only=head_only)
    for piece in pieces:
        if not transport.ended:
            connection.data_received(piece)
    connection.connection_lost(exc)
    return owner.endings


@given(
    st.lists(st.one_of(st.sampled_from(BITS), st.binary(min_size=1, max_size=30)), max_size=12),
    st.sampled_from([None, ConnectionResetError()]),
    st.booleans(),
)
def test_no_bytes_whatever_raise_or_end_a_request_twice(pieces: list[bytes], exc: Any, head_only: bool) -> None:
    assert len(fed(pieces, exc, head_only=head_only)) == 1


@given(st.lists(st.integers(1, len(OK) - 1), max_size=6), st.booleans())
def test_an_answer_in_any_pieces_is_the_same_answer(cuts: list[int], head_only: bool) -> None:
    edges = [0, *sorted(set(cuts)), len(OK)]
    pieces = [OK[start:stop] for start, stop in pairwise(edges)]
    assert fed(pieces, None, head_only=head_only) == [Ending.ANSWERED]
