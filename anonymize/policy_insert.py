"""Adds decisions to the text of a policy and leaves every other line as its reviewers wrote it, comments and all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import yaml

from smartsandbox.anonymize.leaves import Address
from smartsandbox.anonymize.policy import Decision, Policy
from smartsandbox.anonymize.policy_file import parse_policy
from smartsandbox.anonymize.policy_text import decision_lines, write_policy
from smartsandbox.anonymize.policy_yaml import compose
from smartsandbox.packs.errors import UsageError

_Decisions = Mapping[Address, Decision]


def with_added(text: str, name: str, wider: Policy) -> str:
    """`text` with what `wider` has more. The result reads as `wider`.

    Where lines cannot be put in, as into a mapping in flow style, the whole policy is written anew.
    """
    policy = parse_policy(text, name)
    added = {address: decision for address, decision in wider.decisions.items() if address not in policy.decisions}
    new_endpoints = sorted(set(wider.endpoints) - set(policy.endpoints))
    longer = _inserted(text, name, added, new_endpoints)
    return longer if _reads_as(longer, name, wider) else write_policy(wider)


def _reads_as(text: str, name: str, policy: Policy) -> bool:
    try:
        return parse_policy(text, name).digest == policy.digest
    except UsageError:
        return False


def _inserted(text: str, name: str, added: _Decisions, endpoints: list[str]) -> str:
    decisions = _children(compose(text, name))["decisions"]
    lines = text.split("\n")
    after: dict[int, list[str]] = defaultdict(list)
    for node, new in _insertions(decisions, added, endpoints):
        if _is_empty(node) and node.start_mark and node.end_mark:
            line = lines[node.start_mark.line]
            lines[node.start_mark.line] = line[: node.start_mark.column].rstrip() + line[node.end_mark.column :]
        after[_last_line(node)] += new
    return "\n".join(one for i, line in enumerate(lines) for one in (line, *after.get(i, ())))


def _insertions(decisions: yaml.Node, added: _Decisions, endpoints: list[str]) -> Iterator[tuple[yaml.Node, list[str]]]:
    """(mapping at whose end, lines to put there), each the deepest that the policy has already."""
    known = _children(decisions)
    fresh = {address: decision for address, decision in added.items() if address.endpoint not in known}
    for endpoint in sorted({address.endpoint for address in added} & set(known)):
        mine = {address: decision for address, decision in added.items() if address.endpoint == endpoint}
        yield from _under(known[endpoint], mine, _indent(decisions))
    if fresh or endpoints:
        yield decisions, _moved(decision_lines(fresh, endpoints), _indent(decisions) - 2)


def _under(endpoint: yaml.Node, added: _Decisions, indent: int) -> Iterator[tuple[yaml.Node, list[str]]]:
    """`indent` is that of the endpoint's own name. What goes into a location comes before what follows it."""
    known = _children(endpoint)
    for location in sorted({address.location for address in added}, key=lambda one: (one not in known, one)):
        mine = {address: decision for address, decision in added.items() if address.location == location}
        new = decision_lines(mine)[1:]
        if location in known:
            yield known[location], _moved(new[1:], _indent(known[location]) - 6)
        else:
            yield endpoint, _moved(new, (indent + 2 if _is_empty(endpoint) else _indent(endpoint)) - 4)


def _children(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _is_empty(node: yaml.Node) -> bool:
    """True for `{}`, in whose place lines can stand."""
    return isinstance(node, yaml.MappingNode) and not node.value


def _indent(node: yaml.Node) -> int:
    return node.start_mark.column if node.start_mark else 0


def _moved(lines: list[str], columns: int) -> list[str]:
    """The lines further to the right, or to the left, by some columns."""
    return [" " * columns + line if columns > 0 else line[-columns:] for line in lines]


def _last_line(node: yaml.Node) -> int:
    """The last line that holds anything of a node; the end of a block lies behind the comments that follow it."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1][1])
    return node.end_mark.line if node.end_mark else 0
