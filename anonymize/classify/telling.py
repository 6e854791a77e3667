"""Field names that tell who somebody is: a cookie called by a customer's id, a header or a key with an e-mail in it.

A name cannot be given a surrogate where it stands in the policy. A header or cookie so named is dropped from the
draft; an object with such a key is a map.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from smartsandbox.anonymize.classify.decide import DROP
from smartsandbox.anonymize.leaves import Address, Location
from smartsandbox.anonymize.needles import is_opaque
from smartsandbox.anonymize.policy import Decision
from smartsandbox.anonymize.substitute import Finder

_LINES = frozenset(
    (Location.REQUEST_HEADER, Location.RESPONSE_HEADER, Location.REQUEST_COOKIE, Location.RESPONSE_COOKIE)
)


def telling_finder(sensitive: Set[str], people: Set[str]) -> Finder:
    """Finds, inside a name, folded values that stand elsewhere for somebody and are no word by any chance."""
    return Finder.of(value for value in sensitive & people if "@" in value or is_opaque(value))


def without_telling_lines(decisions: Mapping[Address, Decision], finder: Finder) -> dict[Address, Decision]:
    """The decisions, with every header and cookie dropped whose name tells who somebody is."""
    return {
        address: DROP if address.location in _LINES and finder.standing_in("/".join(address.pointer)) else decision
        for address, decision in decisions.items()
    }
