"""A call as the handlers see it, and the answer they give: no sockets and no framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smartsandbox.demo.service.errors import unauthorised
from smartsandbox.demo.service.records import Customer
from smartsandbox.demo.service.store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """`now` is seconds since the epoch; `body` the decoded JSON object or form, empty if there was none."""

    caller: Customer | None
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    now: float

    @property
    def who(self) -> Customer:
        """The authenticated caller. Raises the 401 answer if there is none."""
        if self.caller is None:
            raise unauthorised("missing_token", "No bearer token: send Authorization: Bearer <token>")
        return self.caller


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON body and headers beside the usual ones."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Store, Call], Answer]
