"""What passes between the processes of one server arrives as it was."""

from __future__ import annotations

from pathlib import Path

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.plan import AT_ONCE, Scaled
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.keeper import added
from smartsandbox.replay_engine.serve.link import LinkEnd, framed
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.request import SESSION, LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.testing import KeptTransport


def test_values_are_answered_in_order_however_their_bytes_arrive() -> None:
    seen: list[object] = []
    transport = KeptTransport()
    end = LinkEnd(lambda value: seen.append(value) or "yes")  # type: ignore[func-returns-value]
    end.connection_made(transport)
    sent = framed("one") + framed({"two": 2}) + framed(b"3" * 100_000)
    for at in range(0, len(sent), 1_000):
        end.data_received(sent[at : at + 1_000])
    assert seen == ["one", {"two": 2}, b"3" * 100_000]
    assert transport.written == framed("yes") * 3


def test_an_answer_at_once_stays_one() -> None:
    seen: list[Answer] = []
    end = LinkEnd(seen.append)
    end.connection_made(KeptTransport())
    end.data_received(framed(Answer(AT_ONCE, b"head", b"body")))
    assert seen[0].plan is AT_ONCE
    assert (seen[0].head, seen[0].body, seen[0].whole, seen[0].final) == (b"head", b"body", b"headbody", False)


def test_counters_are_added_by_name_at_any_depth() -> None:
    assert added({"a": 1, "b": {"x": 1}}, {"a": 2, "b": {"x": 3, "y": 4}, "c": 5}) == {
        "a": 3,
        "b": {"x": 4, "y": 4},
        "c": 5,
    }


def test_a_request_is_settled_if_no_session_has_a_say(shop_pack: Pack, tmp_path: Path) -> None:
    responder = Responder(shop_pack, ServeOptions(latency=Scaled(0.0)))

    def settled(target: bytes, method: str = "GET", **fields: bytes) -> bool:
        headers = {name.replace("_", "-").encode(): value for name, value in fields.items()}
        return responder.settled(LiveRequest(method, target, headers, b"", 0.0))

    assert settled(b"/text")
    assert settled(b"/me", authorization=b"Bearer alice")
    assert settled(b"/orders/1", "DELETE")
    assert not settled(b"/balance")
    assert not settled(b"/nothing/here")
    assert not settled(b"/text", **{SESSION.decode(): b"s"})
