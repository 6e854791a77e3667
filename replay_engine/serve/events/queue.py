"""The events of one server: kept until they are due on their sessions' clocks, then sent, and sent again if need be.

It outlives the pack that is served: what was announced before a reload still comes.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from smartsandbox.packs.errors import SandboxError
from smartsandbox.replay_engine.clock import Call, Clock
from smartsandbox.replay_engine.drive.ask import ask
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.serve.events.callbacks import Callbacks
from smartsandbox.replay_engine.serve.events.declared import Declared
from smartsandbox.replay_engine.serve.events.event import CALLBACK, Event, Time
from smartsandbox.replay_engine.serve.events.left import farewell, restored
from smartsandbox.replay_engine.serve.events.state import EventState
from smartsandbox.replay_engine.sessions import Session

MOST_PENDING = 1000
ATTEMPTS = 5
_BACKOFF = 1.0
"""Seconds before the second attempt; twice as many before each one after it."""
_ANSWER_SECONDS = 10.0
_AT_ONCE = 16
_RECENT = 1000

Send = Callable[[Target, bytes], Awaitable[int]]
"""Makes a call; gives the status of its answer. Raises OSError, of which TimeoutError is one."""


class Events:
    """`rules` say which answers announce what, `state` keeps what is pending. Nothing is sent before `begin`."""

    def __init__(self, rules: Iterable[Declared], callbacks: Callbacks, state: EventState | None = None) -> None:
        self.rules, self.callbacks, self._state = tuple(rules), callbacks, state
        self._clock: Clock | None = None
        self._send: Send | None = None
        self._pending: dict[int, Event] = {}
        self._under_way: dict[int, Event] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._recent: deque[Event] = deque(maxlen=_RECENT)
        self._counts: Counter[str] = Counter()
        self._made = 0
        self._alarm: Call | None = None

    def begin(self, clock: Clock, send: Send | None = None) -> None:
        """Send from here on, on the running loop; `send` stands in for the network."""
        self._clock, self._send = clock, send or _sender(clock)

    def take_up(self, session_of: Callable[[str], Session]) -> None:
        """Go on with the events that an earlier start has left, and keep those to come. Raises SandboxError."""
        if self._state is None:
            return
        for event in restored(self._state, self.rules, self.callbacks, session_of):
            if event is None:
                self._counts["undeclared"] += 1
                continue
            self._counts["taken_up"] += 1
            self._pending[event.number] = event
            self._made = max(self._made, event.number)
        try:
            self._state.begin(self._pending.values())
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SandboxError(f"--events-state cannot be written ({reason}): name a file in another folder") from error
        self.rearm()

    def close(self) -> Iterator[str]:
        """Send nothing more; gives the lines that tell what was not sent."""
        self._clock = None
        for task in self._sending:
            task.cancel()
        left = sorted((*self._pending.values(), *self._under_way.values()), key=lambda event: event.number)
        self._keep(lambda state: state.end(left))
        return farewell(left, kept=self._state is not None)

    def clock_set(self) -> None:
        """A session's clock may have been set: events may be due at another time."""
        if self._pending:
            self._keep(lambda state: state.begin((*self._pending.values(), *self._under_way.values())))
        self.rearm()

    def announce(self, rule: Declared, session: Session, body: bytes, time: Time) -> int | None:
        """Take an event up; gives its number, None where too many are pending."""
        if len(self._pending) >= MOST_PENDING:
            self._counts["dropped"] += 1
            return None
        self._made += 1
        due = time()[0] + rule.after_us
        event = Event(self._made, rule.endpoint, session, due, time, rule.path, rule.headers, body, rule.signer)
        self._pending[event.number] = event
        self._keep(lambda state: state.announced(event))
        self.rearm()
        return event.number

    def _keep(self, write: Callable[[EventState], None]) -> None:
        """Write to the state, if there is one; what a full disk does not take is counted."""
        try:
            if self._state is not None:
                write(self._state)
        except OSError:
            self._counts["not kept"] += 1

    def failed(self, reason: str) -> None:
        """An answer announced an event whose body has no value."""
        self._counts[reason] += 1

    def rearm(self) -> None:
        """Wake for the next one that is due."""
        if self._clock is None:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        waits = [wait for event in self._pending.values() if (wait := event.wait()) is not None]
        self._alarm = self._clock.call_at(self._clock.now() + min(waits), self._ring) if waits else None

    def _ring(self) -> None:
        due = [number for number, event in self._pending.items() if event.wait() == 0.0]
        self.fire(due)
        self.rearm()

    def fire(self, numbers: Iterable[int]) -> int:
        """Send these now, due or not; gives how many of them were pending."""
        events = [event for number in numbers if (event := self._pending.pop(number, None)) is not None]
        for event in events:
            self._under_way[event.number] = event
            task = asyncio.get_running_loop().create_task(self._deliver(event))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(events)

    def pending_of(self, session: str | None) -> list[int]:
        """The numbers of the pending events of a session by its name, or of all."""
        return [number for number, event in self._pending.items() if session in (None, event.session.name)]

    def set_callback(self, session: Session, url: str) -> None:
        """Where a session's events go from here on. Raises UsageError, RefusedError."""
        session.put(CALLBACK, self.callbacks.target(url))

    async def _deliver(self, event: Event) -> None:
        target: Target | None = event.session.get(CALLBACK) or self.callbacks.default
        event.outcome = "no callback URL" if target is None else "sending"
        self._recent.append(event)
        while target is not None and event.attempts < ATTEMPTS and self._clock is not None:
            if event.attempts:
                self._counts["retried"] += 1
                await self._clock.sleep_until(self._clock.now() + _BACKOFF * 2 ** (event.attempts - 1))
            event.attempts += 1
            async with self._few:
                event.outcome = await self._outcome(target, event)
            if event.outcome.startswith("2"):
                break
        self._counts["delivered" if event.outcome.startswith("2") else "undelivered"] += 1
        del self._under_way[event.number]
        self._keep(lambda state: state.ended(event.number))

    async def _outcome(self, target: Target, event: Event) -> str:
        assert self._send is not None
        try:
            return str(await self._send(target, event.message(target)))
        except OSError as error:
            return "timeout" if isinstance(error, TimeoutError) else "no answer"

    def told(self) -> dict[str, Any]:
        """Pending and recent events."""
        pending = sorted(self._pending.values(), key=lambda event: event.number)
        return {"pending": [event.told() for event in pending], "recent": [event.told() for event in self._recent]}

    def facts(self) -> dict[str, Any]:
        """Counters."""
        return {"events": {"announced": self._made, "pending": len(self._pending), **self._counts}}


def _sender(clock: Clock) -> Send:
    async def send(target: Target, message: bytes) -> int:
        status, _, _ = await asyncio.wait_for(ask(target, message, clock), _ANSWER_SECONDS)
        return status

    return send
