"""What a check sees and what it is: evidence in, verdict out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from smartsandbox.anonymize.checks.walk import Walk
from smartsandbox.anonymize.kanon.plan import Plan
from smartsandbox.anonymize.ledger import Tally
from smartsandbox.anonymize.policy import Policy
from smartsandbox.anonymize.pools import NumberBands
from smartsandbox.packs.certificate import Verdict
from smartsandbox.packs.model import Exchange


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finished run as the checks see it. `original` and `output` read the raw and the rewritten trace, each time
    from the beginning. `published_id` gives the id of the exchange that was made from a raw one, `second_start` when a
    raw one starts in another release.
    """

    policy: Policy
    original: Callable[[], Iterable[Exchange]]
    output: Callable[[], Iterable[Exchange]]
    published_id: Callable[[str], str]
    second_start: Callable[[Exchange], int]
    """When a raw exchange would start in a second release of the same trace, in microseconds, the move undone."""
    bands: Mapping[str, NumberBands]
    plan: Plan
    population: int
    """People known by a subject leaf or, where none is declared, sessions."""
    tally: Tally
    needles: Mapping[str, str]
    """Sensitive source values by folded form, with one spelling each; planted canaries are among them."""
    surrogates: Mapping[tuple[str, str], str]
    """(domain, canonical value) to surrogate, of the unique classes."""
    unseen: tuple[str, ...] = ()
    """What the policy says of people and the capture never showed, a sentence each; see `unseen_places`."""
    person_of: Callable[[str], str | None] | None = None
    """Who speaks in a raw session, if it is known."""
    release: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    """Gives back the memory of what only the checks needed, and not the attacks."""
    walk: Walk = field(init=False, repr=False, compare=False)
    """What several checks read out of the rewritten trace."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "walk", Walk(self.policy, self.output, self.surrogates))


Suite = Callable[[Evidence], tuple[Verdict, ...]]
"""Several checks that share their preparation."""


class Check(Protocol):
    """One check. It judges; it never changes anything and never quotes a value."""

    def __call__(self, evidence: Evidence) -> Verdict:
        """The verdict."""
        ...
