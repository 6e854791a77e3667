"""The same key gets the same answer, another request under it is refused, and a recorded retry stays recorded."""

from __future__ import annotations

from pathlib import Path

import orjson

from smartsandbox.packs.model import Exchange
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.self_replay import self_replay
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger

FAST = ServeOptions(latency=Scaled(0.0))


def payment(name: str, amount: int, at: int, key: str | None = None, answer: str | None = None) -> Exchange:
    headers = () if key is None else (("Idempotency-Key", key),)
    request = a_request("POST", "/pay", json={"amount": amount}, headers=headers)
    return an_exchange(name, request, a_response(201, json=answer or name), at_us=at * 10_000)


def ask(
    exchanger: Exchanger, amount: int, key: str = "", session: str = "s", spaces: str = ""
) -> tuple[int, str, bool]:
    """Status, body (a problem's title) and whether it was said to be a replay."""
    body = b'{"amount":%s%d}' % (spaces.encode(), amount)
    lines = [b"POST /pay HTTP/1.1", b"Host: a", b"Content-Type: application/json", b"Content-Length: %d" % len(body)]
    lines.append(b"X-Sandbox-Session: " + session.encode())
    lines += [b"Idempotency-Key: " + key.encode()] if key else []
    head, _, content = exchanger.ask(b"\r\n".join(lines) + b"\r\n\r\n" + body).partition(b"\r\n\r\n")
    value = orjson.loads(content)
    text = value["title"] if isinstance(value, dict) else value
    return int(head[9:12]), text, b"Idempotent-Replayed: true" in head


def test_a_key_gets_its_first_answer_again_and_moves_nothing(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [payment("p1", 5, 0), payment("p2", 5, 1), payment("p3", 5, 2)])
    exchanger = Exchanger(pack, VirtualClock(), FAST)
    assert ask(exchanger, 5, "k1") == (201, "p1", False)
    assert ask(exchanger, 5, "k1") == (201, "p1", True)
    assert ask(exchanger, 5, "k1", spaces="  ") == (201, "p1", True)  # the same JSON
    assert ask(exchanger, 5, "k2") == (201, "p2", False)
    assert ask(exchanger, 5, "k1") == (201, "p1", True)
    assert ask(exchanger, 5, "k1", session="t") == (201, "p1", False)
    assert ask(exchanger, 5) == (201, "p3", False)
    facts = exchanger.service.responder.facts()
    assert facts["idempotency"] == {"replayed": 3, "refused": 0}


def test_another_request_under_a_key_is_refused(tmp_path: Path) -> None:
    pack = make_pack(tmp_path, [payment("p1", 5, 0), payment("p2", 6, 1)])
    exchanger = Exchanger(pack, VirtualClock(), FAST)
    ask(exchanger, 5, "k1")
    assert ask(exchanger, 6, "k1") == (422, "Idempotency key reused", False)
    assert ask(exchanger, 99, "k1") == (422, "Idempotency key reused", False)
    assert ask(exchanger, 99, "k2") == (404, "Not in the pack", False)
    assert ask(exchanger, 6, "k2") == (201, "p2", False)


def test_what_the_service_said_to_a_recorded_retry_is_said_again(tmp_path: Path) -> None:
    retried = [payment("p1", 5, 0, "rk"), payment("p2", 5, 1, "rk", "seen"), payment("p3", 6, 2, "rk", "conflict")]
    pack = make_pack(tmp_path, retried)
    exchanger = Exchanger(pack, VirtualClock(), FAST)
    assert [ask(exchanger, 5, "rk") for _ in range(3)] == [
        (201, "p1", False),
        (201, "seen", False),
        (201, "seen", True),
    ]
    assert ask(exchanger, 6, "rk") == (201, "conflict", False)
    assert self_replay(pack).share == 1.0


def test_a_rewound_session_forgets_the_key_as_well(tmp_path: Path) -> None:
    exchanger = Exchanger(make_pack(tmp_path, [payment("p1", 5, 0), payment("p2", 5, 1)]), VirtualClock(), FAST)
    ask(exchanger, 5, "k1")
    assert exchanger.service.responder.sessions.of("session s").rewind(0)
    assert ask(exchanger, 5, "k1") == (201, "p1", False)


def test_answers_are_kept_up_to_a_bound_of_bytes(tmp_path: Path) -> None:
    exchanges = [payment(f"p{n}", 5, n, answer="x" * 1000) for n in range(4)]
    options = ServeOptions(latency=Scaled(0.0), idempotency_bytes=5000)
    exchanger = Exchanger(make_pack(tmp_path, exchanges), VirtualClock(), options)
    for key in ("k1", "k2", "k3"):
        ask(exchanger, 5, key)
    assert [ask(exchanger, 5, key)[2] for key in ("k3", "k1")] == [True, False]


def test_a_write_that_failed_is_tried_again_under_its_key(tmp_path: Path) -> None:
    failed = an_exchange("f", a_request("POST", "/pay", json={"amount": 5}), a_response(503, json="busy"))
    exchanger = Exchanger(make_pack(tmp_path, [failed, payment("p1", 5, 1)]), VirtualClock(), FAST)
    assert [ask(exchanger, 5, "k1") for _ in range(3)] == [(503, "busy", False), (201, "p1", False), (201, "p1", True)]


def test_the_version_after_a_step_holds_its_key(tmp_path: Path) -> None:
    exchanger = Exchanger(make_pack(tmp_path, [payment("p1", 5, 0), payment("p2", 5, 1)]), VirtualClock(), FAST)
    ask(exchanger, 5, "k1")
    ask(exchanger, 5, "k2")
    assert exchanger.service.responder.sessions.of("session s").rewind(1)
    assert [ask(exchanger, 5, "k1"), ask(exchanger, 5, "k2")] == [(201, "p1", True), (201, "p2", False)]
