"""Which credential or cookie tells the clients of a capture apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from smartsandbox.anonymize.apply import prepare
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.suggest import draft, suggest_policy
from smartsandbox.packs.capture.clients import told_apart
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.certificate import SafeTrace
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.trace import Trace

Make = Callable[..., Exchange]
WORD = "Wrenhaven"
ADDRESS = Address("*", "request.header", ("x-forwarded-for",))
COOKIE = Address("*", "request.cookie", ("sid",))
TOKEN = Address("*", "request.header", ("authorization", "bearer"))


def token(client: int) -> str:
    return f"tk{client}Zq8Lw2Rv6Xn4Bm1"


def visits(exchange: Make, sent: dict[str, list[int]], line: str = "Cookie", of: str = "sid={}") -> list[Exchange]:
    """For each session the clients whose value it sends, one request each."""
    return [
        exchange("/v1/orders", {"open": number}, headers=((line, of.format(token(client))),), session=session)
        for session, clients in sent.items()
        for number, client in enumerate(clients)
    ]


def subjects(items: list[Exchange]) -> frozenset[Address]:
    return draft(lambda: items, "shop").subjects


def test_a_cookie_that_stands_in_several_sessions_names_their_client(exchange: Make) -> None:
    assert subjects(visits(exchange, {"s1": [1, 1], "s2": [1], "s3": [2, 2], "s4": [2]})) == {COOKIE}


def test_so_does_a_token(exchange: Make) -> None:
    sent = {"s1": [1, 1], "s2": [1], "s3": [2, 2], "s4": [2]}
    assert subjects(visits(exchange, sent, "Authorization", "Bearer {}")) == {TOKEN}


def test_one_key_that_all_send_is_no_person_but_one_cookie_is_of_one_browser(exchange: Make) -> None:
    alone = {"s1": [1, 1], "s2": [1], "s3": [1]}
    assert not subjects(visits(exchange, alone, "Authorization", "Bearer {}"))
    assert subjects(visits(exchange, alone)) == {COOKIE}


def test_what_does_not_come_back_and_what_each_request_renews_names_nobody(exchange: Make) -> None:
    assert not subjects(visits(exchange, {"s1": [1, 1], "s2": [2], "s3": [3]}))
    renewed = {"s1": [1, 2, 3], "s2": [3, 4, 5], "s3": [5, 6]}
    assert not subjects(visits(exchange, renewed, "Authorization", "Bearer {}"))


def test_cookies_that_a_session_renews_are_of_one_client(
    exchange: Make, raw_trace: Callable[..., Trace], key: RunKey
) -> None:
    trace = raw_trace(visits(exchange, {"s1": [1, 2], "s2": [2, 3], "s3": [3], "s4": [4], "s5": [4]}))
    policy = suggest_policy(trace)
    assert policy.subjects == {COOKIE}
    assert prepare(trace, policy, key)[1].population == 2


def test_a_forwarded_address_is_taken_where_there_is_nothing_else(exchange: Make) -> None:
    address, cookie = ("X-Forwarded-For", "81.2.69.{}"), ("Cookie", "sid={}")
    sent = {"s1": 1, "s2": 1, "s3": 2, "s4": 2}

    def ask(session: str, *headers: tuple[str, str]) -> Exchange:
        return exchange("/v1/orders", {"open": 1}, headers=headers, session=session)

    addresses = {session: (address[0], address[1].format(160 + client)) for session, client in sent.items()}
    assert subjects([ask(session, line) for session, line in addresses.items()]) == {ADDRESS}
    both = [ask(one, line, (cookie[0], cookie[1].format(token(sent[one])))) for one, line in addresses.items()]
    assert subjects([*both[:3], ask("s4", addresses["s4"])]) == {COOKIE}


def test_what_a_recorder_left_in_the_place_of_tokens_names_nobody(exchange: Make) -> None:
    left = {"s1": "token private_token_removed", "s2": "token private_token_removed", "s3": "Basic login_removed"}
    items = [
        exchange("/v1/orders", {"open": 1}, headers=(("Authorization", value),), session=session)
        for session, value in left.items()
    ]
    assert not subjects(items)


def test_a_header_that_names_no_client_does_not_count(exchange: Make) -> None:
    sent = {"s1": [1, 1], "s2": [1], "s3": [2, 2], "s4": [2]}
    assert not subjects(visits(exchange, sent, "X-Api-Build", "{}"))


def test_of_two_that_all_sessions_send_the_finer_one_is_taken(exchange: Make) -> None:
    sent = {f"s{client}{number}": [client] for client in range(6) for number in range(2)}
    coarse = "server=srv0123456789{}"
    items = [
        exchange(
            "/v1/orders", {"open": n}, headers=(("Cookie", f"{coarse.format(n % 2)}; sid={token(client)}"),), session=s
        )
        for n, (s, (client,)) in enumerate(sent.items())
    ]
    assert subjects(items) == {COOKIE}


def test_the_one_that_most_sessions_send_is_taken(exchange: Make) -> None:
    few = visits(exchange, {"s1": [1], "s2": [1], "s3": [2]}, "Authorization", "Bearer {}")
    many = visits(exchange, {"s4": [3], "s5": [3], "s6": [4], "s7": [4]})
    assert subjects([*few, *many]) == {COOKIE}


def plan(exchange: Make, client: int, session: str) -> Exchange:
    """An answer in which only the first client ever sees a certain word."""
    body = {"plan": WORD if client == 1 else "Basic"}
    return exchange("/v1/plan", body, headers=(("Cookie", f"sid={token(client)}"),), session=session)


def publishes(safe: SafeTrace, word: str) -> bool:
    return any(word.encode() in one.response.body for one in safe.trace.exchanges() if one.response)


def test_what_one_client_sends_over_many_connections_is_no_constant_of_many(
    exchange: Make, raw_trace: Callable[..., Trace], key: RunKey, anonymized: Callable[..., SafeTrace]
) -> None:
    """Twelve connections of two browsers: the word, which only one of them sees, is not held by k people."""
    items = [plan(exchange, client, f"s{client}{connection}") for client in (1, 2) for connection in range(6)]
    trace = raw_trace(items)
    settled, people = prepare(trace, suggest_policy(trace), key)

    assert people.population == 2
    assert not settled.is_constant(WORD)
    assert not publishes(anonymized(items), WORD)


def test_what_one_client_behind_a_proxy_sees_on_all_its_connections_is_no_constant(
    exchange: Make, anonymized: Callable[..., SafeTrace]
) -> None:
    """Eight customers take turns on six connections of a proxy; each customer's requests go over all of them."""
    items = [plan(exchange, client, f"proxy{(client + turn) % 6}") for turn in range(12) for client in range(8)]
    told = told_apart(items, "digest", Report())
    assert len({one.session for one in told}) == 8

    safe = anonymized(told)
    assert publishes(safe, "Basic")
    assert not publishes(safe, WORD)

    connections_are_people = replace(draft(lambda: items, "shop"), subjects=frozenset())
    assert publishes(anonymized(items, connections_are_people), WORD)
