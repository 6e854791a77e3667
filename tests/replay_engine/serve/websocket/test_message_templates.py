"""Declared places in what a served WebSocket says are answered from what the client said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from smartsandbox.commands.template_option import compiled_in, rules_in
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_socket, make_pack, received, sent
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger
from smartsandbox.replay_engine.websocket.testing import OFFER, Client, asking

pytest.importorskip("cel")

TALK = (
    received(0, "welcome"),
    sent(1, {"id": 7, "channel": "eur"}),
    received(2, {"id": 7, "ok": True, "who": "x"}),
    received(3, {"id": 7, "price": 2.5}),
    sent(4, "ping"),
    received(5, {"id": 7}),
)
RULES = """
- {endpoint: GET /v1/feed, message: /id, value: said.id}
- {endpoint: GET /v1/feed, message: /who, value: 'session + "/" + string(seq) + "/" + request.method'}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path, [a_socket("w1", TALK)])


def serve(pack: Pack, folder: Path, rules: str) -> Exchanger:
    (folder / "templates.yaml").write_text(rules)
    options = ServeOptions(latency=Scaled(0.0), templates=compiled_in(folder / "templates.yaml"))
    return Exchanger(pack, VirtualClock(), options)


def heard(client: Client) -> list[Any]:
    return [orjson.loads(value) if value[:1] == b"{" else value for value in client.heard()]  # type: ignore[arg-type]


def test_places_answer_from_what_the_client_said_last(pack: Pack, tmp_path: Path) -> None:
    served = serve(pack, tmp_path, RULES)
    client = Client(served)
    client.send(asking(*OFFER, "X-Sandbox-Session: ann"))
    client.head()
    assert heard(client) == [b"welcome"]
    client.say(sent(0, {"id": "sub-1", "channel": "usd"}))
    assert heard(client) == [{"id": "sub-1", "ok": True, "who": "ann/2/GET"}, {"id": "sub-1", "price": 2.5}]
    client.say(sent(0, "ping"))
    assert heard(client) == [{"id": 7}]  # there is no said.id: the recorded one stays, and is counted
    sockets = served.service.responder.journal.counts()["websockets"]
    assert (sockets["filled"], sockets["unfilled"]) == (3, 1)
    assert not served.service.responder.steps.counted  # requests take the short way as before


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{endpoint: GET /v1/nothing, message: /id, value: said.id}", "templates name endpoint 'GET /v1/nothing'"),
        ("{endpoint: GET /v1/feed, message: id, value: said.id}", "message 'id' is not a JSON Pointer"),
        ("{endpoint: GET /v1/feed, body: /id, value: said.id}", "names said"),
        ("{endpoint: GET /v1/feed, message: /id, body: /id, value: said.id}", "body, header or message"),
    ],
)
def test_what_cannot_be_declared_is_told(pack: Pack, tmp_path: Path, rule: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        serve(pack, tmp_path, f"[{rule}]")


def test_rules_for_messages_are_for_serving_only(tmp_path: Path) -> None:
    (tmp_path / "templates.yaml").write_text(RULES)
    with pytest.raises(UsageError, match="cannot go into a pack"):
        rules_in(tmp_path / "templates.yaml")
