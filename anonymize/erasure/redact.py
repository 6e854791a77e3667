"""Emptying what an answer says of one person, so that the others in it stay.

The innermost object around each value that names the person is emptied whole: a name or a birth date beside an e-mail
is theirs too. Where the person is still to be found afterwards, the exchange cannot be kept.
"""

from __future__ import annotations

from dataclasses import replace

from smartsandbox.anonymize.erasure.sighting import Observer, Place, bound_of
from smartsandbox.anonymize.leaves import Leaf, Location
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.packs.model import Exchange


class Redactor:
    """Redacts exchanges for the person that an observer looks for."""

    def __init__(self, policy: Policy, observer: Observer) -> None:
        self._policy, self._observer, self._table = policy, observer, policy.table

    def redact(self, exchange: Exchange) -> Exchange | None:
        """The exchange without the person, its endpoint as it was; None if that cannot be had."""
        places = self._observer.look(exchange).places
        bound = bound_of(exchange, self._table)
        new = rewrite(exchange, bound, lambda leaf: _kept(leaf, places), self._policy.is_map)
        new = replace(new, endpoint=exchange.endpoint)
        return None if self._observer.look(new).seen else new


def _kept(leaf: Leaf, places: set[Place]) -> str | None:
    if leaf.location == Location.TIMING or not any(_is_inside(leaf, place) for place in places):
        return leaf.value
    return None


def _is_inside(leaf: Leaf, place: Place) -> bool:
    location, scope = place
    return leaf.location == location and leaf.scope[: len(scope)] == scope
