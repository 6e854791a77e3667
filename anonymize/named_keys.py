"""Field names of a policy that are somebody's name in the capture: such a key is a value and must not be published.

The look of a key cannot tell a surname from a field name; the capture can, where the same word is a name in a value.
"""

from __future__ import annotations

from collections import defaultdict

from smartsandbox.anonymize.leaves import ANY, BODIES, KEY, VALUE, Address, Location
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.values import Values
from smartsandbox.anonymize.vocabulary import Vocabulary

_NAMES = frozenset(("first_name", "last_name", "person"))
_KEYED = BODIES | {Location.QUERY}
_NO_NAMES = frozenset((ANY, KEY, VALUE))


def named_keys(policy: Policy, values: Values) -> tuple[Address, ...]:
    """The objects with such a key, sorted; the key itself is left out.

    Words of technical English are no names, nor are acronyms, nor is a key that several objects have: it is a field.
    """
    parents = _parents(policy)
    english = Vocabulary()
    found = (
        objects
        for key, objects in parents.items()
        if len(objects) == 1 and _is_name(fold(key), values) and not english.is_public(key)
    )
    return tuple(sorted(address for objects in found for address in objects))


def _is_name(folded: str, values: Values) -> bool:
    return values.class_of(folded) in _NAMES and (values.spelling_of(folded) or "").istitle()


def _parents(policy: Policy) -> dict[str, set[Address]]:
    """The objects that each field name of the policy stands in."""
    parents: dict[str, set[Address]] = defaultdict(set)
    for address in policy.decisions:
        if address.location in _KEYED:
            for at, token in enumerate(address.pointer):
                if token not in _NO_NAMES:
                    parents[token].add(address._replace(pointer=address.pointer[:at]))
    return parents
