"""A request as a person or a program describes it: its parts, and who would ask."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from smartsandbox.packs.key import credential_of
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.model import Headers, Request, header

SESSION_HEADER = "x-sandbox-session"


@dataclass(frozen=True, slots=True)
class Described:
    """A request with all its headers."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    host: str = ""

    @staticmethod
    def of(request: Request) -> Described:
        """From an exchange's request."""
        return Described(request.method, request.path, request.query, request.headers, request.body, request.host)

    def asked(self, matching: Matching) -> Asked:
        """The parts that can decide."""
        request = Request(self.method, "", self.host, self.path, self.query, self.headers, self.body)
        return Asked.of(request, matching.all_headers())

    def names(self) -> tuple[str | None, str | None, str | None]:
        """Session, credential digest and host, as serving reads them; None for what it does not name."""
        return header(self.headers, SESSION_HEADER), credential_of(self.headers), self.host or None


def header_pairs(lines: Iterable[str]) -> Headers:
    """Headers from "Name: value" lines."""
    split = (line.partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, _, value in split)


def described_from(value: Any) -> Described:
    """The request described by a JSON object: method, path, query, headers (an object) and body.

    A body is JSON of any kind, text, or {"base64": "..."}. Raises ValueError with what is wrong.
    """
    if not isinstance(value, dict) or not isinstance(value.get("path"), str) or not value["path"].startswith("/"):
        raise ValueError("`path` must be a string that begins with /")
    path, _, query = value["path"].partition("?")
    headers = value.get("headers") or {}
    method, query = value.get("method") or "GET", value.get("query") or query
    if not isinstance(headers, dict) or not isinstance(method, str) or not isinstance(query, str):
        raise ValueError("`method` and `query` must be strings, `headers` an object")
    pairs = tuple((name, str(text)) for name, text in headers.items())
    body, kind = _body(value.get("body"))
    if kind and header(pairs, "content-type") is None:
        pairs = (*pairs, ("Content-Type", kind))
    return Described(method, path, query, pairs, body, header(pairs, "host") or "")


def _body(value: Any) -> tuple[bytes, str]:
    if value is None:
        return b"", ""
    if isinstance(value, str):
        return value.encode(), ""
    if isinstance(value, dict) and value.keys() == {"base64"}:
        try:
            return base64.b64decode(str(value["base64"]), validate=True), ""
        except binascii.Error as error:
            raise ValueError("`body.base64` is not base64") from error
    return orjson.dumps(value), "application/json"
