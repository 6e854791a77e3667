"""Numbers that tell something: amounts by their name, others by how far they are spread. They are drafted as bands.

What the protocol itself counts (a page, a limit, a status) is kept unless it has many values that tell something (a
height may be a person's), and so are small codes and counts of which there are few. A band keeps what many hold, so a
constant in a banded field stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from smartsandbox.anonymize.keynames import tokens_of
from smartsandbox.anonymize.leaves import ANY, KEY, VALUE, Address
from smartsandbox.anonymize.policy import Action, Decision
from smartsandbox.anonymize.wordlist import words

MOST_CODES = 5
"""Distinct values of a code or a count that is not spread out."""

_MONEY = frozenset(
    words(
        "amount amounts price prices balance fee fees tax taxes total subtotal cost costs discount salary income "
        "revenue refunded paid payment payable debit credit deposit withdrawal net gross charge charged sum wage "
        "turnover cents"
    )
)
_PROTOCOL = frozenset(
    words(
        "limit offset page pages per index width height depth order position priority version port status code "
        "retry retries attempt attempts livemode precision scale ttl max min timeout minor major rate"
    )
)
_NOT_MONEY = frozenset(words("type status id count pages items results method currency code"))
_TELLING = re.compile(r"-?(?!(?:19|20)\d\d$|[1-9]\d?0+$)(?:\d{4,}(?:\.\d+)?|\d+\.\d+)")


def banded(address: Address, values: Iterable[str]) -> Decision | None:
    """`band POOL` for an amount or a number that is spread out; None for a code, a count or the protocol's own."""
    name = _last_name(address)
    tokens = set(tokens_of(name))
    seen = {value for value in values if value.strip("-0.")}
    if tokens & _MONEY and not tokens & _NOT_MONEY:
        return Decision(Action.BAND, "balance" if "balance" in tokens else "amount")
    if tokens & _PROTOCOL and not (len(seen) > MOST_CODES and any(map(_TELLING.fullmatch, seen))):
        return None
    if len(seen) > MOST_CODES or any(map(_TELLING.fullmatch, seen)):
        return Decision(Action.BAND, pool_of(address))
    return None


def pool_of(address: Address) -> str:
    """The name of the pool that a number there is drafted into, if it is no amount."""
    return "_".join(tokens_of(_last_name(address))) or "number"


def _last_name(address: Address) -> str:
    named = [token for token in address.pointer if token not in (ANY, KEY, VALUE) and not token.startswith("(")]
    return named[-1] if named else "number"
