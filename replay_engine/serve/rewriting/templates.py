"""Declared places of answers, answered from the request: echoed ids and amounts, computed totals.

An expression that has no value for a request leaves the recorded one in its place, and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.heads import wire_text
from smartsandbox.replay_engine.json_spans import Span, spans
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.rewriting.aliases import Aliases
from smartsandbox.replay_engine.serve.rewriting.described import Describer
from smartsandbox.replay_engine.serve.rewriting.edits import Edits
from smartsandbox.replay_engine.serve.rewriting.expressions import ExpressionError, affordable
from smartsandbox.replay_engine.serve.rewriting.template_rules import Template

_KNOWN_BODIES = 20_000


class Templates:
    """The rules of one server."""

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
        self._describer = Describer(rule.place.endpoint for rule in rules)
        self._bodies: dict[int, dict[str, Span]] = {}
        self._done = 0
        self._failed: Counter[str] = Counter()

    def edit(self, edits: Edits, answer: Answer, served: Served, now: str) -> None:
        """Put values in the places that the rules of the answer's endpoint name."""
        rules = self._rules.get(self._rows.endpoint.codes[served.row])
        if rules is None:
            return
        names = self._describer.names(served, now)
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

    def facts(self) -> dict[str, Any]:
        """Values that were put, and those that could not be, by rule and reason."""
        return {"templates": {"filled": self._done, "failed": dict(self._failed.most_common(20))}}
