"""Messages of WebSockets through the privacy boundary: every leaf has a decision, as in a body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from smartsandbox.anonymize.collect import collect
from smartsandbox.anonymize.errors import UndecidedError
from smartsandbox.anonymize.leaves import Address, Leaf
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.policy_text import write_policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.suggest import draft
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.model import Exchange, Message, MessageKind
from smartsandbox.packs.testing import closed, received, sent

Anonymized = Callable[..., SafeTrace]
MAIL = "ann.lee@mailbox.test"


def socket(exchange: Callable[..., Exchange], *messages: Message, session: str = "s_1") -> Exchange:
    return replace(exchange("/v1/feed", status=101, session=session), messages=messages)


def leaves(exchange: Exchange) -> list[Leaf]:
    found: list[Leaf] = []

    def visit(leaf: Leaf) -> str:
        found.append(leaf)
        return leaf.value

    assert rewrite(exchange, Bound("GET /v1/feed", ()), visit) == replace(exchange, endpoint="GET /v1/feed")
    return [leaf for leaf in found if leaf.location.startswith("ws.") or leaf.pointer == ("message",)]


def policy_of(exchanges: Iterable[Exchange]) -> Policy:
    items = list(exchanges)
    return draft(lambda: items, "tidewater")


def test_leaves_of_messages_have_addresses_of_their_own(exchange: Callable[..., Exchange]) -> None:
    nested = {"data": json.dumps({"mail": MAIL})}
    found = leaves(
        socket(exchange, sent(5, {"id": 7}), received(9, nested), received(11, "hi there"), closed(12, 4000, "off"))
    )
    assert [(leaf.location, leaf.pointer, leaf.value) for leaf in found] == [
        ("timing", ("message",), "5"),
        ("ws.sent", ("id",), "7"),
        ("timing", ("message",), "9"),
        ("ws.received", ("data", "(json)", "mail"), MAIL),
        ("timing", ("message",), "11"),
        ("ws.received", ("(text)",), "hi there"),
        ("timing", ("message",), "12"),
        ("ws.received", ("(close)",), "off"),
    ]


def test_objects_of_two_messages_that_look_alike_are_two(exchange: Callable[..., Exchange]) -> None:
    found = leaves(socket(exchange, received(1, {"id": "a"}), received(2, {"id": "b"})))
    assert len({leaf.scope for leaf in found if leaf.pointer == ("id",)}) == 2
    collected = collect(
        [socket(exchange, received(1, {"id": "ann", "age": 31}), received(2, {"id": "bob", "age": 47}))],
        Policy(
            service="tidewater",
            decisions={
                **dict.fromkeys(
                    [Address("*", name, ()) for name in ("method", "scheme", "host", "session", "response.reason")]
                    + [Address("*", "timing", (name,)) for name in ("started", "ttfb", "total", "message")]
                    + [Address("*", "response.header", ("content-type",))],
                    Decision(Action.KEEP),
                ),
                Address("*", "ws.received", ("id",)): Decision(Action.SURROGATE, "id"),
                Address("*", "ws.received", ("age",)): Decision(Action.KEEP),
            },
            endpoints=("GET /v1/feed",),
            k=2,
            subjects=frozenset({Address("*", "ws.received", ("id",))}),
        ),
    )
    assert collected.missing == set()
    assert collected.subjects.table().population == 2


def test_a_value_has_one_surrogate_in_a_body_and_in_a_message(
    exchange: Callable[..., Exchange], anonymized: Anonymized
) -> None:
    pairs = [
        (exchange(body={"email": f"{name}@mailbox.test"}, session=f"s_{name}"),
         socket(exchange, sent(5, {"email": f"{name}@mailbox.test"}), session=f"s_{name}"))
        for name in ("ann", "bob", "cid", "dee", "eve", "fay")
    ]  # fmt: skip
    safe = anonymized([one for pair in pairs for one in pair])
    by_session: dict[str | None, set[str]] = {}
    for one in safe.trace.exchanges():
        content = one.messages[0].payload if one.messages else one.response.body if one.response else b""
        by_session.setdefault(one.session, set()).add(json.loads(content)["email"])
    assert all(len(values) == 1 for values in by_session.values())
    assert not any("mailbox" in value for values in by_session.values() for value in values)


def test_a_leaf_that_the_policy_does_not_know_stops_the_run(
    exchange: Callable[..., Exchange], anonymized: Anonymized
) -> None:
    known = socket(exchange, sent(5, {"n": 1}))
    policy = policy_of([known])
    with pytest.raises(UndecidedError) as caught:
        anonymized([known, socket(exchange, sent(5, {"n": 1, "mail": MAIL}))], policy)
    assert "ws.sent:" in str(caught.value.diff)
    assert "/mail:" in str(caught.value.diff)
    assert MAIL not in str(caught.value.diff)


def test_bytes_that_no_codec_reads_are_dropped_and_counted(
    exchange: Callable[..., Exchange], anonymized: Anonymized
) -> None:
    secret = b"\x00\x01" + MAIL.encode() + b"\xff"
    safe = anonymized([socket(exchange, received(5, secret), received(9, {"n": 1}))], k=1)
    (one,) = safe.trace.exchanges()
    assert one.messages == (Message(False, 5, MessageKind.BINARY), received(9, {"n": 1}))
    notes = safe.trace.ledger["notes"]
    assert notes["messages on WebSockets"] == 2
    assert notes["messages on WebSockets emptied, as the policy drops what they hold"] == 1


def test_the_reason_of_a_close_is_a_leaf_and_stays_short(exchange: Callable[..., Exchange]) -> None:
    item = socket(exchange, closed(5, 4000, "account of ann"))
    long = rewrite(
        item, Bound("GET /v1/feed", ()), lambda leaf: "é" * 90 if leaf.pointer == ("(close)",) else leaf.value
    )
    assert long.messages is not None
    assert long.messages[0].payload == ("é" * 61).encode()
    gone = rewrite(item, Bound("GET /v1/feed", ()), lambda leaf: None if leaf.pointer == ("(close)",) else leaf.value)
    assert gone.messages == (closed(5, 4000),)


def test_a_policy_with_messages_is_written_and_read_back(exchange: Callable[..., Exchange]) -> None:
    policy = policy_of([socket(exchange, sent(5, {"email": MAIL}), received(9, {"n": 1}), closed(12, 4000, "off"))])
    assert policy.decide("GET /v1/feed", "ws.sent", ("email",)) == Decision(Action.SURROGATE, "email")
    assert parse_policy(write_policy(policy), "policy.yaml") == policy
