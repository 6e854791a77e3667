"""The search for values that identify by their form: what stands in the leaves of a rewritten trace, and is not ours.

Leaves that are replaced by surrogates are left to the leak scan. Elsewhere a surrogate of the run is no finding, nor is
what a standard reserves for examples.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from smartsandbox.anonymize.forms import FORMS, Form, Names, names_of
from smartsandbox.anonymize.leaves import Address, Kind, Leaf
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rewrite import Rewriter, rewrite
from smartsandbox.packs.endpoints import Bound
from smartsandbox.packs.model import Exchange

TOKENS = "JSON Web Tokens that are not signed with the published test key"
_SHORTEST = 8
_REMEMBERED = 1 << 16
_SIGNATURE = ("(jwt)", "signature")
_DRAWN_ANEW = (Action.FREE_TEXT, Action.COMMON, Action.RETIME)
"""Texts decided so may be surrogates, drawn character by character; numbers stay as they are."""
_SAY_NOTHING = (Kind.LITERAL, Kind.OPAQUE)
_NO_ALNUM = re.compile(r"[\W_]+")

Look = Callable[[str, Kind], str]
"""Looks at a value and gives what to put in its place."""


def bare(value: str) -> str:
    """Letters and digits, lower case: equal for all ways in which a value may be dressed."""
    return _NO_ALNUM.sub("", value).lower()


def is_signature(address: Address) -> bool:
    """True for the signature of a token."""
    return address.pointer[-2:] == _SIGNATURE


@dataclass(slots=True)
class Found:
    """Of one form at one leaf: what has the shape, and which of it is valid and not ours."""

    shaped: set[str] = field(default_factory=set, repr=False)
    valid: set[str] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class FormSearch:
    """Gives for every address what looks at its leaves, then takes exchanges; `is_ours` says of letters and digits
    whether a surrogate of the run is made of them.
    """

    policy: Policy
    is_ours: Callable[[str], bool] = field(repr=False)
    found: dict[tuple[Address, str], Found] = field(default_factory=lambda: defaultdict(Found))
    leaves: int = 0
    _met: set[int] = field(default_factory=set)
    _signatures: set[Address] = field(default_factory=set)

    def take(self, exchange: Exchange, bound: Bound, rewriter: Rewriter) -> None:
        """Walk one exchange by a rewriter that hands the leaves to what `looking` gave."""
        self._signatures.clear()
        signed = rewriter.run(exchange, bound)
        if self._signatures and signed != replace(exchange, endpoint=signed.endpoint):
            self._blame(exchange, bound)

    def release(self) -> None:
        """All exchanges were taken: forget which leaves were looked at."""
        self._met.clear()

    def looking(self, address: Address) -> Look | None:
        """What looks at the leaves of an address and gives what to put there; None if none of them is looked at."""
        if is_signature(address):
            return partial(self._sign, address)
        decision = self.policy.decide(*address)
        if decision is not None and decision.action is Action.SURROGATE:
            return None
        return partial(self._visit, address, decision.action if decision else None, names_of(address.pointer))

    def _sign(self, address: Address, value: str, kind: Kind) -> str:
        """Have every token signed anew: one that comes out otherwise was not signed by us."""
        if not value:
            return value
        self._signatures.add(address)
        return "-"

    def _visit(self, address: Address, action: Action | None, names: Names, value: str, kind: Kind) -> str:
        if len(value) < _SHORTEST or kind in _SAY_NOTHING:
            return value
        mark = hash((address, value))
        if mark not in self._met:
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            self._met.add(mark)
            self._look(address, names, value, kind is Kind.NUMBER or action not in _DRAWN_ANEW)
        return value

    def _look(self, address: Address, names: Names, value: str, kept: bool) -> None:
        """Digits that were drawn look like a card by chance, so cards are looked for only where digits are kept.

        In the other texts every card of the capture is a source value, which the leak scan searches for.
        """
        self.leaves += 1
        forms = (form for form in FORMS if kept or not form.chance)
        found = [(form, one) for form in forms for one in form.find(value, names)]
        if found and not self.is_ours(bare(value)):
            for form, one in found:
                self._note(address, form, one)

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
