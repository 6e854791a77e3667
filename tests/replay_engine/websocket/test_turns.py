"""Whose turn it is: the recorded order, whatever the other end says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.model import Message, MessageKind
from smartsandbox.packs.testing import closed, received, sent
from smartsandbox.replay_engine.websocket.alike import Known, Likeness
from smartsandbox.replay_engine.websocket.conversations import Conversation
from smartsandbox.replay_engine.websocket.turns import Heard, Mark, Turns, Unknown

TEXT = MessageKind.TEXT


class Said(list[Message]):
    """A conversation in a list."""

    def places(self, *, sent: bool) -> list[int]:
        return [at for at, one in enumerate(self) if one.sent is sent]


def turns(*messages: Message, is_client: bool = False, unknown: Unknown = Unknown.ADVANCE) -> Turns:
    return Turns(cast("Conversation", Said(messages)), 100.0, is_client=is_client, unknown=unknown)


def say_all(one: Turns) -> list[bytes]:
    """What may be said now."""
    said = []
    while (message := one.message()) is not None:
        said.append(message.payload)
        one.sent()
    return said


def test_a_server_greets_and_then_waits_for_what_was_said_before_its_answer() -> None:
    one = turns(received(1, "hello"), sent(5, "ask"), received(9, "answer"), received(10, "more"), sent(20, "bye"))
    assert say_all(one) == [b"hello"]
    assert one.waits
    assert one.hear(TEXT, b"ask", 101.0) == Heard(1, Likeness.SAME)
    assert say_all(one) == [b"answer", b"more"]
    assert not one.is_over
    one.hear(TEXT, b"bye", 102.0)
    assert one.is_over


def test_a_client_waits_for_the_server_likewise() -> None:
    one = turns(received(1, "hello"), sent(5, "ask"), received(9, "answer"), is_client=True)
    assert one.waits
    one.hear(TEXT, b"hello", 101.0)
    assert say_all(one) == [b"ask"]
    assert list(one.missing()) == [2]


def test_an_answer_counts_its_time_from_what_it_followed() -> None:
    one = turns(received(1, "hello"), sent(5, "a"), received(7, "to a"), sent(20, "b"), received(29, "to b"))
    assert one.anchor() == Mark(-1, 0, 100.0)
    say_all(one)
    one.hear(TEXT, b"a", 101.0)
    one.hear(TEXT, b"b", 101.5)
    assert one.anchor() == Mark(1, 5, 101.0)
    one.sent()
    assert one.anchor() == Mark(3, 20, 101.5)


def test_what_the_other_end_leaves_out_holds_nothing_up() -> None:
    one = turns(
        sent(1, "ping"),
        received(2, "pong"),
        sent(3, "ping"),
        received(4, "pong"),
        sent(5, "order"),
        received(6, "done"),
    )
    assert one.hear(TEXT, b"order", 101.0) == Heard(4, Likeness.SAME)
    assert say_all(one) == [b"pong", b"pong", b"done"]


@pytest.mark.parametrize(
    ("live", "heard"),
    [
        (b'{"op":"sub","id":1}', Heard(0, Likeness.SAME)),
        (b'{"id": 1, "op": "sub"}', Heard(0, Likeness.SAME)),
        (b'{"op":"sub","id":9}', Heard(0, Likeness.STRUCTURE)),
        (b'{"n":[{"x":"new"}]}', Heard(2, Likeness.STRUCTURE)),
        (b'{"n":[{"x":"a"}]}', Heard(2, Likeness.SAME)),
        (b'{"else":1}', Heard(0, Likeness.NONE)),
        (b"no json", Heard(0, Likeness.NONE)),
    ],
)
def test_a_message_counts_as_the_nearest_that_is_most_like_it(live: bytes, heard: Heard) -> None:
    one = turns(
        sent(1, {"op": "sub", "id": 1}),
        received(2, "ok"),
        sent(
            3,
            {
                "n": [
                    {"x": "a"},
                    {"x": "b"},
                ]
            },
        ),
    )
    if heard.likeness is Likeness.SAME and heard.at == 2:
        one = turns(sent(1, {"op": "sub", "id": 1}), received(2, "ok"), sent(3, {"n": [{"x": "a"}]}))
    assert one.hear(TEXT, live, 101.0) == heard


def test_an_unknown_message_may_be_ignored() -> None:
    for unknown in (Unknown.IGNORE, Unknown.CLOSE):
        one = turns(sent(1, "a"), received(2, "to a"), unknown=unknown)
        assert one.hear(TEXT, b"else", 101.0) == Heard(-1, Likeness.NONE)
        assert one.message() is None


def test_a_message_after_the_last_is_unknown_and_harmless() -> None:
    one = turns(sent(1, "a"))
    one.hear(TEXT, b"a", 101.0)
    assert one.hear(TEXT, b"a", 102.0) == Heard(-1, Likeness.NONE)
    assert one.is_over


def test_the_end_of_the_other_counts_as_the_recorded_end() -> None:
    one = turns(received(1, "hello"), closed(5, 1000, by_client=True))
    assert one.hear(MessageKind.CLOSE, b"", 101.0) == Heard(1, Likeness.SAME)


def test_a_long_feed_costs_each_message_alone() -> None:
    """No count of messages is walked through for another one: fifty thousand would take minutes."""
    one = turns(sent(0, "sub"), *(received(n, "tick") for n in range(50_000)), sent(60_000, "stop"))
    one.hear(TEXT, b"sub", 1.0)
    assert len(say_all(one)) == 50_000
    for _ in range(100):
        one.hear(TEXT, b"no such thing", 2.0)
    assert one.is_over


def test_binary_is_never_like_text() -> None:
    known = Known(MessageKind.BINARY, b"{}")
    assert known.like(sent(1, {})) is Likeness.NONE
    assert known.like(sent(1, b"{}")) is Likeness.SAME


_MESSAGES = st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "b", {"n": 1}, {"n": 2}, b"x"])), max_size=12).map(
    lambda items: [sent(at, value) if mine else received(at, value) for at, (mine, value) in enumerate(items)]
)


@given(_MESSAGES, st.booleans())
def test_two_ends_that_keep_the_order_say_everything_in_it(messages: Sequence[Message], slow: bool) -> None:
    """A server and a client that play one recording end with nothing unsaid, and each order is the recorded one."""
    ends = {False: turns(*messages), True: turns(*messages, is_client=True)}
    said: list[Message] = []
    moved = True
    while moved:
        moved = False
        for is_client, end in ends.items():
            while (message := end.message()) is not None:
                end.sent()
                said.append(message)
                assert ends[not is_client].hear(message.kind, message.payload, 1.0).likeness is Likeness.SAME
                moved = True
                if slow:
                    break
    assert all(end.is_over for end in ends.values())
    for mine in (False, True):
        assert [one for one in said if one.sent is mine] == [one for one in messages if one.sent is mine]


@given(_MESSAGES, st.lists(st.binary(max_size=3), max_size=20))
def test_own_messages_keep_their_order_whatever_is_heard(messages: Sequence[Message], live: list[Any]) -> None:
    one = turns(*messages)
    said: list[Message] = []
    for payload in live:
        while (message := one.message()) is not None:
            before = next(at for at, item in enumerate(messages) if item is message)
            assert not any(at < before for at in one.missing())
            one.sent()
            said.append(message)
        one.hear(TEXT, payload, 1.0)
    own = [item for item in messages if not item.sent]
    assert said == own[: len(said)]
