"""Declared places of answers, answered from the request: echoed ids and amounts, computed totals.

An expression that has no value for a request leaves the recorded one in its place, and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.heads import wire_text
from smartsandbox.replay_engine.json_spans import Span, spans
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.rewriting.aliases import Aliases
from smartsandbox.replay_engine.serve.rewriting.edits import Edits
from smartsandbox.replay_engine.serve.rewriting.expressions import ExpressionError, affordable
from smartsandbox.replay_engine.serve.rewriting.template_rules import Template

_MAX_BODY = 16 * 1024
_KNOWN_BODIES = 20_000


class Templates:
    """The rules of one server. `seq` counts the requests of a session from 1, so that issued ids differ."""

    def __init__(self, rows: Rows, rules: Sequence[Template], aliases: Aliases) -> None:
        self._rows, self._aliases = rows, aliases
        self._rules: dict[int, list[Template]] = {}
        codes = {name: code for code, name in enumerate(rows.endpoint.names)}
        for rule in rules:
            endpoint = rule.place.endpoint
            if endpoint not in codes:
                known = ", ".join(sorted(codes)[:5])
                raise UsageError(f"templates name endpoint {endpoint!r}; the pack has {known}, ...")
            self._rules.setdefault(codes[endpoint], []).append(rule)
        self._table = EndpointTable.of({rule.place.endpoint for rule in rules})
        self._bodies: dict[int, dict[str, Span]] = {}
        self._done = 0
        self._failed: Counter[str] = Counter()

    def edit(self, edits: Edits, answer: Answer, served: Served, now: str) -> None:
        """Put values in the places that the rules of the answer's endpoint name."""
        rules = self._rules.get(self._rows.endpoint.codes[served.row])
        if rules is None:
            return
        name = served.session.name.removeprefix("session ")
        names = {"request": self._described(served), "session": name, "seq": served.ordinal + 1, "now": now}
        for rule in rules:
            try:
                if rule.place.pointer is not None:
                    self._edit_body(edits, rule, served, names)
                elif rule.place.header is not None:
                    self._edit_header(edits, rule, answer, names)
            except ExpressionError as error:
                self._failed[f"{rule.place.endpoint} {rule.place.pointer or rule.place.header}: {error}"] += 1

    def _edit_body(self, edits: Edits, rule: Template, served: Served, names: dict[str, Any]) -> None:
        place = self._places(served.row).get(rule.place.pointer or "")
        if place is None:
            return
        recorded = orjson.loads(self._rows.answer_body(served.row)[slice(*place)])
        value = rule.value.value({**names, "recorded": recorded if affordable(recorded) else None})
        try:
            edits.value(place, orjson.dumps(value))
        except (TypeError, ValueError):
            raise ExpressionError("no JSON value") from None
        self._done += 1
        if isinstance(recorded, str) and isinstance(value, str):
            self._aliases.issue(served.session, recorded, value)

    def _edit_header(self, edits: Edits, rule: Template, answer: Answer, names: dict[str, Any]) -> None:
        name = (rule.place.header or "").encode()
        lines = [line.partition(b":") for line in answer.head.split(b"\r\n")[1:]]
        recorded = [value.strip() for field, _, value in lines if field.lower() == name]
        if not recorded:
            return
        value = rule.value.value({**names, "recorded": recorded[0].decode("latin-1")})
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        edits.header(name, lambda _: wire_text(text))
        self._done += 1

    def _places(self, row: int) -> dict[str, Span]:
        body = self._rows.response_body[row]
        found = self._bodies.get(body)
        if found is None:
            if len(self._bodies) >= _KNOWN_BODIES:
                self._bodies.clear()
            wanted = {rule.place.pointer for rule in self._rules[self._rows.endpoint.codes[row]]}
            places = spans(self._rows.answer_body(row))
            found = self._bodies[body] = {at: place for at, place in places.items() if at in wanted}
        return found

    def _described(self, served: Served) -> dict[str, Any]:
        """The request as expressions see it, without what is over their bounds."""
        request = served.request
        path, query = request.path_and_query()
        bound = self._table.match(request.method, path)
        parts = {
            "method": request.method,
            "path": {name: unquote(segment) for name, segment in bound.params} if bound else {},
            "query": dict(reversed(parse_qsl(query, keep_blank_values=True))),
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in request.fields.items()},
            "body": _body(request),
        }
        return {name: value if affordable(value) else {} for name, value in parts.items()}

    def facts(self) -> dict[str, Any]:
        """Values that were put, and those that could not be, by rule and reason."""
        return {"templates": {"filled": self._done, "failed": dict(self._failed.most_common(20))}}


def _body(request: LiveRequest) -> Any:
    """The request's JSON body or form; {} for any other, or a large one."""
    if len(request.body) > _MAX_BODY or not request.body:
        return {}
    if request.fields.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded"):
        return dict(reversed(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)))
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return {}
