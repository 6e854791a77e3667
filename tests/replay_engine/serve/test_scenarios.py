"""Scenarios while serving, by header and by session, with states of sessions and of entities."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.scenarios import scenarios_of
from smartsandbox.replay_engine.testing import Exchanger

TABLE: dict[str, Any] = {
    "declined": {
        "rules": [
            {"on": "POST /pay", "when": {"body /amount": 4242}, "answer": {"status": 402}},
            {"on": "POST /pay", "when": {"body /currency": ["NOK"]}, "answer": {"exchange": "ok2"}},
            {"on": "POST /pay", "when": {"query country": "NO"}, "answer": {"status": 451, "body": "no"}},
        ]
    },
    "order": {
        "entity": ["path id", "body /order"],
        "rules": [
            {"on": "POST /ship", "to": "shipped", "answer": {"status": 202, "body": {"ok": True}}},
            {
                "on": "GET /orders/{id}",
                "from": "shipped",
                "answer": {"status": 200, "body": {"state": "shipped"}, "headers": {"ETag": '"2"'}},
            },
        ],
    },
}


def exchanges() -> list[Exchange]:
    return [
        an_exchange(
            "ok", a_request("POST", "/pay", json={"amount": 1}), a_response(body=b"paid"), endpoint="POST /pay"
        ),
        an_exchange(
            "ok2",
            a_request("POST", "/pay", json={"amount": 2}),
            a_response(body=b"paid twice"),
            at_us=1,
            endpoint="POST /pay",
        ),
        an_exchange(
            "no",
            a_request("POST", "/pay", json={"amount": 3}),
            a_response(402, body=b"declined"),
            at_us=2,
            endpoint="POST /pay",
        ),
        an_exchange(
            "o1", a_request(target="/orders/1"), a_response(body=b"open"), at_us=3, endpoint="GET /orders/{id}"
        ),
    ]


@pytest.fixture(scope="module")
def paying_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("paying"), exchanges())


def exchanger(pack: Pack, table: dict[str, Any] | None = None) -> Exchanger:
    options = ServeOptions(latency=Scaled(0.0), selectors=(scenarios_of(TABLE if table is None else table),))
    return Exchanger(pack, VirtualClock(), options)


def ask(
    target: str, value: object = None, scenario: str | None = None, session: str = "s", kind: str = "application/json"
) -> bytes:
    body = b"" if value is None else value if isinstance(value, bytes) else json.dumps(value).encode()
    method = "GET" if value is None else "POST"
    named = "" if scenario is None else f"X-Sandbox-Scenario: {scenario}\r\n"
    head = f"{method} {target} HTTP/1.1\r\nHost: a\r\nX-Sandbox-Session: {session}\r\n{named}"
    return f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def seen(answer: bytes) -> tuple[int, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head[9:12]), body


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("/pay", {"amount": 4242}, (402, b"declined")),
        ("/pay", {"amount": 4242.0, "other": 1}, (402, b"declined")),
        ("/pay", {"amount": 9, "currency": "NOK"}, (200, b"paid twice")),
        ("/pay?country=NO", {"amount": 9}, (451, b"no")),
        ("/pay", {"amount": 1}, (200, b"paid")),
    ],
)
def test_rules_over_amount_currency_and_country(
    paying_pack: Pack, target: str, value: dict[str, Any], expected: tuple[int, bytes]
) -> None:
    assert seen(exchanger(paying_pack).ask(ask(target, value, "declined"))) == expected


def test_a_form_is_read_as_well(paying_pack: Pack) -> None:
    form = ask("/pay", b"amount=4242&x=1", "declined", kind="application/x-www-form-urlencoded")

    assert seen(exchanger(paying_pack).ask(form)) == (402, b"declined")


def test_without_its_name_a_scenario_plays_no_part(paying_pack: Pack) -> None:
    served = exchanger(paying_pack)

    assert seen(served.ask(ask("/pay", {"amount": 4242})))[0] == 404
    assert seen(served.ask(ask("/pay", {"amount": 4242}, "none")))[0] == 404


def test_each_entity_of_each_session_has_a_state_of_its_own(paying_pack: Pack) -> None:
    served = exchanger(paying_pack)

    def look(order: str, session: str = "s") -> tuple[int, bytes]:
        return seen(served.ask(ask(f"/orders/{order}", None, "order", session)))

    assert look("1") == (200, b"open")
    assert seen(served.ask(ask("/ship", {"order": "1"}, "order"))) == (202, b'{"ok":true}')
    assert look("1") == (200, b'{"state":"shipped"}')
    assert look("1", "another") == (200, b"open")
    assert look("2")[0] == 404


def test_a_state_goes_back_with_its_session(paying_pack: Pack) -> None:
    served = exchanger(paying_pack)
    served.ask(ask("/ship", {"order": "1"}, "order"))
    served.ask(ask("/__sandbox/reset", {"session": "s"}))

    assert seen(served.ask(ask("/orders/1", None, "order"))) == (200, b"open")


def test_a_session_is_set_to_a_scenario_and_the_header_counts_more(paying_pack: Pack) -> None:
    served = exchanger(paying_pack)
    assert seen(served.ask(ask("/__sandbox/scenario", {"session": "s", "scenario": "declined"})))[0] == 200

    assert seen(served.ask(ask("/pay", {"amount": 4242})))[0] == 402
    assert seen(served.ask(ask("/pay", {"amount": 4242}, session="other")))[0] == 404
    assert seen(served.ask(ask("/pay", {"amount": 4242}, "order")))[0] == 404
    served.ask(ask("/__sandbox/scenario", {"session": "s", "scenario": "none"}))
    assert seen(served.ask(ask("/pay", {"amount": 4242})))[0] == 404


def test_an_unknown_scenario_is_refused_with_the_known_ones(paying_pack: Pack) -> None:
    served = exchanger(paying_pack)

    for request in (
        ask("/pay", {"amount": 1}, "declined, order"),
        ask("/__sandbox/scenario", {"session": "s", "scenario": "lost"}),
    ):
        code, body = seen(served.ask(request))
        assert code == 400
        assert json.loads(body)["detail"].endswith("; there are declined, order")
    assert b"serve with --scenarios FILE" in exchanger(paying_pack, {}).ask(ask("/pay", {"amount": 1}, "x"))
    assert seen(served.ask(ask("/__sandbox/scenario", {"scenario": "order"})))[0] == 400


def test_what_a_scenario_did_is_told(paying_pack: Pack) -> None:
    served = exchanger(paying_pack)
    own = served.ask(ask("/pay?country=NO", {"amount": 9}, "declined"))
    served.ask(ask("/pay", {"amount": 4242}, "declined"))
    journal = served.service.responder.journal

    assert b"X-Sandbox-Scenario: declined\r\n" in own
    assert b"X-Sandbox: TEST ONLY\r\n" in own
    assert [entry["note"] for entry in journal.recent(9)["entries"]] == [
        "scenario declined rule 3",
        "scenario declined rule 1",
    ]
    counts = journal.counts()
    assert (counts["served"], counts["matched"], counts["own"], counts["missed"]) == (2, 1, 1, 0)
    assert served.service.responder.facts()["scenarios"] == {"declined": 2, "order": 0}


def test_a_pack_carries_scenarios_and_a_file_replaces_them_by_name(tmp_path: Path) -> None:
    safe = certified_trace(tmp_path / "trace", exchanges())
    publish_pack(safe, Draft("paying", scenarios=TABLE), tmp_path / "pack")
    pack = Pack.open(tmp_path / "pack")

    assert list(pack.verify()) == []
    assert seen(exchanger(pack, {}).ask(ask("/pay", {"amount": 4242}, "declined"))) == (402, b"declined")
    other = {"declined": {"rules": [{"on": "*", "answer": {"status": 418, "body": ""}}]}}
    assert seen(exchanger(pack, other).ask(ask("/pay", {"amount": 1}, "declined"))) == (418, b"")


def test_a_reply_that_was_not_recorded_is_refused_at_publish_and_at_serving(tmp_path: Path, paying_pack: Pack) -> None:
    table = {"s": {"rules": [{"on": "POST /pay", "answer": {"status": 500}}]}}
    with pytest.raises(UsageError, match="has status 500"):
        exchanger(paying_pack, table)
    with pytest.raises(UsageError, match="has status 500"):
        publish_pack(certified_trace(tmp_path / "t", exchanges()), Draft("p", scenarios=table), tmp_path / "pack")
