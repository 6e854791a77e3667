"""The second pass: gives every leaf the value that its decision asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from smartsandbox.anonymize.codecs.json import LITERALS
from smartsandbox.anonymize.framing import Reframer
from smartsandbox.anonymize.hot.exchange import HotRewriter
from smartsandbox.anonymize.hot.sites import Handling, Repeats, Take
from smartsandbox.anonymize.kanon.encode import written_like
from smartsandbox.anonymize.leaves import Address, Kind, Leaf, Location, says_something
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.memo import LONGEST, Memo
from smartsandbox.anonymize.numerals import Numeral
from smartsandbox.anonymize.policy import Action, Decision
from smartsandbox.anonymize.settled import Settled
from smartsandbox.anonymize.size_classes import EXACT, padded
from smartsandbox.anonymize.surrogates.base import fold
from smartsandbox.anonymize.timeline.times import SAID, STARTED
from smartsandbox.anonymize.values import is_trivial
from smartsandbox.anonymize.walk import Scope
from smartsandbox.anonymize.wording import may_publish
from smartsandbox.packs.errors import NotSafeError
from smartsandbox.packs.model import Exchange, Message, Request, Response

V = TypeVar("V")
M = TypeVar("M", Request, Response)

_LITERAL, _NUMBER = Kind.LITERAL, Kind.NUMBER
_BY_PLACE = frozenset((Action.GENERALISE, Action.RETIME))
"""What becomes of a leaf depends on more than its value."""
_NEW = ("", None)
_FREE_TEXT = {True: "free_text kept", False: "free_text replaced"}
_LONG_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """What a policy asks for at an address: the argument of its decision, and what leaves there are counted as."""

    address: Address
    argument: str
    outcome: str


Act = Callable[[str, Kind], str | None]
"""Gives what stands for a value."""


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
        self._offsets: Iterator[int] = iter(())
        """Of the messages still to come in the exchange."""
        self._commons: Memo[str, tuple[str, str]] = Memo()
        self._banded: Memo[tuple[str, str, Kind], tuple[str, str]] = Memo()
        self._texts: Memo[str, tuple[str, bool]] = Memo()
        self._reframed = Reframer(self._book.is_public).run
        self.tally, self.notes = Tally(), Counter[str]()
        self._outcomes = self.tally.outcomes
        self._handlings: dict[Decision, Handling] = {}
        """Of decisions that ask for the same wherever they stand."""
        self._rewriter = HotRewriter(self._handling, self._policy.is_map, self._outcomes)
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
        self._offsets = iter(self._settled.spoken.offsets(self._row) if exchange.messages else ())
        new = self._rewriter.parts(exchange, bound)
        return Exchange(
            id=self._settled.published_id(exchange.id),
            service=exchange.service,
            started_us=new.started_us,
            request=self._reframed(new.request),
            response=None if new.response is None else self._sized(self._reframed(new.response)),
            failure=exchange.failure,
            ttfb_us=new.ttfb_us,
            total_us=new.total_us,
            session=new.session,
            endpoint=bound.name,
            caused_by=None if exchange.caused_by is None else self._settled.published_id(exchange.caused_by),
            messages=None if exchange.messages is None else self._said(exchange.messages, new.messages or ()),
        )

    def _said(self, old: Sequence[Message], new: tuple[Message, ...]) -> tuple[Message, ...]:
        """Count the messages of a WebSocket, and those of which nothing is left."""
        self.notes["messages on WebSockets"] += len(new)
        emptied = sum(bool(one.payload) and not other.payload for one, other in zip(old, new, strict=True))
        if emptied:
            self.notes["messages on WebSockets emptied, as the policy drops what they hold"] += emptied
        return new

    def _sized(self, response: Response) -> Response:
        """With the size that the policy asks for."""
        if self._policy.sizes == EXACT:
            return response
        made = padded(response, self._policy.sizes)
        if made is not response:
            self.notes["answer padded to its class of size"] += 1
            self.notes["bytes that answers were padded with"] += len(made.body) - len(response.body)
        return made

    def _handling(self, address: Address) -> Handling:
        decision = self._policy.decide(*address)
        if decision is None:
            return Handling(_unforeseen)
        name = self._policy.sensitive_name(address)
        if decision.action is Action.RETIME and name is None and address[1:] == (Location.TIMING, STARTED):
            return Handling(self._restarted)
        if name is not None or decision.action in _BY_PLACE:
            return self._handled(address, decision, name)
        return self._handlings.get(decision) or self._handlings.setdefault(
            decision, self._handled(address, decision, None)
        )

    def _handled(self, address: Address, decision: Decision, name: str | None) -> Handling:
        """What a decision asks for, at an address if that makes a difference, or for a sensitive attribute."""
        asked = Asked(address, decision.argument, str(decision))
        act = partial(self._actions[decision.action], asked)
        take = partial(self._acted if decision.action is Action.DROP else self._taken, act)
        if name is not None:
            return Handling(partial(self._sensitive, name, take))
        return Handling(take, self._repeats(decision.action, asked.outcome), self._scalars(asked, decision.action),
                        None if decision.action in _BY_PLACE else asked.outcome)  # fmt: skip

    def _repeats(self, action: Action, outcome: str) -> Repeats | None:
        """What a string is counted as whose answer depends on nothing but itself."""
        if action in (Action.KEEP, Action.DROP, Action.SURROGATE):
            return lambda value: outcome
        if action is Action.COMMON:
            return lambda value: self._commons[value][1] if value in self._commons else None
        if action is Action.FREE_TEXT:
            return lambda value: _FREE_TEXT[self._texts[value][1]] if value in self._texts else None
        return None

    def _scalars(self, asked: Asked, action: Action) -> Repeats | None:
        """The same for a number or a literal, where it is worth remembering."""
        if action is Action.BAND:
            return lambda value: (
                "keep" if value in LITERALS else self._banded.get((asked.argument, value, _NUMBER), _NEW)[1]
            )
        if action is Action.DROP:
            return lambda value: asked.outcome
        if action in _BY_PLACE:
            return None
        is_kept = action is Action.KEEP
        return lambda value: "keep" if value in LITERALS or (is_kept and len(value) >= _LONG_NUMBER) else None

    def _acted(self, act: Act, value: str, kind: Kind, scope: Scope) -> str | None:
        return act(value, kind)

    def _taken(self, act: Act, value: str, kind: Kind, scope: Scope) -> str | None:
        if kind is _LITERAL:
            self._outcomes["keep"] += 1
            return value
        return act(value, kind)

    def _sensitive(self, name: str, take: Take, value: str, kind: Kind, scope: Scope) -> str | None:
        return take(self._withheld(name, value) if says_something(value, kind) else value, kind, scope)

    def _withheld(self, name: str, value: str) -> str:
        """A sensitive value of somebody who fits no group gives way to the one that most people have."""
        if self._holders is None:
            self._holders = iter(self._settled.holders.of(self._exchange_id))
        holder = next(self._holders)
        is_withheld = holder in self._settled.plan.suppressed and value.strip()
        return self._settled.plan.usual[name] if is_withheld else value

    def _keep(self, asked: Asked, value: str, kind: Kind) -> str:
        self._outcomes["keep"] += 1
        if kind is Kind.OPAQUE:
            return value
        return self._known_number(value) if kind is Kind.NUMBER else self._book.substitute(value)

    def _known_number(self, value: str) -> str:
        if len(value) < _LONG_NUMBER or value not in self._book.needles:
            return value
        return self._book.of(value, self._book.needles[value])

    def _common(self, asked: Asked, value: str, kind: Kind) -> str:
        if kind is Kind.NUMBER:
            return self._keep(asked, value, kind)
        made, outcome = self._commons.get(value) or _kept(self._commons, value, self._judged(value))
        self._outcomes[outcome] += 1
        return made

    def _judged(self, value: str) -> tuple[str, str]:
        """What stands for a common value, and what that is counted as."""
        holders = self._settled.found.common.count(value)
        if may_publish(value, holders, self._book.is_public(value), self._policy.k):
            return self._book.substitute(value), "common kept"
        return self._book.of(value, "text"), "common replaced"

    def _drop(self, asked: Asked, value: str, kind: Kind) -> None:
        self._outcomes["drop"] += 1

    def _surrogate(self, asked: Asked, value: str, kind: Kind) -> str:
        self._outcomes[asked.outcome] += 1
        made = self._book.of(value, asked.argument)
        if kind is Kind.NUMBER and not _is_number(made):
            return self._book.of(value, "number")
        return made

    def _generalise(self, asked: Asked, value: str, kind: Kind) -> str:
        self._outcomes[asked.outcome] += 1
        if self._owners is None:
            self._owners = iter(self._settled.owners.of(self._exchange_id))
        owner = next(self._owners)
        if not value.strip():
            return value
        attribute = self._policy.quasi_identifiers[asked.argument]
        return written_like(self._settled.plan.published[owner][asked.argument], attribute, value)

    def _band(self, asked: Asked, value: str, kind: Kind) -> str:
        """Where there are no bands, a surrogate number; what is no number but says something becomes a text.

        A number that is a sensitive value elsewhere, such as an id, has the surrogate that it has there; one that would
        become such a value by accident is drawn anew.
        """
        place = (asked.argument, value, kind)
        made, outcome = self._banded.get(place) or self._banded.keep(place, self._in_band(asked, value, kind))
        self._outcomes[outcome] += 1
        return made

    def _in_band(self, asked: Asked, value: str, kind: Kind) -> tuple[str, str]:
        """What stands for a banded value, and what that is counted as."""
        known = self._known_number(value)
        if known != value:
            return known, "surrogate id"
        pool = self._settled.bands.get(asked.argument)
        made = None if pool is None else pool.text(value)
        if made is not None and fold(made) not in self._book.needles:
            return made, asked.outcome
        is_word = self._book.is_public(value) and not any(map(str.isdigit, value))
        if is_word or is_trivial(fold(value)):
            return value, "keep"
        class_name = "number" if Numeral.read(value) else "text"
        drawn = self._book.of(value, class_name)
        return drawn if kind is not Kind.NUMBER or _is_number(drawn) else "0", f"surrogate {class_name}"

    def _restarted(self, value: str, kind: Kind, scope: Scope) -> str:
        """When the exchange at hand starts."""
        self._outcomes["retime"] += 1
        return str(self._settled.times.timeline.started_us[self._row])

    def _retime(self, asked: Asked, value: str, kind: Kind) -> str:
        if asked.address[1:] == SAID:
            self._outcomes["retime"] += 1
            return str(next(self._offsets))
        moved = self._settled.times.text(Leaf(*asked.address, value, kind), self._row)
        if moved is not None:
            self._outcomes["retime"] += 1
            return moved
        if is_trivial(fold(value)) or kind is Kind.NUMBER or self._book.is_public(value):
            self._outcomes["keep"] += 1
            return value
        self._outcomes["surrogate text"] += 1
        return self._book.of(value, "text")

    def _free_text(self, asked: Asked, value: str, kind: Kind) -> str:
        if kind is Kind.NUMBER or not value.strip():
            return self._keep(asked, value, kind)
        rewritten, kept = self._texts.get(value) or _kept(self._texts, value, self._settled.wordings.text(value))
        self._outcomes[_FREE_TEXT[kept]] += 1
        return rewritten


def _unforeseen(value: str, kind: Kind, scope: Scope) -> str:
    raise NotSafeError("a leaf appeared that the first pass had not seen: the trace changed underneath")


def _kept(memo: Memo[str, V], key: str, value: V) -> V:
    """The value, remembered unless the key is long."""
    return memo.keep(key, value) if len(key) <= LONGEST else value


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit() and not (len(text) > 1 and text[0] == "0" and text[1] != ".")
