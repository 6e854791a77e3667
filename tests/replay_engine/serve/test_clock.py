"""Answers on a virtual clock: recorded bytes without one, moved times with one, and requests understood as before."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.sandbox_tokens import TEST_KEY, sign
from smartsandbox.packs.testing import EPOCH_US, a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.moments import SECOND, http_date, iso_time
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""A Tuesday, 10 h 13 min 20 s short of 120 weeks after the recording."""

TOKEN = sign('{"alg":"HS256","typ":"JWT"}', '{"sub":"cus_1","iat":1700000000,"exp":1700003600}')
PAYMENT = b"""{
  "id": "pay_00012",  "amount": 1700000000,
  "created": 1699990000, "due_on": "2023-11-30", "born": "1990-05-01",
  "history": [{"at": "2023-11-01T08:00:00Z"}, {"at": "2023-11-02T09:30:00+01:00"}]
}"""


def dated(at_us: int) -> tuple[tuple[str, str], ...]:
    return (("Date", http_date(EPOCH_US + at_us)),)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    json_kind = ("Content-Type", "application/json")
    plain = (*dated(0), json_kind, ("Last-Modified", "Wed, 01 Nov 2023 08:00:00 GMT"), ("ETag", '"a"'))
    zipped = (*dated(5 * SECOND), json_kind, ("Content-Encoding", "gzip"))
    busy = (
        *dated(6 * SECOND),
        ("Retry-After", "30"),
        ("Set-Cookie", "s=1; Expires=Tue, 14 Nov 2023 23:13:26 GMT; Path=/"),
    )
    slow = {"ttfb_us": 30_000, "total_us": 40_000}
    bearer = (("Authorization", f"Bearer {TOKEN}"),)
    token = {"access_token": TOKEN, "expires_in": 3600, "expires_at": 1_700_003_601}
    exchanges = [
        an_exchange("p", a_request(target="/payments/1"), a_response(body=PAYMENT, headers=plain)),
        an_exchange("t", a_request("POST", "/token"), a_response(json=token, headers=dated(SECOND)), at_us=SECOND),
        an_exchange("m", a_request(target="/me", headers=bearer), a_response(json="cus_1"), at_us=2 * SECOND),
        an_exchange("n", a_request(target="/me"), a_response(401, json="nobody"), at_us=3 * SECOND),
        an_exchange("z", a_request(target="/zip"), a_response(body=PAYMENT, headers=zipped), at_us=5 * SECOND),
        an_exchange(
            "b", a_request(target="/busy"), a_response(503, body=b"busy", headers=busy), at_us=6 * SECOND, **slow
        ),
        an_exchange("q", a_request(target="/list?since=2023-11-10&n=5"), a_response(json=[5]), at_us=7 * SECOND),
        an_exchange("f", a_request("POST", "/find", json={"from": "2023-11-10T00:00:00Z"}), a_response(json=[6])),
    ]
    return make_pack(tmp_path_factory.mktemp("dated"), exchanges)


class Sandbox:
    """The pack served at a time of the test's choosing; `ask` gives headers and body."""

    def __init__(self, pack: Pack, options: ServeOptions | None = None) -> None:
        self.now = NOON
        given_options = options or ServeOptions(latency=Scaled(0.0))
        self.exchanger = Exchanger(pack, VirtualClock(), replace(given_options, wall=lambda: self.now))

    def raw(self, request: str, body: bytes = b"", **headers: str) -> bytes:
        lines = [f"{request} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.exchanger.ask("\r\n".join((*lines, "", "")).encode() + body)

    def ask(self, request: str, body: bytes = b"", **headers: str) -> tuple[dict[str, str], bytes]:
        head, _, content = self.raw(request, body, **headers).partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        return {name.lower(): value for name, value in lines}, content


def test_without_a_clock_the_recorded_bytes_are_sent(pack: Pack) -> None:
    headers, body = Sandbox(pack).ask("GET /payments/1")
    assert body == PAYMENT
    assert headers["date"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert "x-sandbox-clock" not in headers


def test_dates_of_things_move_by_whole_weeks_and_the_date_of_the_answer_is_now(pack: Pack) -> None:
    headers, body = Sandbox(pack).ask("GET /payments/1", X_Sandbox_Clock="shift=+1d")
    weeks = 120
    expected = (
        PAYMENT.replace(b"1699990000", b"%d" % (1699990000 + weeks * 7 * 86400))
        .replace(b"2023-11-30", b"2026-03-19")
        .replace(b"2023-11-01T", b"2026-02-18T")
        .replace(b"2023-11-02T", b"2026-02-19T")
    )
    assert body == expected
    assert headers["date"] == "Wed, 04 Mar 2026 12:00:00 GMT"
    assert headers["last-modified"] == "Wed, 18 Feb 2026 08:00:00 GMT"
    assert headers["x-sandbox-clock"] == "2026-03-04T12:00:00Z"
    assert headers["content-length"] == str(len(body))


def test_by_days_dates_of_things_come_nearer_to_now(pack: Pack) -> None:
    options = ServeOptions(latency=Scaled(0.0), clock="shift=+1d", clock_unit="day")
    _, body = Sandbox(pack, options).ask("GET /payments/1")
    assert orjson.loads(body)["due_on"] == "2026-03-19"  # 840 days: a day more would put the recording after now
    options = replace(options, clock="shift=+2d")
    assert orjson.loads(Sandbox(pack, options).ask("GET /payments/1")[1])["due_on"] == "2026-03-20"


def test_a_compressed_body_is_compressed_again(pack: Pack) -> None:
    headers, body = Sandbox(pack).ask("GET /zip", Accept_Encoding="gzip", X_Sandbox_Clock="freeze=2026-03-04T12:00:00Z")
    assert (headers["content-encoding"], headers["content-length"]) == ("gzip", str(len(body)))
    assert orjson.loads(gzip.decompress(body))["due_on"] == "2026-03-19"


def claims(token: str) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_a_token_lives_as_long_as_recorded_from_now_and_is_understood(pack: Pack) -> None:
    sandbox = Sandbox(pack)
    clock = {"X_Sandbox_Clock": "freeze=2026-01-01T00:00:00Z", "X_Sandbox_Session": "a"}
    _, body = sandbox.ask("POST /token", **clock)
    token = orjson.loads(body)
    start = 1_767_225_600
    # Recorded a second after its `iat`, and so it is again.
    assert claims(token["access_token"]) == {"sub": "cus_1", "iat": start - 1, "exp": start + 3599}
    assert (token["expires_in"], token["expires_at"]) == (3600, start + 3600)
    signed, _, signature = token["access_token"].rpartition(".")
    expected = hmac.digest(TEST_KEY, signed.encode(), hashlib.sha256)
    assert base64.urlsafe_b64decode(signature + "==") == expected
    asked = sandbox.ask("GET /me", X_Sandbox_Session="a", Authorization=f"Bearer {token['access_token']}")
    assert asked[1] == b'"cus_1"'
    assert sandbox.ask("GET /me", X_Sandbox_Session="a")[1] == b'"nobody"'


def test_waits_follow_a_clock_that_runs_fast(pack: Pack) -> None:
    sandbox = Sandbox(pack, ServeOptions())
    connection, transport = sandbox.exchanger.connect()
    clock = sandbox.exchanger.service.clock
    assert isinstance(clock, VirtualClock)
    connection.data_received(b"GET /busy HTTP/1.1\r\nHost: a\r\nX-Sandbox-Clock: rate=10\r\n\r\n")
    clock.advance(0.0029)
    assert transport.written == b""
    clock.advance(0.0002)
    head = transport.written
    assert head.endswith(b"\r\n\r\n")
    clock.advance(0.0010)
    assert transport.written == head + b"busy"
    assert b"Retry-After: 3\r\n" in head
    assert b"Set-Cookie: s=1; Expires=Tue, 03 Mar 2026 13:00:00 GMT; Path=/\r\n" in head


def test_dates_in_requests_are_moved_back(pack: Pack) -> None:
    sandbox = Sandbox(pack)
    assert sandbox.ask("GET /list?n=5&since=2026-02-27", X_Sandbox_Clock="shift=+1d")[1] == b"[5]"
    found = sandbox.ask("POST /find", b'{"from":"2026-02-27T00:00:00Z"}', Content_Type="application/json")
    assert found[1] == b"[6]"


def test_the_same_offset_holds_until_a_week_has_passed_on_the_clock(pack: Pack) -> None:
    sandbox = Sandbox(pack, ServeOptions(latency=Scaled(0.0), clock="shift=+1d"))
    seen = []
    for days in (0, 6.9, 7.0, 13.9):
        sandbox.now = NOON + timedelta(days=days)
        seen.append(orjson.loads(sandbox.ask("GET /payments/1")[1])["due_on"])
    assert seen == ["2026-03-19", "2026-03-19", "2026-03-26", "2026-03-26"]


def test_a_session_has_a_clock_of_its_own_and_gives_it_back(pack: Pack) -> None:
    sandbox = Sandbox(pack)
    sandbox.ask("GET /payments/1", X_Sandbox_Session="a", X_Sandbox_Clock="shift=+1d")
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="b")[1] == PAYMENT
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="a")[1] != PAYMENT
    sandbox.ask("POST /__sandbox/reset", b'{"session":"a","step":0}')
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="a")[1] == PAYMENT


def test_the_clock_is_set_over_the_admin_routes(pack: Pack) -> None:
    sandbox = Sandbox(pack)
    said = sandbox.ask("POST /__sandbox/clock", b'{"session":"a","clock":"freeze=2026-03-04T12:00:00Z"}')
    assert orjson.loads(said[1]) == {"now": "2026-03-04T12:00:00Z"}
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="a")[0]["x-sandbox-clock"] == "2026-03-04T12:00:00Z"
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="b")[1] == PAYMENT
    sandbox.ask("POST /__sandbox/clock", b'{"clock":"shift=+2d"}')
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="b")[0]["x-sandbox-clock"] == "2026-03-05T12:00:00Z"
    said = sandbox.ask("POST /__sandbox/clock", b'{"session":"a","clock":"off"}')
    assert orjson.loads(said[1]) == {"now": "off"}
    assert sandbox.ask("GET /payments/1", X_Sandbox_Session="a")[1] == PAYMENT
    assert b"is not one of" in sandbox.ask("POST /__sandbox/clock", b'{"clock":"x"}')[1]


def test_a_wrong_clock_is_refused_and_moves_nothing(pack: Pack) -> None:
    answer = Sandbox(pack).raw("GET /payments/1", X_Sandbox_Clock="shift=1y")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"such as +3d" in answer
    with pytest.raises(UsageError, match=r"such as \+3d"):
        Sandbox(pack, ServeOptions(clock="shift=1y"))


def test_a_pack_without_date_headers_begins_at_its_latest_dates(tmp_path: Path) -> None:
    body = {"created_at": iso_time(EPOCH_US), "expires_at": iso_time(EPOCH_US + 3600 * SECOND)}
    pack = make_pack(tmp_path, [an_exchange("e", a_request("POST", "/new"), a_response(json=body))])
    _, moved = Sandbox(pack).ask("POST /new", X_Sandbox_Clock="freeze=2026-03-04T12:00:00Z")
    found = orjson.loads(moved)
    assert found == {"created_at": "2026-03-03T22:13:20Z", "expires_at": "2026-03-04T13:00:00Z"}


@given(st.integers(-3000, 3000), st.integers(0, 20 * 24 * 60))
def test_what_was_past_when_recorded_is_past_now_and_order_holds(pack_days: int, later_minutes: int) -> None:
    start = NOON + timedelta(days=pack_days)
    sandbox = Sandbox(SHARED[0], ServeOptions(latency=Scaled(0.0), clock=f"shift={pack_days:+d}d"))
    sandbox.now = NOON + timedelta(minutes=later_minutes)
    payment = orjson.loads(sandbox.ask("GET /payments/1")[1])
    now = start + timedelta(minutes=later_minutes)
    created = datetime.fromtimestamp(payment["created"], UTC)
    dates = [datetime.fromisoformat(item["at"]) for item in payment["history"]]
    assert dates[0] < dates[1] < created <= now
    assert (created - datetime.fromtimestamp(1699990000, UTC)) % timedelta(days=7) == timedelta()
    assert now - created < timedelta(days=14, hours=3)


SHARED: list[Pack] = []


@pytest.fixture(scope="module", autouse=True)
def shared(pack: Pack) -> None:
    SHARED[:] = [pack]
