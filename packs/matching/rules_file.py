"""Matching rules as people write them: a YAML file of volatile parameters, headers, ids and a rule an endpoint.

volatile_query: [ts]
headers: [x-tenant]
match:
  "POST /v1/payments": {body: [/amount, /currency]}
  "POST /v1/events": {ignore: {body: [/sent_at]}}
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.matching.comparisons import COMPARISONS
from smartsandbox.packs.matching_rules import ALL_ENDPOINTS, ANY, KNOWN, PARTS, Matching
from smartsandbox.packs.yaml_file import read_yaml

_FIELDS = ("volatile_query", "headers", "ids", "match")


def read_rules(file: Path) -> Matching:
    """Read a file of rules. Raises UsageError with the place and what may stand there."""
    value = read_yaml(file, "matching rules")
    try:
        return Matching.from_json(_checked(value if value is not None else {}))
    except ValueError as error:
        raise UsageError(f"matching rules {file}: {error}") from error


def require_endpoints(matching: Matching, names: Collection[str], file: Path) -> None:
    """Raises UsageError for a rule whose endpoint the pack does not have."""
    for endpoint, _ in matching.rules:
        if endpoint not in names and endpoint != ALL_ENDPOINTS:
            near = get_close_matches(endpoint, list(names), 1, 0.3) or sorted(names)[:1]
            raise UsageError(
                f"matching rules {file}: there is no endpoint {endpoint!r}; the nearest is {(near or ['none'])[0]!r}"
            )


def _checked(value: Any) -> dict[str, Any]:
    _require_names("the file", value, _FIELDS)
    for name in ("volatile_query", "headers"):
        _require_texts(name, value.get(name, []))
    if value.get("ids", KNOWN) not in (KNOWN, ANY):
        raise ValueError(f"ids must be {KNOWN} or {ANY}")
    rules = value.get("match", {})
    if not isinstance(rules, dict):
        raise ValueError("match must map endpoints to rules")
    for endpoint, rule in rules.items():
        if not isinstance(endpoint, str):
            raise ValueError("an endpoint must be a text such as 'POST /v1/payments'")
        _check_rule(endpoint, rule)
    return dict(value)


def _check_rule(endpoint: str, rule: Any) -> None:
    _require_names(f"{endpoint}", rule, (*PARTS, "ignore"))
    if "ignore" in rule and len(rule) > 1:
        raise ValueError(f"{endpoint}: name the fields that decide, or those to ignore, not both")
    for part in PARTS:
        _check_places(f"{endpoint}: {part}", rule.get(part, []))
    ignored = rule.get("ignore", {})
    _require_names(f"{endpoint}: ignore", ignored, PARTS)
    for part, places in ignored.items():
        _require_texts(f"{endpoint}: ignore {part}", places)


def _check_places(where: str, places: Any) -> None:
    if isinstance(places, dict):
        unknown = [how for how in places.values() if how not in COMPARISONS]
        if unknown:
            raise ValueError(f"{where}: {unknown[0]!r} is no comparison; there are {', '.join(COMPARISONS)}")
        places = list(places)
    _require_texts(where, places)


def _require_names(where: str, value: Any, names: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must map names to values")
    for name in value:
        if name not in names:
            raise ValueError(f"{where} has {name!r}; it may have {', '.join(names)}")


def _require_texts(where: str, value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{where} must be a list of texts")
