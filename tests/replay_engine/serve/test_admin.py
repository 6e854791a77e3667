"""The reserved prefix."""

import json
from typing import Any

import pytest

from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.testing import Exchanger


@pytest.fixture
def shop(shop_pack: Pack) -> Exchanger:
    return Exchanger(shop_pack, VirtualClock(), ServeOptions(latency=Scaled(0.0), journal=2))


def ask(shop: Exchanger, method: str, target: str, body: bytes = b"", header: str = "X: y") -> tuple[int, Any]:
    raw = shop.ask(
        f"{method} {target} HTTP/1.1\r\nHost: x\r\n{header}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )
    answered, _, content = raw.partition(b"\r\n\r\n")
    return int(answered.split()[1]), json.loads(content)


def test_health_names_the_pack_and_says_test_only(shop: Exchanger, shop_pack: Pack) -> None:
    status, value = ask(shop, "GET", "/__sandbox/health")
    assert status == 200
    assert value["pack"]["digest"] == shop_pack.manifest.digest
    assert value["test_only"] is True
    assert value["anonymised"] is False


def test_stats_count_what_was_asked(shop: Exchanger) -> None:
    for target in ("/balance", "/balance", "/nowhere"):
        ask(shop, "GET", target)
    _, stats = ask(shop, "GET", "/__sandbox/stats")
    assert (stats["served"], stats["matched"], stats["missed"], stats["sessions"]) == (3, 2, 1, 1)
    assert stats["by_endpoint"] == {"GET /balance": 2}


def test_the_journal_says_when_it_has_forgotten(shop: Exchanger) -> None:
    ask(shop, "GET", "/balance")
    assert ask(shop, "GET", "/__sandbox/journal")[1]["truncated"] is False
    for target in ("/balance", "/nowhere"):
        ask(shop, "GET", target)
    _, journal = ask(shop, "GET", "/__sandbox/journal")
    assert journal["truncated"] is True
    assert [entry["exchange"] for entry in journal["entries"]] == ["b2", None]


def test_reset_starts_one_session_or_all_again(shop: Exchanger) -> None:
    for name in ("t1", "t2"):
        ask(shop, "GET", "/balance", header=f"X-Sandbox-Session: {name}")
    assert ask(shop, "POST", "/__sandbox/reset", b'{"session":"t1"}') == (200, {"reset": 1})
    assert ask(shop, "GET", "/balance", header="X-Sandbox-Session: t1")[1] == {"left": 3}
    assert ask(shop, "GET", "/balance", header="X-Sandbox-Session: t2")[1] == {"left": 2}
    assert ask(shop, "POST", "/__sandbox/reset") == (200, {"reset": 2})


def test_explain_takes_a_request_and_does_not_move_any_cursor(shop: Exchanger) -> None:
    asked = {"method": "POST", "path": "/orders?a=1&b=2", "body": {"sku": "x", "n": 2}}
    status, found = ask(shop, "POST", "/__sandbox/explain", json.dumps(asked).encode())
    assert status == 200
    assert found["nearest"][0]["first_difference"] == "the body differs at /n"
    assert ask(shop, "GET", "/__sandbox/stats")[1]["served"] == 0


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("GET", "/__sandbox/nothing", b"", 404),
        ("GET", "/__sandbox/reset", b"", 405),
        ("POST", "/__sandbox/reset", b"[]", 400),
        ("POST", "/__sandbox/reset", b"{", 400),
        ("POST", "/__sandbox/explain", b"{", 400),
        ("POST", "/__sandbox/explain", b"[]", 400),
        ("POST", "/__sandbox/explain", b'{"path":"x"}', 400),
        ("POST", "/__sandbox/explain", b'{"path":"/x","headers":[]}', 200),
        ("POST", "/__sandbox/explain", b'{"path":"/x","headers":"a"}', 400),
        ("POST", "/__sandbox/explain", b'{"path":"/x","body":{"base64":"*"}}', 400),
    ],
)
def test_wrong_use_is_a_problem_and_not_a_failure(
    shop: Exchanger, method: str, target: str, body: bytes, status: int
) -> None:
    assert ask(shop, method, target, body)[0] == status
