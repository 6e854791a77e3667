"""Scenarios from their JSON value, as a file or a manifest holds it. Errors name scenario, rule and field."""

from __future__ import annotations

import re
from typing import Any

from smartsandbox.packs.canonical import canonical_json
from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.scenarios.checks import conflicts
from smartsandbox.packs.scenarios.model import ANY, Condition, Place, Reply, Rule, Scenario, number_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN = ("content-length", "connection", "transfer-encoding")


def parse_scenarios(value: Any) -> dict[str, Scenario]:
    """Scenarios from their JSON value, by name. Raises UsageError that names scenario, rule and field."""
    try:
        if not isinstance(value, dict):
            raise ValueError("must map names to scenarios")
        return {name: _scenario(name, item) for name, item in value.items()}
    except ValueError as error:
        raise UsageError(f"scenarios: {error}") from None


def _scenario(name: Any, value: Any) -> Scenario:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{str(name)[:80]!r} is no name of letters, digits, '.', '_' and '-'")
    fields = _object(name, value, ("about", "entity", "rules"))
    entity = fields.get("entity", [])
    places = tuple(_placed(name, item) for item in (entity if isinstance(entity, list) else [entity]))
    rules = fields.get("rules")
    if not isinstance(rules, list) or not rules:
        raise ValueError(f"{name}: rules must be a list of at least one rule")
    made = tuple(_rule(f"{name} rule {number}", item) for number, item in enumerate(rules, 1))
    for problem in conflicts(made):
        raise ValueError(f"{name} {problem}")
    return Scenario(name, places, made)


def _rule(where: str, value: Any) -> Rule:
    fields = _object(where, value, ("on", "when", "from", "to", "answer"))
    on = fields.get("on")
    if not isinstance(on, str) or (on != ANY and not re.fullmatch(r"[A-Z]+ /\S*", on)):
        raise ValueError(f"{where}: on must be an endpoint such as 'POST /v1/cards/{{card_id}}', or '*'")
    if not fields.keys() & {"to", "answer"}:
        raise ValueError(f"{where}: needs an answer, a state to go to, or both")
    when = _object(where, fields.get("when", {}), None)
    tests = tuple(_test(where, place, wanted) for place, wanted in when.items())
    states = [fields.get(name) for name in ("from", "to")]
    if not all(state is None or (isinstance(state, str) and _NAME.fullmatch(state)) for state in states):
        raise ValueError(f"{where}: from and to must be names of states")
    reply = _reply(f"{where} answer", on, fields["answer"]) if "answer" in fields else None
    return Rule(on, tests, states[0], states[1], reply)


def _test(where: str, place: Any, wanted: Any) -> Condition:
    at = _placed(where, place)
    if isinstance(wanted, dict):
        bounds = _object(f"{where}: {place}", wanted, ("above", "below"))
        numbers = {name: number_of(_text(where, limit)) for name, limit in bounds.items()}
        if not numbers or None in numbers.values():
            raise ValueError(f"{where}: {place} has a bound that is no number")
        return Condition(at, None, numbers.get("above"), numbers.get("below"))
    values = wanted if isinstance(wanted, list) else [wanted]
    return Condition(at, tuple(_text(f"{where}: {place}", item) for item in values))


def _reply(where: str, on: str, value: Any) -> Reply:
    fields = _object(where, value, ("exchange", "status", "body", "headers"))
    exchange, status = fields.get("exchange"), fields.get("status")
    own = "body" in fields or "headers" in fields
    if (exchange is None) == (status is None) or (own and status is None):
        raise ValueError(f"{where}: needs a status, with or without a body, or the id of an exchange")
    if status is not None and (type(status) is not int or not 200 <= status <= 599):
        raise ValueError(f"{where}: status must be from 200 to 599")
    if exchange is not None and not isinstance(exchange, str):
        raise ValueError(f"{where}: exchange must be an id")
    if status is not None and not own and on == ANY:
        raise ValueError(f"{where}: a status of any endpoint needs a body")
    if not own:
        return Reply(exchange, status)
    headers = _object(where, fields.get("headers", {}), None)
    lines = tuple((_field_name(where, name), _field_value(where, line)) for name, line in headers.items())
    return Reply(None, status, _body(where, fields.get("body", "")), lines)


def _body(where: str, value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    try:
        return canonical_json(value)
    except TypeError:
        raise ValueError(f"{where}: body must be text or JSON") from None


def _field_name(where: str, name: Any) -> str:
    if not isinstance(name, str) or not _HEADER.fullmatch(name) or name.lower() in _OWN:
        raise ValueError(f"{where}: headers has a name that cannot be sent")
    return name


def _field_value(where: str, value: Any) -> str:
    text = _text(where, value)
    if not text.isprintable() or not text.isascii():
        raise ValueError(f"{where}: headers has a value that cannot be sent")
    return text


def _placed(where: str, value: Any) -> Place:
    try:
        return Place.parse(str(value))
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _object(where: str, value: Any, names: tuple[str, ...] | None) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must map names to values")
    for name in value:
        if names is not None and name not in names:
            raise ValueError(f"{where} has {str(name)[:60]!r}; it may have {', '.join(names)}")
    return value


def _text(where: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if not isinstance(value, str | int | float):
        raise ValueError(f"{where} has a value that is no text, number, true, false or null")
    return str(value)
