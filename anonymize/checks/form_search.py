"""The search for values that identify by their form: what stands in the leaves of a rewritten trace, and is not ours.

Leaves that are replaced by surrogates are left to the leak scan. Elsewhere a surrogate of the run is no finding, nor is
what a standard reserves for examples.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from smartsandbox.anonymize.forms import FORMS, Form, names_of
from smartsandbox.anonymize.leaves import Address, Kind, Leaf, Visit
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.model import Exchange

TOKENS = "JSON Web Tokens that are not signed with the published test key"
_SHORTEST = 8
_REMEMBERED = 1 << 16
_SIGNATURE = ("(jwt)", "signature")
_DRAWN_ANEW = (Action.FREE_TEXT, Action.COMMON, Action.RETIME)
"""Texts decided so may be surrogates, drawn character by character; numbers stay as they are."""
_NO_ALNUM = re.compile(r"[\W_]+")


def bare(value: str) -> str:
    """Letters and digits, lower case: equal for all ways in which a value may be dressed."""
    return _NO_ALNUM.sub("", value).lower()


@dataclass(slots=True)
class Found:
    """Of one form at one leaf: what has the shape, and which of it is valid and not ours."""

    shaped: set[str] = field(default_factory=set, repr=False)
    valid: set[str] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class FormSearch:
    """Takes exchanges; `is_ours` says of letters and digits whether a surrogate of the run is made of them."""

    policy: Policy
    is_ours: Callable[[str], bool] = field(repr=False)
    found: dict[tuple[Address, str], Found] = field(default_factory=lambda: defaultdict(Found))
    leaves: int = 0
    unmatched: int = 0
    _met: set[int] = field(default_factory=set)
    _signatures: set[Address] = field(default_factory=set)

    def take(self, exchange: Exchange, bound: Bound, visit: Visit) -> None:
        """Walk one exchange. `visit` hands every leaf to this search's own `visit`, and gives its answer."""
        self._signatures.clear()
        signed = rewrite(exchange, bound, visit, self.policy.is_map)
        if signed != replace(exchange, endpoint=signed.endpoint):
            self._blame(exchange, bound)

    def visit(self, leaf: Leaf) -> str:
        """Look at a leaf, and have every token signed anew: one that comes out otherwise was not signed by us."""
        if leaf.pointer[-2:] == _SIGNATURE and leaf.value:
            self._signatures.add(leaf.address)
            return "-"
        mark = hash((leaf.endpoint, leaf.location, leaf.pointer, leaf.value))
        if mark not in self._met and self._may_be_source(leaf):
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            self._met.add(mark)
            self._look(leaf)
        return leaf.value

    def _may_be_source(self, leaf: Leaf) -> bool:
        if len(leaf.value) < _SHORTEST or leaf.kind in (Kind.LITERAL, Kind.OPAQUE):
            return False
        return self._action(leaf) is not Action.SURROGATE

    def _action(self, leaf: Leaf) -> Action | None:
        decision = self.policy.decide(*leaf.address)
        return decision.action if decision else None

    def _look(self, leaf: Leaf) -> None:
        """Digits that were drawn look like a card by chance, so cards are looked for only where digits are kept.

        In the other texts every card of the capture is a source value, which the leak scan searches for.
        """
        self.leaves += 1
        names = names_of(leaf.pointer)
        kept = leaf.kind is Kind.NUMBER or self._action(leaf) not in _DRAWN_ANEW
        forms = (form for form in FORMS if kept or not form.chance)
        found = [(form, value) for form in forms for value in form.find(leaf.value, names)]
        if found and not self.is_ours(bare(leaf.value)):
            for form, value in found:
                self._note(leaf.address, form, value)

    def _note(self, address: Address, form: Form, value: str) -> None:
        plain = bare(value)
        if not self.is_ours(plain):
            found = self.found[address, form.name]
            found.shaped.add(plain)
            if form.holds(value):
                found.valid.add(plain)

    def _blame(self, exchange: Exchange, bound: Bound) -> None:
        """Which of the exchange's tokens came out otherwise: sign them one leaf at a time."""
        for address in sorted(self._signatures):

            def visit(leaf: Leaf, address: Address = address) -> str:
                return "-" if leaf.address == address and leaf.value else leaf.value

            signed = rewrite(exchange, bound, visit, self.policy.is_map)
            if signed != replace(exchange, endpoint=signed.endpoint):
                self.found[address, TOKENS].valid.add(exchange.id)
