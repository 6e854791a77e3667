"""A person is erased from what was said on WebSockets as from bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from smartsandbox.anonymize.erasure.find import Scope, find_concerned
from smartsandbox.anonymize.erasure.raw_trace import erase_from_trace
from smartsandbox.anonymize.policy import Policy
from smartsandbox.packs.model import Exchange, Message, MessageKind
from smartsandbox.packs.testing import closed, received, sent
from smartsandbox.packs.trace import Trace, row_bytes

ANN_MAIL, BOB_MAIL = "ann.marlowe@oakmoor.co.uk", "bob.tarrant@oakmoor.co.uk"
BINARY = Message(False, 9, MessageKind.BINARY, b"\x00\xff" + ANN_MAIL.encode())
Write = Callable[[Iterable[Exchange]], Trace]


def left(trace: Trace, policy: Policy, scope: Scope) -> Trace:
    return erase_from_trace(trace, policy, find_concerned(trace.exchanges, policy, [ANN_MAIL], scope)).after


@pytest.mark.parametrize(
    "message", [sent(5, {"email": ANN_MAIL}), sent(5, f"mail {ANN_MAIL}"), BINARY, closed(5, 4000, f"bye {ANN_MAIL}")]
)
def test_an_exchange_whose_messages_name_the_person_is_removed(
    raw_trace: Write, exchange: Callable[..., Exchange], policy: Policy, message: Message
) -> None:
    named = replace(exchange("/v1/things", status=101, session="s_1"), messages=(message,))
    other = replace(exchange("/v1/things", status=101, session="s_2"), messages=(received(5, {"email": BOB_MAIL}),))
    after = left(raw_trace([named, other]), policy, Scope())
    assert [one.id for one in after.exchanges()] == [other.id]


def test_redaction_empties_the_persons_object_in_a_received_message_only(
    raw_trace: Write, exchange: Callable[..., Exchange], policy: Policy
) -> None:
    both = received(5, {"items": [{"email": ANN_MAIL, "name": "Ann"}, {"email": BOB_MAIL, "name": "Bob"}]})
    item = replace(exchange("/v1/things", status=101, session="s_admin"), messages=(both, received(9, {"n": 1})))
    after = left(raw_trace([item, exchange("/v1/things", session="s_2")]), policy, Scope(redact=True))
    kept = next(one for one in after.exchanges() if one.messages is not None)
    content = row_bytes(kept).decode()
    assert ANN_MAIL not in content
    assert "Ann" not in content
    assert BOB_MAIL in content
    assert kept.messages is not None
    assert kept.messages[1] == received(9, {"n": 1})
