"""How a pack is served: shape, memory and limits, with defaults that suit one machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from smartsandbox.packs.matching_rules import Matching
from smartsandbox.replay_engine.clock import utc_now
from smartsandbox.replay_engine.plan import Latency, Scaled
from smartsandbox.replay_engine.serve.misses import Misses
from smartsandbox.replay_engine.serve.naming import SessionBy
from smartsandbox.replay_engine.sessions import Exhausted
from smartsandbox.replay_engine.websocket.turns import Unknown

if TYPE_CHECKING:  # effects are made of answers, which take the limits of these options
    from smartsandbox.replay_engine.serve.effects import MakeEffect
    from smartsandbox.replay_engine.serve.events.queue import Events
    from smartsandbox.replay_engine.serve.rewriting.template_rules import Template
    from smartsandbox.replay_engine.serve.selectors import MakeSelector
    from smartsandbox.replay_engine.serve.tls import Identity


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may cost. Sizes in bytes, times in seconds."""

    head_bytes: int = 64 * 1024
    body_bytes: int = 64 * 1024 * 1024
    request_seconds: int = 30
    """From a request's first byte to its last."""
    idle_seconds: int = 75
    """Between requests of one connection."""
    unfinished_bytes: int = 1024 * 1024 * 1024
    """Of the requests of all clients that are not complete yet."""
    connections: int = 20_000
    streams: int = 100
    """Requests that one HTTP/2 connection may have open."""
    pipelined: int = 64
    """Answers that may wait their turn on one connection before no more is read from it."""
    hold_seconds: int = 60
    """How long a request is held whose recorded fate was never to be answered."""
    drain_seconds: int = 10


class Advance(StrEnum):
    """When the answer to a read moves on to the next recorded one."""

    ASK = "ask"
    """At each ask."""
    WRITE = "write"
    """When a write that stood between the two has been made: see `journeys`."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve. `sessions` and `journal` are counts, `cache_bytes` bounds prepared answers, `history` is how many
    steps a session can go back, `idempotency_bytes` bounds the answers kept for idempotency keys. `clock` sets every
    session's clock (see `virtual_time`), `clock_unit` is what dates move by (week or day), `wall` tells the time.
    `templates` answer declared places from the request, beside those of the pack for other places.

    `selectors` choose what answers and then `effects` apply to every answer from the pack, each in their order.
    """

    latency: Latency = field(default_factory=Scaled)
    exhausted: Exhausted = Exhausted.LAST
    limits: Limits = field(default_factory=Limits)
    session_by: SessionBy = SessionBy.AUTO
    advance: Advance = Advance.ASK
    sessions: int = 10_000
    history: int = 100
    idempotency_bytes: int = 16 * 1024 * 1024
    clock: str = ""
    clock_unit: str = "week"
    enforce_expiry: bool = False
    """Requests with a token that is past by their session's clock are refused."""
    wall: Callable[[], datetime] = utc_now
    templates: tuple[Template, ...] = ()
    journal: int = 10_000
    cache_bytes: int = 64 * 1024 * 1024
    selectors: tuple[MakeSelector, ...] = ()
    effects: tuple[MakeEffect, ...] = ()
    tls: Identity | None = None
    realtime: bool = False
    """Serve before other work of the machine, where the kernel allows it."""
    matching: Matching | None = None
    """Rules in the place of the pack's own."""
    unmatched: str = "explain"
    """A name in unmatched.POLICIES."""
    unknown_message: Unknown = Unknown.ADVANCE
    """What a message on a WebSocket does that is like none that was recorded."""
    events: Events | None = None
    """What answers announce, and where it is sent."""
    misses: Misses | None = None
    """Counts what the policy "fail" answered."""
