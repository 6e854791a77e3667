"""Conversations driven at real sockets: a served pack, and another implementation that says other things."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.model import LOST, Message, MessageKind
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, a_socket, an_exchange, closed, make_pack, received, sent
from smartsandbox.replay_engine.clock import RealClock
from smartsandbox.replay_engine.drive.driver import Driven, drive
from smartsandbox.replay_engine.drive.judging.rules import Keep, Rule, Rules
from smartsandbox.replay_engine.drive.options import DriveOptions
from smartsandbox.replay_engine.drive.outcomes import Differs, Ending, Outcomes
from smartsandbox.replay_engine.drive.outcomes_file import read_outcomes, write_outcomes
from smartsandbox.replay_engine.drive.pacing import Pacing
from smartsandbox.replay_engine.drive.rules_file import SandboxRules
from smartsandbox.replay_engine.drive.run import Run
from smartsandbox.replay_engine.drive.target import resolve_target
from smartsandbox.replay_engine.drive.watch import no_watch
from smartsandbox.replay_engine.drive.websocket.counts import MessageCounts
from smartsandbox.replay_engine.drive.websocket.handshake import offered, proven
from smartsandbox.replay_engine.drive.websocket.talk import live
from smartsandbox.replay_engine.loop import run
from smartsandbox.replay_engine.report.build import build_report
from smartsandbox.replay_engine.report.html import to_html
from smartsandbox.replay_engine.report.terminal import to_text
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.self_replay import self_replay

server = pytest.importorskip("websockets.sync.server")

TALK = (
    received(1_000, "hello"),
    sent(5_000, {"op": "sub", "id": 7}),
    received(9_000, {"at": "2023-11-14T22:13:20Z", "n": 1}),
    received(9_500, b"\x00\xff"),
    closed(12_000, 4001, "enough"),
)
ENDS = {
    "by the server": TALK,
    "by the client": (*TALK[:4], closed(12_000, 1000, "bye", by_client=True)),
    "lost": (*TALK[:4], closed(12_000, LOST)),
    "not recorded": TALK[:4],
    "nothing said": (),
    "the client only": (sent(1_000, "a"), sent(2_000, b"b")),
    "the server only": (received(1_000, "a"), received(2_000, "x" * 70_000)),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_pack_of_conversations_answers_itself(tmp_path: Path, name: str) -> None:
    items = [
        an_exchange("p0", a_request(), a_response(json={"n": 1})),
        a_socket("w1", ENDS[name], at_us=10_000),
        an_exchange("p1", a_request(), a_response(json={"n": 2}), at_us=15_000),
        a_socket("w2", (received(0, "another"), *ENDS[name]), at_us=40_000),
        a_socket("w3", ENDS[name], at_us=60_000, session="s2"),
    ]
    found = self_replay(make_pack(tmp_path, items))
    assert (found.examples, found.differs, found.matches) == ((), {}, 5)


@contextmanager
def target(talk: Callable[[Any], None], **options: Any) -> Iterator[str]:
    """Another implementation's server that holds a conversation of its own."""
    with server.serve(talk, "127.0.0.1", 0, **options) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.socket.getsockname()[1]}"
        finally:
            serving.shutdown()
            thread.join()


def driven(pack: Pack, url: str, **options: Any) -> Driven:
    chosen: dict[str, Any] = {"pacing": Pacing(speed=10.0), "timeout": 0.5, **options}
    return run(drive(pack, resolve_target(url), DriveOptions(**chosen)))


def one(tmp_path: Path, *messages: Message) -> Pack:
    return make_pack(tmp_path, [a_socket("w1", messages)])


def counts(found: Driven) -> tuple[int, int, int, int, int]:
    said = found.outcomes.messages
    return said.sent, said.received, said.differing, said.missing, said.added


def as_recorded(link: Any) -> None:
    link.send("hello")
    assert json.loads(link.recv()) == {"op": "sub", "id": 7}
    link.send('{"n": 1, "at": "2023-11-14T22:13:20Z"}')
    link.send(b"\x00\xff")
    link.close(4001, "enough")


def test_what_is_said_in_another_spelling_is_the_same(tmp_path: Path) -> None:
    with target(as_recorded) as url:
        found = driven(one(tmp_path, *TALK), url)
    assert counts(found) == (1, 3, 0, 0, 0)
    assert Differs(int(found.outcomes.differs[0])) & Differs.MESSAGES == Differs.NOTHING
    assert found.outcomes.status[0] == 101


def test_other_messages_are_counted_by_place(tmp_path: Path) -> None:
    def talk(link: Any) -> None:
        link.send("hello")
        link.recv()
        link.send('{"n": 2, "at": "2024-01-01T00:00:00Z"}')
        link.send("never recorded")
        link.close(1011, "broken")

    with target(talk) as url:
        pack = one(tmp_path, *TALK)
        found = driven(pack, url)
        rules = SandboxRules(Rules.of([Rule("*", "message:/at", Keep.TYPE), Rule("*", "message:/n", Keep.TYPE)]))
        ruled = driven(pack, url, rules=rules)
    assert counts(found) == (1, 3, 2, 0, 0)
    assert Differs.MESSAGES & int(found.outcomes.differs[0])
    places = {(kind, place) for _, kind, place in found.outcomes.tally.counts if place.startswith("message:")}
    assert places == {("value", "message:/at"), ("value", "message:/n"), ("type", "message:"), ("ending", "message:")}
    assert counts(ruled) == (1, 3, 1, 0, 0)


def test_what_never_comes_is_missing_and_holds_nobody_up_for_ever(tmp_path: Path) -> None:
    def talk(link: Any) -> None:
        link.send("hello")
        link.recv()
        with pytest.raises(Exception, match="1001"):
            link.recv()

    with target(talk) as url:
        found = driven(
            one(
                tmp_path,
                *TALK,
            ),
            url,
        )
    assert counts(found) == (1, 1, 0, 2, 0)


def test_a_message_waits_for_what_was_heard_before_it(tmp_path: Path) -> None:
    order: list[str] = []

    def talk(link: Any) -> None:
        with pytest.raises(TimeoutError):
            link.recv(timeout=0.1)
        order.append("hello")
        link.send("hello")
        order.append(link.recv())

    with target(talk) as url:
        driven(one(tmp_path, received(1_000, "hello"), sent(2_000, "ask")), url)
    assert order == ["hello", "ask"]


def test_the_next_request_of_the_session_does_not_wait_for_the_end_of_the_conversation(tmp_path: Path) -> None:
    """Answered from a pack whose conversation goes on for longer than the request after it is away."""
    items = [
        a_socket("w1", (received(1_000, "a"), received(400_000, "b"))),
        an_exchange("p1", a_request(), a_response(json={"n": 2}), at_us=50_000),
    ]
    from smartsandbox.replay_engine.testing import serving

    with serving(make_pack(tmp_path, items)) as served:
        found = driven(Pack.open(tmp_path / "pack"), served.url, pacing=Pacing())
    assert found.outcomes.finished[1] < 0.3
    assert counts(found) == (0, 2, 0, 0, 0)
    assert found.outcomes.differs.tolist() == [0, 0]


def test_a_run_that_is_stopped_leaves_its_conversations(tmp_path: Path) -> None:
    ends: list[object] = []

    def talk(link: Any) -> None:
        link.send("hello")
        ends.append(link.recv())
        with pytest.raises(Exception, match="1001"):
            link.recv()

    pack = one(tmp_path, received(0, "hello"), sent(1, "ask"), received(60_000_000, "much later"))

    async def stopped(url: str) -> Outcomes:
        clock = RealClock()
        work = Run(pack, Rows.load(pack), resolve_target(url), DriveOptions(), clock)
        clock.call_at(clock.now() + 0.3, work.stop)
        await work.carry_out(no_watch)
        clock.close()
        return work.outcomes

    with target(talk) as url:
        outcomes = run(stopped(url))
    assert (ends, outcomes.messages.sent, outcomes.messages.missing) == (["ask"], 1, 1)


@pytest.mark.parametrize("answer", ["refused", "lies"])
def test_a_target_that_opens_nothing_is_judged_as_any_answer(tmp_path: Path, answer: str) -> None:
    def refuse(link: Any, request: Any) -> Any:
        return link.respond(403, "no\n")

    def lie(link: Any, request: Any, response: Any) -> None:
        del response.headers["Sec-WebSocket-Accept"]
        response.headers["Sec-WebSocket-Accept"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="

    options = {"process_request": refuse} if answer == "refused" else {"process_response": lie}
    with target(as_recorded, **options) as url:
        found = driven(one(tmp_path, *TALK), url)
    ending = Ending.ANSWERED if answer == "refused" else Ending.MALFORMED
    assert (found.outcomes.ending[0], found.outcomes.messages.conversations) == (ending, 0)
    assert found.outcomes.differs[0]


def test_counts_go_into_reports_and_outcome_files(tmp_path: Path) -> None:
    with target(as_recorded) as url:
        found = driven(one(tmp_path, *TALK), url)
    report = build_report(found, [])
    assert report["messages"] == {
        "conversations": 1, "sent": 1, "received": 3, "differing": 0, "missing": 0, "added": 0,
    }  # fmt: skip
    assert "messages on 1 WebSockets: 1 sent, 3 received; 0 differing, 0 missing, 0 added" in to_text(report)
    assert "messages sent" in to_html(report)
    write_outcomes(found, tmp_path / "out.parquet")
    assert read_outcomes(tmp_path / "out.parquet").outcomes.messages == MessageCounts(1, 1, 3)


def test_the_offer_replaces_the_recorded_one_and_keeps_the_subprotocol() -> None:
    message = (
        b"GET /feed HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: old\r\nsec-websocket-version: 8\r\n"
        b"Sec-WebSocket-Protocol: v2\r\nSec-WebSocket-Extensions: foo\r\n\r\n"
    )
    made = offered(message, b"new")
    assert made.endswith(b"\r\n\r\n")
    assert b"old" not in made
    assert b"foo" not in made
    assert made.count(b"Sec-WebSocket-Version") == 1
    assert b"Sec-WebSocket-Protocol: v2\r\n" in made


def test_only_the_proof_of_the_key_opens() -> None:
    key = b"dGhlIHNhbXBsZSBub25jZQ=="
    good = [(b"Upgrade", b"websocket"), (b"Sec-WebSocket-Accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")]
    assert proven(good, key) == []
    assert proven(good[:1], key) is None
    assert proven(good[1:], key) is None
    assert proven([*good, (b"Sec-WebSocket-Extensions", b"never-offered")], key) is None


def test_live_values_stand_in_texts_for_the_recorded_ones() -> None:
    names = {"tok_1": "tok_live"}
    assert live(sent(1, {"token": "tok_1", "n": "tok_12"}), names) == sent(1, {"token": "tok_live", "n": "tok_12"})
    binary = Message(True, 1, MessageKind.BINARY, b"tok_1")
    assert live(binary, names) is binary
