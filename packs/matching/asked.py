"""A request as matching sees it, live or recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from smartsandbox.packs.key import match_key
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.model import Request, header


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a request that can decide. `headers` holds those that the rules read, in lower case, sorted."""

    method: str
    path: str
    query: str = ""
    content_type: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(request: Request, names: Collection[str] = ()) -> Asked:
        """From an exchange's request, with the headers in `names` that it carries."""
        found = ((name, header(request.headers, name)) for name in sorted(names))
        return Asked(
            request.method,
            request.path,
            request.query,
            header(request.headers, "content-type") or "",
            request.body,
            tuple((name, value) for name, value in found if value is not None),
        )


def asked_key(asked: Asked, matching: Matching) -> bytes:
    """The exact key of a request."""
    return match_key(asked.method, asked.path, asked.query, asked.content_type, asked.body, matching, asked.headers)
