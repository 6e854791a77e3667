"""Reads a policy from its YAML file, with errors that name the line. `policy_text` writes it.

decisions:
  "GET /v1/accounts/{account_id}":
    response.body:
      /id: surrogate id
      /owner/name: surrogate person
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from smartsandbox.anonymize.leaves import ANY, KEY, Address, Location, from_text
from smartsandbox.anonymize.policy import LOCATIONS, POLICY_FORMAT, AttributeKind, Decision, Policy
from smartsandbox.anonymize.policy_text import decision_lines, write_policy
from smartsandbox.anonymize.surrogates import CLASSES
from smartsandbox.packs.errors import UsageError

__all__ = ["decision_lines", "parse_policy", "read_policy", "write_policy"]

_NEEDED = frozenset((Location.METHOD, Location.SCHEME, Location.HOST, Location.PATH))
"""A request without these is none."""

MOST_KNOWN = 4
"""The largest m: what is known of a person beyond four requests is no longer bounded by counting sets."""

_KEYS = (
    "format", "service", "k", "m", "suppression_limit", "quasi_identifiers", "subjects", "maps", "waive", "decisions",
)  # fmt: skip


def read_policy(path: Path) -> Policy:
    """Read and check a policy file. Raises UsageError with file and line."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"no policy at {path}: draft one with `smartsandbox anonymize TRACE --suggest`") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"policy {path} cannot be read ({type(error).__name__}): give a UTF-8 text file") from error
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str) -> Policy:
    """Read a policy from text; `name` stands in error messages."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the file"
        raise UsageError(f"policy {name}, {place}: not YAML ({getattr(error, 'problem', 'malformed')})") from error
    except RecursionError as error:
        raise UsageError(f"policy {name}: nested too deep") from error
    return _Reader(name).policy(root)


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str

    def fail(self, node: yaml.Node | None, message: str) -> UsageError:
        line = node.start_mark.line + 1 if node is not None else 1
        return UsageError(f"policy {self.name}, line {line}: {message}")

    def policy(self, root: yaml.Node | None) -> Policy:
        fields = {key: value for key, _, value in self.pairs(root, "the policy")}
        unknown = next((key for key in fields if key not in _KEYS), None)
        if unknown is not None:
            raise self.fail(fields[unknown], f"unknown field {unknown!r}; fields are {', '.join(_KEYS)}")
        for needed in ("service", "decisions"):
            if needed not in fields:
                raise self.fail(root, f"{needed!r} is missing")
        self.format(fields.get("format"))
        attributes = self.attributes(fields.get("quasi_identifiers"))
        decisions, endpoints = self.decisions(fields["decisions"], attributes)
        return Policy(
            service=self.scalar(fields["service"]),
            decisions=decisions,
            endpoints=endpoints,
            k=self.k(fields.get("k")),
            m=self.m(fields.get("m")),
            suppression_limit=self.share(fields.get("suppression_limit")),
            quasi_identifiers=attributes,
            subjects=self.addresses(fields.get("subjects")),
            maps=self.addresses(fields.get("maps")),
            waivers=self.waivers(fields.get("waive")),
        )

    def format(self, node: yaml.Node | None) -> None:
        found = self.number(node, POLICY_FORMAT)
        if found > POLICY_FORMAT:
            raise self.fail(node, f"format {found:g} is newer than {POLICY_FORMAT}: upgrade smartsandbox")

    def k(self, node: yaml.Node | None) -> int:
        found = self.number(node, 5)
        if found < 2 or found != int(found):
            raise self.fail(node, "k is a whole number of people, 2 or more")
        return int(found)

    def m(self, node: yaml.Node | None) -> int:
        found = self.number(node, 2)
        if found != int(found) or not 0 <= found <= MOST_KNOWN:
            raise self.fail(node, f"m is a whole number of known requests, 0 to {MOST_KNOWN}")
        return int(found)

    def waivers(self, node: yaml.Node | None) -> dict[str, str]:
        found = {}
        for check, _, value in self.pairs(node, "waive") if node is not None else ():
            found[check] = self.scalar(value).strip()
            if not found[check]:
                raise self.fail(value, f"{check}: give the reason for which this check need not tell")
        return found

    def share(self, node: yaml.Node | None) -> float:
        found = self.number(node, 0.05)
        if not 0 <= found <= 1:
            raise self.fail(node, "suppression_limit is a share of people, 0 to 1")
        return found

    def number(self, node: yaml.Node | None, default: float) -> float:
        if node is None:
            return default
        try:
            return float(self.scalar(node))
        except ValueError:
            raise self.fail(node, "expected a number") from None

    def attributes(self, node: yaml.Node | None) -> dict[str, AttributeKind]:
        found = {}
        for name, _, value in self.pairs(node, "quasi_identifiers") if node is not None else ():
            try:
                found[name] = AttributeKind(self.scalar(value))
            except ValueError:
                raise self.fail(value, f"{name}: the kind is one of {', '.join(AttributeKind)}") from None
        return found

    def decisions(
        self, node: yaml.Node, attributes: Mapping[str, AttributeKind]
    ) -> tuple[dict[Address, Decision], tuple[str, ...]]:
        decisions: dict[Address, Decision] = {}
        endpoints = []
        for endpoint, key, locations in self.pairs(node, "decisions"):
            self.endpoint(endpoint, key)
            if endpoint != ANY:
                endpoints.append(endpoint)
            for location, where, pointers in self.pairs(locations, endpoint):
                self.location(location, where)
                for address, value in self.leaves(endpoint, location, pointers):
                    decisions[address] = self.decision(value, address, attributes)
        return decisions, tuple(sorted(endpoints))

    def leaves(self, endpoint: str, location: str, node: yaml.Node) -> Iterable[tuple[Address, yaml.Node]]:
        """A location may hold one decision for itself instead of a mapping."""
        if isinstance(node, yaml.ScalarNode):
            yield Address(endpoint, location, ()), node
            return
        for text, key, value in self.pairs(node, location):
            yield Address(endpoint, location, self.pointer(text, key)), value

    def decision(self, node: yaml.Node, address: Address, attributes: Mapping[str, AttributeKind]) -> Decision:
        try:
            decision = Decision.parse(self.scalar(node))
        except ValueError as error:
            raise self.fail(node, str(error)) from None
        if decision.action == "drop" and (address.location in _NEEDED or address.pointer[-1:] == (KEY,)):
            raise self.fail(node, "this cannot be dropped without breaking the message: choose a surrogate")
        if decision.action == "surrogate" and decision.argument not in CLASSES:
            raise self.fail(node, f"no surrogate class {decision.argument!r}; classes are {', '.join(sorted(CLASSES))}")
        if decision.action == "generalise" and decision.argument not in attributes:
            raise self.fail(node, f"{decision.argument!r} is not among quasi_identifiers: name it there with its kind")
        return decision

    def addresses(self, node: yaml.Node | None) -> frozenset[Address]:
        found = set()
        for endpoint, _, locations in self.pairs(node, "addresses") if node is not None else ():
            for location, where, pointers in self.pairs(locations, endpoint):
                self.location(location, where)
                if not isinstance(pointers, yaml.SequenceNode):
                    raise self.fail(pointers, "expected a list of pointers")
                found |= {Address(endpoint, location, self.pointer(self.scalar(n), n)) for n in pointers.value}
        return frozenset(found)

    def endpoint(self, name: str, node: yaml.Node) -> None:
        if name != ANY and " /" not in name and not name.endswith(" *"):
            raise self.fail(node, f'{name!r} is no endpoint such as "GET /v1/accounts/{{account_id}}", nor "*"')

    def location(self, name: str, node: yaml.Node) -> None:
        if name not in LOCATIONS:
            raise self.fail(node, f"{name!r} is no location; locations are {', '.join(sorted(LOCATIONS))}")

    def pointer(self, text: str, node: yaml.Node) -> tuple[str, ...]:
        try:
            return from_text(text)
        except ValueError as error:
            raise self.fail(node, f"{error}, as RFC 6901 writes them") from None

    def pairs(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node, yaml.Node]]:
        """Key text, key node and value node of a mapping; a key given twice is an error."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, f"{what} is a mapping")
        found: list[tuple[str, yaml.Node, yaml.Node]] = []
        seen: set[str] = set()
        for key, value in node.value:
            text = self.scalar(key)
            if text in seen:
                raise self.fail(key, f"{text!r} stands here twice")
            seen.add(text)
            found.append((text, key, value))
        return found

    def scalar(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(node, "expected one value")
        return str(node.value)
