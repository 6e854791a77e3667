"""Reads what a policy says about people: quasi-identifiers, sensitive attributes, and how groups are made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from smartsandbox.anonymize.kanon.delimited import read_rows
from smartsandbox.anonymize.kanon.hierarchy import Hierarchy
from smartsandbox.anonymize.kinds import AttributeKind
from smartsandbox.anonymize.policy_nodes import Nodes, Places
from smartsandbox.anonymize.recoding import HierarchyFile, Recoding
from smartsandbox.anonymize.sensitive import CLOSENESSES, DIVERSITIES, Bound, Form, Sensitive
from smartsandbox.anonymize.size_classes import EXACT, sizes_of_text
from smartsandbox.packs.errors import SandboxError

_FIELDS = ("kind", "l", "t", "at")
_SENSITIVE_KINDS = (AttributeKind.CATEGORY, AttributeKind.NUMBER, AttributeKind.DATE)


def read_attributes(nodes: Nodes, node: yaml.Node | None) -> dict[str, AttributeKind]:
    """The quasi-identifiers with their kinds."""
    found = {}
    for name, _, value in nodes.pairs(node, "quasi_identifiers") if node is not None else ():
        found[name] = _kind(nodes, name, value, tuple(AttributeKind))
    return found


def _kind(nodes: Nodes, name: str, node: yaml.Node, kinds: tuple[AttributeKind, ...]) -> AttributeKind:
    text = nodes.scalar(node)
    if text not in kinds:
        raise nodes.fail(node, f"{name}: the kind is one of {', '.join(kinds)}")
    return AttributeKind(text)


def read_sensitive(
    nodes: Nodes, node: yaml.Node | None, attributes: Mapping[str, AttributeKind]
) -> tuple[dict[str, Sensitive], Places]:
    """The sensitive attributes, and all their places with the nodes that name them."""
    found, taken = {}, Places()
    for name, key, value in nodes.pairs(node, "sensitive") if node is not None else ():
        if name in attributes:
            raise nodes.fail(key, f"{name!r} is a quasi-identifier too: it can be one or the other")
        found[name], places = _attribute(nodes, name, value)
        both = next((address for address in places if address in taken), None)
        if both is not None:
            raise nodes.fail(places[both], "this place holds another sensitive attribute already")
        taken |= places
    if found and not attributes:
        raise nodes.fail(node, "sensitive asks for groups, and groups are made by quasi_identifiers: name some")
    return found, taken


def _attribute(nodes: Nodes, name: str, node: yaml.Node) -> tuple[Sensitive, Places]:
    fields = nodes.fields(node, name, _FIELDS)
    for needed in ("kind", "at"):
        if needed not in fields:
            raise nodes.fail(node, f"{name}: {needed!r} is missing")
    l, t = _bound(nodes, fields.get("l"), DIVERSITIES), _bound(nodes, fields.get("t"), CLOSENESSES)  # noqa: E741
    if l is None and t is None:
        raise nodes.fail(node, f"{name}: ask for l, for t, or for both")
    places = nodes.places(fields["at"])
    if not places:
        raise nodes.fail(fields["at"], f"{name}: say where it stands")
    return Sensitive(_kind(nodes, name, fields["kind"], _SENSITIVE_KINDS), frozenset(places), l, t), places


def _bound(nodes: Nodes, node: yaml.Node | None, forms: Mapping[str, Form]) -> Bound | None:
    if node is None:
        return None
    try:
        return Bound.parse(nodes.scalar(node), forms)
    except ValueError as error:
        raise nodes.fail(node, str(error)) from None


def read_sizes(nodes: Nodes, node: yaml.Node | None) -> int:
    """`sizes:`, the smallest class in bytes; EXACT where it is not given."""
    if node is None:
        return EXACT
    text = nodes.scalar(node)
    try:
        return sizes_of_text(text)
    except ValueError as error:
        raise nodes.fail(node, f"{text!r} says nothing of sizes: {error}") from None


def read_method(nodes: Nodes, node: yaml.Node | None) -> Recoding:
    """How groups are made."""
    text = Recoding.MONDRIAN if node is None else nodes.scalar(node)
    if node is not None and text not in tuple(Recoding):
        raise nodes.fail(node, f"{text!r} is no method; methods are {', '.join(Recoding)}")
    return Recoding(text)


def read_hierarchies(
    nodes: Nodes, node: yaml.Node | None, attributes: Mapping[str, AttributeKind], method: Recoding
) -> dict[str, HierarchyFile]:
    """The hierarchy files; paths are relative to the policy's own folder."""
    found = {}
    for name, key, value in nodes.pairs(node, "hierarchies") if node is not None else ():
        if method is not Recoding.FULL_DOMAIN:
            raise nodes.fail(key, f"hierarchies are for `method: {Recoding.FULL_DOMAIN}`; {method} uses none")
        if name not in attributes:
            raise nodes.fail(key, f"{name!r} is not among quasi_identifiers: name it there with its kind")
        found[name] = _hierarchy(nodes, name, value)
    return found


def _hierarchy(nodes: Nodes, name: str, node: yaml.Node) -> HierarchyFile:
    path = nodes.scalar(node)
    try:
        rows = read_rows(Path(nodes.name).parent / path)
        Hierarchy.of(name, rows)
    except SandboxError as error:
        raise nodes.fail(node, f"hierarchy {path}: {error}") from None
    return HierarchyFile(path, tuple(map(tuple, rows)))
