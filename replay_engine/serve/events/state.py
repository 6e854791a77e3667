"""The file that pending events are kept in, so that the next start of the server takes them up.

A line of JSON says that an event was announced, or that it ended; each is on the disk before the answer that announced
it goes out. Bodies are what will be sent, so the file is for its owner only. Secrets are not in it: who signs an event
is found among the rules again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import orjson

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.clock import utc_now
from smartsandbox.replay_engine.serve.events.event import CALLBACK, Event

_FORMAT = {"smartsandbox.events": 1}
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Kept:
    """An event of an earlier start. `at_us` is when it is due in real time, None while its session's clock stood
    still; `callback` the URL that its session had set."""

    number: int
    endpoint: str
    session: str
    due_us: int
    at_us: int | None
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    callback: str | None


class EventState:
    """See the module. `wall` tells the time."""

    def __init__(self, path: Path, wall: Callable[[], datetime] = utc_now) -> None:
        self._path, self._wall = path, wall
        self._file: IO[bytes] | None = None

    def now(self) -> int:
        """Microseconds since 1970."""
        return (self._wall() - _EPOCH) // timedelta(microseconds=1)

    def read(self) -> list[Kept]:
        """The events that an earlier start has left, in order of their numbers; none where there is no file.

        A last line that was cut off is left out. Raises UsageError for a file that is none of these.
        """
        lines = self._path.read_bytes().split(b"\n")[:-1] if self._path.exists() else []
        if not lines:
            return []
        try:
            first, *rest = map(orjson.loads, lines)
            ended = {line["ended"] for line in rest if "ended" in line}
            kept = [_kept(line) for line in rest if "ended" not in line and line["event"] not in ended]
        except (ValueError, TypeError, KeyError, AttributeError):
            first, kept = None, []
        if first != _FORMAT:
            raise UsageError(f"--events-state {self._path} holds no events: name another file, or delete it")
        return kept

    def begin(self, pending: Iterable[Event]) -> None:
        """Write the file anew with these, and add to it from here on. Raises OSError, and leaves what stood there."""
        fresh = self._path.with_name(f".{self._path.name}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            _write(file, _FORMAT, *(self._line(event) for event in pending))
        fresh.replace(self._path)
        self.close()
        self._file = self._path.open("ab", buffering=0)

    def announced(self, event: Event) -> None:
        """Add one. Raises OSError where it cannot be kept."""
        self._add(self._line(event))

    def ended(self, number: int) -> None:
        """It was sent, or given up. Raises OSError."""
        self._add({"ended": number})

    def end(self, left: Iterable[Event]) -> None:
        """Write the file anew with what is left, and nothing more after it. Raises OSError."""
        try:
            self.begin(left)
        finally:
            self.close()

    def close(self) -> None:
        """Write nothing more."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _add(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            _write(self._file, line)

    def _line(self, event: Event) -> dict[str, Any]:
        wait, callback = event.wait(), event.session.get(CALLBACK)
        return {
            "event": event.number,
            "endpoint": event.endpoint,
            "session": event.session.name,
            "due_us": event.due_us,
            "at_us": None if wait is None else self.now() + round(wait * 1e6),
            "path": event.path,
            "headers": event.headers,
            "body": event.body.decode(),
            "callback": None if callback is None else callback.url,
        }


def _write(file: IO[bytes], *lines: dict[str, Any]) -> None:
    file.write(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    os.fdatasync(file.fileno())


def _kept(line: dict[str, Any]) -> Kept:
    return Kept(
        int(line["event"]),
        line["endpoint"],
        line["session"],
        int(line["due_us"]),
        line["at_us"],
        line["path"],
        tuple((name, value) for name, value in line["headers"]),
        line["body"].encode(),
        line["callback"],
    )
