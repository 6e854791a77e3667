"""What is wrong with scenarios that read well: rules that cannot apply, and replies that a pack does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from smartsandbox.packs.errors import UsageError
from smartsandbox.packs.scenarios.model import ANY, START, Rule, Scenario


def conflicts(rules: Sequence[Rule]) -> Iterator[str]:
    """Rules that can never apply, which nobody writes on purpose."""
    reached = {START, *(rule.to for rule in rules)}
    for number, rule in enumerate(rules, 1):
        if rule.state is not None and rule.state not in reached:
            yield f"rule {number}: no rule leads to the state {rule.state!r}"
        for earlier, other in enumerate(rules[: number - 1], 1):
            wider = other.on in (rule.on, ANY) and not other.tests and other.state in (rule.state, None)
            if wider:
                yield f"rule {number} can never apply: rule {earlier} takes every such request"


def unrecorded(scenarios: Mapping[str, Scenario], answers: Collection[tuple[str, int]], ids: Collection[str]) -> None:
    """Raises UsageError for a reply that is none of the (endpoint, status) and ids that a pack has."""
    for scenario in scenarios.values():
        for number, rule in enumerate(scenario.rules, 1):
            reply, where = rule.reply, f"scenarios: {scenario.name} rule {number}"
            if reply is None or reply.body is not None:
                continue
            if reply.exchange is not None and reply.exchange not in ids:
                raise UsageError(f"{where}: no exchange of the pack has the id {reply.exchange!r}")
            if reply.status is not None and (rule.on, reply.status) not in answers:
                found = sorted(status for endpoint, status in answers if endpoint == rule.on)
                told = f"it has {', '.join(map(str, found))}" if found else "the pack has no such endpoint"
                raise UsageError(f"{where}: no answer of {rule.on} has status {reply.status} ({told}): give a body")
