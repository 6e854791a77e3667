"""Tokens that are past by the session's clock are refused if that is asked for, and a new one is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.packs.sandbox_tokens import sign
from smartsandbox.packs.testing import EPOCH_US, a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.moments import SECOND, http_date
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.rewriting.expiry import lives
from smartsandbox.replay_engine.testing import Exchanger

HOUR = 3600
START = EPOCH_US // SECOND
TOKEN = sign('{"alg":"HS256","typ":"JWT"}', f'{{"sub":"cus_1","iat":{START},"exp":{START + HOUR}}}')
OPAQUE = "tok_4f9a8b7c6d5e"
REFUSED = b'{"error":"token_expired"}'


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Logins with both kinds of token; /me has a recorded 401, /items has none and counts on."""
    dated = (("Date", http_date(EPOCH_US)), ("Content-Type", "application/json"))
    opaque = {"access_token": OPAQUE, "expires_in": HOUR, "refresh_token": "ref_0011223344"}
    rows = [
        an_exchange("j", a_request("POST", "/jwt"), a_response(json={"access_token": TOKEN}, headers=dated)),
        an_exchange("o", a_request("POST", "/opaque"), a_response(json=opaque, headers=dated)),
        an_exchange(
            "r", a_request("POST", "/opaque", json={"refresh_token": "ref_0011223344"}), a_response(json=opaque)
        ),
        an_exchange("m", a_request(target="/me"), a_response(json="me"), endpoint="GET /me"),
        an_exchange("n", a_request(target="/me?old"), a_response(401, body=REFUSED), endpoint="GET /me"),
        *(
            an_exchange(f"i{n}", a_request(target="/items"), a_response(json=n), endpoint="GET /items")
            for n in range(3)
        ),
    ]
    return make_pack(tmp_path_factory.mktemp("expiry"), rows)


class Sandbox:
    """The pack served from noon on; `later` moves the time outside."""

    def __init__(self, pack: Pack, enforce: bool = True, clock: str = "") -> None:
        self.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
        options = ServeOptions(latency=Scaled(0.0), clock=clock, enforce_expiry=enforce, wall=lambda: self.now)
        self.exchanger = Exchanger(pack, VirtualClock(), options)

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def raw(self, request: str, body: bytes = b"", **headers: str) -> bytes:
        lines = [f"{request} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.exchanger.ask("\r\n".join((*lines, "", "")).encode() + body)

    def ask(self, request: str, token: str = "", body: bytes = b"", **headers: str) -> tuple[int, Any]:
        carried = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.raw(request, body, **carried, **headers)
        return int(answer[9:12]), orjson.loads(answer.partition(b"\r\n\r\n")[2])

    def token(self, request: str, body: bytes = b"", **headers: str) -> str:
        return str(self.ask(request, "", body, **headers)[1]["access_token"])


@pytest.mark.parametrize("login", ["POST /jwt", "POST /opaque"])
def test_a_token_is_taken_as_long_as_it_was_to_live(pack: Pack, login: str) -> None:
    sandbox = Sandbox(pack, clock="shift=+1d")
    token = sandbox.token(login)
    sandbox.later(HOUR - 1)
    assert sandbox.ask("GET /me", token) == (200, "me")
    sandbox.later(1)
    assert sandbox.ask("GET /me", token) == (401, {"error": "token_expired"})
    assert sandbox.ask("GET /me") == (200, "me")
    assert sandbox.ask("GET /me", sandbox.token(login)) == (200, "me")


@pytest.mark.parametrize("login", ["POST /jwt", "POST /opaque"])
def test_it_lives_by_the_clock_of_its_session_also_if_that_is_set_later(pack: Pack, login: str) -> None:
    sandbox = Sandbox(pack)
    token = sandbox.token(login, X_Sandbox_Session="a")
    assert sandbox.ask("GET /me", token, X_Sandbox_Session="a")[0] == 200
    for clock, status in (("shift=+59m", 200), ("shift=+1h", 401), ("shift=+1m", 200), ("off", 200)):
        assert sandbox.ask("GET /me", token, X_Sandbox_Session="a", X_Sandbox_Clock=clock)[0] == status
    assert sandbox.exchanger.service.responder.facts()["clock"]["expired"] == 1


def test_sessions_with_clocks_apart_do_not_end_each_others_tokens(pack: Pack) -> None:
    sandbox = Sandbox(pack)
    clocks = {"early": "freeze=2023-11-14T22:30:00Z", "late": "freeze=2030-01-01T00:00:00Z"}
    for session, clock in clocks.items():
        sandbox.token("POST /opaque", X_Sandbox_Session=session, X_Sandbox_Clock=clock)
    for session in ("late", "early"):
        assert sandbox.ask("GET /me", OPAQUE, X_Sandbox_Session=session)[0] == 200
    assert sandbox.ask("GET /me", OPAQUE, X_Sandbox_Session="early", X_Sandbox_Clock="freeze=2023-11-15")[0] == 401


def test_where_no_401_was_recorded_the_answer_says_what_rfc_6750_says_and_no_cursor_moves(pack: Pack) -> None:
    sandbox = Sandbox(pack, clock="shift=+1d")
    token = sandbox.token("POST /opaque", X_Sandbox_Session="a")
    assert sandbox.ask("GET /items", token, X_Sandbox_Session="a") == (200, 0)
    sandbox.later(HOUR)
    refused = sandbox.raw("GET /items", Authorization=f"Bearer {token}", X_Sandbox_Session="a")
    assert refused.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert b'\r\nWWW-Authenticate: Bearer error="invalid_token"\r\n' in refused
    renewed = sandbox.ask("POST /opaque", token, b'{"refresh_token":"ref_0011223344"}', X_Sandbox_Session="a")
    assert renewed[0] == 200
    assert sandbox.ask("GET /items", renewed[1]["access_token"], X_Sandbox_Session="a") == (200, 1)


def test_a_token_that_was_not_answered_here_lives_up_to_its_own_time(pack: Pack) -> None:
    assert Sandbox(pack, clock="shift=+1d").ask("GET /me", TOKEN)[0] == 401
    assert Sandbox(pack, clock="freeze=2023-11-14T22:30:00Z").ask("GET /me", TOKEN)[0] == 200
    assert Sandbox(pack, clock="shift=+1d").ask("GET /me", "tok_unknown")[0] == 200


def test_unless_it_is_asked_for_an_old_token_only_says_so(pack: Pack) -> None:
    sandbox = Sandbox(pack, enforce=False, clock="shift=+1d")
    token = sandbox.token("POST /jwt")
    sandbox.later(2 * HOUR)
    assert sandbox.ask("GET /me", token) == (200, "me")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"access_token":"opaque1","expires_in":60}', [(b"opaque1", 70_000_000)]),
        (b'{"data":{"token":"opaque1","expires_in":60},"expires_in":1}', [(b"opaque1", 70_000_000)]),
        (b'{"access_token":"opaque1"}', []),
        (b'{"access_token":17,"expires_in":60}', []),
        (b'{"access_token":"opaque1","expires_in":"soon"}', []),
        (b'{"access_token":"ey.not.one","expires_in":60}', [(b"ey.not.one", 70_000_000)]),
        (b'{"id_token":"%s","expires_in":60}' % TOKEN.encode(), [(TOKEN.encode(), (START + HOUR) * SECOND)]),
        (b"no json", []),
    ],
)
def test_the_tokens_of_a_body_and_their_ends(body: bytes, found: list[tuple[bytes, int]]) -> None:
    assert lives(body, 10 * SECOND) == found
