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

from smartsandbox.anonymize.checks.names import CHECK_NAMES
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.leaves import ANY, KEY, Address, Location
from smartsandbox.anonymize.policy import POLICY_FORMAT, Decision, Policy, statement_of
from smartsandbox.anonymize.policy_consistent import require_consistent
from smartsandbox.anonymize.policy_nodes import Nodes
from smartsandbox.anonymize.policy_people import (
    read_attributes,
    read_hierarchies,
    read_method,
    read_sensitive,
    read_sizes,
)
from smartsandbox.anonymize.policy_text import decision_lines, write_policy
from smartsandbox.anonymize.policy_yaml import compose, read_text
from smartsandbox.anonymize.surrogates import CLASSES

__all__ = ["decision_lines", "parse_policy", "read_policy", "write_policy"]

_NEEDED = frozenset((Location.METHOD, Location.SCHEME, Location.HOST, Location.PATH))
"""A request without these is none."""

MOST_KNOWN = 4
"""The largest m: what is known of a person beyond four requests is no longer bounded by counting sets."""

FIELDS = (
    "format", "service", "test_accounts", "k", "m", "suppression_limit", "sizes", "method", "quasi_identifiers",
    "hierarchies", "sensitive", "subjects", "maps", "waive", "decisions",
)  # fmt: skip
"""The fields of a policy, in the order in which they are written."""


def read_policy(path: Path) -> Policy:
    """Read and check a policy file. Raises UsageError with file and line."""
    return parse_policy(read_text(path), str(path))


def parse_policy(text: str, name: str) -> Policy:
    """Read a policy from text; `name` stands in error messages, and hierarchy files lie in its folder."""
    return _Reader(name).policy(compose(text, name))


@dataclass(frozen=True, slots=True)
class _Reader(Nodes):
    def policy(self, root: yaml.Node | None) -> Policy:
        fields = self.fields(root, "the policy", FIELDS)
        for needed in ("service", "decisions"):
            if needed not in fields:
                raise self.fail(root, f"{needed!r} is missing")
        self.format(fields.get("format"))
        attributes = read_attributes(self, fields.get("quasi_identifiers"))
        decisions, endpoints = self.decisions(fields["decisions"], attributes)
        method = read_method(self, fields.get("method"))
        sensitive, sensitive_places = read_sensitive(self, fields.get("sensitive"), attributes)
        subjects = self.places(fields.get("subjects"))
        policy = Policy(
            service=self.scalar(fields["service"]),
            decisions=decisions,
            endpoints=endpoints,
            k=self.k(fields.get("k")),
            m=self.m(fields.get("m")),
            suppression_limit=self.share(fields.get("suppression_limit")),
            quasi_identifiers=attributes,
            subjects=frozenset(subjects),
            maps=frozenset(self.places(fields.get("maps"))),
            waivers=self.waivers(fields.get("waive")),
            sensitive=sensitive,
            method=method,
            sizes=read_sizes(self, fields.get("sizes")),
            hierarchies=read_hierarchies(self, fields.get("hierarchies"), attributes, method),
            test_accounts=self.statement(fields.get("test_accounts")),
        )
        require_consistent(self, policy, subjects | sensitive_places, fields.get("quasi_identifiers"))
        return policy

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
        for check, key, value in self.pairs(node, "waive") if node is not None else ():
            if check not in CHECK_NAMES:
                raise self.fail(key, f"there is no check {check!r}; checks are {', '.join(CHECK_NAMES)}")
            found[check] = self.scalar(value).strip()
            if not found[check]:
                raise self.fail(value, f"{check}: give the reason for which this check need not tell")
        return found

    def statement(self, node: yaml.Node | None) -> str:
        try:
            return "" if node is None else statement_of(self.scalar(node))
        except ValueError as error:
            raise self.fail(node, str(error)) from None

    def share(self, node: yaml.Node | None) -> float:
        found = self.number(node, 0.05)
        if not 0 <= found <= 1:
            raise self.fail(node, "suppression_limit is a share of people, 0 to 1")
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
