"""Values in a live request by their places: in its body, its query or its path."""

from __future__ import annotations

from urllib.parse import unquote

from smartsandbox.packs.matching.fields import body_fields, pairs_of
from smartsandbox.packs.scenarios.model import Place
from smartsandbox.replay_engine.serve.request import LiveRequest


class AskedValues:
    """The values of one request, read when first asked for. `bound` are the path's parameters, percent-encoded."""

    def __init__(self, request: LiveRequest, body: bytes, query: str, bound: tuple[tuple[str, str], ...]) -> None:
        self._request, self._content, self._query, self._bound = request, body, query, bound
        self._body: dict[tuple[str, ...], str] | None = None

    def at(self, place: Place) -> str | None:
        """The value as text, the first where it repeats: JSON's numbers, booleans and null as it writes them."""
        if place.part == "path":
            return next((unquote(value) for name, value in self._bound if name == place.steps[0]), None)
        if place.part == "query":
            return next((value for name, value in pairs_of(self._query) if name == place.steps[0]), None)
        if self._body is None:
            self._body = {}
            for field in body_fields(self._request.header(b"content-type") or "", self._content):
                self._body.setdefault(tuple(map(str, field.place)), _text(field.value))
        return self._body.get(place.steps)


def _text(typed: str) -> str:
    kind, _, value = typed.partition(":")
    return "null" if kind == "z" else value
