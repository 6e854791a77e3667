"""A session as an eavesdropper or an insider sees it: when each request began, where it went, how much came back."""

from __future__ import annotations

from collections import defaultdict
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


def sessions_of(sightings: Iterable[Sighting]) -> tuple[Session, ...]:
    """Sessions by group, sorted by their keys. A group that mixes raw sessions has the key of its first request."""
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        groups[sighting.group].append(sighting)
    made = [_session(group) for group in groups.values()]
    return tuple(sorted(made, key=lambda session: (session.key, session.starts_us)))


def group_of(exchange: Exchange) -> str:
    """The session of an exchange; one without a session is a session of its own."""
    return f"exchange {exchange.id}" if exchange.session is None else f"session {exchange.session}"


def sizes_of(exchange: Exchange) -> tuple[int, ...]:
    """What any network on the way sees of how much was said."""
    answer = len(exchange.response.body) if exchange.response else 0
    return (answer, *(len(one.payload) for one in exchange.messages or ()))


def _session(group: list[Sighting]) -> Session:
    ordered = sorted(group, key=lambda one: one.start_us)
    return Session(
        ordered[0].key,
        tuple(one.start_us for one in ordered),
        tuple(one.endpoint for one in ordered),
        tuple(size for one in ordered for size in one.sizes),
    )
