"""Who sent what on a connection that several clients share.

In front of a service a recorder often sees the connections of a proxy, each of which carries the requests of many
clients. Taken for one session they would be one person, and a person whose requests went over five of them would count
as five. What names a client (a credential, an address that the proxy hands on, a cookie) tells them apart wherever its
values come back after others; values that only follow each other are one client's, renewed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from smartsandbox.packs.capture.base import session_id
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import Exchange, Headers, header

TOLD_APART = "connections shared by several clients, told apart"

_TELLING = ("authorization", "x-api-key", "api-key", "x-forwarded-for", "x-real-ip")
_COOKIE_FROM = 8
"""Characters of a cookie that may name a client; a shorter one is a setting."""


def told_apart(exchanges: Sequence[Exchange], report: Report) -> list[Exchange]:
    """The exchanges of one file in their order, each client of a shared connection in a session of its own.

    A request that does not name its client stays in the session of the connection.
    """
    by_session: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        if exchange.session is not None:
            by_session[exchange.session].append(exchange)
    clients: dict[str, str] = {}
    for session, mine in by_session.items():
        own = _clients(session, sorted(mine, key=lambda one: one.order))
        if own:
            report.note(TOLD_APART)
            clients |= own
    return [replace(one, session=clients.get(one.id, one.session)) for one in exchanges] if clients else list(exchanges)


def _clients(session: str, exchanges: list[Exchange]) -> dict[str, str]:
    """By exchange the session of its client, by the first name whose values alternate; empty where none does."""
    named = [dict(_names(exchange.request.headers)) for exchange in exchanges]
    for name in dict.fromkeys(sorted((name for one in named for name in one), key=_rank)):
        values = [one.get(name) for one in named]
        if alternate(value for value in values if value):
            pairs = zip(exchanges, values, strict=True)
            return {one.id: session_id(session, name, value) for one, value in pairs if value}
    return {}


def alternate(values: Iterable[str]) -> bool:
    """Whether at least half of the changes go back to a value that was there before: those are several clients'."""
    seen: set[str] = set()
    changes = returns = 0
    for one, other in pairwise(values):
        seen.add(one)
        changes += one != other
        returns += one != other and other in seen
    return returns > 0 and changes <= 2 * returns


def _rank(name: str) -> tuple[int, str]:
    return (_TELLING.index(name) if name in _TELLING else len(_TELLING), name)


def _names(headers: Headers) -> Iterator[tuple[str, str]]:
    """What may name the client of a request, the cookies as "cookie:NAME"."""
    for name in _TELLING:
        value = header(headers, name)
        if value:
            yield name, value
    cookies = ";".join(value for name, value in headers if name.lower() == "cookie")
    for pair in cookies.split(";"):
        name, _, value = pair.strip().partition("=")
        if len(value) >= _COOKIE_FROM:
            yield f"cookie:{name}", value
