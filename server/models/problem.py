"""An error as RFC 9457 describes it."""

from __future__ import annotations

from pydantic import Field

from smartsandbox.server.models.base import Model


class Fault(Model):
    """One fault of a request and where it is."""

    detail: str
    pointer: str
    """A JSON pointer into the request: "#/path/name", "#/query/limit"."""


class Problem(Model):
    """A problem detail. `type` is stable and leads to a page that explains it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Fault] = Field(default_factory=list)
