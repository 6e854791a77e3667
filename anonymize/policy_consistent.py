"""What the parts of a policy owe each other: places that are named elsewhere are decided, and attributes are used."""

from __future__ import annotations

import yaml

from smartsandbox.anonymize.leaves import ANY, Address
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.policy_nodes import Nodes, Places


def require_consistent(nodes: Nodes, policy: Policy, named: Places, attributes: yaml.Node | None) -> None:
    """`named` are the places of subjects and sensitive attributes. Raises UsageError with the line of the first fault.

    A place under "*" is decided if any endpoint decides it.
    """
    decided = {(address.location, address.pointer) for address in policy.decisions}
    known = frozenset(policy.endpoints) | {ANY}
    for address, node in named.items():
        if address.endpoint not in known:
            raise nodes.fail(node, f"{address.endpoint!r} is no endpoint under decisions: add it there, or correct it")
        if not _is_decided(policy, address, decided):
            raise nodes.fail(node, f"{address} has no decision: add one under decisions, or correct the pointer")
    _require_disjoint(nodes, policy, named)
    _require_used(nodes, policy, attributes)


def _is_decided(policy: Policy, address: Address, decided: set[tuple[str, tuple[str, ...]]]) -> bool:
    if address.endpoint == ANY:
        return (address.location, address.pointer) in decided
    return policy.decide(*address) is not None


def _require_disjoint(nodes: Nodes, policy: Policy, named: Places) -> None:
    if not policy.sensitive:
        return
    for address, decision in policy.decisions.items():
        name = policy.sensitive_name(address)
        if name is not None and decision.action is Action.GENERALISE:
            node = named.get(address) or named.get(address._replace(endpoint=ANY))
            raise nodes.fail(
                node, f"{address} is sensitive and generalised as {decision.argument!r}: it can be one or the other"
            )


def _require_used(nodes: Nodes, policy: Policy, attributes: yaml.Node | None) -> None:
    used = {decision.argument for decision in policy.decisions.values() if decision.action is Action.GENERALISE}
    for name, key, _ in nodes.pairs(attributes, "quasi_identifiers") if attributes is not None else ():
        if name not in used:
            raise nodes.fail(key, f"no decision says `generalise {name}`: decide a place so, or take it out here")
