"""The next stricter decision for an attribute that an attack found people by, and the places where it is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from smartsandbox.anonymize.classify.numbers import pool_of
from smartsandbox.anonymize.leaves import BODIES, Address, Location
from smartsandbox.anonymize.policy import Action, Decision, Policy

READ = BODIES | {Location.QUERY}
"""Where attributes of people stand. Paths, headers and timings are looked at by the attacks on sessions."""

_OTHER = "other "
"""What attacks put before a field that has the name of a quasi-identifier and is none."""

_STRICTER: Mapping[Action, tuple[Action, str]] = MappingProxyType(
    {
        Action.KEEP: (Action.BAND, ""),
        Action.BAND: (Action.SURROGATE, "number"),
        Action.COMMON: (Action.SURROGATE, "category"),
        Action.RETIME: (Action.SURROGATE, "date"),
        Action.GENERALISE: (Action.SURROGATE, "category"),
    }
)


def blamed_places(name: str, policy: Policy) -> Iterator[tuple[Address, Decision]]:
    """The entries of a policy that publish the attribute which an attack calls by that name, in order of address."""
    bare = name.removeprefix(_OTHER)
    for address, decision in sorted(policy.decisions.items()):
        is_named = decision.argument == name if decision.action is Action.GENERALISE else _last_name(address) == bare
        if is_named and decision.action in _STRICTER and address.location in READ:
            yield address, decision


def stricter(address: Address, decision: Decision, instead: Mapping[str, str]) -> Decision:
    """Less of the value: a kept number goes into a band, one in a band, a word and a time become surrogates.

    `instead` gives the surrogate class by quasi-identifier. A decision that publishes nothing is its own answer.
    """
    if decision.action not in _STRICTER:
        return decision
    action, argument = _STRICTER[decision.action]
    if action is Action.BAND:
        return Decision(action, pool_of(address))
    return Decision(action, instead.get(decision.argument, argument))


def _last_name(address: Address) -> str:
    named = [token for token in address.pointer if token[:1] not in ("*", "{", "(")]
    return named[-1] if named else str(address.location)
