"""Templates: places of an endpoint's answers that are answered from the request, as data that a pack can carry.

A list of rules, each with `endpoint`, `body` (a JSON Pointer), `header` or `message` (a JSON Pointer into what the
server says on a WebSocket), and `value`, the text of an expression. What the expressions may say is for serving to
judge; here they are words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from smartsandbox.packs.errors import UsageError

MAX_RULES = 1000

Rule = Mapping[str, str]


class Place(NamedTuple):
    """Where a rule puts its value: one of `pointer`, `header` (in lower case) and `message` is not None."""

    endpoint: str
    pointer: str | None
    header: str | None
    message: str | None = None


def read_rules(path: Path) -> list[Rule]:
    """The rules of a YAML file. Raises UsageError that names the rule and what is wrong with it."""
    from smartsandbox.packs.yaml_file import read_yaml  # only where rules are read

    return checked_rules(read_yaml(path, "templates"), f"templates {path}")


def checked_rules(value: Any, where: str) -> list[Rule]:
    """The rules that a JSON value holds. Raises UsageError that names the rule and what is wrong with it."""
    if not isinstance(value, list) or len(value) > MAX_RULES:
        raise UsageError(f"{where} must be a list of up to {MAX_RULES} rules")
    for number, rule in enumerate(value, 1):
        _check(rule, f"{where}, rule {number}")
    return value


def _check(rule: Any, where: str) -> None:
    fields = rule if isinstance(rule, dict) else {}
    places = {"body", "header", "message"} & fields.keys()
    if len(places) != 1 or fields.keys() - places != {"endpoint", "value"}:
        raise UsageError(f"{where}: it has endpoint, value, and body, header or message")
    if not all(isinstance(value, str) for value in fields.values()):
        raise UsageError(f"{where}: each field is a text, and `value` an expression in quotes")
    for name in places - {"header"}:
        if fields[name][:1] not in ("", "/"):
            raise UsageError(f"{where}: {name} {fields[name]!r} is not a JSON Pointer such as /id")


def place_of(rule: Rule) -> Place:
    """Where a rule puts its value."""
    header = rule["header"].lower() if "header" in rule else None
    return Place(rule["endpoint"], rule.get("body"), header, rule.get("message"))


def require_endpoints(rules: Iterable[Rule], endpoints: Collection[str]) -> None:
    """Raises UsageError for a rule about an endpoint that the pack does not have."""
    for rule in rules:
        if rule["endpoint"] not in endpoints:
            known = ", ".join(sorted(endpoints)[:5])
            raise UsageError(f"templates name endpoint {rule['endpoint']!r}; the pack has {known}, ...")
