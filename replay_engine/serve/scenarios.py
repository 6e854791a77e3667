"""Scenarios while serving: the header X-Sandbox-Scenario names one for a request, or a session is set to one.

The states of a scenario belong to the session, and to an entity of it where the scenario names one.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from smartsandbox.packs.endpoints import EndpointTable
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.pack import Pack
from smartsandbox.packs.scenarios.checks import unrecorded
from smartsandbox.packs.scenarios.model import ANY, START, Reply, Rule, Scenario
from smartsandbox.packs.scenarios.reading import parse_scenarios
from smartsandbox.replay_engine.coding import decode
from smartsandbox.replay_engine.plan import AT_ONCE
from smartsandbox.replay_engine.rows import Rows
from smartsandbox.replay_engine.serve.answer import BANNER, Answer, problem
from smartsandbox.replay_engine.serve.asked_values import AskedValues
from smartsandbox.replay_engine.serve.effects import Served
from smartsandbox.replay_engine.serve.kept import keep
from smartsandbox.replay_engine.serve.request import SCENARIO, LiveRequest
from smartsandbox.replay_engine.serve.selectors import MakeSelector
from smartsandbox.replay_engine.sessions import Session

_OWN = "scenario"
_ENTITIES = 1_000
"""Entities of one session and scenario whose states are kept; the one first used is forgotten."""
_BODY_BYTES = 64 * 1024 * 1024


class Scenarios:
    """A selector, asleep until a request names a scenario or a session is set to one."""

    wakes = frozenset({SCENARIO})

    def __init__(self, rows: Rows, scenarios: dict[str, Scenario]) -> None:
        self._scenarios = scenarios
        names = {name: {rule.on for rule in item.rules if rule.on != ANY} for name, item in scenarios.items()}
        self._endpoints = {name: EndpointTable.of(found) for name, found in names.items()}
        self._rows_of = _rows_of(scenarios, rows) if scenarios else {}
        self._fired: dict[str, int] = {}

    def set(self, name: str, session: Session) -> None:
        """Set a session to a scenario, in its first states; "none" for no more. Raises UsageError."""
        self._known(name)
        session.put(_OWN, name)

    def holds(self, session: Session | None) -> bool:
        """See effects.Dormant."""
        return session is not None and session.get(_OWN, "none") != "none"

    def before(self, request: LiveRequest, session: Session) -> LiveRequest | Answer:
        """A problem for a scenario that is not known, before any cursor moves."""
        name = request.header(SCENARIO)
        if name is not None:
            try:
                self._known(name)
            except UsageError as error:
                return problem(400, "No such scenario", str(error))
        return request

    def _known(self, name: str) -> None:
        if name != "none" and name not in self._scenarios:
            known = ", ".join(sorted(self._scenarios)) or "none: serve with --scenarios FILE, or publish with it"
            raise UsageError(f"there is no scenario {name[:80]!r}; there are {known}")

    def select(self, served: Served) -> int | Answer:
        """What the first rule that fits says, else the row that matched."""
        name = served.request.header(SCENARIO) or served.session.get(_OWN)
        scenario = self._scenarios.get(name) if name else None
        if scenario is None:
            return served.row
        return self._play(scenario, served)

    def _play(self, scenario: Scenario, served: Served) -> int | Answer:
        request = served.request
        path, query = request.path_and_query()
        bound = self._endpoints[scenario.name].match(request.method, path)
        coding = request.header(b"content-encoding")
        body = decode(request.body, coding, _BODY_BYTES) if coding and request.body else request.body
        values = AskedValues(request, body, query, bound.params if bound else ())
        entity = next((found for place in scenario.entity if (found := values.at(place)) is not None), "")
        key = (_OWN, scenario.name, entity)
        state = served.session.get(key, START)
        for number, rule in enumerate(scenario.rules):
            if _fits(rule, bound.name if bound else "", state, values):
                if rule.to is not None:
                    keep(served.session, (_OWN, scenario.name), key, rule.to, _ENTITIES)
                served.notes.append(f"scenario {scenario.name} rule {number + 1}")
                self._fired[scenario.name] = self._fired.get(scenario.name, 0) + 1
                return self._answer(scenario.name, number, rule.reply, served.row)
        return served.row

    def _answer(self, name: str, number: int, reply: Reply | None, row: int) -> int | Answer:
        if reply is None:
            return row
        if reply.body is not None:
            return own_answer(name, reply)
        return self._rows_of[name, number]

    def facts(self) -> dict[str, Any]:
        """How often rules of each scenario applied."""
        return {"scenarios": {name: self._fired.get(name, 0) for name in sorted(self._scenarios)}}


def _fits(rule: Rule, endpoint: str, state: str, values: AskedValues) -> bool:
    if rule.on not in (endpoint, ANY) or rule.state not in (state, None):
        return False
    return all(test.holds(values.at(test.place)) for test in rule.tests)


def own_answer(name: str, reply: Reply) -> Answer:
    """The answer that a scenario itself gives."""
    status, body = reply.status or 200, reply.body or b""
    reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    lines = [f"{field}: {value}\r\n" for field, value in reply.headers]
    if body and not any(field.lower() == "content-type" for field, _ in reply.headers):
        lines.append("Content-Type: application/json\r\n" if body[:1] in b"{[" else "Content-Type: text/plain\r\n")
    if status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}\r\n")
    head = f"HTTP/1.1 {status} {reason}\r\n{''.join(lines)}X-Sandbox-Scenario: {name}\r\n"
    return Answer(AT_ONCE, head.encode() + BANNER + b"\r\n", b"" if status in (204, 304) else body)


def _rows_of(scenarios: dict[str, Scenario], rows: Rows) -> dict[tuple[str, int], int]:
    """The row that each rule's reply names, by scenario and number of the rule; -1 where it names none."""
    recorded = _Recorded(rows)
    unrecorded(scenarios, recorded.by_status.keys(), recorded.by_id.keys())
    return {
        (name, number): recorded.row(rule) for name, item in scenarios.items() for number, rule in enumerate(item.rules)
    }


class _Recorded:
    """The first row of each endpoint and status, and the row of each exchange."""

    def __init__(self, rows: Rows) -> None:
        self.by_status: dict[tuple[str, int], int] = {}
        self.by_id: dict[str, int] = {}
        names = rows.endpoint.names
        for row, (code, status) in enumerate(zip(rows.endpoint.codes, rows.status, strict=True)):
            if status >= 0 and rows.failures[row] < 0:
                self.by_status.setdefault((names[code], status), row)
            self.by_id[rows.id[row].decode()] = row

    def row(self, rule: Rule) -> int:
        """The row that a rule's reply names; -1 where it names none."""
        reply = rule.reply
        if reply is None or reply.body is not None:
            return -1
        if reply.exchange is not None:
            return self.by_id[reply.exchange]
        return self.by_status[rule.on, reply.status or 0]


def scenarios_of(value: dict[str, Any]) -> MakeSelector:
    """Makes the selector, of a file's scenarios and those of the pack that it does not replace."""

    def make(pack: Pack, rows: Rows) -> Scenarios:
        return Scenarios(rows, parse_scenarios({**pack.manifest.scenarios, **value}))

    return make
