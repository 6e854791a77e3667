"""Effects and selectors sleep until something is asked of them, and again once nothing is set any more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.sandbox_tokens import sign
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.chaos import chaos_of
from smartsandbox.replay_engine.serve.latency import latency_of
from smartsandbox.replay_engine.serve.options import Advance, ServeOptions
from smartsandbox.replay_engine.serve.scenarios import scenarios_of
from smartsandbox.replay_engine.testing import Exchanger

SCENARIOS = {"bad-day": {"rules": [{"on": "GET /a", "answer": {"status": 500, "body": {}}}]}}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    token = sign('{"alg":"HS256","typ":"JWT"}', '{"sub":"cus_1","iat":1700000000,"exp":1700003600}')
    rows = [
        an_exchange("a", a_request(target="/a"), a_response(body=b"a"), endpoint="GET /a"),
        an_exchange("t", a_request("POST", "/token"), a_response(json={"access_token": token})),
    ]
    return make_pack(tmp_path_factory.mktemp("waking"), rows)


class Server:
    """A served pack; `all_steps` says that no request goes by the effects."""

    def __init__(self, pack: Pack, **options: object) -> None:
        chosen = {"selectors": (scenarios_of(SCENARIOS),), "effects": (chaos_of("", 0),), **options}
        self.exchanger = Exchanger(pack, VirtualClock(), ServeOptions(latency=Scaled(0.0), **chosen))  # type: ignore[arg-type]

    @property
    def all_steps(self) -> bool:
        return bool(self.exchanger.service.responder.steps.counted)

    def ask(self, target: str = "GET /a", body: bytes = b"", **headers: str) -> int:
        lines = [f"{target} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return int(self.exchanger.ask("\r\n".join((*lines, "", "")).encode() + body)[9:12])

    def post(self, name: str, **value: object) -> None:
        assert self.ask(f"POST /__sandbox/{name}", json.dumps(value).encode()) == 200


@pytest.fixture
def server(pack: Pack) -> Server:
    return Server(pack)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Chaos": "status=503"}, 503),
        ({"X_Chaos": "nonsense"}, 400),
        ({"X_Sandbox_Scenario": "bad-day"}, 500),
        ({"X_Sandbox_Scenario": "unknown"}, 400),
        ({"X_Sandbox_Clock": "nonsense"}, 400),
    ],
)
def test_a_header_for_one_request_wakes_them_for_that_one(server: Server, headers: dict[str, str], status: int) -> None:
    assert (server.ask(**headers), server.all_steps) == (status, False)
    sessions = server.exchanger.service.responder.sessions
    before = sessions.of("anonymous").asked
    assert server.ask() == 200
    assert sessions.of("anonymous").asked == before


def test_what_is_set_for_the_server_holds_until_it_is_ended(server: Server) -> None:
    server.post("chaos", chaos="status=503")
    assert (server.ask(), server.all_steps) == (503, True)
    server.post("chaos", chaos="none")
    assert (server.ask(), server.all_steps) == (200, False)


@pytest.mark.parametrize("ended", ["none", "reset one", "reset all", "rewind"])
def test_what_is_set_for_a_session_holds_as_long_as_it_has_it(server: Server, ended: str) -> None:
    server.ask(X_Sandbox_Session="s")
    server.post("chaos", session="s", chaos="status=503")
    assert [server.ask(), server.ask(X_Sandbox_Session="s")] == [200, 503]
    assert server.all_steps
    value: dict[str, object] = {"rewind": {"session": "s", "step": 1}, "reset one": {"session": "s"}}.get(ended, {})
    if ended == "none":
        server.post("chaos", session="s", chaos="none")
    else:
        server.post("reset", **value)
    assert [server.ask(X_Sandbox_Session="s"), server.all_steps] == [200, False]


def test_a_session_that_gets_its_settings_from_another_one_wakes_them(server: Server) -> None:
    server.post("scenario", session="s", scenario="bad-day")
    server.post("snapshot", session="s")
    server.post("reset", session="s")
    assert (server.ask(), server.all_steps) == (200, False)
    server.post("reset", session="t", snapshot=1)
    assert (server.all_steps, server.ask(X_Sandbox_Session="t")) == (True, 500)
    server.post("clone", session="t", to="u")
    server.post("reset", session="t")
    assert (server.ask(X_Sandbox_Session="u"), server.all_steps) == (500, True)


def test_a_session_that_is_forgotten_holds_nothing(pack: Pack) -> None:
    server = Server(pack, sessions=1)
    server.ask(X_Sandbox_Session="s", X_Sandbox_Clock="shift=+1d")
    assert server.all_steps
    server.ask(X_Sandbox_Session="t")
    assert not server.all_steps


def test_a_clock_holds_until_it_is_off_and_a_token_issued_on_it_for_good(server: Server) -> None:
    server.ask(X_Sandbox_Clock="shift=+1d")
    assert server.all_steps
    server.ask(X_Sandbox_Clock="off")
    assert not server.all_steps
    server.ask("POST /token", X_Sandbox_Clock="shift=+1d")
    server.ask(X_Sandbox_Clock="off")
    assert server.all_steps


def test_where_every_request_has_to_be_a_step_they_stay_steps(pack: Pack) -> None:
    server = Server(pack, advance=Advance.WRITE)
    server.ask(X_Chaos="status=503")
    assert server.all_steps
    assert Server(pack, effects=(chaos_of("latency=0ms", 0),)).all_steps


def test_drawn_latency_is_for_every_process_and_what_is_set_beside_it_for_all(pack: Pack) -> None:
    _, effects = latency_of("fitted", 0)
    server = Server(pack, effects=(*effects, chaos_of("", 0)))
    steps = server.exchanger.service.responder.steps
    assert (steps.counted, steps.shared) == (True, False)
    server.post("chaos", chaos="latency=0ms")
    assert (steps.counted, steps.shared) == (True, True)
    server.post("chaos", chaos="none")
    assert (steps.counted, steps.shared) == (True, False)
    _, effects = latency_of("loaded", 0)
    assert Server(pack, effects=effects).exchanger.service.responder.steps.shared


def test_the_statistics_tell(server: Server, tmp_path: Path) -> None:
    def told() -> bool:
        answer = server.exchanger.ask(b"GET /__sandbox/stats HTTP/1.1\r\nHost: a\r\n\r\n")
        return bool(json.loads(answer.partition(b"\r\n\r\n")[2])["all_steps"])

    assert not told()
    server.post("chaos", chaos="latency=0ms")
    assert told()
