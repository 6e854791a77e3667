"""The templates file: which places of an endpoint's answers are answered from the request, as reviewable YAML.

A list of rules, each with `endpoint`, `body` (a JSON Pointer) or `header`, and `value` (an expression).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from smartsandbox.packs.errors import UsageError
from smartsandbox.replay_engine.heads import HOP_BY_HOP, OWN_HEADERS
from smartsandbox.replay_engine.serve.rewriting.expressions import Expression

MAX_RULES = 1000
_FIXED = HOP_BY_HOP | OWN_HEADERS | {"content-length", "content-encoding"}


@dataclass(frozen=True, slots=True)
class Template:
    """One rule: the place, "" for a `pointer` or `header` that it does not have, and what stands there."""

    endpoint: str
    pointer: str | None
    header: str | None
    value: Expression


def read_templates(path: Path) -> tuple[Template, ...]:
    """Read a file. Raises UsageError that names the rule and what is wrong with it."""
    try:
        rules = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise UsageError(f"templates {path} cannot be read: {error.strerror or type(error).__name__}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UsageError(f"templates {path} is not YAML") from None
    if not isinstance(rules, list) or len(rules) > MAX_RULES:
        raise UsageError(f"templates {path} must be a list of up to {MAX_RULES} rules")
    return tuple(_template(f"templates {path}, rule {number}", rule) for number, rule in enumerate(rules, 1))


def _template(where: str, rule: Any) -> Template:
    fields = rule if isinstance(rule, dict) else {}
    places = {"body", "header"} & fields.keys()
    if len(places) != 1 or fields.keys() - places != {"endpoint", "value"}:
        raise UsageError(f"{where}: it has endpoint, value, and body or header")
    if not all(isinstance(value, str) for value in fields.values()):
        raise UsageError(f"{where}: each field is a text, and `value` an expression in quotes")
    pointer, header = fields.get("body"), fields.get("header")
    if pointer is not None and pointer[:1] not in ("", "/"):
        raise UsageError(f"{where}: body {pointer!r} is not a JSON Pointer such as /id")
    if header is not None and header.lower() in _FIXED:
        raise UsageError(f"{where}: header {header!r} is the server's own")
    try:
        value = Expression(fields["value"])
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    return Template(fields["endpoint"], pointer, header.lower() if header else None, value)


def headers_read(templates: Iterable[Template]) -> frozenset[bytes]:
    """The request headers that templates need, in lower case."""
    return frozenset[bytes]().union(*(template.value.headers for template in templates))
