"""The effect that announces events: an answer that says something will happen makes it happen later."""

from __future__ import annotations

from typing import Any

import orjson

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.coding import decode, known
from smartsandbox.replay_engine.moments import iso_time
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.events.declared import Declared
from smartsandbox.replay_engine.serve.events.queue import Events
from smartsandbox.replay_engine.serve.rewriting.described import Describer
from smartsandbox.replay_engine.serve.rewriting.effect import Rewriting
from smartsandbox.replay_engine.serve.rewriting.expressions import ExpressionError, affordable

_MOST_BODY = 64 * 1024


class Announcing:
    """The events that the answers of a pack announce. Comes last, so that it sees what is sent."""

    def __init__(self, rows: Rows, events: Events, rewriting: Rewriting) -> None:
        self._rows, self._events, self._rewriting = rows, events, rewriting
        self._rules: dict[int, list[Declared]] = {}
        codes = {name: code for code, name in enumerate(rows.endpoint.names)}
        for rule in events.rules:
            if rule.endpoint not in codes:
                known_ones = ", ".join(sorted(codes)[:5])
                raise UsageError(f"events name endpoint {rule.endpoint!r}; the pack has {known_ones}, ...")
            self._rules.setdefault(codes[rule.endpoint], []).append(rule)
        self._describer = Describer({rule.endpoint for rule in events.rules})

    def apply(self, answer: Answer, served: Served) -> Answer:
        """Announces; the answer stays as it is. One that was never answered announces nothing."""
        rules = self._rules.get(self._rows.endpoint.codes[served.row], ())
        status = int(answer.head[9:12]) if answer.head else 0
        for rule in rules:
            if rule.announced_by(status):
                self._announce(rule, answer, served)
        return answer

    def _announce(self, rule: Declared, answer: Answer, served: Served) -> None:
        session, rewriting = served.session, self._rewriting
        names = self._describer.names(served, iso_time(rewriting.time_of(session)[0]))
        try:
            value = rule.body.value({**names, "recorded": None, "answer": _content(answer)})
            body = orjson.dumps(value)
        except (ExpressionError, TypeError):
            self._events.failed("without a body")
            return
        number = self._events.announce(rule, session, body, lambda: rewriting.time_of(session))
        served.notes.append("event not kept: too many pending" if number is None else f"event {number}")

    def facts(self) -> dict[str, Any]:
        """See Events."""
        return self._events.facts()


def _content(answer: Answer) -> Any:
    """The JSON of an answer's body as it is sent; {} for any other, or a large one."""
    lines = (line.partition(b":") for line in answer.head.split(b"\r\n")[1:])
    coding = next((value.strip().decode() for name, _, value in lines if name.lower() == b"content-encoding"), "")
    if len(answer.body) > _MOST_BODY or (coding and not known(coding)):
        return {}
    try:
        value = orjson.loads(decode(answer.body, coding, _MOST_BODY) if coding else answer.body)
    except ValueError:
        return {}
    return value if affordable(value) else {}
