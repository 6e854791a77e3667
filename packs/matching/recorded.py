"""What matching reads of a recorded exchange, from a trace or from the files of a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartsandbox.packs.key import credential_of
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.model import Exchange, Headers, Request, header


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange; `credential` is the digest that names its caller, "" for none."""

    asked: Asked
    credential: str
    answer_type: str
    answer: bytes
    location: str

    @staticmethod
    def of(exchange: Exchange, matching: Matching) -> Recorded:
        """From an exchange of a trace."""
        response = exchange.response
        return _recorded(
            exchange.request, response.headers if response else (), response.body if response else b"", matching
        )


def recorded_in(
    rows: Iterable[Mapping[str, Any]], bodies: Mapping[str, bytes], matching: Matching
) -> Iterator[Recorded]:
    """From rows of schema.EXCHANGES and the pack's bodies by hash, in the order of the rows."""
    for row in rows:
        request = Request(
            row["method"],
            "",
            "",
            row["path"],
            row["query"],
            _headers(row["request_headers"]),
            bodies.get(row["request_body"] or "", b""),
        )
        answer = bodies.get(row["response_body"] or "", b"")
        yield _recorded(request, _headers(row["response_headers"] or ()), answer, matching)


def _headers(rows: Iterable[Mapping[str, str]]) -> Headers:
    return tuple((item["name"], item["value"]) for item in rows)


def _recorded(request: Request, answer_headers: Headers, answer: bytes, matching: Matching) -> Recorded:
    return Recorded(
        Asked.of(request, matching.all_headers()),
        credential_of(request.headers) or "",
        header(answer_headers, "content-type") or "",
        answer,
        header(answer_headers, "location") or "",
    )
