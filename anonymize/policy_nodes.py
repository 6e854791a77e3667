"""Reads the nodes of a policy file: mappings, scalars and addresses, with errors that name file and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from smartsandbox.anonymize.leaves import ANY, Address, from_text
from smartsandbox.anonymize.policy import LOCATIONS
from smartsandbox.packs.errors import UsageError

Places = dict[Address, yaml.Node]
"""Addresses with the node that names each, for errors found later."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """`name` is the file, as errors name it."""

    name: str

    def fail(self, node: yaml.Node | None, message: str) -> UsageError:
        """The error to raise for a node."""
        line = node.start_mark.line + 1 if node is not None else 1
        return UsageError(f"policy {self.name}, line {line}: {message}")

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

    def fields(self, node: yaml.Node | None, what: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        """The value nodes of a mapping whose keys are among those known."""
        fields = {key: value for key, _, value in self.pairs(node, what)}
        unknown = next((key for key in fields if key not in known), None)
        if unknown is not None:
            raise self.fail(fields[unknown], f"unknown field {unknown!r}; fields are {', '.join(known)}")
        return fields

    def scalar(self, node: yaml.Node) -> str:
        """The text of one value."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(node, "expected one value")
        return str(node.value)

    def number(self, node: yaml.Node | None, default: float) -> float:
        """A finite number."""
        if node is None:
            return default
        try:
            found = float(self.scalar(node))
        except ValueError:
            raise self.fail(node, "expected a number") from None
        if not abs(found) < float("inf"):
            raise self.fail(node, "expected a finite number")
        return found

    def places(self, node: yaml.Node | None) -> Places:
        """Addresses, written as lists of pointers by endpoint and location."""
        found: Places = {}
        for endpoint, key, locations in self.pairs(node, "addresses") if node is not None else ():
            self.endpoint(endpoint, key)
            for location, where, pointers in self.pairs(locations, endpoint):
                self.location(location, where)
                if not isinstance(pointers, yaml.SequenceNode):
                    raise self.fail(pointers, "expected a list of pointers")
                for one in pointers.value:
                    found[Address(endpoint, location, self.pointer(self.scalar(one), one))] = one
        return found

    def endpoint(self, name: str, node: yaml.Node) -> None:
        """Require a template or "*"."""
        if name != ANY and " /" not in name and not name.endswith(" *"):
            raise self.fail(node, f'{name!r} is no endpoint such as "GET /v1/accounts/{{account_id}}", nor "*"')

    def location(self, name: str, node: yaml.Node) -> None:
        """Require a place of an exchange."""
        if name not in LOCATIONS:
            raise self.fail(node, f"{name!r} is no location; locations are {', '.join(sorted(LOCATIONS))}")

    def pointer(self, text: str, node: yaml.Node) -> tuple[str, ...]:
        """An RFC 6901 pointer as a tuple of keys."""
        try:
            return from_text(text)
        except ValueError as error:
            raise self.fail(node, f"{error}, as RFC 6901 writes them") from None
