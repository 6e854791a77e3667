"""Effects change answers on their way out, in their order, and know whose answers they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import AT_ONCE, Close, Scaled, SendHead
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import MakeEffect, Served
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger

ASK = b"GET /n HTTP/1.1\r\nHost: a\r\nX-Sandbox-Session: %s\r\n\r\n"


@dataclass
class Marking:
    """Says which effect saw which request of which session."""

    name: bytes

    def apply(self, answer: Answer, served: Served) -> Answer:
        session = served.session.name.encode()
        return answer.marked(b"X-Seen: %s %s %d\r\n" % (self.name, session, served.ordinal))


def marking(name: bytes) -> MakeEffect:
    def make(pack: Pack, rows: Rows) -> Marking:
        return Marking(name)

    return make


def exchanger(folder: Path, options: ServeOptions) -> Exchanger:
    exchange = an_exchange("e", a_request("GET", "/n"), a_response(body=b"hello"))
    return Exchanger(make_pack(folder, [exchange]), VirtualClock(), options)


def test_effects_apply_in_their_order_and_count_the_requests_of_a_session(tmp_path: Path) -> None:
    both = exchanger(tmp_path, ServeOptions(latency=Scaled(0.0), effects=(marking(b"one"), marking(b"two"))))
    written = both.ask(ASK % b"a", ASK % b"a", ASK % b"b")
    seen = [line[8:] for line in written.split(b"\r\n") if line.startswith(b"X-Seen")]
    assert seen == [
        *(b"one session a 0", b"two session a 0", b"one session a 1"),
        *(b"two session a 1", b"one session b 0", b"two session b 0"),
    ]
    assert written.count(b"hello") == 3


def test_an_answer_with_another_plan_keeps_its_bytes() -> None:
    answer = Answer(AT_ONCE, b"HTTP/1.1 200 OK\r\n\r\n", b"body")
    cut = answer.planned((SendHead(), Close()), final=True)
    assert (cut.head, cut.body, cut.whole, cut.final) == (answer.head, b"body", b"", True)
    assert answer.planned(AT_ONCE).whole == answer.whole
    assert Answer(AT_ONCE, b"", b"").marked(b"X: 1\r\n").head == b""
