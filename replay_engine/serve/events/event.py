"""One event: a call that is to be made, when, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smartsandbox.replay_engine.drive.correlation.draft import Draft
from smartsandbox.replay_engine.drive.sandbox.signing import BodySigner
from smartsandbox.replay_engine.drive.target import Target
from smartsandbox.replay_engine.moments import iso_time
from smartsandbox.replay_engine.serve.answer import BANNER
from smartsandbox.replay_engine.sessions import Session

CALLBACK = "callback"
"""The name under which a session keeps the target that it has set."""

Time = Callable[[], tuple[int, float]]
"""The time on a session's clock in microseconds since 1970, and how fast that clock runs."""


@dataclass(slots=True)
class Event:
    """`due_us` is a time on the session's clock, told by `time`. `attempts` counts how often it was sent."""

    number: int
    endpoint: str
    session: Session
    due_us: int
    time: Time
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    signer: BodySigner | None
    attempts: int = 0
    outcome: str = "pending"

    def wait(self) -> float | None:
        """Seconds of real time until it is due; None while its clock stands still."""
        now, rate = self.time()
        if now >= self.due_us:
            return 0.0
        return (self.due_us - now) / rate / 1e6 if rate else None

    def message(self, target: Target) -> bytes:
        """The request on the wire, signed by the session's clock as late as possible."""
        lines = [("Content-Type", "application/json"), *self.headers]
        if self.signer is not None:
            lines.append((self.signer.header, ""))
        head = f"POST {target.prefix + self.path or '/'} HTTP/1.1\r\nHost: {target.authority}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines)
        head += f"X-Sandbox-Event: {self.number}\r\nContent-Length: {len(self.body)}\r\n"
        draft = Draft(head.encode("ascii") + BANNER + b"\r\n" + self.body)
        if self.signer is not None:
            self.signer.sign(draft, self.time()[0] / 1e6)
        return draft.message()

    def told(self) -> dict[str, Any]:
        """As administrators see it: nothing of its content."""
        return {
            "event": self.number,
            "endpoint": self.endpoint,
            "session": self.session.name.removeprefix("session "),
            "due": iso_time(self.due_us),
            "attempts": self.attempts,
            "outcome": self.outcome,
        }
