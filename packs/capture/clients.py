"""Who sent what on a connection that several clients share.

In front of a service a recorder often sees the connections of a proxy, each of which carries the requests of many
clients, and each client's on many of them. Taken for one session each, such connections are no people. What names a
client (a credential, an address that the proxy hands on, a cookie) tells them apart wherever its values come back after
others; values that only follow each other are one client's, renewed. A connection of which the credential, the address
or a cookie never changes is one client's, whatever else changes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from smartsandbox.packs.capture.base import session_id
from smartsandbox.packs.capture.report import Report
from smartsandbox.packs.model import Exchange, Request
from smartsandbox.packs.slots import slots

TOLD_APART = "connections shared by several clients, told apart"

TELLING = ("authorization", "x-api-key", "api-key", "x-forwarded-for", "x-real-ip")
"""Headers that may name a client, a credential before an address."""

_SENT = ("header", "cookie")
_COOKIE = "cookie:"
_TOKEN = re.compile(r"(?=[^0-9]*[0-9])[!-:<-~]{12,}")
"""A cookie that may name a client; what is shorter or has no digit is a setting."""
_MOST_NAMES = 64
"""Names that are followed on one connection, the first to be seen; cookies may be named after their users."""

Line = tuple[str, str]
"""A connection, and a host that was asked over it."""


def told_apart(exchanges: Sequence[Exchange], file: str, report: Report) -> list[Exchange]:
    """The exchanges of one file in their order, each client of shared connections in one session over all of them.

    A request that does not name its client stays in the session of the connection. `file` is the digest of the file.
    """
    followed: dict[Line, _Names] = defaultdict(_Names)
    for exchange in sorted(exchanges, key=lambda one: one.order):
        if exchange.session is not None:
            followed[exchange.session, exchange.request.host].take(exchange.request)
    shared = {line: name for line, names in followed.items() if (name := names.of_clients()) is not None}
    if shared:
        report.note(TOLD_APART, len({session for session, _ in shared}))
    return [_settled(exchange, shared, file) for exchange in exchanges]


def _settled(exchange: Exchange, shared: Mapping[Line, str], file: str) -> Exchange:
    name = shared.get((exchange.session or "", exchange.request.host))
    value = None if name is None else dict(naming(exchange.request)).get(name)
    return exchange if value is None else replace(exchange, session=session_id(file, name or "", value))


def naming(request: Request) -> Iterator[tuple[str, str]]:
    """What may name the client of a request; the cookies as "cookie:NAME"."""
    for location, name, value in slots(request, "", _SENT):
        if location == "cookie" and _TOKEN.fullmatch(value):
            yield _COOKIE + name, value
        elif location == "header" and name in TELLING and value:
            yield name, value


@dataclass(slots=True)
class _Names:
    """The names of clients on one connection."""

    requests: int = 0
    values: dict[str, Values] = field(default_factory=dict)

    def take(self, request: Request) -> None:
        """The next request."""
        self.requests += 1
        for name, value in dict(naming(request)).items():
            mine = self.values.get(name)
            if mine is None and len(self.values) < _MOST_NAMES:
                mine = self.values[name] = Values()
            if mine is not None:
                mine.take(value)

    def of_clients(self) -> str | None:
        """The name that tells several clients apart, a credential before an address before a cookie that most requests
        have; None where nothing does, or something says that there is one."""
        if any(not one.changes and 2 * one.count > self.requests for one in self.values.values()):
            return None
        told = [name for name, one in self.values.items() if one.alternate]
        return min(told, key=self._rank, default=None)

    def _rank(self, name: str) -> tuple[int, int, str]:
        kind = TELLING.index(name) if name in TELLING else len(TELLING)
        return kind, -self.values[name].count, name


@dataclass(slots=True)
class Values:
    """The values of one name in the order of time: how often they changed, and how often to one that was there before.

    Only hashes are kept.
    """

    count: int = 0
    changes: int = 0
    returns: int = 0
    _last: int | None = None
    _seen: set[int] = field(default_factory=set)

    def take(self, value: str) -> None:
        """The next one."""
        digest = hash(value)
        if self._last is not None and digest != self._last:
            self.changes += 1
            self.returns += digest in self._seen
        self.count += 1
        self._last = digest
        self._seen.add(digest)

    @property
    def alternate(self) -> bool:
        """Whether at least half of the changes go back to a value that was there before: those are several clients'."""
        return self.returns > 0 and self.changes <= 2 * self.returns
