"""A customer: someone who may sign in."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.holder import Holder
from smartsandbox.demo.service.records.values import Json


@dataclass(frozen=True, slots=True)
class Customer:
    """Someone who may sign in. `role` is "customer" or "support"."""

    id: str
    holder: Holder
    password: str
    api_token: str
    segment: str
    risk: str
    role: str
    created: int

    @property
    def is_support(self) -> bool:
        """Support staff see every customer's objects."""
        return self.role == "support"

    def to_json(self) -> Json:
        who = {"id": self.id, "object": "customer", **self.holder.to_json()}
        return {**who, "segment": self.segment, "risk": self.risk, "role": self.role, "created": self.created}
