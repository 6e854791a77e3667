"""Finds what tells the clients of a capture apart where it names no people: a credential or a cookie that comes back.

A recorder's session is often a connection, and one browser opens six. What several of them send alike is one client's,
who counts once wherever k people are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import ANY, KEY, VALUE, Address, IsMap, Leaf, Location
from smartsandbox.anonymize.policy import Action, Decision
from smartsandbox.anonymize.rewrite import CREDENTIALS, rewrite
from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.model import Exchange

_CLASSES = frozenset(("id", "uuid", "email", "username", "token"))
_WORDS = frozenset(("auth", "authorization", "token", "key", "apikey", "session", "sid", "client", "user"))
_NO_NAMES = frozenset((KEY, VALUE))
_ONE_CLIENT = 1.1
"""Values a session, on average; where there are more they are renewed, and tell nobody apart."""


def speaker_addresses(
    decisions: Mapping[Address, Decision], read: Callable[[], Iterable[Exchange]], table: EndpointTable, is_map: IsMap
) -> frozenset[Address]:
    """The leaf whose values name the clients of most sessions, or none: two values or more, few that share a session,
    and at least one that stands in several.
    """
    candidates = {address: _Seen() for address, decision in decisions.items() if _may_name(address, decision)}
    if not candidates:
        return frozenset()
    for exchange in read():
        _look(exchange, candidates, table, is_map)
    told = {address: seen for address, seen in candidates.items() if seen.tells_clients()}
    best = sorted(told, key=lambda one: (-len(told[one].of_session), len(told[one].sessions_of), one))
    return frozenset(best[:1])


@dataclass(slots=True)
class _Seen:
    """Of one leaf the values of each session, and how many sessions hold each value; values by their hash."""

    of_session: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    sessions_of: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, session: str, value: str) -> None:
        """One more sight of a value."""
        mine, digest = self.of_session[session], hash(value)
        if digest not in mine:
            mine.add(digest)
            self.sessions_of[digest] += 1

    def tells_clients(self) -> bool:
        """Whether the values name clients who come with several sessions."""
        pairs = sum(self.sessions_of.values())
        return 2 <= len(self.sessions_of) < pairs and pairs <= _ONE_CLIENT * len(self.of_session)


def _may_name(address: Address, decision: Decision) -> bool:
    if decision.action is not Action.SURROGATE or decision.argument not in _CLASSES:
        return False
    if address.location == Location.REQUEST_COOKIE:
        return not _NO_NAMES.intersection(address.pointer)
    name = address.pointer[0] if address.pointer else ""
    return address.location == Location.REQUEST_HEADER and (name in CREDENTIALS or bool(_WORDS & {*tokens_of(name)}))


def _look(exchange: Exchange, candidates: Mapping[Address, _Seen], table: EndpointTable, is_map: IsMap) -> None:
    bound = table.match(exchange.request.method, exchange.request.path)
    if bound is None or exchange.session is None:
        return
    session = exchange.session

    def visit(leaf: Leaf) -> str:
        seen = candidates.get(Address(ANY, leaf.location, leaf.pointer))
        if seen is not None and leaf.value.strip():
            seen.take(session, leaf.value)
        return leaf.value

    request = replace(exchange.request, query="", body=b"")
    response = exchange.response and replace(exchange.response, headers=(), body=b"")
    rewrite(replace(exchange, request=request, response=response, messages=None), bound, visit, is_map)
