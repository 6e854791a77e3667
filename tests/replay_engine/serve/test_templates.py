"""Declared places answer from the request, issued ids are accepted later, and nothing else changes."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.publish import Draft, publish_pack
from smartsandbox.packs.templates import read_rules
from smartsandbox.packs.testing import a_request, a_response, an_exchange, certified_trace, make_pack
from smartsandbox.replay_engine.clock import VirtualClock
from smartsandbox.replay_engine.plan import Scaled
from smartsandbox.replay_engine.serve.options import ServeOptions
from smartsandbox.replay_engine.serve.rewriting.expressions import Expression, ExpressionError, affordable
from smartsandbox.replay_engine.serve.rewriting.template_rules import Template, compiled, templates_for
from smartsandbox.replay_engine.testing import Exchanger

ORDER = b"""{ "id": "ord_000111",  "amount": 5.0, "total": 0,
  "links": {"self": "/v1/orders/ord_000111"}, "note": "kept" }"""

RULES = """
- {endpoint: POST /v1/orders, body: /id, value: '"ord_9" + session + string(seq)'}
- {endpoint: POST /v1/orders, body: /amount, value: request.body.amount}
- {endpoint: POST /v1/orders, body: /total, value: 'request.body.items.map(i, i.n * i.price).sum()'}
- {endpoint: POST /v1/orders, header: Location, value: '"/v1/orders/ord_9" + session + string(seq)'}
- {endpoint: 'GET /v1/echo/{echo_id}', body: /id, value: request.path.echo_id}
- {endpoint: 'GET /v1/echo/{echo_id}', body: /q, value: 'request.query.q + "," + request.headers["x-trace"]'}
- {endpoint: 'GET /v1/echo/{echo_id}', body: /was, value: '{"was": recorded, "at": now}'}
- {endpoint: 'GET /v1/echo/{echo_id}', body: /not/there, value: '1'}
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    kind = ("Content-Type", "application/json")
    order = {"amount": 5, "items": [{"n": 1, "price": 5}]}
    created = a_response(201, body=ORDER, headers=(kind, ("Location", "/v1/orders/ord_000111")))
    echo = a_response(json={"id": 1, "q": "a", "was": [1, "x"]}, headers=(("Content-Encoding", "gzip"),))
    exchanges = [
        an_exchange("o", a_request("POST", "/v1/orders", json=order), created),
        an_exchange("g", a_request(target="/v1/orders/ord_000111"), a_response(body=ORDER, headers=(kind,)), at_us=1),
        an_exchange("e", a_request(target="/v1/echo/1111111?q=a"), echo, at_us=2),
    ]
    return make_pack(tmp_path_factory.mktemp("templates"), exchanges)


def templates_in(file: Path) -> tuple[Template, ...]:
    return compiled(read_rules(file), f"templates {file}")


def serving_with(pack: Pack, folder: Path, rules: str = RULES, clock: str = "freeze=2026-01-01") -> Exchanger:
    file = folder / "templates.yaml"
    file.write_text(rules)
    options = ServeOptions(latency=Scaled(0.0), templates=templates_in(file), clock=clock)
    return Exchanger(pack, VirtualClock(), options)


def ask(exchanger: Exchanger, request: str, json: Any = None, **headers: str) -> tuple[bytes, bytes]:
    body = b"" if json is None else orjson.dumps(json)
    lines = [f"{request} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head, _, content = exchanger.ask("\r\n".join((*lines, "", "")).encode() + body).partition(b"\r\n\r\n")
    return head, content


ORDERED = {"amount": 5, "items": [{"n": 1, "price": 5}]}


def test_an_issued_id_stands_wherever_the_recorded_one_did_and_is_accepted_later(pack: Pack, tmp_path: Path) -> None:
    exchanger = serving_with(pack, tmp_path)
    head, body = ask(exchanger, "POST /v1/orders", ORDERED, X_Sandbox_Session="a7")
    assert body == ORDER.replace(b"ord_000111", b"ord_9a71").replace(b"5.0", b"5").replace(b'"total": 0', b'"total": 5')
    assert b"\r\nLocation: /v1/orders/ord_9a71\r\n" in head
    assert b"\r\nContent-Length: %d\r\n" % len(body) in head
    second = ask(exchanger, "POST /v1/orders", ORDERED, X_Sandbox_Session="a7")[1]
    assert orjson.loads(second)["id"] == "ord_9a72"
    for issued in (b"ord_9a71", b"ord_9a72"):
        found = ask(exchanger, f"GET /v1/orders/{issued.decode()}", X_Sandbox_Session="a7")[1]
        assert found == ORDER.replace(b"ord_000111", issued)
    assert ask(exchanger, "GET /v1/orders/ord_9a71", X_Sandbox_Session="b8")[0].startswith(b"HTTP/1.1 404")
    assert ask(exchanger, "GET /v1/orders/ord_000111", X_Sandbox_Session="b8")[1] == ORDER


def test_path_query_headers_recorded_value_and_clock_can_be_named(pack: Pack, tmp_path: Path) -> None:
    exchanger = serving_with(pack, tmp_path)
    head, body = ask(exchanger, "GET /v1/echo/1111111?q=a", X_Trace="t-1", Accept_Encoding="gzip")
    assert b"Content-Encoding: gzip\r\nContent-Length: %d" % len(body) in head
    assert orjson.loads(gzip.decompress(body)) == {
        "id": "1111111",
        "q": "a,t-1",
        "was": {"was": [1, "x"], "at": "2026-01-01T00:00:00Z"},
    }


def test_what_has_no_value_stays_recorded_and_is_counted(pack: Pack, tmp_path: Path) -> None:
    rules = """
- {endpoint: POST /v1/orders, body: /amount, value: request.body.nothing}
- {endpoint: POST /v1/orders, body: /total, value: 1 / 0}
- {endpoint: POST /v1/orders, body: /id, value: 'b"bytes"'}
"""
    exchanger = serving_with(pack, tmp_path, rules, clock="")
    assert ask(exchanger, "POST /v1/orders", ORDERED)[1] == ORDER
    assert exchanger.service.responder.facts()["templates"] == {
        "filled": 0,
        "failed": {
            "POST /v1/orders /amount: KeyError": 1,
            "POST /v1/orders /total: ZeroDivisionError": 1,
            "POST /v1/orders /id: no JSON value": 1,
        },
    }


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[{endpoint: POST /v1/orders, body: /id, value: '1 +'}]", "rule 1: not an expression"),
        ("[{endpoint: POST /v1/orders, body: /id, value: secret}]", "names secret; known are now"),
        ("[{endpoint: POST /v1/orders, body: id, value: '1'}]", "'id' is not a JSON Pointer"),
        ("[{endpoint: POST /v1/orders, header: Content-Length, value: '1'}]", "the server's own"),
        ("[{endpoint: POST /v1/orders, value: '1'}]", "body, header or message"),
        ("[{endpoint: POST /v1/orders, body: /id, value: 1}]", "in quotes"),
        ("[{endpoint: POST /v2/orders, body: /id, value: '1'}]", "'POST /v2/orders'; the pack has GET /v1/echo"),
        ("{}", "must be a list"),
        ("[", "not YAML"),
    ],
)
def test_a_wrong_rule_is_said_in_one_line(pack: Pack, tmp_path: Path, rules: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("{", "[{]")):
        serving_with(pack, tmp_path, rules)


def published(folder: Path, *rules: dict[str, str]) -> Pack:
    exchange = an_exchange("o", a_request("POST", "/v1/orders"), a_response(201, json={"id": "ord_000111", "n": 1}))
    publish_pack(certified_trace(folder / "trace", [exchange]), Draft("p", templates=list(rules)), folder / "pack")
    return Pack.open(folder / "pack")


BY_PACK = {"endpoint": "POST /v1/orders", "body": "/id", "value": '"of_the_pack"'}


def test_a_pack_carries_templates_and_a_file_replaces_them_place_by_place(tmp_path: Path) -> None:
    pack = published(tmp_path, BY_PACK, {**BY_PACK, "body": "/n", "value": "2"})
    plain = Exchanger(pack, VirtualClock(), ServeOptions(latency=Scaled(0.0)))
    other = serving_with(pack, tmp_path, "[{endpoint: POST /v1/orders, body: /id, value: recorded}]", "")

    assert list(pack.verify()) == []
    assert orjson.loads(ask(plain, "POST /v1/orders")[1]) == {"id": "of_the_pack", "n": 2}
    assert orjson.loads(ask(other, "POST /v1/orders")[1]) == {"id": "ord_000111", "n": 2}


def test_the_digest_covers_templates_and_a_pack_without_any_is_as_before(tmp_path: Path) -> None:
    one = published(tmp_path / "a", BY_PACK).manifest
    other = published(tmp_path / "b", {**BY_PACK, "value": "1"}).manifest
    none = published(tmp_path / "c").manifest

    assert len({one.digest, other.digest, none.digest}) == 3
    assert "templates" not in none.to_json()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({**BY_PACK, "endpoint": "GET /v2"}, "templates name endpoint 'GET /v2'"),
        ({**BY_PACK, "body": "id"}, "templates, rule 1: body 'id' is not a JSON Pointer"),
        ({**BY_PACK, "more": "x"}, "templates, rule 1: it has endpoint"),
    ],
)
def test_a_template_that_cannot_apply_is_not_published(tmp_path: Path, rule: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        published(tmp_path, rule)


def test_what_a_pack_s_template_says_is_bounded_when_it_is_served(tmp_path: Path) -> None:
    manifest = published(tmp_path, {**BY_PACK, "value": "1" + "+1" * 9}).manifest

    with pytest.raises(UsageError, match=rf"templates of pack p@{manifest.version}, rule 1: an expression has at most"):
        templates_for(manifest, ())


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 9,
        '"' + "a" * 300 + '"',
        "[1].map(a, [1].map(b, a))",
        "[1].map(a, a).map(a, a).map(a, a)",
        "(" * 200,
        "session.__class__.mro()",
        "__import__",
        "open",
    ],
)
def test_what_could_cost_much_or_reach_out_is_refused(text: str) -> None:
    try:
        expression = Expression(text)
    except UsageError:
        return
    with pytest.raises(ExpressionError):
        expression.value({"session": "s"})


def test_text_in_quotes_is_no_operator() -> None:
    assert Expression("'" + "+" * 20 + ".map(x, [].map(y'").value({}) == "+" * 20 + ".map(x, [].map(y"


def test_too_much_is_not_given_to_an_expression() -> None:
    assert affordable(["a"] * 99)
    assert not affordable(["a"] * 100)
    assert not affordable({"a": "x" * 8192})
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    assert not affordable(deep)


PIECES = ["request", ".body", '["a"]', "recorded", "seq", "now", "(", ")", "[", "]", ".map(x, x)", " + ", " * ", "1"]
PIECES += [
    "'t'",
    "size(",
    "string(",
    " ? ",
    " : ",
    "-",
    "!",
    "{",
    "}",
    "9223372036854775807",
    "1e308",
    ".sum()",
    "null",
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_any_text_is_refused_or_gives_json_or_no_value(text: str) -> None:
    names = {"request": {"body": {"a": [1, "b"]}}, "recorded": [1.5], "session": "s", "seq": 1, "now": "n"}
    try:
        value = Expression(text).value(names)
    except (UsageError, ExpressionError):
        return
    assert affordable(orjson.loads(orjson.dumps(value)))
