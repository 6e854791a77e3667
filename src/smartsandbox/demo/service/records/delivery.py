"""A webhook delivery and its attempts."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json, iso


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver. `status` is the receiver's answer, None where it gave none."""

    at: float
    status: int | None
    duration_ms: int

    def to_json(self) -> Json:
        return {"at": iso(self.at), "response_status": self.status, "duration_ms": self.duration_ms}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook to a merchant. `payload` is the exact text that is signed and sent; `status` is "pending",
    "delivered" or "dead"."""

    id: str
    customer: str
    event_type: str
    endpoint: str
    payload: str
    status: str
    attempts: tuple[Attempt, ...]
    created: int

    def summary(self) -> Json:
        return {
            "id": self.id,
            "object": "webhook_delivery",
            "event_type": self.event_type,
            "endpoint": self.endpoint,
            "status": self.status,
            "attempts": [attempt.to_json() for attempt in self.attempts],
            "created": self.created,
        }

    def to_json(self) -> Json:
        return {**self.summary(), "payload": self.payload}
