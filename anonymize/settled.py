"""What a run has decided when its first pass is over: all that the second pass and the checks ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smartsandbox.anonymize.collect import Collected
from smartsandbox.anonymize.commons import is_held_by_enough
from smartsandbox.anonymize.kanon.plan import Plan
from smartsandbox.anonymize.keys import RunKey
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.pools import NumberBands
from smartsandbox.anonymize.spare import Spared
from smartsandbox.anonymize.subjects import Owners
from smartsandbox.anonymize.surrogates.book import Book
from smartsandbox.anonymize.timeline.spoken import Spoken
from smartsandbox.anonymize.timeline.times import Times
from smartsandbox.anonymize.wording import Wordings

_ID_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """All that the second pass decides by: fixed before it begins, so exchanges can be rewritten in any order."""

    policy: Policy
    key: RunKey
    book: Book
    wordings: Wordings
    times: Times
    plan: Plan
    bands: Mapping[str, NumberBands]
    owners: Owners
    holders: Owners
    spoken: Spoken
    found: Collected
    spared: Spared

    def published_id(self, identifier: str) -> str:
        """The id under which an exchange is published."""
        return "ex_" + self.key.prf("exchange", identifier).hex()[:_ID_DIGITS]

    def is_constant(self, value: str) -> bool:
        """Whether a value is published as it is under `common`, because enough people hold it."""
        holders = self.found.common.count(value)
        return is_held_by_enough(value, holders, self.policy.k) and self.book.substitute(value) == value

    def release(self) -> None:
        """Give back the memory of what lies on disk; it stays readable."""
        self.found.release()
        self.book.release()
        self.times.release()
