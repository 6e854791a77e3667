"""Sessions on a real socket: told apart as set, rewound, copied, and never seen by each other."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.model import Exchange
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.testing import a_request, a_response, an_exchange, make_pack
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.self_replay import self_replay
from smartsandbox.replay_engine.serve.naming import SessionBy
from smartsandbox.replay_engine.serve.options import Advance, ServeOptions
from smartsandbox.replay_engine.serve.server import Server
from smartsandbox.replay_engine.testing import serving

FAST = ServeOptions(latency=Scaled(0.0))
ALICE = {"Authorization": "Bearer alice-2f9c"}


class Client:
    """One connection; `ask` gives status and body."""

    def __init__(self, server: Server, headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
        self._headers = headers or {}

    def ask(self, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        body = None if json is None else orjson.dumps(json)
        kind = {} if json is None else {"Content-Type": "application/json"}
        self._connection.request(method, path, body, {**self._headers, **kind, **(headers or {})})
        answer = self._connection.getresponse()
        self.answer = answer
        content = answer.read()
        return answer.status, orjson.loads(content) if content else None

    def get(self, path: str = "/n") -> Any:
        return self.ask("GET", path)[1]

    def admin(self, name: str, json: Any) -> tuple[int, Any]:
        return self.ask("POST", f"/__sandbox/{name}", json)

    def close(self) -> None:
        self._connection.close()


@contextmanager
def clients(server: Server, *headers: dict[str, str]) -> Iterator[list[Client]]:
    opened = [Client(server, each) for each in headers]
    try:
        yield opened
    finally:
        for client in opened:
            client.close()


def named(session: str) -> dict[str, str]:
    return {"X-Sandbox-Session": session}


def counting(steps: int = 5) -> list[Exchange]:
    return [an_exchange(f"e{n}", a_request(target="/n"), a_response(json=n), at_us=n * 10_000) for n in range(steps)]


def bank() -> list[Exchange]:
    """A balance read before and after two payments, and a list that never changes."""
    balance = a_request(target="/accounts/1")
    steps = [
        (balance, a_response(json={"left": 10})),
        (a_request("POST", "/pay", json={"n": 3}), a_response(201, json={"id": "pay_0001"})),
        (balance, a_response(json={"left": 7})),
        (a_request(target="/rates"), a_response(json=[1])),
        (a_request("POST", "/pay", json={"n": 2}), a_response(201, json={"id": "pay_0002"})),
        (balance, a_response(json={"left": 5})),
    ]
    return [an_exchange(f"b{n}", *step, at_us=n * 10_000) for n, step in enumerate(steps)]


@pytest.fixture(scope="module")
def counting_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("counting"), counting())


@pytest.fixture(scope="module")
def bank_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("bank"), bank())


@pytest.mark.parametrize(
    ("by", "answers"),
    [
        # Connection 1: session a; session a with Alice's token; nobody. Connection 2: session b; nobody.
        (SessionBy.AUTO, [0, 1, 0, 0, 1]),
        (SessionBy.HEADER, [0, 1, 0, 0, 1]),
        (SessionBy.CREDENTIAL, [0, 0, 1, 2, 3]),
        (SessionBy.CONNECTION, [0, 1, 2, 0, 1]),
    ],
)
def test_sessions_are_told_apart_as_set(counting_pack: Pack, by: SessionBy, answers: list[int]) -> None:
    options = ServeOptions(latency=Scaled(0.0), session_by=by)
    asked = [(0, named("a")), (0, named("a") | ALICE), (0, {}), (1, named("b")), (1, {})]
    with serving(counting_pack, options) as server, clients(server, {}, {}) as both:
        assert [both[at].ask("GET", "/n", headers=headers)[1] for at, headers in asked] == answers


def test_a_session_is_reset_to_a_step_a_snapshot_and_the_beginning(counting_pack: Pack) -> None:
    with serving(counting_pack, FAST) as server, clients(server, named("a"), named("b")) as (a, b):
        assert [a.get() for _ in range(3)] == [0, 1, 2]
        assert a.admin("snapshot", {"session": "a"}) == (200, {"snapshot": 1, "step": 3})
        assert a.admin("reset", {"session": "a", "step": 1}) == (200, {"reset": 1, "step": 1})
        assert [a.get(), a.get()] == [1, 2]
        assert a.admin("clone", {"session": "a", "to": "b"}) == (200, {"session": "b", "step": 3})
        assert [b.get(), b.get(), a.get()] == [3, 4, 3]
        assert a.admin("reset", {"session": "a", "snapshot": 1}) == (200, {"reset": 1, "step": 3})
        assert [a.get(), b.get()] == [3, 4]
        assert a.admin("reset", {"session": "a"}) == (200, {"reset": 1})
        assert a.get() == 0


def test_requests_that_were_recorded_once_are_steps_too(bank_pack: Pack) -> None:
    with serving(bank_pack, FAST) as server, clients(server, named("a")) as (a,):
        a.get("/rates")
        a.get("/accounts/1")
        assert a.admin("snapshot", {"session": "a"})[1]["step"] == 2


@pytest.mark.parametrize(
    ("route", "json", "status", "detail"),
    [
        ("reset", {"session": "a", "step": 9}, 409, "can go back to 0 and 2 to 3"),
        ("reset", {"session": "new", "step": 1}, 404, "no request of that session"),
        ("reset", {"session": "a", "snapshot": 9}, 404, "snapshot 9 is not kept"),
        ("reset", {"step": 1}, 400, "for all"),
        ("reset", {"session": "a", "step": "1"}, 400, "for all"),
        ("snapshot", {}, 400, "NAME"),
        ("clone", {"session": "a"}, 400, "NEW NAME"),
        ("clone", [1], 400, "NEW NAME"),
    ],
)
def test_what_cannot_be_done_is_said(counting_pack: Pack, route: str, json: Any, status: int, detail: str) -> None:
    options = ServeOptions(latency=Scaled(0.0), history=2)
    with serving(counting_pack, options) as server, clients(server, named("a")) as (a,):
        for _ in range(3):
            a.get()
        found, said = a.admin(route, json)
        assert (found, detail in said["detail"]) == (status, True)


def test_a_balance_changes_when_the_payment_is_made_and_not_when_it_is_read(bank_pack: Pack) -> None:
    options = ServeOptions(latency=Scaled(0.0), advance=Advance.WRITE)
    with serving(bank_pack, options) as server, clients(server, named("a"), named("b")) as (a, b):
        assert [a.get("/accounts/1") for _ in range(3)] == [{"left": 10}] * 3
        a.ask("POST", "/pay", {"n": 3})
        assert [a.get("/accounts/1") for _ in range(2)] == [{"left": 7}] * 2
        assert b.get("/accounts/1") == {"left": 10}
        b.ask("POST", "/pay", {"n": 2})
        assert b.get("/accounts/1") == {"left": 5}


@pytest.mark.parametrize("options", [ServeOptions(advance=Advance.WRITE), ServeOptions(session_by=SessionBy.HEADER)])
def test_a_pack_replays_itself_whatever_moves_its_reads(
    bank_pack: Pack, shop_pack: Pack, options: ServeOptions
) -> None:
    assert [self_replay(pack, options=options).share for pack in (bank_pack, shop_pack)] == [1.0, 1.0]


STEPS = st.sampled_from([("GET", "/accounts/1", None), ("POST", "/pay", {"n": 3}), ("POST", "/pay", {"n": 2})])
_names = count()


@pytest.fixture(scope="module")
def bank_server(bank_pack: Pack) -> Iterator[Server]:
    with serving(bank_pack, ServeOptions(latency=Scaled(0.0), advance=Advance.WRITE)) as server:
        yield server


@given(st.lists(st.tuples(st.booleans(), STEPS), max_size=12))
def test_two_interleaved_sessions_get_what_each_gets_alone(
    bank_server: Server, steps: list[tuple[bool, tuple[str, str, Any]]]
) -> None:
    together = {True: f"t{next(_names)}", False: f"t{next(_names)}"}
    alone = {True: f"t{next(_names)}", False: f"t{next(_names)}"}
    with clients(bank_server, {}, {}, {}) as (first, second, other):
        seen: dict[bool, list[Any]] = {True: [], False: []}
        for which, step in steps:
            seen[which].append((first if which else second).ask(*step, headers=named(together[which])))
        for which in (True, False):
            asked = [step for chosen, step in steps if chosen is which]
            assert [other.ask(*step, headers=named(alone[which])) for step in asked] == seen[which]
