"""A session as an eavesdropper or an insider sees it: when each request began, where it went, how much came back."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from smartsandbox.packs.model import Exchange


@dataclass(frozen=True, slots=True)
class Session:
    """Requests in the order of their start. `starts_us` are microseconds on the clock of the raw trace."""

    key: str
    starts_us: tuple[int, ...]
    endpoints: tuple[str, ...]
    sizes: tuple[int, ...]
    """Bytes of each answer's body with codings undone, 0 where there was none; behind that of a WebSocket's handshake
    the bytes of each message, both ways."""
    said_us: tuple[int, ...] = ()
    """When messages were said on the session's WebSockets, on the same clock."""

    @property
    def length(self) -> int:
        """How many requests."""
        return len(self.starts_us)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One exchange of a session, with the key of the raw session that it belongs to."""

    key: str
    group: str
    start_us: int
    endpoint: str
    sizes: tuple[int, ...]
    said_us: tuple[int, ...] = ()


class Sightings:
    """Exchanges taken one by one, in little room: names and sizes that repeat are held once."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._names: dict[str, str] = {}
        self._sizes: dict[tuple[int, ...], tuple[int, ...]] = {}

    def take(self, one: Sighting) -> None:
        """The next exchange, of any session."""
        group = self._groups.get(one.group)
        if group is None:
            group = self._groups[one.group] = _Group()
        group.keys.append(self._names.setdefault(one.key, one.key))
        group.starts_us.append(one.start_us)
        group.endpoints.append(self._names.setdefault(one.endpoint, one.endpoint))
        group.sizes.append(self._sizes.setdefault(one.sizes, one.sizes))
        group.said_us.extend(one.said_us)

    def sessions(self) -> tuple[Session, ...]:
        """Sessions by group, sorted by their keys. A group that mixes raw sessions has the key of its first request."""
        made = [group.session() for group in self._groups.values()]
        return tuple(sorted(made, key=lambda session: (session.key, session.starts_us)))


class _Group:
    """What was taken of one session, column by column."""

    __slots__ = ("endpoints", "keys", "said_us", "sizes", "starts_us")

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.starts_us, self.said_us = array("q"), array("q")
        self.endpoints: list[str] = []
        self.sizes: list[tuple[int, ...]] = []

    def session(self) -> Session:
        order = sorted(range(len(self.starts_us)), key=self.starts_us.__getitem__)
        return Session(
            self.keys[order[0]],
            tuple([self.starts_us[at] for at in order]),
            tuple([self.endpoints[at] for at in order]),
            tuple([size for at in order for size in self.sizes[at]]),
            tuple(sorted(self.said_us)),
        )


def sessions_of(sightings: Iterable[Sighting]) -> tuple[Session, ...]:
    """The sessions of exchanges that are given at once."""
    taken = Sightings()
    for one in sightings:
        taken.take(one)
    return taken.sessions()


def group_of(exchange: Exchange) -> str:
    """The session of an exchange; one without a session is a session of its own."""
    return f"exchange {exchange.id}" if exchange.session is None else f"session {exchange.session}"


def said_of(exchange: Exchange) -> tuple[int, ...]:
    """When the messages of an exchange were said."""
    opened_us = exchange.started_us + (exchange.total_us or exchange.ttfb_us or 0)
    return tuple([opened_us + one.at_us for one in exchange.messages or ()])


def sizes_of(exchange: Exchange) -> tuple[int, ...]:
    """What any network on the way sees of how much was said."""
    answer = len(exchange.response.body) if exchange.response else 0
    return (answer, *(len(one.payload) for one in exchange.messages or ()))
