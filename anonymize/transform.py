"""The second pass: gives every leaf the value that its decision asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from smartsandbox.anonymize.collect import Collected
from smartsandbox.anonymize.kanon.encode import written_like
from smartsandbox.anonymize.kanon.plan import Plan
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.leaves import Kind, Leaf, holds_value
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.numerals import Numeral
from smartsandbox.anonymize.policy import Action, Decision, Policy
from smartsandbox.anonymize.pools import NumberBands
from smartsandbox.anonymize.rewrite import rewrite
from smartsandbox.anonymize.spare import Spared
from smartsandbox.anonymize.subjects import Owners
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.timeline.times import Times
from smartsandbox.anonymize.values import is_trivial
from smartsandbox.anonymize.wording import Wording, may_publish
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange, Headers

_DROPPED_HEADERS = frozenset(("content-length", "transfer-encoding"))
_LONG_NUMBER = 9
_ID_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """All that the second pass decides by: fixed before it begins, so exchanges can be rewritten in any order."""

    policy: Policy
    key: RunKey
    book: Book
    wording: Wording
    times: Times
    plan: Plan
    bands: Mapping[str, NumberBands]
    owners: Owners
    holders: Owners
    found: Collected
    spared: Spared

    def release(self) -> None:
        """Give back the memory of what lies on disk; it stays readable."""
        self.found.release()
        self.times.release()


class Transformer:
    """Rewrites exchanges, in any order, and counts what it did."""

    def __init__(self, settled: Settled) -> None:
        self._settled = settled
        self._policy, self._book = settled.policy, settled.book
        self._table = settled.policy.table
        self._owners: Iterator[str] | None = None
        """Of the quasi-identifiers still to come in the exchange; None until the first of them."""
        self._holders: Iterator[str] | None = None
        """The same for sensitive values."""
        self._exchange_id = ""
        self._row = 0
        self.tally = Tally()
        self._actions = {
            Action.KEEP: self._keep,
            Action.COMMON: self._common,
            Action.DROP: self._drop,
            Action.SURROGATE: self._surrogate,
            Action.GENERALISE: self._generalise,
            Action.BAND: self._band,
            Action.RETIME: self._retime,
            Action.FREE_TEXT: self._free_text,
        }

    def run(self, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
        """Each exchange, made safe."""
        return map(self.one, exchanges)

    def one(self, exchange: Exchange) -> Exchange:
        """One exchange, made safe: new ids, no source, no framing headers."""
        bound = self._table.match(exchange.request.method, exchange.request.path)
        if bound is None:
            raise NotSafeError("a request appeared that the first pass had not seen: the trace changed underneath")
        self._owners, self._holders, self._exchange_id = None, None, exchange.id
        self._row = self._settled.found.course.row_of(exchange)
        new = rewrite(exchange, bound, self._visit, self._policy.is_map)
        return replace(
            new,
            id=self.published_id(exchange.id),
            caused_by=None if exchange.caused_by is None else self.published_id(exchange.caused_by),
            source="",
            request=replace(new.request, headers=_unframed(new.request.headers)),
            response=None if new.response is None else replace(new.response, headers=_unframed(new.response.headers)),
        )

    def published_id(self, identifier: str) -> str:
        """The id under which an exchange is published."""
        return "ex_" + self._settled.key.prf("exchange", identifier).hex()[:_ID_DIGITS]

    def _visit(self, leaf: Leaf) -> str | None:
        decision = self._policy.decide(leaf.endpoint, leaf.location, leaf.pointer)
        if decision is None:
            raise NotSafeError("a leaf appeared that the first pass had not seen: the trace changed underneath")
        if self._policy.sensitive:
            leaf = self._withheld(leaf)
        if leaf.kind is Kind.LITERAL and decision.action is not Action.DROP:
            self.tally.count("keep")
            return leaf.value
        return self._actions[decision.action](leaf, decision)

    def _withheld(self, leaf: Leaf) -> Leaf:
        """A sensitive value of somebody who fits no group gives way to the one that most people have."""
        name = self._policy.sensitive_name(leaf.address)
        if name is None or not holds_value(leaf):
            return leaf
        if self._holders is None:
            self._holders = iter(self._settled.holders.of(self._exchange_id))
        holder = next(self._holders)
        if holder not in self._settled.plan.suppressed or not leaf.value.strip():
            return leaf
        return leaf._replace(value=self._settled.plan.usual[name])

    def _keep(self, leaf: Leaf, decision: Decision) -> str:
        self.tally.count("keep")
        if leaf.kind is Kind.OPAQUE:
            return leaf.value
        return self._known_number(leaf.value) if leaf.kind is Kind.NUMBER else self._book.substitute(leaf.value)

    def _known_number(self, value: str) -> str:
        class_name = self._book.needles.get(value) if len(value) >= _LONG_NUMBER else None
        return value if class_name is None else self._book.of(value, class_name)

    def _common(self, leaf: Leaf, decision: Decision) -> str:
        if leaf.kind is Kind.NUMBER:
            return self._keep(leaf, decision)
        holders = self._settled.found.common.count(leaf.value)
        if may_publish(leaf.value, holders, self._book.is_public(leaf.value), self._policy.k):
            self.tally.count("common kept")
            return self._book.substitute(leaf.value)
        self.tally.count("common replaced")
        return self._book.of(leaf.value, "text")

    def _drop(self, leaf: Leaf, decision: Decision) -> None:
        self.tally.count("drop")

    def _surrogate(self, leaf: Leaf, decision: Decision) -> str:
        self.tally.count(str(decision))
        made = self._book.of(leaf.value, decision.argument)
        if leaf.kind is Kind.NUMBER and not _is_number(made):
            return self._book.of(leaf.value, "number")
        return made

    def _generalise(self, leaf: Leaf, decision: Decision) -> str:
        self.tally.count(str(decision))
        if self._owners is None:
            self._owners = iter(self._settled.owners.of(self._exchange_id))
        owner = next(self._owners)
        if not leaf.value.strip():
            return leaf.value
        kind = self._policy.quasi_identifiers[decision.argument]
        return written_like(self._settled.plan.published[owner][decision.argument], kind, leaf.value)

    def _band(self, leaf: Leaf, decision: Decision) -> str:
        """Where there are no bands, a surrogate number; what is no number but says something becomes a text.

        A number that is a sensitive value elsewhere, such as an id, has the surrogate that it has there; one that would
        become such a value by accident is drawn anew.
        """
        known = self._known_number(leaf.value)
        if known != leaf.value:
            self.tally.count("surrogate id")
            return known
        pool = self._settled.bands.get(decision.argument)
        made = None if pool is None else pool.text(leaf.value)
        if made is not None and fold(made) not in self._book.needles:
            self.tally.count(str(decision))
            return made
        is_word = self._book.is_public(leaf.value) and not any(map(str.isdigit, leaf.value))
        if is_word or is_trivial(fold(leaf.value)):
            self.tally.count("keep")
            return leaf.value
        kind = "number" if Numeral.read(leaf.value) else "text"
        self.tally.count(f"surrogate {kind}")
        drawn = self._book.of(leaf.value, kind)
        return drawn if leaf.kind is not Kind.NUMBER or _is_number(drawn) else "0"

    def _retime(self, leaf: Leaf, decision: Decision) -> str:
        moved = self._settled.times.text(leaf, self._row)
        if moved is not None:
            self.tally.count("retime")
            return moved
        if is_trivial(fold(leaf.value)) or leaf.kind is Kind.NUMBER or self._book.is_public(leaf.value):
            self.tally.count("keep")
            return leaf.value
        self.tally.count("surrogate text")
        return self._book.of(leaf.value, "text")

    def _free_text(self, leaf: Leaf, decision: Decision) -> str:
        if leaf.kind is Kind.NUMBER or not leaf.value.strip():
            return self._keep(leaf, decision)
        rewritten, kept = self._settled.wording.text(leaf.value)
        self.tally.count("free_text kept" if kept else "free_text replaced")
        return rewritten


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit() and not (len(text) > 1 and text[0] == "0" and text[1] != ".")


def _unframed(headers: Headers) -> Headers:
    """Lengths follow from the new bodies, so the recorded ones are left out."""
    return tuple(pair for pair in headers if pair[0].lower() not in _DROPPED_HEADERS)
