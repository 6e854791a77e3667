"""Finds what tells the clients of a capture apart where it names no people: a credential or a cookie that comes back.

A recorder's session is often a connection, and one browser opens six. What several of them send alike is one client's,
who counts once wherever k people are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import KEY, VALUE, Address, Location
from smartsandbox.anonymize.policy import Action, Decision
from smartsandbox.anonymize.rewrite import CREDENTIALS
from smartsandbox.packs.model import Exchange
from smartsandbox.packs.slots import slots

_LOOKED_AT = 200_000
"""Exchanges, the first of a capture; with more of them no other client name would win."""
_CLASSES = frozenset(("id", "uuid", "email", "username", "token"))
_WORDS = frozenset(("auth", "authorization", "token", "key", "apikey", "session", "sid", "client", "user"))
_ADDRESSES = frozenset(("x-forwarded-for", "x-real-ip"))
_SENT: Mapping[str, str] = {Location.REQUEST_HEADER: "header", Location.REQUEST_COOKIE: "cookie"}
_NO_NAMES = frozenset((KEY, VALUE))
_TOKEN = re.compile(r"(?=.*\d).{8,}|(?=.*[a-z])(?=.*[A-Z]).{16,}", re.DOTALL)
"""What may be a token; other values are settings, and what a recorder left in the place of one ("token_removed")."""
_ONE_CLIENT = 1.5
"""Values of a header a session, on average; where there are more they are renewed, and tell nobody apart."""


def speaker_addresses(
    decisions: Mapping[Address, Decision], read: Callable[[], Iterable[Exchange]]
) -> frozenset[Address]:
    """The leaf whose values name the clients of most sessions, of equal ones the one with most values; or none. An
    address goes behind all else, for a whole house may have one.

    A value must stand in several sessions. One key in a header that all send names nobody, but a cookie that all send
    is of one browser. Cookies that a session renews are one client's; see `SubjectCollector`.
    """
    candidates = {address: _Seen(address) for address, decision in decisions.items() if _may_name(address, decision)}
    if not candidates:
        return frozenset()
    for exchange in islice(read(), _LOOKED_AT):
        if exchange.session is not None:
            sent = {(location, name): value for location, name, value in slots(exchange.request, "", _SENT.values())}
            for seen in candidates.values():
                seen.take(exchange.session, sent.get(seen.slot))
    told = [seen for seen in candidates.values() if seen.tells_clients()]
    best = min(told, key=_Seen.rank, default=None)
    return frozenset() if best is None else frozenset((best.address,))


@dataclass(slots=True)
class _Seen:
    """Of one leaf the values of each session, and how many sessions hold each value; values by their hash."""

    address: Address
    of_session: dict[str, set[int]] = field(default_factory=dict)
    sessions_of: dict[int, int] = field(default_factory=dict)

    def take(self, session: str, value: str | None) -> None:
        """One more sight of a value."""
        if not value or not _TOKEN.fullmatch(value):
            return
        mine, digest = self.of_session.setdefault(session, set()), hash(value)
        if digest not in mine:
            mine.add(digest)
            self.sessions_of[digest] = self.sessions_of.get(digest, 0) + 1

    @property
    def slot(self) -> tuple[str, str]:
        """Where `slots` gives it."""
        return _SENT[self.address.location], self.address.pointer[0]

    def rank(self) -> tuple[bool, int, int, Address]:
        """The less the better."""
        return self.is_address, -len(self.of_session), -len(self.sessions_of), self.address

    @property
    def is_address(self) -> bool:
        """Whether it is where a client is in the net."""
        return self.address.pointer[0] in _ADDRESSES

    def tells_clients(self) -> bool:
        """Whether the values name clients who come with several sessions."""
        values, pairs = len(self.sessions_of), sum(self.sessions_of.values())
        if self.address.location == Location.REQUEST_COOKIE:
            return values < pairs
        return 2 <= values < pairs <= _ONE_CLIENT * len(self.of_session)


def _may_name(address: Address, decision: Decision) -> bool:
    """Whether it is the whole of a cookie, or of a header but for its scheme, and named like what tells clients."""
    if decision.action is not Action.SURROGATE or _NO_NAMES.intersection(address.pointer) or not address.pointer:
        return False
    name, inner = address.pointer[0], len(address.pointer) > 1
    if address.location == Location.REQUEST_HEADER and name in _ADDRESSES:
        return not inner
    if decision.argument not in _CLASSES:
        return False
    if address.location == Location.REQUEST_COOKIE:
        return not inner
    if address.location != Location.REQUEST_HEADER:
        return False
    return len(address.pointer) <= 2 if name in CREDENTIALS else not inner and bool(_WORDS & {*tokens_of(name)})
