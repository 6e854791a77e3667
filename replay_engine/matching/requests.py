"""The requests of a pack, row by row, as matching sees them: to bind a live request to one, and to explain."""

from __future__ import annotations

import re

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.matching.asked import Asked
from smartsandbox.packs.matching.view import View, view_of
from smartsandbox.packs.matching_rules import Matching
from smartsandbox.packs.pack import Pack
from smartsandbox.replay_engine.heads import values_of
from smartsandbox.replay_engine.rows import Rows

_BOUNDARY = re.compile(rb"--([^\r\n]{1,70})\r?\n")


class Requests:
    """The recorded requests of one pack.

    Their content types are not kept: a recorded body is read as what the live one that it is compared with says it is.
    """

    def __init__(self, pack: Pack, rows: Rows, matching: Matching) -> None:
        self._rows, self.matching = rows, matching
        self.endpoints = EndpointTable.of(rows.endpoint.names)
        self._headers = self._named(pack)

    def asked(self, row: int, content_type: str) -> Asked:
        """The request of a row, to compare with one of a content type."""
        rows = self._rows
        body = rows.body(rows.request_body[row])
        return Asked(
            rows.method.name(row) or "",
            rows.path[row].decode("utf-8", "surrogateescape"),
            rows.query[row].decode("utf-8", "surrogateescape"),
            _with_boundary_of(body, content_type),
            body,
            tuple((name, values[row]) for name, values in self._headers.items() if row in values),
        )

    def view(self, row: int, content_type: str) -> View | None:
        """The same, taken apart."""
        return view_of(self.asked(row, content_type), self.endpoints, self.matching)

    def _named(self, pack: Pack) -> dict[str, dict[int, str]]:
        """Row to value of the headers that rules name; most packs have no such rules."""
        names = sorted(self.matching.all_headers())
        if not names:
            return {}
        column = pack.table("exchanges", ["request_headers"])["request_headers"]
        return {name: values_of(column, name) for name in names}


def _with_boundary_of(body: bytes, content_type: str) -> str:
    if not content_type.lower().startswith("multipart/"):
        return content_type
    found = _BOUNDARY.match(body)
    return f'multipart/form-data; boundary="{found[1].decode("latin-1")}"' if found else content_type
