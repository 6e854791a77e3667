"""What the policy let through: no value that identifies by its form may stand in the output, whatever was decided.

Leaves that are replaced by surrogates are left to the leak scan. Elsewhere a surrogate of the run is no finding, nor is
what a standard reserves for examples. A finding names the leaf whose decision is to be changed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace

from smartsandbox.anonymize.checks.base import Evidence
from smartsandbox.anonymize.forms import FORMS, Form, names_of
from smartsandbox.anonymize.leaves import Address, Kind, Leaf
from smartsandbox.anonymize.policy import Action, Policy
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.endpoints import Bound, EndpointTable
from smartsandbox.packs.model import Exchange

TOKENS = "JSON Web Tokens that are not signed with the published test key"
_SHORTEST = 8
_REMEMBERED = 1 << 20
_SIGNATURE = ("(jwt)", "signature")
_DRAWN_ANEW = (Action.FREE_TEXT, Action.COMMON, Action.RETIME)
"""Texts decided so may be surrogates, drawn character by character; numbers stay as they are."""
_NO_ALNUM = re.compile(r"[\W_]+")


def _bare(value: str) -> str:
    """Letters and digits, lower case: equal for all ways in which a value may be dressed."""
    return _NO_ALNUM.sub("", value).lower()


@dataclass(slots=True)
class _Found:
    """Of one form at one leaf: what has the shape, and which of it is valid and not ours."""

    shaped: set[str] = field(default_factory=set, repr=False)
    valid: set[str] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class _Search:
    policy: Policy
    made: frozenset[str] = field(repr=False)
    table: EndpointTable
    found: dict[tuple[Address, str], _Found] = field(default_factory=lambda: defaultdict(_Found))
    leaves: int = 0
    unmatched: int = 0
    _met: set[int] = field(default_factory=set)
    _signatures: set[Address] = field(default_factory=set)

    def take(self, exchange: Exchange) -> None:
        bound = self.table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            self.unmatched += 1
            return
        self._signatures.clear()
        signed = rewrite(exchange, bound, self.visit, self.policy.is_map)
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
        return self._action(leaf) is not Action.SURROGATE and _bare(leaf.value) not in self.made

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
        for form in (form for form in FORMS if kept or not form.chance):
            for value in form.find(leaf.value, names):
                self._note(leaf.address, form, value)

    def _note(self, address: Address, form: Form, value: str) -> None:
        bare = _bare(value)
        if bare not in self.made:
            found = self.found[address, form.name]
            found.shaped.add(bare)
            if form.holds(value):
                found.valid.add(bare)

    def _blame(self, exchange: Exchange, bound: Bound) -> None:
        """Which of the exchange's tokens came out otherwise: sign them one leaf at a time."""
        for address in sorted(self._signatures):

            def visit(leaf: Leaf, address: Address = address) -> str:
                return "-" if leaf.address == address and leaf.value else leaf.value

            signed = rewrite(exchange, bound, visit, self.policy.is_map)
            if signed != replace(exchange, endpoint=signed.endpoint):
                self.found[address, TOKENS].valid.add(exchange.id)


def kept_identifiers(evidence: Evidence) -> Verdict:
    """Passes if no valid card, account, address, number, token or secret stands in the output but our own."""
    made = frozenset(map(_bare, evidence.surrogates.values()))
    search = _Search(evidence.policy, made, evidence.policy.table)
    for exchange in evidence.output():
        search.take(exchange)
    findings = [*_findings(search, evidence.policy)]
    hits = sum(count for _, count in findings)
    return Verdict(
        check="identifying forms",
        criterion="singling out",
        passed=not findings,
        summary=f"{hits} values identify by their form alone" if hits else "no value identifies by its form alone",
        bounds={"hits": 0, "forms": [*(form.name for form in FORMS), TOKENS]},
        metrics={"values": search.leaves, "hits": hits},
        findings=tuple(line for line, _ in findings),
    )


def _findings(search: _Search, policy: Policy) -> list[tuple[str, int]]:
    """(line, count) by leaf and form; where a number's check digit holds as rarely as by chance, the leaf holds ids."""
    chance = {form.name: form.chance for form in FORMS}
    lines = [
        (f"{address}: {len(found.valid)} {form}; it is decided as `{policy.decide(*address)}`", len(found.valid))
        for (address, form), found in sorted(search.found.items())
        if found.valid and not _is_chance(found, chance.get(form, 0.0))
    ]
    if search.unmatched:
        lines.append((f"{search.unmatched} requests are of no endpoint of the policy", search.unmatched))
    return lines


_ENOUGH = 5


def _is_chance(found: _Found, chance: float) -> bool:
    return len(found.shaped) >= _ENOUGH and len(found.valid) < 3 * chance * len(found.shaped)
